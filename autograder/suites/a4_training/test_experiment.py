"""a4_training / experiment: a classifier that was trained in the notebook, on digits it never saw.

Its labels are judged here, against labels that are not behind the wall. The images are the test
part of the digits, each moved by a fraction of a pixel and made a little noisy, other ones for each
submission.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from autograder.sandbox.digits import FILE
from course import datasets
from reference.experiment import predict

Images = NDArray[np.float32]
Labels = NDArray[np.int64]

CLEAR = (615, 100, 170, 336, 1241, 1033, 379, 1240, 1051, 272)
MOST, NOISE = 0.1, 0.02


def clear_digits() -> Images:
    """Return one image of each digit, 0 to 9, from the training part: nobody would mistake it."""
    with np.load(FILE) as file:
        return (file["train"][list(CLEAR)] / 16).astype(np.float32)


@public(clear_digits())
@public(clear_digits()[7:8])
def labels_of(images: Images) -> list[int]:
    """The digits 0 to 9 in their order, each written clearly, then a 7 alone (W25)."""
    return [int(label) for label in predict(images)]


def form(images: Images) -> object:
    """Return what the labels look like, and the images afterwards."""
    labels = predict(images)
    return {"shape": np.shape(labels), "images": images}


@cache
def unseen() -> tuple[Images, Labels]:
    """Return the test part of the digits."""
    _, _, images, labels = datasets.digits()
    return images, labels


def moved(images: Images, rng: np.random.Generator) -> Images:
    """Move each image by at most a tenth of a pixel along both axes, and add a little noise."""
    for axis in (2, 3):
        by = rng.uniform(-MOST, MOST, (len(images), 1, 1, 1))
        back, forth = (_next(images, step, axis) for step in (-1, 1))
        images = (1 - np.abs(by)) * images + np.maximum(by, 0) * forth - np.minimum(by, 0) * back
    noisy = images + rng.normal(0, NOISE, images.shape)
    return np.clip(noisy, 0, 1).astype(np.float32)


def _next(images: Images, step: int, axis: int) -> Images:
    """Return the images moved by a whole pixel; zeros come in."""
    out = np.roll(images, step, axis)
    edge = [slice(None)] * 4
    edge[axis] = slice(0, 1) if step > 0 else slice(-1, None)
    out[tuple(edge)] = 0
    return out


def drawn(rng: np.random.Generator, times: int) -> tuple[Images, Labels]:
    """Draw every unseen digit some times, each time moved otherwise."""
    images, labels = unseen()
    return np.concatenate([moved(images, rng) for _ in range(times)]), np.tile(labels, times)


def check_right(got: Sequence[object], labels: Labels) -> NDArray[np.bool_]:
    """Say which labels are right, once they are found to be labels."""
    known = len(got) - len(labels) or not all(type(n) is int and 0 <= n < 10 for n in got)
    expect.holds(not known, "these are not the labels of so many images")
    return np.equal(np.array(got), labels)


@pytest.mark.category("values")
@pytest.mark.weight(3)
def test_accuracy(student: Student, rng: np.random.Generator) -> None:
    """The share of unseen digits that it recognises: what the exercise asks for."""
    images, labels = drawn(rng, 4)
    right = check_right(student(labels_of, images), labels)
    expect.holds(bool(right.mean() >= 0.95), f"{right.mean():.4f} of the digits are right")


@pytest.mark.category("values")
def test_most_are_recognised(student: Student, rng: np.random.Generator) -> None:
    """Most of the digits that it has not seen are recognised, though it may be too few."""
    images, labels = drawn(rng, 1)
    right = check_right(student(labels_of, images), labels)
    expect.holds(bool(right.mean() >= 0.85), f"{right.mean():.4f} of the digits are right")


@pytest.mark.category("edges")
def test_every_digit(student: Student, rng: np.random.Generator) -> None:
    """No digit is given up: of each of them, most are recognised."""
    images, labels = drawn(rng, 2)
    right = check_right(student(labels_of, images), labels)
    shares = [float(right[np.equal(labels, digit)].mean()) for digit in range(10)]
    expect.holds(min(shares) >= 0.7, f"of one digit only {min(shares):.3f} are right")


@pytest.mark.category("shapes")
def test_one_label_for_each_image(student: Student, rng: np.random.Generator) -> None:
    """One label for each image, however many there are, and the images are left as they were."""
    cases = [(drawn(rng, 1)[0][:n],) for n in (1, 7, 360)]
    expect.close(student.map(form, cases), [form(*case) for case in cases])


@pytest.mark.category("edges")
def test_one_image_alone(student: Student, rng: np.random.Generator) -> None:
    """An image alone gets the label that it gets among others."""
    images, labels = drawn(rng, 1)
    cases = [(images[:12],), *((images[n : n + 1],) for n in range(12))]
    together, *alone = student.map(labels_of, cases)
    check_right(together, labels[:12])
    expect.close(alone, [[label] for label in together])


@pytest.mark.category("reuse")
def test_same_labels_again(student: Student, rng: np.random.Generator) -> None:
    """The same images get the same labels again, in any order and in double precision."""
    images, labels = drawn(rng, 1)
    order = rng.permutation(len(images))
    cases = [(images,), (images[order],), (images.astype(np.float64),)]
    first, mixed, again = student.map(labels_of, cases)
    check_right(first, labels)
    expect.close(mixed, np.array(first)[order].tolist())
    expect.close(again, first)
