"""a3_mlp / mlp_forward: dense layers in a row, with a bend between them and none at the end."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.mlp import mlp_forward

Floats = NDArray[np.floating]
Params = Sequence[tuple[Floats, Floats]]
X = np.array([[1.0, -1.0, 2.0], [0.5, 2.0, -1.0]])
W1 = np.array([[1.0, 0.5, -1.0, 2.0], [0.0, 1.0, 1.0, -0.5], [0.5, -1.0, 0.25, 0.1]])
W2 = np.array([[0.5, 1.0], [1.0, -1.0], [-1.0, 2.0], [-0.2, 0.3]])
PARAMS = [(W1, np.array([0.1, 0.2, 0.3, -0.1])), (W2, np.array([0.2, -4.0]))]


@public(X, PARAMS, "relu")
@public(X, PARAMS, "tanh")
@public(X, PARAMS, "sigmoid")
@public(X[:1], [*PARAMS, (np.array([[1.0], [-1.0]]), np.array([0.5]))], "tanh")
def scores_of(x: Floats, params: Params, activation: str) -> object:
    """The activation stands between layers; the last layer has none (W17, W20)."""
    scores, _ = mlp_forward(x, params, activation)
    return np.asarray(scores)


@public(X, PARAMS)
@public(X, PARAMS[:1])
def scores_by_default(x: Floats, params: Params) -> object:
    """ReLU where nothing else is asked for; one layer alone is linear (W15, W23)."""
    scores, _ = mlp_forward(x, params)
    return np.asarray(scores)


@public(X, PARAMS, "relu")
def arguments_afterwards(x: Floats, params: Params, activation: str) -> object:
    """The inputs, the list of parameters and all of its arrays stay as they were (W17)."""
    scores, _ = mlp_forward(x, params, activation)
    return {"scores": np.asarray(scores), "x": x, "params": params}


def two_calls(x: Floats, params: Params, activation: str) -> object:
    """Call twice; the first scores must not change."""
    first, _ = mlp_forward(x, params, activation)
    second, _ = mlp_forward(-x, params[:1], activation)
    return np.asarray(first), np.asarray(second)


def network(rng: np.random.Generator, sizes: Sequence[int]) -> Params:
    """Draw weights and biases of layers between these sizes."""
    return [(rng.normal(size=(d, m)), rng.normal(size=m)) for d, m in pairwise(sizes)]


def draw(rng: np.random.Generator, n: int, *sizes: int) -> tuple[Floats, Params]:
    """Return n examples and a network."""
    return rng.normal(size=(n, sizes[0])), network(rng, sizes)


@pytest.mark.category("values")
def test_relu(student: Student, rng: np.random.Generator) -> None:
    """Networks with ReLU between the layers; scores may be negative."""
    cases = [(*draw(rng, 5, 3, 6, 4, 2), "relu") for _ in range(3)]
    expect.close(student.map(scores_of, cases), [scores_of(*case) for case in cases])


@pytest.mark.category("values")
def test_tanh(student: Student, rng: np.random.Generator) -> None:
    """Networks with the hyperbolic tangent between the layers."""
    cases = [(*draw(rng, 4, 3, 5, 2), "tanh") for _ in range(3)]
    expect.close(student.map(scores_of, cases), [scores_of(*case) for case in cases])


@pytest.mark.category("values")
def test_sigmoid(student: Student, rng: np.random.Generator) -> None:
    """Networks with the sigmoid between the layers; scores lie outside of 0 to 1 as well."""
    cases = [(*draw(rng, 4, 3, 5, 2), "sigmoid") for _ in range(3)]
    expect.close(student.map(scores_of, cases), [scores_of(*case) for case in cases])


@pytest.mark.category("values")
def test_default(student: Student, rng: np.random.Generator) -> None:
    """Where no activation is named it is the ReLU."""
    cases = [draw(rng, 4, 3, 5, 2), draw(rng, 3, 2, 4, 4, 1)]
    expect.close(student.map(scores_by_default, cases), [scores_by_default(*c) for c in cases])


@pytest.mark.category("shapes")
def test_depths(student: Student, rng: np.random.Generator) -> None:
    """One layer, or many."""
    sizes = [(3, 2), (2, 3, 4, 3, 2, 1), (4, 1, 4), (2, 2, 2, 2)]
    cases = [(*draw(rng, 3, *each), "tanh") for each in sizes]
    expect.close(student.map(scores_of, cases), [scores_of(*case) for case in cases])


@pytest.mark.category("shapes")
def test_ones(student: Student, rng: np.random.Generator) -> None:
    """One example, one input, one hidden neuron or one output."""
    cases = [
        (*draw(rng, n, *sizes), "sigmoid")
        for n, sizes in ((1, (3, 4, 2)), (4, (1, 5, 1)), (3, (2, 1, 3)), (1, (1, 1, 1)))
    ]
    expect.close(student.map(scores_of, cases), [scores_of(*case) for case in cases])


@pytest.mark.category("edges")
def test_far_from_zero(student: Student, rng: np.random.Generator) -> None:
    """Very large weighted sums inside: the scores stay numbers."""
    cases = [
        (1e3 * x, params, activation)
        for activation in ("sigmoid", "tanh", "relu")
        for x, params in [draw(rng, 4, 3, 5, 2)]
    ]
    expect.close(student.map(scores_of, cases), [scores_of(*case) for case in cases])


@pytest.mark.category("edges")
def test_single_precision(student: Student, rng: np.random.Generator) -> None:
    """Arrays of single precision, judged by value."""
    x, params = draw(rng, 4, 3, 5, 2)
    narrow = [(w.astype(np.float32), b.astype(np.float32)) for w, b in params]
    cases = [(x.astype(np.float32), narrow, activation) for activation in ("relu", "sigmoid")]
    expect.close(student.map(scores_of, cases), [scores_of(*case) for case in cases], rtol=1e-4)


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Inputs and parameters stay as they were, and the list keeps its length."""
    x, params = draw(rng, 4, 3, 5, 2)
    for activation in ("relu", "tanh"):
        copies = [(w.copy(), b.copy()) for w, b in params]
        wanted = arguments_afterwards(x.copy(), copies, activation)
        expect.close(student(arguments_afterwards, x, params, activation), wanted)


@pytest.mark.category("reuse")
def test_two_calls(student: Student, rng: np.random.Generator) -> None:
    """A second call leaves the scores of the first one alone."""
    case = (*draw(rng, 4, 3, 5, 2), "relu")
    expect.close(student(two_calls, *case), two_calls(*case))
