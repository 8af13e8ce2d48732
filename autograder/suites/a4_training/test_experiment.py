"""a4_training / experiment: a classifier that was trained in the notebook, on digits it never saw.

Its labels are judged here, against labels that are not behind the wall. The images are the test
part of the digits, each moved by a fraction of a pixel and made a little noisy, other ones for each
submission.
"""

import numpy as np
import pytest

from autograder import expect
from autograder.program import Student, public
from autograder.suites.unseen_digits import (
    Images,
    Labels,
    a_dozen_alone,
    again,
    check_again,
    check_alone,
    check_right,
    check_share,
    clear,
    drawn,
)
from reference.experiment import predict

MOST = 0.1


@public(clear(8))
@public(clear(8)[7:8])
def labels_of(images: Images) -> list[int]:
    """The digits 0 to 9 in their order, each written clearly, then a 7 alone (W25)."""
    return [int(label) for label in predict(images)]


def form(images: Images) -> object:
    """Return what the labels look like, and the images afterwards."""
    labels = predict(images)
    return {"shape": np.shape(labels), "images": images}


def draw(rng: np.random.Generator, times: int) -> tuple[Images, Labels]:
    """Draw every unseen digit some times, each time moved otherwise."""
    return drawn(8, MOST, rng, times)


@pytest.mark.category("values")
@pytest.mark.weight(3)
def test_accuracy(student: Student, rng: np.random.Generator) -> None:
    """The share of unseen digits that it recognises: what the exercise asks for."""
    images, labels = draw(rng, 4)
    right = check_right(student(labels_of, images), labels)
    check_share(right, 0.95)


@pytest.mark.category("values")
def test_most_are_recognised(student: Student, rng: np.random.Generator) -> None:
    """Most of the digits that it has not seen are recognised, though it may be too few."""
    images, labels = draw(rng, 1)
    right = check_right(student(labels_of, images), labels)
    check_share(right, 0.85)


@pytest.mark.category("edges")
def test_every_digit(student: Student, rng: np.random.Generator) -> None:
    """No digit is given up: of each of them, most are recognised."""
    images, labels = draw(rng, 2)
    right = check_right(student(labels_of, images), labels)
    shares = [float(right[np.equal(labels, digit)].mean()) for digit in range(10)]
    expect.holds(min(shares) >= 0.7, f"of one digit only {min(shares):.3f} are right")


@pytest.mark.category("shapes")
def test_one_label_for_each_image(student: Student, rng: np.random.Generator) -> None:
    """One label for each image, however many there are, and the images are left as they were."""
    cases = [(draw(rng, 1)[0][:n],) for n in (1, 7, 360)]
    expect.close(student.map(form, cases), [form(*case) for case in cases])


@pytest.mark.category("edges")
def test_one_image_alone(student: Student, rng: np.random.Generator) -> None:
    """An image alone gets the label that it gets among others."""
    images, labels = draw(rng, 1)
    check_alone(student.map(labels_of, a_dozen_alone(images)), labels)


@pytest.mark.category("reuse")
def test_same_labels_again(student: Student, rng: np.random.Generator) -> None:
    """The same images get the same labels again, in any order and in double precision."""
    images, labels = draw(rng, 1)
    order = rng.permutation(len(images))
    check_again(student.map(labels_of, again(images, order)), labels, order)
