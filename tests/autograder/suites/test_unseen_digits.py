"""The digits that trained classifiers are judged by: near the real ones, never the same twice."""

import numpy as np
import pytest

from autograder.expect import Mismatch
from autograder.suites.unseen_digits import (
    CLEAR,
    check_right,
    check_share,
    clear,
    drawn,
    moved,
    unseen,
)
from course import datasets


@pytest.mark.parametrize("size", [8, 28])
def test_the_clear_digits_are_of_the_training_part_and_labelled_0_to_9(size: int):
    x_train, labels_train, _, _ = datasets.digits(size)
    np.testing.assert_array_equal(clear(size), x_train[list(CLEAR)])
    assert labels_train[list(CLEAR)].tolist() == list(range(10))


@pytest.mark.parametrize(("size", "most"), [(8, 0.1), (28, 0.35)])
def test_moved_digits_are_near_the_digits_and_never_the_same_twice(size: int, most: float):
    images, _ = unseen(size)
    rng = np.random.default_rng(0)
    first, second = moved(images, most, rng), moved(images, most, rng)
    assert first.dtype == np.float32
    assert 0 <= first.min() < first.max() <= 1
    assert 0.01 < np.abs(first - images).mean() < 0.05
    assert np.abs(first - second).reshape(len(images), -1).max(axis=1).min() > 0


def test_an_image_moved_by_a_part_of_a_pixel_keeps_its_centre_there():
    """One bright pixel, moved without noise: its centre of mass moves by what was drawn."""

    class Chosen:
        def uniform(self, low, high, shape):
            return np.full(shape, high)

        def normal(self, mean, deviation, shape):
            return np.zeros(shape)

    image = np.zeros((1, 1, 8, 8), np.float32)
    image[0, 0, 3, 4] = 1
    (there,) = moved(image, 0.1, Chosen())[0]
    rows, columns = np.indices((8, 8))
    assert float((rows * there).sum()) == pytest.approx(3.1, abs=1e-6)
    assert float((columns * there).sum()) == pytest.approx(4.1, abs=1e-6)


def test_every_unseen_digit_is_drawn_with_its_label():
    images, labels = drawn(8, 0.1, np.random.default_rng(0), 3)
    known, theirs = unseen(8)
    assert images.shape == (1080, 1, 8, 8)
    assert np.array_equal(labels.reshape(3, 360), np.stack([theirs] * 3))
    assert np.abs(images.reshape(3, 360, 1, 8, 8) - known).mean() < 0.05


@pytest.mark.parametrize("got", [[1, 2], [1, 2, 10], [1, 2, -1], [1, 2, 3.0], [1, 2, True], []])
def test_what_are_no_labels_is_refused(got: list[object]):
    with pytest.raises(Mismatch, match="not the labels"):
        check_right(got, np.array([1, 2, 3]))


def test_the_share_of_right_labels():
    right = check_right([1, 2, 3, 4], np.array([1, 2, 3, 5]))
    check_share(right, 0.75)
    with pytest.raises(Mismatch, match=r"0\.75"):
        check_share(right, 0.76)
