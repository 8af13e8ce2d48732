"""a3_mlp / losses: one number for a batch, and its gradient by the scores."""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.layers.losses import bce_with_logits, hinge_loss, squared_error

Floats = NDArray[np.floating]
Y, T = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]]), np.array([[0.0, 1.0], [0.5, 1.0], [1, 2.0]])
SCORES, SIDES = np.array([0.2, -1.5, 3.0, 0.5]), np.array([1.0, 1.0, 1.0, -1.0])
Z, TRUTHS = np.array([1.5, -0.5, 0.0, 2.0]), np.array([0.0, 1.0, 1.0, 0.0])


@public(Y, T)
@public(np.array([1.0, -2.0, 0.5, 4.0]), np.array([0.0, 1.0, 0.5, 2.0]))
def squared(y: Floats, t: Floats) -> object:
    """Half the squared distance, summed over outputs, mean over the examples (W17, W21)."""
    loss, gradient = squared_error(y, t)
    return {"loss": loss, "gradient": np.asarray(gradient)}


@public(SCORES, SIDES)
@public(SCORES, np.array([-1, 1, -1, 1]))
@public(np.array([0.2]), np.array([1.0]))
def hinge(scores: Floats, y: Floats) -> object:
    """The gradient is -y / N where there is a loss, 0 for those right by more than 1 (W14, W15)."""
    loss, gradient = hinge_loss(scores, y)
    return {"loss": loss, "gradient": np.asarray(gradient)}


@public(Z, TRUTHS)
@public(Z, np.array([1, 0, 0, 1]))
@public(np.array([1000.0, -1000.0, 1000.0, -1000.0]), np.array([0.0, 0.0, 1.0, 1.0]))
def cross_entropy(z: Floats, y: Floats) -> object:
    """Sigmoid and logarithm together: finite at -1000 and 1000, gradient (a - y) / N (W18)."""
    loss, gradient = bce_with_logits(z, y)
    return {"loss": loss, "gradient": np.asarray(gradient)}


@public(Y, T, SCORES, SIDES, TRUTHS)
def arguments_afterwards(
    y: Floats, t: Floats, scores: Floats, sides: Floats, truths: Floats
) -> object:
    """A loss changes neither the answers nor the truth (W21)."""
    squared_error(y, t)
    hinge_loss(scores, sides)
    bce_with_logits(scores, truths)
    return {"y": y, "t": t, "scores": scores, "-1 or 1": sides, "0 or 1": truths}


@public(np.ones((3, 1)), np.ones(3))
@public(np.ones((3, 2)), np.ones((3, 1)))
@public(np.ones(3), np.ones(4))
def refusal(y: Floats, t: Floats) -> object:
    """Shapes that differ raise a ValueError, also where NumPy would make them fit (W21)."""
    try:
        squared_error(y, t)
    except ValueError:
        return "ValueError"
    return "no error"


def all_refusals(y: Floats, t: Floats) -> object:
    """Offer shapes that differ to each loss."""
    said: list[str] = []
    for loss in (squared_error, hinge_loss, bce_with_logits):
        try:
            loss(y, t)
            said.append("no error")
        except ValueError:
            said.append("ValueError")
    return said


def two_calls(scores: Floats, sides: Floats, truths: Floats) -> object:
    """Call each loss twice; the first gradients must not change."""
    found: list[object] = []
    for loss, y in ((squared_error, truths), (hinge_loss, sides), (bce_with_logits, truths)):
        _, first = loss(scores, y)
        loss(2.0 * scores, y[::-1].copy())
        found.append(np.asarray(first))
    return found


def slopes_at_the_margin(y: Floats) -> object:
    """Return the loss of scores exactly at the margin, and how much of its slope each one has."""
    loss, gradient = hinge_loss(y.copy(), y)
    return {"loss": loss, "shares": np.asarray(gradient) * -y * len(y)}


def off_the_margin(rng: np.random.Generator, n: int) -> tuple[Floats, Floats]:
    """Draw scores none of which lies near the margin of its label."""
    y = rng.choice([-1.0, 1.0], size=n)
    return y * (1.0 + rng.choice([-1.0, 1.0], size=n) * rng.uniform(0.1, 3.0, size=n)), y


@pytest.mark.category("values")
def test_squared_error(student: Student, rng: np.random.Generator) -> None:
    """Squared error with several outputs: the mean is over examples, not over entries."""
    cases = [(rng.normal(size=shape), rng.normal(size=shape)) for shape in ((4, 3), (3, 5), (2, 2))]
    expect.close(student.map(squared, cases), [squared(*case) for case in cases])


@pytest.mark.category("values")
def test_hinge(student: Student, rng: np.random.Generator) -> None:
    """The hinge: who is right by enough costs nothing, everybody else pulls with the same force."""
    cases = [off_the_margin(rng, n) for n in (12, 9, 15)]
    expect.close(student.map(hinge, cases), [hinge(*case) for case in cases])


@pytest.mark.category("values")
def test_cross_entropy(student: Student, rng: np.random.Generator) -> None:
    """Binary cross-entropy from logits, and the answer minus the truth as its gradient."""
    cases = [(rng.normal(scale=2.0, size=n), rng.integers(0, 2, n) * 1.0) for n in (5, 8, 6)]
    expect.close(student.map(cross_entropy, cases), [cross_entropy(*case) for case in cases])


@pytest.mark.category("shapes")
def test_one_axis_or_two(student: Student, rng: np.random.Generator) -> None:
    """Squared error of one output for each example, with one axis or with two."""
    cases = [(rng.normal(size=shape), rng.normal(size=shape)) for shape in ((6,), (6, 1), (1, 6))]
    expect.close(student.map(squared, cases), [squared(*case) for case in cases])


@pytest.mark.category("shapes")
def test_one_example(student: Student, rng: np.random.Generator) -> None:
    """A batch of a single example."""
    scores, y = off_the_margin(rng, 1)
    truth = (y + 1.0) / 2.0
    expect.close(student(squared, scores, y), squared(scores, y))
    expect.close(student(hinge, scores, y), hinge(scores, y))
    expect.close(student(cross_entropy, scores, truth), cross_entropy(scores, truth))


@pytest.mark.category("shapes")
def test_refusals(student: Student, rng: np.random.Generator) -> None:
    """Shapes that differ are refused by all three, a column against a row first of all."""
    n = int(rng.integers(2, 6))
    cases = [(np.ones((n, 1)), np.ones(n)), (np.ones(n), np.ones((n, 1))), (np.ones(n), np.ones(1))]
    expect.close(student.map(all_refusals, cases), [all_refusals(*case) for case in cases])


@pytest.mark.category("edges")
def test_far_logits(student: Student, rng: np.random.Generator) -> None:
    """Cross-entropy of logits far from zero is a number, for either label."""
    z = rng.uniform(700.0, 1300.0, size=8) * np.tile([1.0, -1.0], 4)
    case = (z, np.repeat([0.0, 1.0], 4))
    expect.close(student(cross_entropy, *case), cross_entropy(*case))
    small = (np.array([0.0, -1e-9]), np.array([1.0, 0.0]))
    expect.close(student(cross_entropy, *small), cross_entropy(*small))


@pytest.mark.category("edges")
def test_whole_number_labels(student: Student, rng: np.random.Generator) -> None:
    """Labels that are whole numbers."""
    scores, y = off_the_margin(rng, 7)
    sides, truths = y.astype(int), ((y + 1) / 2).astype(int)
    expect.close(student(hinge, scores, sides), hinge(scores, sides))
    expect.close(student(cross_entropy, scores, truths), cross_entropy(scores, truths))


@pytest.mark.category("edges")
def test_single_precision(student: Student, rng: np.random.Generator) -> None:
    """Arrays of single precision, judged by value."""
    scores, y = (each.astype(np.float32) for each in off_the_margin(rng, 6))
    truths = (y + 1) / 2
    expect.close(student(squared, scores, y), squared(scores, y), rtol=1e-4)
    expect.close(student(hinge, scores, y), hinge(scores, y), rtol=1e-4)
    expect.close(student(cross_entropy, scores, truths), cross_entropy(scores, truths), rtol=1e-4)


@pytest.mark.category("ties")
def test_at_the_margin(student: Student, rng: np.random.Generator) -> None:
    """The hinge exactly at its margin: any slope between none and the whole one will do."""
    y = rng.choice([-1.0, 1.0], size=5)
    got = student(slopes_at_the_margin, y)
    expect.close(got, {"loss": 0.0})
    expect.close(got, {"shares": np.full(5, 0.5)}, rtol=0.5 + 1e-9)  # each lies in 0..1


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Neither the scores nor the truth is written into."""
    scores, sides = off_the_margin(rng, 5)
    case = (rng.normal(size=(3, 2)), rng.normal(size=(3, 2)), scores, sides, (sides + 1) / 2)
    wanted = arguments_afterwards(*(each.copy() for each in case))
    expect.close(student(arguments_afterwards, *case), wanted)


@pytest.mark.category("reuse")
def test_two_calls(student: Student, rng: np.random.Generator) -> None:
    """A second call leaves the gradient of the first one alone."""
    scores, sides = off_the_margin(rng, 6)
    case = (scores, sides, (sides + 1) / 2)
    expect.close(student(two_calls, *case), two_calls(*case))


@pytest.mark.category("cost")
def test_many_examples(student: Student, rng: np.random.Generator) -> None:
    """A large batch: gradients are computed, not measured by nudging every score."""
    scores, sides = off_the_margin(rng, 100_000)
    truths = (sides + 1) / 2
    expect.close(student(squared, scores, truths), squared(scores, truths))
    expect.close(student(hinge, scores, sides), hinge(scores, sides))
    expect.close(student(cross_entropy, scores, truths), cross_entropy(scores, truths))
