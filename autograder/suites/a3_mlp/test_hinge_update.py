"""a3_mlp / hinge_update: an example that is not right by enough pulls the weights to itself."""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.mlp import hinge_update

Floats = NDArray[np.floating]
Case = tuple[Floats, Floats, float, float]
W, X = np.array([0.5, 1.0, -0.5, 0.5]), np.array([2.0, -1.0, 1.0])


@public(W, X, 1.0, 0.1)
@public(W, X, -1.0, 0.1)
@public(np.array([0.9, 0.8, -0.3, 0.7]), X, 1.0, 0.1)
@public(np.array([-2.0, 0.5]), np.array([1.5]), 1, 0.25)
def step(w: Floats, x: Floats, y: float, rate: float) -> object:
    """One step on one example: the bias, last in w, moves too; if 1 - yz < 0 nothing does (W14)."""
    return np.asarray(hinge_update(w, x, y, rate))


@public(W, X, 1.0, 0.1)
@public(np.array([0.9, 0.8, -0.3, 0.7]), X, 1.0, 0.1)
def arguments_afterwards(w: Floats, x: Floats, y: float, rate: float) -> object:
    """The old weights stay as they were, also when there is nothing to learn (W14)."""
    new = np.asarray(hinge_update(w, x, y, rate))
    return {"new": new, "w": w, "x": x, "the new array is the old one": np.shares_memory(new, w)}


@public(W, X, 1.0, 0.1, 3)
def same_example_again(w: Floats, x: Floats, y: float, rate: float, steps: int) -> object:
    """The same example again and again: after two steps it is right by enough (W14)."""
    path = [w]
    for _ in range(steps):
        path.append(np.asarray(hinge_update(path[-1], x, y, rate)))
    return path


def a_round(w: Floats, xs: Floats, ys: Floats, rate: float) -> object:
    """Take one step for each example."""
    for x, y in zip(xs, ys, strict=True):
        w = np.asarray(hinge_update(w, x, float(y), rate))
    return w


def shares_at_the_margin(w: Floats, x: Floats, y: float, rate: float) -> object:
    """Return how far each weight went, measured in whole steps of its own."""
    new = np.asarray(hinge_update(w, x, y, rate))
    return (new - w) / (rate * y * np.append(x, 1.0))


def wrong_examples(rng: np.random.Generator, widths: tuple[int, ...]) -> list[Case]:
    """Draw examples whose loss is well above 0, with both labels."""
    cases: list[Case] = []
    for place, width in enumerate(widths):
        w, x, y = rng.normal(size=width + 1), rng.normal(size=width), 1.0 - 2.0 * (place % 2)
        w[-1] -= (w[:-1] @ x + w[-1]) + y * rng.uniform(0.2, 2.0)  # now y z is below 0
        cases.append((w, x, y, float(rng.uniform(0.05, 0.5))))
    return cases


def right_examples(rng: np.random.Generator, widths: tuple[int, ...]) -> list[Case]:
    """Draw examples that are right by more than enough."""
    cases: list[Case] = []
    for w, x, y, rate in wrong_examples(rng, widths):
        w[-1] -= (w[:-1] @ x + w[-1]) - y * rng.uniform(1.3, 3.0)
        cases.append((w, x, y, rate))
    return cases


@pytest.mark.category("values")
def test_wrong_examples(student: Student, rng: np.random.Generator) -> None:
    """An example on the wrong side pulls the weights towards itself, whichever its label is."""
    cases = wrong_examples(rng, (3, 3, 2, 2, 4, 4))
    expect.close(student.map(step, cases), [step(*case) for case in cases])


@pytest.mark.category("values")
def test_right_and_wrong_examples(student: Student, rng: np.random.Generator) -> None:
    """Examples that are right by enough leave weights and bias alone, the others do not."""
    cases = [*right_examples(rng, (3, 3, 2)), *wrong_examples(rng, (3, 3))]
    expect.close(student.map(step, cases), [step(*case) for case in cases])


@pytest.mark.category("values")
def test_right_by_too_little(student: Student, rng: np.random.Generator) -> None:
    """An example on the right side, but by less than 1, still has something to say."""
    cases: list[Case] = []
    for w, x, y, rate in wrong_examples(rng, (2, 3, 4, 3)):
        w[-1] -= (w[:-1] @ x + w[-1]) - y * rng.uniform(0.2, 0.8)
        cases.append((w, x, y, rate))
    expect.close(student.map(step, cases), [step(*case) for case in cases])


@pytest.mark.category("values")
def test_a_round(student: Student, rng: np.random.Generator) -> None:
    """A round over several examples: every step goes on from the weights of the one before."""
    xs, ys = rng.normal(size=(12, 3)), rng.choice([-1.0, 1.0], size=12)
    case = (rng.normal(size=4), xs, ys, 0.3)
    expect.close(student(a_round, *case), a_round(*case))


@pytest.mark.category("shapes")
def test_any_width(student: Student, rng: np.random.Generator) -> None:
    """One input, or many: the last entry of the weights is the bias."""
    cases = wrong_examples(rng, (1, 1, 7, 40))
    expect.close(student.map(step, cases), [step(*case) for case in cases])


@pytest.mark.category("edges")
def test_whole_number_labels(student: Student, rng: np.random.Generator) -> None:
    """The label may be a whole number; an example of zeros moves the bias alone."""
    cases = [(w, np.round(x), int(y), rate) for w, x, y, rate in wrong_examples(rng, (2, 3))]
    cases += [(np.array([0.5, -0.5, 0.0]), np.zeros(2), y, 0.25) for y in (1, -1)]
    expect.close(student.map(step, cases), [step(*case) for case in cases])


@pytest.mark.category("ties")
def test_at_the_margin(student: Student, rng: np.random.Generator) -> None:
    """Exactly at the margin anything between no step and the whole step will do."""
    x = rng.choice([-2.0, -1.0, 1.0, 2.0], size=3)
    cases = [(np.append(np.ones(3), y - x.sum()), x, y, 0.5) for y in (1.0, -1.0)]
    for share in student.map(shares_at_the_margin, cases):
        expect.close(share, np.full(4, 0.5), rtol=0.5 + 1e-9)  # each lies in 0..1


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """The weights that were handed in belong to the caller, and a new array comes back."""
    cases = [*wrong_examples(rng, (3, 2)), *right_examples(rng, (3, 2))]
    wanted = [arguments_afterwards(w.copy(), x.copy(), y, rate) for w, x, y, rate in cases]
    expect.close(student.map(arguments_afterwards, cases), wanted)
