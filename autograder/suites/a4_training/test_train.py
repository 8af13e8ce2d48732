"""a4_training / train: minibatch SGD on softmax cross-entropy, with a history of every epoch.

The order of the examples is the student's own. Where all examples are one batch, or all the same,
it changes no number, and the steps can be compared one by one.
"""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.layers.losses import softmax_cross_entropy
from reference.mlp import mlp_forward
from reference.training import train

Array = NDArray[np.floating]
Labels = NDArray[np.int64]
Params = list[tuple[Array, Array]]
Data = tuple[Array, Labels, Array, Labels]

START = [
    (np.array([[0.5, -1.0, 0.25], [1.0, 0.5, -0.5]]), np.array([0.1, 0.0, -0.1])),
    (np.array([[1.0, -0.5], [0.25, 0.5], [-1.0, 1.0]]), np.array([0.0, 0.2])),
]
FOUR = (
    np.array([[1.0, 2.0], [-1.0, 0.5], [0.5, -2.0], [2.0, 1.0]]),
    np.array([0, 1, 1, 0]),
    np.array([[1.5, 1.0], [-0.5, -1.0], [0.25, 1.0]]),
    np.array([0, 1, 1]),
)
FIVE_ALIKE = (np.array([[1.0, -2.0]] * 5), np.array([1] * 5), *FOUR[2:])


@public(START, FOUR, 1, 0.5, 4)
@public(START, FOUR, 3, 0.5, 4)
@public(START, FIVE_ALIKE, 2, 0.3, 2)
def trained(start: Params, data: Data, epochs: int, rate: float, size: int) -> object:
    """A step for each batch, the short one too; losses of all examples each epoch (W25)."""
    start = [(np.array(w), np.array(b)) for w, b in start]
    params, history = train(start, data, epochs, rate, size, np.random.default_rng(3))
    return {
        "params": [[np.array(w), np.array(b)] for w, b in params],
        "train_loss": [float(loss) for loss in history["train_loss"]],
        "test_loss": [float(loss) for loss in history["test_loss"]],
        "test_accuracy": [float(share) for share in history["test_accuracy"]],
    }


@public(START, FOUR, 2)
def arguments_afterwards(start: Params, data: Data, epochs: int) -> object:
    """Training returns new parameters: those it started from, and the data, stay (W25)."""
    params, _ = train(start, data, epochs, 0.5, 2, np.random.default_rng(3))
    return {"layers": len(params), "start": [[w, b] for w, b in start], "data": list(data)}


@public(START, FOUR, 2, 0.5, 3)
def against_parameters(start: Params, data: Data, epochs: int, rate: float, size: int) -> object:
    """The last entries of the history fit the parameters that come back (W25): all gaps are 0.

    For the visible check alone: what is 0 for every right answer is no proof of one.
    """
    params, history = train(start, data, epochs, rate, size, np.random.default_rng(3))
    found: list[float] = []
    for x, labels in (data[:2], data[2:]):
        for layer, (w, b) in enumerate(params):
            x = (np.maximum(x, 0.0) if layer else x) @ w + b
        log_p = x - np.log(np.sum(np.exp(x), axis=1, keepdims=True))
        right = np.argmax(x, axis=1) == labels
        found += [-np.mean(log_p[np.arange(len(labels)), labels]), np.mean(right)]
    wanted = {"train_loss": found[0], "test_loss": found[2], "test_accuracy": found[3]}
    return {key: round(float(abs(history[key][-1] - wanted[key])), 9) for key in wanted}


def learnt(
    start: Params, data: Data, epochs: int, rate: float, size: int, seed: int
) -> dict[str, Any]:
    """Train in small batches; return the parameters, and the last entries of the history."""
    params, history = train(start, data, epochs, rate, size, np.random.default_rng(seed))
    keys = ("train_loss", "test_loss", "test_accuracy")
    last = {key: float(history[key][-1]) for key in keys}
    return {"params": [[np.array(w), np.array(b)] for w, b in params], **last}


def measured(params: Params, data: Data) -> dict[str, float]:
    """Work out here what the last entries of the history of such parameters are."""
    train_scores, test_scores = (mlp_forward(x, params)[0] for x in (data[0], data[2]))
    return {
        "train_loss": softmax_cross_entropy(train_scores, data[1])[0],
        "test_loss": softmax_cross_entropy(test_scores, data[3])[0],
        "test_accuracy": float(np.equal(test_scores.argmax(axis=1), data[3]).mean()),
    }


def check_learnt(got: dict[str, Any], start: Params, data: Data) -> None:
    """Check that parameters have learnt something, and that the history is theirs."""
    params = [(np.asarray(w, float), np.asarray(b, float)) for w, b in got["params"]]
    shapes = [[[*w.shape], [*b.shape]] for w, b in params]
    expect.close(shapes, [[[*w.shape], [*b.shape]] for w, b in start])
    there = measured(params, data)
    expect.close(got, there)
    before = measured(start, data)["train_loss"]
    expect.holds(bool(there["train_loss"] < before), "the training loss did not fall")


def layers(rng: np.random.Generator, *sizes: int) -> Params:
    """Draw parameters of a network with these sizes."""
    return [(rng.normal(0, d**-0.5, (d, m)), rng.normal(0, 0.1, m)) for d, m in pairwise(sizes)]


def drawn(rng: np.random.Generator, n: int, d: int, k: int) -> Data:
    """Draw data without any sense, n examples of d numbers in k classes, and as many to test."""
    x, test = rng.normal(size=(2, n, d))
    return x, rng.integers(0, k, n), test, rng.integers(0, k, n)


def alike(rng: np.random.Generator, n: int, d: int, k: int) -> Data:
    """Draw one example, and take it n times."""
    x, labels, test, test_labels = drawn(rng, n, d, k)
    return np.tile(x[:1], (n, 1)), np.repeat(labels[:1], n), test, test_labels


def clouds(rng: np.random.Generator, n: int) -> Data:
    """Draw three clouds that are easy to tell apart, half of them to test."""
    labels = rng.integers(0, 3, 2 * n)
    centres = np.array([[2.0, 0.0], [-1.0, 2.0], [-1.0, -2.0]])
    x = centres[labels] + 0.3 * rng.normal(size=(2 * n, 2))
    return x[:n], labels[:n], x[n:], labels[n:]


@pytest.mark.category("values")
@pytest.mark.weight(2)
def test_parameters_of_full_batches(student: Student, rng: np.random.Generator) -> None:
    """Parameters after some epochs in which all examples are one batch."""
    cases = [(layers(rng, 3, 5, 4), drawn(rng, 8, 3, 4), n, 0.3, 8) for n in (1, 2, 5)]
    got = [each["params"] for each in student.map(trained, cases)]
    expect.close(got, [trained(*case)["params"] for case in cases])


@pytest.mark.category("values")
def test_losses_of_full_batches(student: Student, rng: np.random.Generator) -> None:
    """Both losses, over all examples of their part, after each epoch."""
    cases = [(layers(rng, 3, 5, 4), drawn(rng, 8, 3, 4), n, 0.3, 8) for n in (1, 4)]
    for got, case in zip(student.map(trained, cases), cases, strict=True):
        wanted = trained(*case)
        expect.close(got["train_loss"], wanted["train_loss"])
        expect.close(got["test_loss"], wanted["test_loss"])


@pytest.mark.category("values")
def test_accuracy(student: Student, rng: np.random.Generator) -> None:
    """The share of the test examples whose largest score is the right one, after each epoch."""
    cases = [(layers(rng, 3, 5, 4), drawn(rng, 30, 3, 4), 4, 0.5, 30) for _ in range(3)]
    got = [each["test_accuracy"] for each in student.map(trained, cases)]
    expect.close(got, [trained(*case)["test_accuracy"] for case in cases])


@pytest.mark.category("values")
@pytest.mark.weight(2)
def test_steps_of_an_epoch(student: Student, rng: np.random.Generator) -> None:
    """One step for each batch, the short one at the end included, epoch after epoch."""
    cases = [(layers(rng, 2, 4, 3), alike(rng, n, 2, 3), 3, 0.2, 4) for n in (9, 8, 11)]
    expect.close(student.map(trained, cases), [trained(*case) for case in cases])


@pytest.mark.category("values")
def test_history_fits_the_parameters(student: Student, rng: np.random.Generator) -> None:
    """Batches smaller than all there is: the history fits the parameters that come back."""
    cases = [(layers(rng, 2, 6, 3), clouds(rng, 25), 2, 0.3, size, 3) for size in (4, 10)]
    for got, (start, data, *_) in zip(student.map(learnt, cases), cases, strict=True):
        check_learnt(got, start, data)


@pytest.mark.category("edges")
def test_it_learns(student: Student, rng: np.random.Generator) -> None:
    """On clouds that are easy to tell apart, small batches learn quickly."""
    start, data = layers(rng, 2, 12, 3), clouds(rng, 100)
    got = student(learnt, start, data, 10, 0.2, 10, 1)
    check_learnt(got, start, data)
    expect.holds(bool(got["test_loss"] < 0.35), "the loss on the test part is large")
    expect.holds(bool(got["test_accuracy"] > 0.93), "the accuracy is low")


@pytest.mark.category("shapes")
def test_networks(student: Student, rng: np.random.Generator) -> None:
    """Networks of one layer, of three and of four, with parts of different sizes."""
    sizes = ((3, 2), (4, 6, 5, 3), (2, 3, 4, 3, 2))
    cases = [(layers(rng, *size), drawn(rng, 7, size[0], size[-1]), 2, 0.2, 7) for size in sizes]
    cases = [(start, (x, y, t[:4], z[:4]), *rest) for start, (x, y, t, z), *rest in cases]
    expect.close(student.map(trained, cases), [trained(*case) for case in cases])


@pytest.mark.category("edges")
def test_no_epochs(student: Student, rng: np.random.Generator) -> None:
    """No epoch at all: the parameters of the start, and a history without entries."""
    case = (layers(rng, 3, 4, 2), drawn(rng, 5, 3, 2), 0, 0.1, 2)
    expect.close(student(trained, *case), trained(*case))


@pytest.mark.category("edges")
def test_sizes_of_batches(student: Student, rng: np.random.Generator) -> None:
    """Batches of one example, and batches larger than all there is."""
    cases = [(layers(rng, 2, 3, 3), alike(rng, 5, 2, 3), 2, 0.2, 1)]
    cases += [(layers(rng, 2, 3, 3), drawn(rng, 5, 2, 3), 2, 0.2, 50)]
    expect.close(student.map(trained, cases), [trained(*case) for case in cases])


@pytest.mark.category("reuse")
def test_the_test_part_teaches_nothing(student: Student, rng: np.random.Generator) -> None:
    """The parameters do not depend on the examples kept for the test."""
    start, data = layers(rng, 3, 4, 3), drawn(rng, 6, 3, 3)
    others = drawn(rng, 6, 3, 3)[2:]
    cases = [(start, data, 3, 0.4, 6), (start, (*data[:2], *others), 3, 0.4, 6)]
    got = [each["params"] for each in student.map(trained, cases)]
    expect.close(got, [trained(*cases[0])["params"]] * 2)


@pytest.mark.category("reuse")
def test_generator_decides(student: Student, rng: np.random.Generator) -> None:
    """Chance comes from the generator alone: the same seed gives the same training."""
    start, data, seed = layers(rng, 2, 6, 3), clouds(rng, 40), int(rng.integers(1_000))
    first, again = student.map(learnt, [(start, data, 2, 0.2, 10, seed)] * 2)
    check_learnt(first, start, data)
    expect.close(again, first, rtol=1e-12)


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Training leaves the parameters it starts from, and the data, as they were."""
    case = (layers(rng, 3, 4, 3), drawn(rng, 6, 3, 3), 2)
    expect.close(student(arguments_afterwards, *case), arguments_afterwards(*case))
