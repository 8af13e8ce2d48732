"""a4_training / adagrad: the root of the sum of all squared gradients divides the step."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.updates import adagrad_update

Array = NDArray[np.floating]
Case = tuple[Array, Sequence[Array], float, float]


@public(np.array([1.0, -2.0]), [np.array([0.5, -4.0])], 0.1, 0.01)
@public(
    np.array([1.0, -2.0]),
    [np.array([3.0, 0.5]), np.array([4.0, 0.0]), np.array([-12.0, 0.5])],
    0.1,
    0.01,
)
def path(w: Array, gradients: Sequence[Array], rate: float, eps: float) -> object:
    """s = s + dw^2; its root plus eps divides the step: 3, 4, -12 by 3, 5, 13 (W24)."""
    state = None
    points: list[object] = []
    for dw in gradients:
        w, state = adagrad_update(w, dw, state, rate, eps)
        points.append(np.array(w))
    return points


@public(np.array([1.0, 2.0]), np.array([0.0, 3.0]), 0.1)
def small_eps(w: Array, dw: Array, rate: float) -> object:
    """`eps` is 1e-8 unless given: an entry without gradient stays (W24)."""
    state = None
    for _ in range(3):
        w, state = adagrad_update(w, dw, state, rate)
    return w


@public(np.array([[1.0, -2.0]]), np.array([[1.0, 2.0]]))
def arguments_afterwards(w: Array, dw: Array) -> object:
    """An update returns new arrays: the ones it was given are left as they were (W24)."""
    new, state = w, None
    for _ in range(2):
        new, state = adagrad_update(w, dw, state, 0.1, 0.01)
    return {"new": new, "w": w, "dw": dw}


def two_layers(w: Array, b: Array, gradients: Sequence[tuple[Array, Array]]) -> object:
    """Update two arrays in turn, each with its own state."""
    state_w = state_b = None
    for dw, db in gradients:
        w, state_w = adagrad_update(w, dw, state_w, 0.1, 0.01)
        b, state_b = adagrad_update(b, db, state_b, 0.2, 0.02)
    return w, b


def unless_given(w: Array, gradients: Sequence[Array]) -> object:
    """Take some steps with the settings that hold unless others are given."""
    state = None
    points: list[object] = []
    for dw in gradients:
        w, state = adagrad_update(w, dw, state, 0.1)
        points.append(np.array(w))
    return points


def walk(rng: np.random.Generator, shape: tuple[int, ...], steps: int) -> Case:
    """Draw a start, gradients, a rate and a large eps."""
    gradients = [rng.normal(size=shape) for _ in range(steps)]
    rate, eps = rng.uniform([0.05, 0.05], [0.3, 0.5]).tolist()
    return rng.normal(size=shape), gradients, rate, eps


@pytest.mark.category("values")
def test_first_step(student: Student, rng: np.random.Generator) -> None:
    """The first step: the gradient over its own size."""
    cases = [walk(rng, (4,), 1) for _ in range(4)]
    expect.close(student.map(path, cases), [path(*case) for case in cases])


@pytest.mark.category("values")
def test_several_steps(student: Student, rng: np.random.Generator) -> None:
    """Several steps: squared gradients are added up, and the root of the sum divides."""
    cases = [walk(rng, (4,), 6) for _ in range(4)]
    expect.close(student.map(path, cases), [path(*case) for case in cases])


@pytest.mark.category("shapes")
def test_shapes(student: Student, rng: np.random.Generator) -> None:
    """Weights of any shape, each entry with a step size of its own."""
    cases = [walk(rng, shape, 3) for shape in ((), (1,), (3, 4), (4, 1), (2, 3, 2, 2))]
    expect.close(student.map(path, cases), [path(*case) for case in cases])


@pytest.mark.category("edges")
def test_gradients_of_zero(student: Student, rng: np.random.Generator) -> None:
    """Entries whose gradient is 0 stay where they are, with the eps that is used unless given."""
    dw = rng.normal(size=5) * np.array([0.0, 1.0, 0.0, 1.0, 1.0])
    cases = [(rng.normal(size=5), dw, 0.1), (rng.normal(size=2), np.zeros(2), 0.1)]
    expect.close(student.map(small_eps, cases), [small_eps(*case) for case in cases])


@pytest.mark.category("edges")
def test_settings_unless_given(student: Student, rng: np.random.Generator) -> None:
    """Settings that are not given, on gradients of changing and of very small size."""
    sizes = (1.0, 3.0, 0.1, 0.5)
    cases = [
        (rng.normal(size=4), [far * size * rng.uniform(0.5, 2.0, size=4) for size in sizes])
        for far in (1.0, 1e-8)
    ]
    expect.close(student.map(unless_given, cases), [unless_given(*case) for case in cases])


@pytest.mark.category("edges")
def test_single_precision(student: Student, rng: np.random.Generator) -> None:
    """Weights and gradients of single precision."""
    w, gradients, rate, eps = walk(rng, (3, 2), 4)
    case = (w.astype(np.float32), [dw.astype(np.float32) for dw in gradients], rate, eps)
    expect.close(student(path, *case), path(*case), rtol=1e-4)


@pytest.mark.category("reuse")
def test_two_arrays_in_turn(student: Student, rng: np.random.Generator) -> None:
    """Weights and biases in turn: each has a state of its own, nothing is kept elsewhere."""
    gradients = [(rng.normal(size=(2, 3)), rng.normal(size=3)) for _ in range(4)]
    case = (rng.normal(size=(2, 3)), rng.normal(size=3), gradients)
    expect.close(student(two_layers, *case), two_layers(*case))


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """An update returns new arrays and leaves weights and gradient as they were."""
    case = (rng.normal(size=(3, 2)), rng.normal(size=(3, 2)))
    expect.close(student(arguments_afterwards, *case), arguments_afterwards(*case))
