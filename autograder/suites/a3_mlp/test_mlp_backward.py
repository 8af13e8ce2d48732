"""a3_mlp / mlp_backward: from the scores back to every weight, layer by layer."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.mlp import mlp_backward, mlp_forward

Floats = NDArray[np.floating]
Params = Sequence[tuple[Floats, Floats]]
Case = tuple[Floats, Params, str, Floats]
TWO_X = np.array([[1.0, -1.0, 2.0]])
TWO_W1 = np.array([[1, 0.5, -1, 2, 1], [0, 1, 1, -0.5, 1], [0.5, -1, 0.25, 0, 0.5]])
TWO = [
    (TWO_W1, np.zeros(5)),
    (np.array([[0.5], [1.0], [-1.0], [-0.2], [-0.5]]), np.array([0.2])),
]
THREE_X, THREE_W1 = np.array([[1.0, 2.0]]), np.array([[1.0, -1.0, 0.5], [0.5, 1.0, -1.0]])
THREE_W2 = np.array([[1.0, -1.0, 1.0], [0.5, 1.0, -1.0], [1.0, 1.0, 1.0]])
THREE_W3 = np.array([[0.4], [2.0], [-1.0]])
THREE = [(THREE_W1, np.zeros(3)), (THREE_W2, np.zeros(3)), (THREE_W3, np.zeros(1))]
BATCH = np.array([[1.0, -1.0, 2.0], [0.6, 2.0, -1.5], [-2.0, 0.5, 1.0]])
DBATCH = np.array([[1.0], [-2.0], [0.5]])


@public(TWO_X, TWO, "relu", np.array([[-1.0]]))
@public(THREE_X, THREE, "relu", np.array([[-1.0]]))
@public(BATCH, TWO, "tanh", DBATCH)
@public(BATCH, TWO, "sigmoid", DBATCH)
@public(BATCH, [(TWO_W1, np.zeros(5))], "relu", np.ones((3, 5)))
def gradients(x: Floats, params: Params, activation: str, dscores: Floats) -> object:
    """A pair (dw, db) for each layer, the first layer first (W15, W16, W17)."""
    _, cache = mlp_forward(x, params, activation)
    return [[np.asarray(dw), np.asarray(db)] for dw, db in mlp_backward(dscores, cache)]


@public(BATCH, TWO, "relu", DBATCH)
def arguments_afterwards(x: Floats, params: Params, activation: str, dscores: Floats) -> object:
    """Inputs, parameters and dscores belong to the caller and stay as they were (W17)."""
    _, cache = mlp_forward(x, params, activation)
    layers = len(mlp_backward(dscores, cache))
    return {"layers": layers, "x": x, "params": params, "dscores": dscores}


@public(BATCH, TWO_X, TWO, "relu", DBATCH)
def two_batches(x1: Floats, x2: Floats, params: Params, activation: str, dscores: Floats) -> object:
    """Forward on two batches, then backward: each cache belongs to its own call (W17)."""
    _, cache1 = mlp_forward(x1, params, activation)
    _, cache2 = mlp_forward(x2, params[:1], activation)
    first = mlp_backward(dscores, cache1)
    second = mlp_backward(np.ones((len(x2), params[0][0].shape[1])), cache2)
    return [[np.asarray(dw), np.asarray(db)] for dw, db in [*first, *second]]


def by_default(x: Floats, params: Params, dscores: Floats) -> object:
    """Return the gradients where no activation is named."""
    _, cache = mlp_forward(x, params)
    return [[np.asarray(dw), np.asarray(db)] for dw, db in mlp_backward(dscores, cache)]


def draw(rng: np.random.Generator, n: int, *sizes: int) -> tuple[Floats, Params, Floats]:
    """Return n examples, a network, and a gradient of its scores."""
    params = [(rng.normal(size=(d, m)), rng.normal(size=m)) for d, m in pairwise(sizes)]
    return rng.normal(size=(n, sizes[0])), params, rng.normal(size=(n, sizes[-1]))


def networks(rng: np.random.Generator, activation: str, *all_sizes: Sequence[int]) -> list[Case]:
    """Draw networks with these numbers of examples and units."""
    drawn = [draw(rng, *sizes) for sizes in all_sizes]
    return [(x, params, activation, dscores) for x, params, dscores in drawn]


@pytest.mark.category("values")
def test_relu(student: Student, rng: np.random.Generator) -> None:
    """Two layers and the ReLU: gradients of all weights and biases."""
    cases = networks(rng, "relu", (4, 3, 6, 2), (4, 3, 6, 2), (5, 2, 8, 3))
    expect.close(student.map(gradients, cases), [gradients(*case) for case in cases])


@pytest.mark.category("values")
def test_tanh(student: Student, rng: np.random.Generator) -> None:
    """Two layers and the hyperbolic tangent."""
    cases = networks(rng, "tanh", (4, 3, 5, 2), (5, 2, 4, 3))
    expect.close(student.map(gradients, cases), [gradients(*case) for case in cases])


@pytest.mark.category("values")
def test_sigmoid(student: Student, rng: np.random.Generator) -> None:
    """Two layers and the sigmoid."""
    cases = networks(rng, "sigmoid", (4, 3, 5, 2), (5, 2, 4, 3))
    expect.close(student.map(gradients, cases), [gradients(*case) for case in cases])


@pytest.mark.category("values")
def test_three_layers(student: Student, rng: np.random.Generator) -> None:
    """Three layers: a weight of the first one hears over all paths that lead to the scores."""
    sizes = (3, 2, 4, 4, 1), (4, 3, 3, 5, 2)
    cases = [*networks(rng, "relu", *sizes), *networks(rng, "tanh", *sizes)]
    expect.close(student.map(gradients, cases), [gradients(*case) for case in cases])


@pytest.mark.category("values")
def test_square_layers(student: Student, rng: np.random.Generator) -> None:
    """Layers that are all as wide as high: a forgotten transpose does not show in the shapes."""
    cases = networks(rng, "sigmoid", (3, 3, 3, 3, 3))
    expect.close(student.map(gradients, cases), [gradients(*case) for case in cases])


@pytest.mark.category("shapes")
def test_depths(student: Student, rng: np.random.Generator) -> None:
    """One layer alone, and many: a pair for each, the first layer first."""
    cases = networks(rng, "tanh", (3, 4, 2), (2, 3, 2, 4, 3, 5, 1), (3, 2, 1, 2))
    expect.close(student.map(gradients, cases), [gradients(*case) for case in cases])


@pytest.mark.category("shapes")
def test_ones(student: Student, rng: np.random.Generator) -> None:
    """One example, one input, one neuron: every gradient has the shape of its parameter."""
    cases = networks(rng, "sigmoid", (1, 3, 4, 2), (4, 1, 5, 1), (3, 2, 1, 3), (1, 1, 1, 1))
    expect.close(student.map(gradients, cases), [gradients(*case) for case in cases])


@pytest.mark.category("edges")
def test_silent_neurons(student: Student, rng: np.random.Generator) -> None:
    """Neurons whose ReLU is off for every example: nothing reaches the weights before them."""
    x, params, dscores = draw(rng, 4, 3, 5, 2)
    params[0][1][:3] = -1e3
    case = (x, params, "relu", dscores)
    expect.close(student(gradients, *case), gradients(*case))


@pytest.mark.category("edges")
def test_saturated_neurons(student: Student, rng: np.random.Generator) -> None:
    """Very large weighted sums inside: gradients are numbers, and mostly vanish."""
    x, params, dscores = draw(rng, 4, 3, 5, 2)
    cases = [(1e3 * x, params, activation, dscores) for activation in ("sigmoid", "tanh")]
    expect.close(student.map(gradients, cases), [gradients(*case) for case in cases])


@pytest.mark.category("edges")
def test_default_and_single_precision(student: Student, rng: np.random.Generator) -> None:
    """The ReLU where no activation is named, and arrays of single precision."""
    x, params, dscores = draw(rng, 4, 3, 5, 2)
    narrow = [(w.astype(np.float32), b.astype(np.float32)) for w, b in params]
    cases = [(x, params, dscores), (x.astype(np.float32), narrow, dscores.astype(np.float32))]
    expect.close(student.map(by_default, cases), [by_default(*case) for case in cases], rtol=1e-4)


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Inputs, parameters and the gradient of the scores stay as they were."""
    x, params, dscores = draw(rng, 4, 3, 5, 2)
    for activation in ("relu", "sigmoid"):
        copies = [(w.copy(), b.copy()) for w, b in params]
        wanted = arguments_afterwards(x.copy(), copies, activation, dscores.copy())
        expect.close(student(arguments_afterwards, x, params, activation, dscores), wanted)


@pytest.mark.category("reuse")
def test_two_batches(student: Student, rng: np.random.Generator) -> None:
    """Two forward passes before the backward ones: nothing is mixed up."""
    x, params, dscores = draw(rng, 4, 3, 5, 2)
    case = (x, rng.normal(size=(2, 3)), params, "tanh", dscores)
    expect.close(student(two_batches, *case), two_batches(*case))


@pytest.mark.category("cost")
def test_many_weights(student: Student, rng: np.random.Generator) -> None:
    """A large network: the gradients are computed, not measured by nudging every weight."""
    x, params, dscores = draw(rng, 2, 400, 400, 300)
    case = (x, [(w / 20.0, b) for w, b in params], "tanh", dscores)
    expect.close(student(gradients, *case), gradients(*case))
