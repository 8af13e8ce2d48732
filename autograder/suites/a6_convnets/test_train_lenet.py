"""a6_convnets / train_lenet: a LeNet-5 that was trained in the notebook, on digits it never saw.

Its labels are judged here, against labels that are not behind the wall: see `unseen_digits`.
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
from reference.convnet import LeNet5
from reference.lenet_experiment import predict

MOST = 0.35


@public(clear(28))
@public(clear(28)[7:8])
def labels_of(images: Images) -> list[int]:
    """The digits 0 to 9 in their order, each written clearly, then a 7 alone (W36)."""
    return [int(label) for label in predict(images)]


@public(clear(28))
def without_the_network(images: Images) -> str:
    """Whose labels they are: if `LeNet5` scores all images alike, they all get one label (W36)."""

    def forward(self: LeNet5, x: Images) -> Images:
        return np.zeros((len(x), 10), np.float32)

    usual = LeNet5.forward
    LeNet5.forward = forward
    try:
        labels = [int(label) for label in predict(images)]
    finally:
        LeNet5.forward = usual
    same = max(map(labels.count, labels)) > len(labels) / 2
    return "one label" if same else "labels of another source"


def form(images: Images) -> object:
    """Return what the labels look like, and the images afterwards."""
    labels = predict(images)
    return {"shape": np.shape(labels), "images": images}


def draw(rng: np.random.Generator, times: int) -> tuple[Images, Labels]:
    """Draw every unseen digit some times, each time moved otherwise."""
    return drawn(28, MOST, rng, times)


def check_source(found: str) -> None:
    """Ask that the network gives the labels: another classifier is none of this exercise."""
    expect.equal(found, "one label")


@pytest.mark.category("values")
@pytest.mark.weight(3)
def test_accuracy(student: Student, rng: np.random.Generator) -> None:
    """The share of unseen digits that it recognises: what the exercise asks for."""
    images, labels = draw(rng, 4)
    check_source(student(without_the_network, images[:100]))
    check_share(check_right(student(labels_of, images), labels), 0.97)


@pytest.mark.category("values")
def test_most_are_recognised(student: Student, rng: np.random.Generator) -> None:
    """Most of the digits that it has not seen are recognised, though it may be too few."""
    images, labels = draw(rng, 1)
    check_source(student(without_the_network, images[:100]))
    check_share(check_right(student(labels_of, images), labels), 0.9)


@pytest.mark.category("edges")
def test_every_digit(student: Student, rng: np.random.Generator) -> None:
    """No digit is given up: of each of them, most are recognised."""
    images, labels = draw(rng, 2)
    right = check_right(student(labels_of, images), labels)
    shares = [float(right[np.equal(labels, digit)].mean()) for digit in range(10)]
    expect.holds(min(shares) >= 0.8, f"of one digit only {min(shares):.3f} are right")


@pytest.mark.category("edges")
def test_source(student: Student, rng: np.random.Generator) -> None:
    """The labels are those of the network that was trained, not of another classifier."""
    images, _ = draw(rng, 1)
    check_source(student(without_the_network, images[:100]))


@pytest.mark.category("shapes")
def test_one_label_for_each_image(student: Student, rng: np.random.Generator) -> None:
    """One label for each image, however many there are, and the images are left as they were."""
    images, _ = draw(rng, 1)
    cases = [(images[:n],) for n in (1, 7, 200)]
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
