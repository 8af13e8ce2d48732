"""a4_training / adam: momentum and RMSProp together, corrected for starting at 0."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.updates import adam_update

Array = NDArray[np.floating]
Case = tuple[Array, Sequence[Array], float, float, float, float]


@public(np.array([1.0, -2.0]), [np.array([0.5, -4.0])], 0.1, 0.5, 0.75, 0.01)
@public(
    np.array([1.0, -2.0]),
    [np.array([2.0, 0.5]), np.array([-2.0, 0.0]), np.array([1.0, 0.5])],
    0.1,
    0.5,
    0.75,
    0.01,
)
def path(
    w: Array, gradients: Sequence[Array], rate: float, beta1: float, beta2: float, eps: float
) -> object:
    """Both means are divided by 1 - beta^t, where t is 1 in the first step (W24)."""
    state = None
    points: list[object] = []
    for dw in gradients:
        w, state = adam_update(w, dw, state, rate, beta1, beta2, eps)
        points.append(np.array(w))
    return points


@public(np.array([1.0, 2.0]), np.array([0.0, 3.0]), 0.1, 1)
@public(np.array([1.0, 2.0]), np.array([0.0, 3.0]), 0.1, 20)
def usual_settings(w: Array, dw: Array, rate: float, steps: int) -> object:
    """Unless given, the betas are 0.9 and 0.999, eps is 1e-8; without gradient w stays (W24)."""
    state = None
    for step in range(steps):
        w, state = adam_update(w, dw if step % 3 else -dw, state, rate)
    return w


@public(np.array([[1.0, -2.0]]), np.array([[1.0, 2.0]]))
def arguments_afterwards(w: Array, dw: Array) -> object:
    """An update returns new arrays: the ones it was given are left as they were (W24)."""
    new, state = w, None
    for _ in range(2):
        new, state = adam_update(w, dw, state, 0.1, 0.8, 0.9, 0.01)
    return {"new": new, "w": w, "dw": dw}


@public(np.array([1.0]), np.array([2.0]), [np.array([0.5]), np.array([-1.0])])
def two_layers(w: Array, b: Array, gradients: Sequence[Array]) -> object:
    """Two arrays in turn: each counts its own steps, in its own state (W24)."""
    state_w = state_b = None
    for dw in gradients:
        w, state_w = adam_update(w, dw, state_w, 0.1, 0.8, 0.9, 0.01)
        b, state_b = adam_update(b, 3.0 * dw, state_b, 0.2, 0.6, 0.7, 0.02)
    return w, b


def unless_given(w: Array, gradients: Sequence[Array]) -> object:
    """Take some steps with the settings that hold unless others are given."""
    state = None
    points: list[object] = []
    for dw in gradients:
        w, state = adam_update(w, dw, state, 0.1)
        points.append(np.array(w))
    return points


def walk(rng: np.random.Generator, shape: tuple[int, ...], steps: int) -> Case:
    """Draw a start, gradients, a rate, two betas and a large eps."""
    gradients = [rng.normal(size=shape) for _ in range(steps)]
    low, high = [0.05, 0.5, 0.6, 0.05], [0.3, 0.9, 0.95, 0.5]
    rate, beta1, beta2, eps = rng.uniform(low, high).tolist()
    return rng.normal(size=shape), gradients, rate, beta1, beta2, eps


@pytest.mark.category("values")
def test_first_step(student: Student, rng: np.random.Generator) -> None:
    """The first step: corrected, both means hold the gradient and its square."""
    cases = [walk(rng, (4,), 1) for _ in range(4)]
    expect.close(student.map(path, cases), [path(*case) for case in cases])


@pytest.mark.category("values")
def test_several_steps(student: Student, rng: np.random.Generator) -> None:
    """Several steps: two means with betas of their own, and a correction that fades."""
    cases = [walk(rng, (4,), 6) for _ in range(5)]
    expect.close(student.map(path, cases), [path(*case) for case in cases])


@pytest.mark.category("values")
def test_usual_settings(student: Student, rng: np.random.Generator) -> None:
    """The settings that hold unless others are given."""
    cases = [(rng.normal(size=3), rng.normal(size=3), 0.1, steps) for steps in (1, 2, 7)]
    expect.close(student.map(usual_settings, cases), [usual_settings(*case) for case in cases])


@pytest.mark.category("values")
def test_many_steps(student: Student, rng: np.random.Generator) -> None:
    """Many steps: the count of steps goes on, and the correction becomes nothing."""
    case = (rng.normal(size=3), rng.normal(size=3), 0.01, int(rng.integers(150, 200)))
    expect.close(student(usual_settings, *case), usual_settings(*case))


@pytest.mark.category("shapes")
def test_shapes(student: Student, rng: np.random.Generator) -> None:
    """Weights of any shape, each entry with a step size of its own."""
    cases = [walk(rng, shape, 3) for shape in ((), (1,), (3, 4), (4, 1), (2, 3, 2, 2))]
    expect.close(student.map(path, cases), [path(*case) for case in cases])


@pytest.mark.category("edges")
def test_gradients_of_zero(student: Student, rng: np.random.Generator) -> None:
    """Entries whose gradient is 0 stay where they are; nothing is divided by 0."""
    dw = rng.normal(size=5) * np.array([0.0, 1.0, 0.0, 1.0, 1.0])
    cases = [(rng.normal(size=5), dw, 0.1, 4), (rng.normal(size=2), np.zeros(2), 0.1, 2)]
    expect.close(student.map(usual_settings, cases), [usual_settings(*case) for case in cases])


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
    w, gradients, *settings = walk(rng, (3, 2), 4)
    case = (w.astype(np.float32), [dw.astype(np.float32) for dw in gradients], *settings)
    expect.close(student(path, *case), path(*case), rtol=1e-4)


@pytest.mark.category("reuse")
def test_two_arrays_in_turn(student: Student, rng: np.random.Generator) -> None:
    """Weights and biases in turn: each counts its own steps, nothing is kept elsewhere."""
    cases = [tuple(rng.normal(size=(2, 3)))[:2] for _ in range(2)]
    cases = [(w, b, [rng.normal(size=3) for _ in range(5)]) for w, b in cases]
    expect.close(student.map(two_layers, cases), [two_layers(*case) for case in cases])


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """An update returns new arrays and leaves weights and gradient as they were."""
    case = (rng.normal(size=(3, 2)), rng.normal(size=(3, 2)))
    expect.close(student(arguments_afterwards, *case), arguments_afterwards(*case))
