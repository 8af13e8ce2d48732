"""a1_graphs / gradient_check: the largest relative error of an analytic gradient."""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.differences import gradient_check

Floats = NDArray[np.float64]


@public(np.array([5.0, -1.0]), np.zeros(2))
@public(np.array([5.0, -1.0]), np.array([0.0, 2.0]))
@public(np.array([[0.5, 2.0, -1.0], [1.5, 0.0, 4.0]]), np.array([[0.0, 0.0, 0.5], [0.0, 0.0, 0.0]]))
def parabolas(x: Floats, mistake: Floats) -> object:
    """The gradient of f = sum of (-x + 3)^2 is 2x - 6; here a mistake is added to it (W1)."""
    return gradient_check(
        lambda v: float(np.sum((3.0 - v) ** 2)), lambda v: 2.0 * v - 6.0 + mistake, x
    )


@public(np.array([1.0, 2.0, -0.5]), -1.0)
@public(np.array([1.0, 2.0, -0.5]), 2.0)
def scaled(x: Floats, factor: float) -> object:
    """The whole gradient is off by a factor; the wrong sign is an error of 1, the largest (W11)."""
    return gradient_check(lambda v: float(np.sum(np.exp(v))), lambda v: factor * np.exp(v), x)


@public(np.array([2.0, 3.0]), 0.0)
@public(np.array([2.0, 3.0]), 4e-9)
def flat(x: Floats, slope: float) -> object:
    """Where f does not depend on x nothing is divided by less than 1e-8, nor by zero (W11)."""
    return gradient_check(lambda v: 1.0, lambda v: np.full_like(v, slope), x)


@public(np.array([5.0, -1.0]))
def x_afterwards(x: Floats) -> object:
    """The check leaves x as it was, and a second one gives the same answer (W11)."""
    start = x.copy()
    errors = [gradient_check(lambda v: float(np.sum(v**2)), lambda v: 2.5 * v, x) for _ in range(2)]
    return {"errors": errors, "x before": start, "x afterwards": x}


@public(3.0, 1.5)
def single_number(a: float, factor: float) -> object:
    """An array without axes, of shape (), is an array too; here f is x^2 (W11)."""
    return gradient_check(lambda v: float(v**2), lambda v: factor * 2.0 * v, np.array(a))


@pytest.mark.category("values")
def test_one_wrong_entry(student: Student, rng: np.random.Generator) -> None:
    """One wrong entry among many right ones: the worst entry decides, not the average."""
    cases: list[tuple[Floats, Floats]] = []
    for shape in ((4,), (2, 3), (7,), (3, 3)):
        x, mistake = rng.normal(size=shape), np.zeros(shape)
        mistake.flat[rng.integers(mistake.size)] = rng.uniform(0.2, 2.0) * rng.choice([-1.0, 1.0])
        cases.append((x, mistake))
    expect.close(student.map(parabolas, cases), [parabolas(*case) for case in cases])


@pytest.mark.category("values")
def test_wrong_everywhere(student: Student, rng: np.random.Generator) -> None:
    """A gradient off by a factor: the error is relative to the sizes of both gradients."""
    factors = [-1.0, *rng.uniform(1.2, 3.0, size=2).tolist(), -float(rng.uniform(0.2, 0.8))]
    cases = [(rng.normal(size=3), factor) for factor in factors]
    expect.close(student.map(scaled, cases), [scaled(*case) for case in cases])


@pytest.mark.category("values")
def test_several_wrong_entries(student: Student, rng: np.random.Generator) -> None:
    """Several wrong entries of different sizes: the largest relative error is wanted."""
    cases = [(rng.normal(size=5), rng.normal(size=5)) for _ in range(4)]
    expect.close(student.map(parabolas, cases), [parabolas(*case) for case in cases])


@pytest.mark.category("edges")
def test_right_gradient(student: Student, rng: np.random.Generator) -> None:
    """A right gradient: the error is tiny, and a wrong one beside it is still found."""
    x = rng.normal(size=4)
    cases = [(x, np.zeros(4)), (x, np.array([0.0, 0.0, 0.0, 1.0]))]
    expect.close(student.map(parabolas, cases), [parabolas(*case) for case in cases])


@pytest.mark.category("edges")
def test_flat_function(student: Student, rng: np.random.Generator) -> None:
    """Where both gradients vanish nothing is divided by zero; the divisor has a smallest size."""
    cases = [(rng.normal(size=3), slope) for slope in (0.0, 4e-9, -float(rng.uniform(1e-9, 8e-9)))]
    expect.close(student.map(flat, cases), [flat(*case) for case in cases])


@pytest.mark.category("shapes")
def test_shapes(student: Student, rng: np.random.Generator) -> None:
    """With several axes the answer is one number all the same."""
    shapes = [(1,), (2, 3), (2, 1, 2)]
    cases = [(rng.normal(size=shape), rng.normal(size=shape)) for shape in shapes]
    expect.close(student.map(parabolas, cases), [parabolas(*case) for case in cases])


@pytest.mark.category("shapes")
def test_no_axes(student: Student, rng: np.random.Generator) -> None:
    """An array without axes is an array too."""
    cases = [(float(rng.uniform(1.0, 3.0)), factor) for factor in (1.5, -1.0, 3.0)]
    expect.close(student.map(single_number, cases), [single_number(*case) for case in cases])


@pytest.mark.category("reuse")
def test_x_is_kept(student: Student, rng: np.random.Generator) -> None:
    """The check leaves x as it was, and gives the same answer again."""
    cases = [(rng.normal(size=shape),) for shape in ((3,), (2, 2))]
    wanted = [x_afterwards(x.copy()) for (x,) in cases]
    expect.close(student.map(x_afterwards, cases), wanted)


@pytest.mark.category("scale")
def test_many_entries(student: Student, rng: np.random.Generator) -> None:
    """A needle in a haystack: one wrong entry in a large array."""
    x, mistake = rng.normal(size=1_000), np.zeros(1_000)
    mistake[rng.integers(1_000)] = 0.5
    expect.close(student(parabolas, x, mistake), parabolas(x, mistake))
