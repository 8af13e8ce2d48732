"""a4_training / minibatches: one shuffled pass, cut into batches."""

from operator import ne

import numpy as np
import pytest

from autograder import expect
from autograder.program import Student, public
from reference.training import minibatches


@public(7, 3)
@public(6, 2)
@public(4, 9)
def one_pass(n: int, size: int) -> object:
    """Every example comes once, `size` at a time, and the last batch has what is left (W25)."""
    x, labels = np.arange(2.0 * n).reshape(n, 2), np.arange(n)
    batches = list(minibatches(x, labels, size, np.random.default_rng(5)))
    return {
        "examples in each batch": [(len(xb), len(lb)) for xb, lb in batches],
        "labels, put in order": sorted(int(label) for _, lb in batches for label in lb),
    }


@public(6, 4)
def rows_and_labels(n: int, size: int) -> object:
    """Row i of the data is i + 1/2 and its label is i: they stay together in a batch (W25)."""
    x, labels = np.arange(n).reshape(n, 1) + 0.5, np.arange(n)
    batches = list(minibatches(x, labels, size, np.random.default_rng(5)))
    pairs = [
        (float(row[0]), int(label)) for xb, lb in batches for row, label in zip(xb, lb, strict=True)
    ]
    return sorted(pairs)


@public(20, 6)
def arguments_afterwards(n: int, size: int) -> object:
    """The data are left in the order in which they came (W25)."""
    x, labels = np.arange(3.0 * n).reshape(n, 3), np.arange(n)
    batches = list(minibatches(x, labels, size, np.random.default_rng(5)))
    return {"batches": len(batches), "x": x, "labels": labels}


@public(40, 8)
def shuffled(n: int, size: int) -> object:
    """A pass is shuffled by `rng`: no pass is in order, and the next one is another (W25)."""
    rng = np.random.default_rng(5)
    passes: list[list[int]] = []
    for _ in range(2):
        batches = list(minibatches(np.zeros((n, 1)), np.arange(n), size, rng))
        passes.append([int(label) for _, lb in batches for label in lb])
    return {
        "in order": [order == sorted(order) for order in passes],
        "the same twice": passes[0] == passes[1],
        "labels, put in order": sorted(passes[0]),
    }


def orders(n: int, size: int, seed: int) -> list[list[int]]:
    """Return the labels of two passes in the order in which they came."""
    rng = np.random.default_rng(seed)
    passes = [list(minibatches(np.zeros((n, 1)), np.arange(n), size, rng)) for _ in range(2)]
    return [[int(label) for _, lb in batches for label in lb] for batches in passes]


def images(n: int, size: int, seed: int) -> object:
    """Return the shapes of batches of images, and the images in the order of their labels."""
    x, labels = np.arange(n * 18.0).reshape(n, 2, 3, 3), np.arange(n)
    batches = list(minibatches(x, labels, size, np.random.default_rng(seed)))
    pairs = [(int(label), image) for xb, lb in batches for image, label in zip(xb, lb, strict=True)]
    ordered = sorted(pairs, key=lambda pair: pair[0])
    return [np.shape(xb) for xb, _ in batches], [np.array(image) for _, image in ordered]


@pytest.mark.category("values")
def test_every_example_once(student: Student, rng: np.random.Generator) -> None:
    """Every example once, in batches of the size asked for, the last one with what is left."""
    cases = rng.integers([10, 2], [30, 9], size=(6, 2)).tolist()
    expect.close(student.map(one_pass, cases), [one_pass(*case) for case in cases])


@pytest.mark.category("values")
def test_rows_keep_their_labels(student: Student, rng: np.random.Generator) -> None:
    """Each row comes with its own label, however they are shuffled."""
    cases = rng.integers([10, 2], [30, 9], size=(5, 2)).tolist()
    expect.close(student.map(rows_and_labels, cases), [rows_and_labels(*case) for case in cases])


@pytest.mark.category("values")
def test_shuffled(student: Student, rng: np.random.Generator) -> None:
    """The pass is shuffled, and another pass with the same generator has another order."""
    first, second = student(orders, 60, 7, int(rng.integers(1_000)))
    for order in (first, second):
        expect.close(sorted(order), list(range(60)))
        expect.holds(any(map(ne, order, range(60))), "the examples came in order")
    expect.holds(any(map(ne, first, second)), "two passes came in the same order")


@pytest.mark.category("edges")
def test_sizes(student: Student, rng: np.random.Generator) -> None:
    """Batches of one example, of all of them, of more than there are, and sizes that divide."""
    n = int(rng.integers(6, 12))
    cases = [(n, 1), (n, n), (n, n - 1), (n, 3 * n), (3 * n, n), (1, 1)]
    expect.close(student.map(one_pass, cases), [one_pass(*case) for case in cases])


@pytest.mark.category("shapes")
def test_images(student: Student, rng: np.random.Generator) -> None:
    """Examples may have several axes, as images have."""
    cases = [(int(n), 4, 0) for n in rng.integers(5, 12, size=3)]
    expect.close(student.map(images, cases), [images(*case) for case in cases])


@pytest.mark.category("reuse")
def test_generator_decides(student: Student, rng: np.random.Generator) -> None:
    """Chance comes from the generator alone: the same seed gives the same passes."""
    seed = int(rng.integers(1_000))
    first, again, other = student.map(orders, [(50, 8, seed), (50, 8, seed), (50, 8, seed + 1)])
    expect.close(sorted(first[0]), list(range(50)))
    expect.close(again, first)
    expect.holds(any(map(ne, first[0], other[0])), "another seed gave the same order")


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """A pass leaves the data as it found them."""
    cases = rng.integers([10, 2], [30, 9], size=(3, 2)).tolist()
    expect.close(
        student.map(arguments_afterwards, cases), [arguments_afterwards(*case) for case in cases]
    )
