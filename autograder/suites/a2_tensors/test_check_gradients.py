"""a2_tensors / check_gradients: gradients against nudges along random directions.

Which directions are drawn is the student's business. A gradient that is off by one factor
everywhere has the same relative error along all of them, so numbers can be compared. What is right
has an error of 1e-10 or so, but by chance a direction has next to no slope, and its relative error
is a thousand times as large: hence 1e-4, where single precision leads to 1e-2 and mistakes to more.
"""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.directions import check_gradients
from reference.tensor import Tensor

Array = NDArray[np.floating[Any]]


@public(np.array([1.0, 2.0, -0.5]), 1.0)
@public(np.array([1.0, 2.0, -0.5]), -1.0)
@public(np.array([[0.5, 2.0], [-1.0, 1.5]]), 2.0)
@public(np.array(3.0), 0.0)
def scaled(a: Array, factor: float) -> object:
    """The gradient is off by a factor k: the error is |k - 1| / (|k| + 1), so 0 if right (W11)."""

    def f(x: Tensor) -> Tensor:
        return Tensor(np.exp(x.data).sum(), (x,), lambda g: (g * factor * np.exp(x.data),))

    return check_gradients(f, [a], np.random.default_rng(0))


@public(np.array([0.5, 1.5]), np.array([[2.0], [1.0]]), 1.0, 1.0)
@public(np.array([0.5, 1.5]), np.array([[2.0], [1.0]]), 1.0, 3.0)
@public(np.array([0.5, 1.5]), np.array([[2.0], [1.0]]), 0.5, 1.0)
def two_inputs(a: Array, b: Array, p: float, q: float) -> object:
    """Inputs are nudged in turn: a wrong gradient of one shows beside a right one (W11)."""

    def f(x: Tensor, y: Tensor) -> Tensor:
        value = (x.data**5).sum() + np.exp(y.data).sum()
        return Tensor(value, (x, y), lambda g: (p * g * 5.0 * x.data**4, q * g * np.exp(y.data)))

    return check_gradients(f, [a, b], np.random.default_rng(0))


@public(np.array([1.0, 2.0, -0.5, 0.0]), np.array([0.0, 0.0, 0.5, 0.0]))
@public(np.array([1.0, 2.0, -0.5, 0.0]), np.array([0.5, -0.5, 0.0, 0.0]))
def seen(a: Array, mistake: Array) -> object:
    """One wrong entry, or two that are off by opposite amounts: random directions see it (W11)."""

    def f(x: Tensor) -> Tensor:
        return Tensor(np.sin(x.data).sum(), (x,), lambda g: (g * (np.cos(x.data) + mistake),))

    return bool(check_gradients(f, [a], np.random.default_rng(1)) > 1e-4)


@public(np.array([[1.0, -2.0, 0.5], [3.0, 1.5, -1.0]]), np.array([[0.5], [-1.0], [2.0]]))
def your_engine(a: Array, b: Array) -> object:
    """Your own operations on trial: a layer, its loss, and a bias that is one number (W11, W12)."""

    def f(x: Tensor, w: Tensor, bias: Tensor) -> Tensor:
        return ((x @ w + bias).tanh() ** 2).sum()

    error = check_gradients(f, [a, b, np.array(0.25)], np.random.default_rng(2))
    return {"below 1e-4": bool(error < 1e-4), "inputs afterwards": [a, b]}


@public("value")
@public("gradient")
def not_a_number(where: str) -> object:
    """NaN in a value or in a gradient is no success: NaN comes back (W11)."""

    def f(x: Tensor, y: Tensor) -> Tensor:
        value = np.nan if where == "value" else x.data.sum() + y.data.sum()
        bad = np.nan if where == "gradient" else 1.0
        return Tensor(value, (x, y), lambda g: (bad * np.ones(2), np.ones(2)))

    return check_gradients(f, [np.ones(2), np.ones(2)], np.random.default_rng(3))


@public(np.array([1.0, 2.0]), True)
@public(np.array([1.0, 2.0]), False)
def unused(a: Array, right: bool) -> object:
    """An input without a gradient counts as 0: right if f does not use it, else wrong (W11)."""

    def f(x: Tensor, y: Tensor) -> Tensor:
        value = np.exp(x.data).sum() + (0.0 if right else np.exp(y.data).sum())
        return Tensor(value, (x,), lambda g: (g * np.exp(x.data),))

    return check_gradients(f, [a, 2.0 * a], np.random.default_rng(4))


@public(np.array([1.0, 2.0, -0.5], np.float32), 1.0)
@public(np.array([1.0, 2.0, -0.5], np.float32), 2.0)
def float32(a: Array, factor: float) -> object:
    """Inputs may be float32; the check computes in float64, or it would see rounding only (W11)."""

    def f(x: Tensor) -> Tensor:
        return Tensor((x.data**3).sum(), (x,), lambda g: (g * factor * 3.0 * x.data**2,))

    return float(check_gradients(f, [a], np.random.default_rng(5)))


def precise(a: float) -> object:
    """Tell whether a gradient that loses digits is right: single precision would lose too many."""

    def f(x: Tensor) -> Tensor:
        return Tensor(x.data**2 / 2.0, (x,), lambda g: (g * ((x.data + 1000.0) - 1000.0),))

    return bool(check_gradients(f, [np.array(a, np.float32)], np.random.default_rng(7)) < 1e-6)


@public(1000)
def work(entries: int) -> object:
    """f is called at most 21 times for each input, however many entries there are (W11, W13)."""
    calls: list[int] = []

    def f(x: Tensor, y: Tensor) -> Tensor:
        calls.append(1)
        value = np.sin(x.data).sum() + np.cos(y.data).sum()
        return Tensor(value, (x, y), lambda g: (g * np.cos(x.data), -2.0 * g * np.sin(y.data)))

    error = check_gradients(f, [np.arange(float(entries)), np.ones(2)], np.random.default_rng(6))
    return {"error": error, "at most 21 calls for each input": len(calls) <= 42}


def slope_of_one(a: float, factor: float, seed: int) -> object:
    """Check a single number: along it the error is the same, whatever the directions are."""

    def f(x: Tensor) -> Tensor:
        return Tensor(np.exp(x.data), (x,), lambda g: (g * factor * np.exp(x.data),))

    return check_gradients(f, [np.array(a)], np.random.default_rng(seed))


@pytest.mark.category("values")
def test_off_by_a_factor(student: Student, rng: np.random.Generator) -> None:
    """A gradient that is off by a factor: its relative error is known."""
    factors = [-1.0, 0.0, *rng.uniform(1.2, 3.0, size=2).tolist(), -float(rng.uniform(0.2, 0.8))]
    cases = [(rng.normal(size=4), factor) for factor in factors]
    expect.close(student.map(scaled, cases), [scaled(*case) for case in cases])


@pytest.mark.category("values")
def test_too_small_or_too_large(student: Student, rng: np.random.Generator) -> None:
    """A gradient may be too small or too large, along directions of either sign."""
    seeds = rng.integers(2**31, size=10).tolist()
    cases = [(float(rng.normal()), factor, seed) for seed in seeds for factor in (0.5, 3.0)]
    expect.close(student.map(slope_of_one, cases), [slope_of_one(*case) for case in cases])


@pytest.mark.category("values")
def test_the_worst_input_decides(student: Student, rng: np.random.Generator) -> None:
    """Two inputs, one of them with a wrong gradient: the largest error comes back."""
    ways = [(1.0, 3.0), (0.5, 1.0), (2.0, 0.5), (1.0, -1.0)]
    cases = [(rng.uniform(0.5, 1.5, 3), rng.normal(size=(2, 2)), p, q) for p, q in ways]
    expect.close(student.map(two_inputs, cases), [two_inputs(*case) for case in cases])


@pytest.mark.category("values")
def test_mistakes_are_seen(student: Student, rng: np.random.Generator) -> None:
    """Mistakes in single entries, which may cancel in a sum, are seen; right gradients pass."""
    cases = [(rng.normal(size=5), mistake) for mistake in 0.5 * np.eye(5)[:2]]
    cases += [(rng.normal(size=4), np.array(m)) for m in ([1.0, -1.0, 0.0, 0.0], [0.0] * 4)]
    wanted = [True, True, True, False]
    expect.close(student.map(seen, cases), wanted)


@pytest.mark.category("shapes")
def test_shapes(student: Student, rng: np.random.Generator) -> None:
    """Inputs of any shape, numbers among them."""
    cases = [(np.array(rng.normal(size=shape)), 2.0) for shape in ((), (1,), (2, 3), (2, 1, 2))]
    expect.close(student.map(scaled, cases), [scaled(*case) for case in cases])


@pytest.mark.category("edges")
def test_unused_inputs(student: Student, rng: np.random.Generator) -> None:
    """Inputs that get no gradient: their gradient counts as zero."""
    cases = [(rng.normal(size=3), right) for right in (True, False)]
    expect.close(student.map(unused, cases), [unused(*case) for case in cases])


@pytest.mark.category("edges")
def test_single_precision(student: Student, rng: np.random.Generator) -> None:
    """Inputs of single precision: the check itself computes in double precision."""
    a = rng.uniform(0.5, 2.0, size=4).astype(np.float32)
    cases = [(a, 1.0), (a, 2.0)]
    expect.close(student.map(float32, cases), [float32(*case) for case in cases])
    expect.close(student.map(precise, [(x,) for x in a.tolist()]), [True] * len(a))


@pytest.mark.category("edges")
def test_not_a_number(student: Student, rng: np.random.Generator) -> None:
    """What is not a number is not a success."""
    cases = [("value",), ("gradient",)]
    expect.close(student.map(not_a_number, cases), [not_a_number(*case) for case in cases])


@pytest.mark.category("reuse")
def test_your_engine(student: Student, rng: np.random.Generator) -> None:
    """The check on your own operations; its inputs are left as they were."""
    cases = [(rng.normal(size=(3, 2)), rng.normal(size=(2, 2))) for _ in range(2)]
    wanted = [your_engine(a.copy(), b.copy()) for a, b in cases]
    expect.close(student.map(your_engine, cases), wanted)


@pytest.mark.category("cost")
def test_few_calls(student: Student, rng: np.random.Generator) -> None:
    """Very many entries: the number of calls does not grow with them."""
    case = (20_000 + int(rng.integers(0, 1000)),)
    expect.close(student(work, *case), work(*case))
