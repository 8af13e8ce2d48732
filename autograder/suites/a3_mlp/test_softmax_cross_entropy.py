"""a3_mlp / softmax_cross_entropy: probabilities for classes, and a loss that stays finite."""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.layers.losses import softmax_cross_entropy

Floats, Labels = NDArray[np.floating], NDArray[np.integer]
SCORES, LABELS = np.array([[2.0, 1.5, -1.0], [0.0, 0.5, 1.0]]), np.array([0, 2])


@public(SCORES[:1], LABELS[:1])
@public(SCORES, LABELS)
@public(np.array([[3.7, 2.9, 5.7]]), np.array([1]))
@public(SCORES + np.array([[1000.0], [-1000.0]]), LABELS)
@public(np.array([[1000.0, -1000.0, 0.0], [-1000.0, 1000.0, 0.0]]), np.array([0, 0]))
def loss_of(scores: Floats, labels: Labels) -> object:
    """Minus log p of the right class, mean over N; finite for large scores as well (W21, W18)."""
    loss, dscores = softmax_cross_entropy(scores, labels)
    return {"loss": loss, "dscores": np.asarray(dscores)}


@public(SCORES, LABELS)
def arguments_afterwards(scores: Floats, labels: Labels) -> object:
    """The scores and the labels belong to the caller and stay as they were (W21)."""
    loss, _ = softmax_cross_entropy(scores, labels)
    return {"loss": loss, "scores": scores, "labels": labels}


def two_calls(scores: Floats, labels: Labels) -> object:
    """Call twice; the first gradient must not change."""
    _, first = softmax_cross_entropy(scores, labels)
    second, _ = softmax_cross_entropy(-scores, labels)
    return np.asarray(first), second


def draw(rng: np.random.Generator, n: int, k: int) -> tuple[Floats, Labels]:
    """Return scores and labels for n examples and k classes."""
    return rng.normal(scale=1.5, size=(n, k)), rng.integers(0, k, size=n)


@pytest.mark.category("values")
def test_batches(student: Student, rng: np.random.Generator) -> None:
    """The mean loss of a batch and its gradient: probabilities, less 1 at the label."""
    cases = [draw(rng, 4, 3) for _ in range(4)]
    expect.close(student.map(loss_of, cases), [loss_of(*case) for case in cases])


@pytest.mark.category("values")
def test_single_examples(student: Student, rng: np.random.Generator) -> None:
    """One example at a time, with every class as the right one."""
    scores, _ = draw(rng, 1, 4)
    cases = [(scores, np.array([label])) for label in range(4)]
    expect.close(student.map(loss_of, cases), [loss_of(*case) for case in cases])


@pytest.mark.category("shapes")
def test_sizes(student: Student, rng: np.random.Generator) -> None:
    """Two classes or many, fewer examples than classes or more."""
    cases = [draw(rng, *size) for size in ((5, 2), (2, 9), (9, 4), (3, 3))]
    expect.close(student.map(loss_of, cases), [loss_of(*case) for case in cases])


@pytest.mark.category("edges")
def test_shifted(student: Student, rng: np.random.Generator) -> None:
    """All scores raised or lowered by very much: probabilities do not change."""
    scores, labels = draw(rng, 4, 3)
    far = float(rng.uniform(900.0, 1100.0))
    cases = [(scores + far, labels), (scores - far, labels)]
    cases.append((scores + far * np.array([[1.0], [-1.0], [0.0], [2.0]]), labels))
    expect.close(student.map(loss_of, cases), [loss_of(*case) for case in cases])


@pytest.mark.category("edges")
def test_spread(student: Student, rng: np.random.Generator) -> None:
    """Scores of a row very far apart: the loss is large, but a number."""
    far = rng.uniform(700.0, 1100.0, size=(6, 3)) * np.array([1.0, -1.0, 0.0])
    cases = [(far, np.array([0, 1, 2, 0, 1, 2])), (-far, np.array([0, 1, 2, 2, 1, 0]))]
    expect.close(student.map(loss_of, cases), [loss_of(*case) for case in cases])


@pytest.mark.category("edges")
def test_equal_scores(student: Student, rng: np.random.Generator) -> None:
    """Rows of equal scores: every class is as probable as the others."""
    cases = [(np.full((3, 5), float(rng.normal())), np.array([0, 4, 2])), (np.zeros((1, 2)), [1])]
    cases = [(scores, np.asarray(labels)) for scores, labels in cases]
    expect.close(student.map(loss_of, cases), [loss_of(*case) for case in cases])


@pytest.mark.category("edges")
def test_other_kinds_of_numbers(student: Student, rng: np.random.Generator) -> None:
    """Scores of single precision, and labels that are short whole numbers."""
    scores, labels = draw(rng, 5, 4)
    case = (scores.astype(np.float32), labels.astype(np.int32))
    expect.close(student(loss_of, *case), loss_of(*case), rtol=1e-4)


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Neither scores nor labels are written into."""
    cases = [draw(rng, 3, 4), draw(rng, 1, 2)]
    wanted = [arguments_afterwards(scores.copy(), labels.copy()) for scores, labels in cases]
    expect.close(student.map(arguments_afterwards, cases), wanted)


@pytest.mark.category("reuse")
def test_two_calls(student: Student, rng: np.random.Generator) -> None:
    """A second call leaves the gradient of the first one alone."""
    case = draw(rng, 4, 3)
    expect.close(student(two_calls, *case), two_calls(*case))


@pytest.mark.category("cost")
def test_many_examples(student: Student, rng: np.random.Generator) -> None:
    """A large batch: the gradient is computed, not measured by nudging every score."""
    case = draw(rng, 30_000, 4)
    expect.close(student(loss_of, *case), loss_of(*case))
