"""a3_mlp / multiclass_hinge: every wrong class that comes too close costs something."""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.layers.losses import multiclass_hinge

Floats, Labels = NDArray[np.floating], NDArray[np.integer]
SCORES, LABELS = np.array([[2.0, 1.5, -1.0], [0.0, 0.5, 1.2]]), np.array([0, 2])


@public(SCORES[:1], LABELS[:1])
@public(SCORES, LABELS)
@public(np.array([[3.7, 2.9, 5.7]]), np.array([1]))
@public(np.array([[9.0, 1.0, 2.0], [1.0, 9.0, 2.0]]), np.array([0, 1]))
def loss_of(scores: Floats, labels: Labels) -> object:
    """The right class hears -1 for each class that comes too close, mean over examples (W21)."""
    loss, dscores = multiclass_hinge(scores, labels)
    return {"loss": loss, "dscores": np.asarray(dscores)}


@public(SCORES, LABELS, 0.25)
@public(SCORES, LABELS, 4.0)
def loss_with(scores: Floats, labels: Labels, margin: float) -> object:
    """The margin is the caller's (W21)."""
    loss, dscores = multiclass_hinge(scores, labels, margin=margin)
    return {"loss": loss, "dscores": np.asarray(dscores)}


@public(SCORES, LABELS)
def arguments_afterwards(scores: Floats, labels: Labels) -> object:
    """The scores and the labels belong to the caller and stay as they were (W21)."""
    loss, _ = multiclass_hinge(scores, labels)
    return {"loss": loss, "scores": scores, "labels": labels}


def two_calls(scores: Floats, labels: Labels) -> object:
    """Call twice; the first gradient must not change."""
    _, first = multiclass_hinge(scores, labels)
    second, _ = multiclass_hinge(-scores, labels, 2.0)
    return np.asarray(first), second


def at_the_margin(scores: Floats, labels: Labels) -> object:
    """Return the loss, the gradient of the first class and the sum of all."""
    loss, dscores = multiclass_hinge(scores, labels)
    dscores = np.asarray(dscores)
    return {"loss": loss, "wrong": dscores[:, 1:] * len(scores), "sum": dscores.sum(axis=1)}


def draw(rng: np.random.Generator, n: int, k: int, margin: float = 1.0) -> tuple[Floats, Labels]:
    """Return scores and labels such that no class lies near the margin."""
    labels = rng.integers(0, k, size=n)
    gaps = margin + rng.uniform(0.1, 2.5, size=(n, k)) * rng.choice([-1.0, 1.0], size=(n, k))
    scores = -gaps
    scores[np.arange(n), labels] = 0.0
    return scores + rng.normal(size=(n, 1)), labels


@pytest.mark.category("values")
def test_batches(student: Student, rng: np.random.Generator) -> None:
    """The mean loss of a batch and its gradient, with the usual margin."""
    cases = [draw(rng, 5, 4) for _ in range(4)]
    expect.close(student.map(loss_of, cases), [loss_of(*case) for case in cases])


@pytest.mark.category("values")
def test_margins(student: Student, rng: np.random.Generator) -> None:
    """Margins of the caller's choice, narrow and wide."""
    cases = [(*draw(rng, 5, 4, margin), margin) for margin in rng.uniform(0.2, 4.0, size=4)]
    expect.close(student.map(loss_with, cases), [loss_with(*case) for case in cases])


@pytest.mark.category("values")
def test_all_too_close(student: Student, rng: np.random.Generator) -> None:
    """Every wrong class is ahead of the right one, so the right one hears from all of them."""
    scores = rng.uniform(0.5, 2.0, size=(4, 5))
    labels = rng.integers(0, 5, size=4)
    scores[np.arange(4), labels] = -1.0
    expect.close(student(loss_of, scores, labels), loss_of(scores, labels))


@pytest.mark.category("shapes")
def test_sizes(student: Student, rng: np.random.Generator) -> None:
    """One example or many, two classes or many."""
    cases = [draw(rng, *size) for size in ((1, 3), (5, 2), (2, 9), (1, 2))]
    expect.close(student.map(loss_of, cases), [loss_of(*case) for case in cases])


@pytest.mark.category("edges")
def test_nothing_to_complain(student: Student, rng: np.random.Generator) -> None:
    """Where every example is right by far there is neither loss nor gradient."""
    labels = rng.integers(0, 3, size=4)
    cases = [(10.0 * np.eye(3)[labels], labels), (1e6 * np.eye(3)[labels], labels)]
    expect.close(student.map(loss_of, cases), [loss_of(*case) for case in cases])


@pytest.mark.category("edges")
def test_other_kinds_of_numbers(student: Student, rng: np.random.Generator) -> None:
    """Scores of single precision or very large, and labels that are short whole numbers."""
    scores, labels = draw(rng, 5, 4)
    cases = [(scores.astype(np.float32), labels.astype(np.int32)), (1e4 * scores, labels)]
    expect.close(student.map(loss_of, cases), [loss_of(*case) for case in cases], rtol=1e-4)


@pytest.mark.category("ties")
def test_at_the_margin(student: Student, rng: np.random.Generator) -> None:
    """Exactly at the margin any share of the slope will do, if the right class balances it."""
    scores = np.array([[2.0, 1.0, 1.0], [-3.0, -4.0, -4.0]])
    got = student(at_the_margin, scores, np.array([0, 0]))
    expect.close(got, {"loss": 0.0, "sum": np.zeros(2)})
    expect.close(got, {"wrong": np.full((2, 2), 0.5)}, rtol=0.5 + 1e-9)  # each lies in 0..1


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Neither scores nor labels are written into."""
    cases = [draw(rng, 3, 4), draw(rng, 1, 2)]
    wanted = [arguments_afterwards(scores.copy(), labels.copy()) for scores, labels in cases]
    expect.close(student.map(arguments_afterwards, cases), wanted)


@pytest.mark.category("reuse")
def test_two_calls(student: Student, rng: np.random.Generator) -> None:
    """A second call, with another margin, leaves the gradient of the first one alone."""
    case = draw(rng, 4, 3)
    expect.close(student(two_calls, *case), two_calls(*case))


@pytest.mark.category("cost")
def test_many_examples(student: Student, rng: np.random.Generator) -> None:
    """A large batch: the gradient is computed, not measured by nudging every score."""
    case = draw(rng, 30_000, 4)
    expect.close(student(loss_of, *case), loss_of(*case))
