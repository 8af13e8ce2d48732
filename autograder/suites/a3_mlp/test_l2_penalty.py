"""a3_mlp / l2_penalty: large weights cost something, whatever they are good for."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.layers.losses import l2_penalty

Floats = NDArray[np.floating]


@public([np.array([1.0, -2.0])], 0.1)
@public([np.array([[1.0, 2.0], [0.5, -1.0]]), np.array([[3.0], [0.0]])], 0.01)
@public([], 0.5)
def penalty(weights: Sequence[Floats], strength: float) -> object:
    """Strength times the sum of all squares; each gradient is 2 strength w (W21)."""
    loss, gradients = l2_penalty(weights, strength)
    return {"loss": loss, "gradients": [np.asarray(each) for each in gradients]}


@public([np.array([1.0, -2.0]), np.array([[0.5]])], 0.1)
def afterwards(weights: Sequence[Floats], strength: float) -> object:
    """The weights stay as they were, also when somebody writes into the gradients (W21)."""
    loss, gradients = l2_penalty(weights, strength)
    for gradient in gradients:
        np.asarray(gradient)[...] = 0.0
    return {"loss": loss, "weights": list(weights)}


def two_calls(weights: Sequence[Floats], strength: float) -> object:
    """Call with two strengths; the first gradients must not change."""
    _, first = l2_penalty(weights, strength)
    loss, _ = l2_penalty(weights, 3.0 * strength)
    return [np.asarray(each) for each in first], loss


@pytest.mark.category("values")
def test_layers(student: Student, rng: np.random.Generator) -> None:
    """The weights of several layers: one loss, and a gradient for each array."""
    shapes = ((3, 4), (4, 2), (2, 1))
    cases = [([rng.normal(size=shape) for shape in shapes], s) for s in rng.uniform(0.01, 2.0, 3)]
    expect.close(student.map(penalty, cases), [penalty(*case) for case in cases])


@pytest.mark.category("values")
def test_one_array(student: Student, rng: np.random.Generator) -> None:
    """A single array, and strengths of any size."""
    cases = [([rng.normal(size=5)], strength) for strength in (0.5, 1.0, 20.0)]
    expect.close(student.map(penalty, cases), [penalty(*case) for case in cases])


@pytest.mark.category("shapes")
def test_any_shapes(student: Student, rng: np.random.Generator) -> None:
    """Arrays with one axis or with several, side by side."""
    shapes = ((3,), (2, 3), (2, 1, 2), (2, 2, 3, 3), (1,))
    case = ([rng.normal(size=shape) for shape in shapes], 0.3)
    expect.close(student(penalty, *case), penalty(*case))


@pytest.mark.category("edges")
def test_nothing_to_pay(student: Student, rng: np.random.Generator) -> None:
    """No arrays at all, arrays of zeros, or no strength: the penalty is zero."""
    none: list[Floats] = []
    cases = [(none, 0.3), ([np.zeros((2, 3))], 0.3), ([rng.normal(size=4)], 0.0)]
    expect.close(student.map(penalty, cases), [penalty(*case) for case in cases])


@pytest.mark.category("edges")
def test_single_precision(student: Student, rng: np.random.Generator) -> None:
    """Arrays of single precision, judged by value."""
    case = ([rng.normal(size=shape).astype(np.float32) for shape in ((3, 4), (4,))], 0.25)
    expect.close(student(penalty, *case), penalty(*case), rtol=1e-4)


@pytest.mark.category("reuse")
def test_weights_are_kept(student: Student, rng: np.random.Generator) -> None:
    """The weights are not written into, and gradients are arrays of their own."""
    weights = [rng.normal(size=(2, 3)), rng.normal(size=3)]
    for strength in (0.2, 0.5):  # at the second, 2 strength w has the same numbers as w
        wanted = afterwards([w.copy() for w in weights], strength)
        expect.close(student(afterwards, weights, strength), wanted)


@pytest.mark.category("reuse")
def test_two_calls(student: Student, rng: np.random.Generator) -> None:
    """A second call, with another strength, leaves the gradients of the first one alone."""
    case = ([rng.normal(size=(2, 3)), rng.normal(size=3)], 0.7)
    expect.close(student(two_calls, *case), two_calls(*case))
