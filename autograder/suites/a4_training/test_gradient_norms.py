"""a4_training / gradient_norms: how much of the gradient arrives at each layer."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.inspection import gradient_norms

Array = NDArray[np.floating]
Labels = NDArray[np.int64]
Params = list[tuple[Array, Array]]

PARAMS = [
    (np.array([[0.5, -1.0, 0.25], [1.0, 0.5, -0.5]]), np.array([0.1, 0.0, -0.1])),
    (np.array([[1.0, -0.5], [0.25, 0.5], [-1.0, 1.0]]), np.array([0.0, 0.2])),
]
X, LABELS = np.array([[1.0, 2.0], [-1.0, 0.5], [0.5, -2.0]]), np.array([0, 1, 1])


@public(PARAMS, X, LABELS, "relu")
@public(PARAMS, X, LABELS, "sigmoid")
def norms(params: Params, x: Array, labels: Labels, activation: str) -> object:
    """The L2 norm of each layer's weight gradient, first layer first; biases are left out (W22)."""
    return [float(norm) for norm in gradient_norms(params, x, labels, activation)]


@public(PARAMS, X, LABELS, "tanh")
def arguments_afterwards(params: Params, x: Array, labels: Labels, activation: str) -> object:
    """One number for each layer; the network and the batch are left as they were (W22)."""
    found = gradient_norms(params, x, labels, activation)
    return {"layers": len(found), "params": [[w, b] for w, b in params], "x": x, "labels": labels}


def orders_of_magnitude(params: Params, x: Array, labels: Labels, activation: str) -> object:
    """Return the logarithms of the norms, so that small ones count as much as large ones."""
    found = gradient_norms(params, x, labels, activation)
    return [float(np.log(max(norm, 1e-300))) for norm in found]


def norms_without_warnings(params: Params, x: Array, labels: Labels, activation: str) -> object:
    """The norms, whatever the processor says of tiny numbers on the way."""
    with np.errstate(all="ignore"):
        return [float(norm) for norm in gradient_norms(params, x, labels, activation)]


def network(rng: np.random.Generator, *sizes: int) -> Params:
    """Draw a network with these sizes."""
    return [
        (rng.normal(0, (2 / d) ** 0.5, (d, m)), rng.normal(0, 0.1, m)) for d, m in pairwise(sizes)
    ]


def case(
    rng: np.random.Generator, activation: str, n: int, *sizes: int
) -> tuple[Params, Array, Labels, str]:
    """Draw a network and a batch of n examples for it."""
    x, labels = rng.normal(size=(n, sizes[0])), rng.integers(0, sizes[-1], n)
    return network(rng, *sizes), x, labels, activation


@pytest.mark.category("values")
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_activations(student: Student, rng: np.random.Generator, activation: str) -> None:
    """The norms in networks with the activation asked for."""
    cases = [case(rng, activation, 7, 5, 6, 4, 3) for _ in range(3)]
    expect.close(student.map(norms, cases), [norms(*each) for each in cases])


@pytest.mark.category("shapes")
def test_depths(student: Student, rng: np.random.Generator) -> None:
    """Networks of one layer, of two and of six."""
    cases = [case(rng, "tanh", 5, *sizes) for sizes in ((4, 3), (3, 5, 2), (4, 5, 4, 6, 5, 4, 3))]
    expect.close(student.map(norms, cases), [norms(*each) for each in cases])


@pytest.mark.category("edges")
def test_gradients_that_vanish(student: Student, rng: np.random.Generator) -> None:
    """Many layers of sigmoids: what arrives at the first ones is very small, and right."""
    cases = [case(rng, "sigmoid", 6, *([5] * 9)) for _ in range(2)]
    expect.close(
        student.map(orders_of_magnitude, cases), [orders_of_magnitude(*each) for each in cases]
    )


@pytest.mark.category("edges")
def test_one_example(student: Student, rng: np.random.Generator) -> None:
    """A batch of a single example, and a large one: the loss is a mean."""
    cases = [case(rng, "relu", n, 4, 6, 3) for n in (1, 200)]
    expect.close(student.map(norms, cases), [norms(*each) for each in cases])


@pytest.mark.category("scale")
@pytest.mark.required
def test_a_score_far_below(student: Student, rng: np.random.Generator) -> None:
    """A class whose bias is hugely negative: gradients are worked out, and never nudged."""
    params, x, _, activation = case(rng, "relu", 6, 4, 6, 3)
    params[-1][1][1] = -1e30  # the loss is so large that no small change of it is seen
    far = (params, x, np.array([1, 0, 1, 2, 1, 1]), activation)
    expect.close(student(norms_without_warnings, *far), norms_without_warnings(*far))


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Looking at gradients trains nothing: network and batch are left as they were."""
    cases = [case(rng, "relu", 6, 4, 5, 3)]
    expect.close(
        student.map(arguments_afterwards, cases), [arguments_afterwards(*each) for each in cases]
    )
