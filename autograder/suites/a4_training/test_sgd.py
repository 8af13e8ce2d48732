"""a4_training / sgd: gradient descent, with and without momentum."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.updates import sgd_update

Array = NDArray[np.floating]
Case = tuple[Array, Sequence[Array], list[float], float]


@public(np.array([1.0, -2.0]), [np.array([0.5, 4.0])], 0.1)
def one_step(w: Array, gradients: Sequence[Array], rate: float) -> object:
    """Without momentum a step is w - rate dw, and `momentum` may be left out (W25)."""
    state = None
    for dw in gradients:
        w, state = sgd_update(w, dw, state, rate)
    return w


@public(
    np.array([1.0, -2.0]),
    [np.array([0.5, 4.0]), np.array([0.5, -1.0]), np.array([0.0, 0.0])],
    [0.1, 0.1, 0.05],
    0.9,
)
def with_momentum(w: Array, gradients: Sequence[Array], rates: Sequence[float], m: float) -> object:
    """v = m v + dw, then w = w - rate v; it rolls on where the gradient is 0 (W25)."""
    state = None
    path: list[object] = []
    for dw, rate in zip(gradients, rates, strict=True):
        w, state = sgd_update(w, dw, state, rate, m)
        path.append(np.array(w))
    return path


@public(np.array([[1.0, -2.0], [3.0, 0.5]]), np.array([[1.0, 1.0], [-1.0, 2.0]]))
def arguments_afterwards(w: Array, dw: Array) -> object:
    """An update returns new arrays: the ones it was given are left as they were (W25)."""
    new, state = w, None
    for _ in range(2):
        new, state = sgd_update(w, dw, state, 0.1, 0.5)
    return {"new": new, "w": w, "dw": dw}


def two_layers(w: Array, b: Array, gradients: Sequence[tuple[Array, Array]], m: float) -> object:
    """Update two arrays in turn, each with its own state."""
    state_w = state_b = None
    for dw, db in gradients:
        w, state_w = sgd_update(w, dw, state_w, 0.1, m)
        b, state_b = sgd_update(b, db, state_b, 0.2, m)
    return w, b


def walk(rng: np.random.Generator, shape: tuple[int, ...], steps: int, m: float) -> Case:
    """Draw a start, gradients and rates."""
    gradients = [rng.normal(size=shape) for _ in range(steps)]
    return rng.normal(size=shape), gradients, rng.uniform(0.05, 0.3, size=steps).tolist(), m


@pytest.mark.category("values")
def test_without_momentum(student: Student, rng: np.random.Generator) -> None:
    """Plain steps against the gradient, without momentum."""
    walks = [walk(rng, (4,), 3, 0.0) for _ in range(3)]
    cases = [(w, gradients, rates[0]) for w, gradients, rates, _ in walks]
    expect.close(student.map(one_step, cases), [one_step(*case) for case in cases])


@pytest.mark.category("values")
def test_momentum(student: Student, rng: np.random.Generator) -> None:
    """Several steps with momentum, the state handed on from one to the next."""
    walks = [walk(rng, (4,), 5, float(m)) for m in rng.uniform(0.5, 0.95, size=4)]
    cases = [(w, gradients, [rates[0]] * 5, m) for w, gradients, rates, m in walks]
    expect.close(student.map(with_momentum, cases), [with_momentum(*case) for case in cases])


@pytest.mark.category("values")
def test_rate_that_changes(student: Student, rng: np.random.Generator) -> None:
    """A rate that changes between steps: it multiplies what momentum has gathered, once."""
    cases = [walk(rng, (3,), 5, float(m)) for m in rng.uniform(0.5, 0.95, size=3)]
    expect.close(student.map(with_momentum, cases), [with_momentum(*case) for case in cases])


@pytest.mark.category("shapes")
def test_shapes(student: Student, rng: np.random.Generator) -> None:
    """Weights of any shape: numbers, vectors, matrices, kernels."""
    cases = [walk(rng, shape, 3, 0.8) for shape in ((), (1,), (3, 4), (4, 1), (2, 3, 2, 2))]
    expect.close(student.map(with_momentum, cases), [with_momentum(*case) for case in cases])


@pytest.mark.category("edges")
def test_momentum_of_zero_and_gradients_of_zero(student: Student, rng: np.random.Generator) -> None:
    """Momentum 0 forgets everything; with momentum, weights move on where the gradient is 0."""
    walks = [walk(rng, (3,), 4, m) for m in (0.0, 0.9)]
    cases = [(w, [g[0], 0 * g[1], 0 * g[2], g[3]], rates, m) for w, g, rates, m in walks]
    expect.close(student.map(with_momentum, cases), [with_momentum(*case) for case in cases])


@pytest.mark.category("edges")
def test_single_precision(student: Student, rng: np.random.Generator) -> None:
    """Weights and gradients of single precision."""
    w, gradients, rates, m = walk(rng, (3, 2), 4, 0.9)
    case = (w.astype(np.float32), [dw.astype(np.float32) for dw in gradients], rates, m)
    expect.close(student(with_momentum, *case), with_momentum(*case), rtol=1e-4)


@pytest.mark.category("reuse")
def test_two_arrays_in_turn(student: Student, rng: np.random.Generator) -> None:
    """Weights and biases in turn: each has a state of its own, nothing is kept elsewhere."""
    gradients = [(rng.normal(size=(2, 3)), rng.normal(size=3)) for _ in range(4)]
    case = (rng.normal(size=(2, 3)), rng.normal(size=3), gradients, 0.9)
    expect.close(student(two_layers, *case), two_layers(*case))


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """An update returns new arrays and leaves weights and gradient as they were."""
    case = (rng.normal(size=(3, 2)), rng.normal(size=(3, 2)))
    expect.close(student(arguments_afterwards, *case), arguments_afterwards(*case))
