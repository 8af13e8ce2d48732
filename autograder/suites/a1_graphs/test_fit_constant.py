"""a1_graphs / fit_constant: gradient descent on L = (w - target)^2."""

import numpy as np
import pytest

from autograder import expect
from autograder.program import Student, public
from reference.descent import fit_constant


@public(6.0, 0.0, 0.25, 3)
@public(-2.0, 3.0, 0.1, 5)
@public(6.0, 0.0, 1.0, 4)
@public(6.0, 0.0, 0.25, 0)
@public(6, 0, 0.25, 3)
def descend(target: float, start: float, rate: float, steps: int) -> object:
    """The game L = (w - target)^2: every w from the start on, one more than the steps (W3)."""
    return list(fit_constant(target, start, rate, steps))


@public(6.0, 0.0, 0.25, 3)
def descend_twice(target: float, start: float, rate: float, steps: int) -> object:
    """A second game starts afresh, and the list of the first stays as it was (W3)."""
    first = fit_constant(target, start, rate, steps)
    second = fit_constant(-target, start, rate, steps)
    return {"first": list(first), "second": list(second)}


@pytest.mark.category("values")
def test_descent(student: Student, rng: np.random.Generator) -> None:
    """Each step goes against the gradient of the squared distance, by the rate times its size."""
    points, rates = rng.normal(scale=5.0, size=(3, 2)), rng.uniform(0.05, 0.4, size=3)
    cases = [(*point, rate, 6) for point, rate in zip(points.tolist(), rates.tolist(), strict=True)]
    expect.close(student.map(descend, cases), [descend(*case) for case in cases])


@pytest.mark.category("values")
def test_one_step(student: Student, rng: np.random.Generator) -> None:
    """A single step: the square has a slope of its own, which belongs to the gradient."""
    cases = [(float(t), float(s), 0.125, 1) for t, s in rng.normal(scale=3.0, size=(4, 2))]
    expect.close(student.map(descend, cases), [descend(*case) for case in cases])


@pytest.mark.category("shapes")
def test_length(student: Student, rng: np.random.Generator) -> None:
    """The list holds the start and then one value for each step."""
    start = float(rng.normal())
    cases = [(start + 2.0, start, 0.1, steps) for steps in (0, 1, 2, 9)]
    expect.close(student.map(descend, cases), [descend(*case) for case in cases])


@pytest.mark.category("edges")
def test_far_too_large_a_rate(student: Student, rng: np.random.Generator) -> None:
    """With too large a rate w jumps from side to side or runs away, and the game goes on."""
    target, start = rng.normal(scale=3.0, size=2).tolist()
    cases = [(target, start, 1.0, 4), (target, start, 1.5, 8)]
    expect.close(student.map(descend, cases), [descend(*case) for case in cases])


@pytest.mark.category("edges")
def test_at_the_target(student: Student, rng: np.random.Generator) -> None:
    """At the target the gradient is zero and w stays; without a rate it stays anywhere."""
    target, start = rng.normal(scale=3.0, size=2).tolist()
    cases = [(target, target, 0.3, 4), (target, start, 0.0, 3)]
    expect.close(student.map(descend, cases), [descend(*case) for case in cases])


@pytest.mark.category("edges")
def test_whole_numbers(student: Student, rng: np.random.Generator) -> None:
    """Target and start may be whole numbers; the values in between are not rounded."""
    target, start = (int(n) for n in rng.choice(np.arange(-9, 10), size=2, replace=False))
    cases = [(target, start, 0.125, 5), (np.float64(target), np.float64(start), 0.3, 3)]
    expect.close(student.map(descend, cases), [descend(*case) for case in cases])


@pytest.mark.category("reuse")
def test_second_game(student: Student, rng: np.random.Generator) -> None:
    """A second call starts afresh and leaves the list of the first call alone."""
    target, start = rng.normal(scale=3.0, size=2).tolist()
    case = (target, start, 0.2, 4)
    expect.close(student(descend_twice, *case), descend_twice(*case))


@pytest.mark.category("scale")
def test_many_steps(student: Student, rng: np.random.Generator) -> None:
    """Many small steps: the graph of one step is no part of the next."""
    target, start = rng.normal(scale=3.0, size=2).tolist()
    case = (target, start, 0.01, 300)
    expect.close(student(descend, *case), descend(*case))
