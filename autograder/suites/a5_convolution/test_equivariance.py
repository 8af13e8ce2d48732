"""a5_convolution / equivariance: move the image, and see whether the result moves along."""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.signals import equivariance_gap, shift

Floats = NDArray[np.floating]
X = np.arange(1.0, 13.0).reshape(3, 4)
SQUARE = np.array([[(3 * i * i + 5 * j * i + j) % 7 for j in range(9)] for i in range(9)], float)


@public(X, 1, 0)
@public(X, -1, 2)
@public(np.stack([X, -X]), 0, -3)
@public(X, 5, 1)
def moved(x: Floats, dy: int, dx: int) -> object:
    """Down and right are positive; zeros come in, nothing comes round (W37)."""
    return np.asarray(shift(x, dy, dx))


@public(SQUARE, 1, 2)
@public(SQUARE, -2, 0)
def gaps(x: Floats, dy: int, dx: int) -> object:
    """0 for what treats all places alike, in the middle half; else the difference (W37)."""
    place = np.linspace(0.0, 9.0, x.shape[-1])
    return [
        equivariance_gap(lambda image: 2.0 * image + 1.0, x, dy, dx),
        equivariance_gap(lambda image: image[..., 1:, 1:] - image[..., :-1, :-1], x, dy, dx),
        equivariance_gap(lambda image: image * place, x, dy, dx),
    ]


@public(X, 1, -1)
def arguments_afterwards(x: Floats, dy: int, dx: int) -> object:
    """The image stays as it was, also where nothing is to be moved (W37)."""
    there, still = np.asarray(shift(x, dy, dx)), np.asarray(shift(x, 0, 0))
    result = {"there": there.copy(), "still": still.copy()}
    still[...] = 7.0
    return {**result, "x": x}


def halved(x: Floats, dy: int, dx: int) -> object:
    """Measure a layer that leaves out every other pixel, and one that turns the image."""
    return [
        equivariance_gap(lambda image: image[..., ::2, ::2], x, dy, dx),
        equivariance_gap(lambda image: image[..., ::-1, :], x, dy, dx),
    ]


def images(rng: np.random.Generator, *sizes: tuple[int, ...]) -> list[Floats]:
    """Draw images."""
    return [rng.normal(size=size) for size in sizes]


@pytest.mark.category("values")
def test_shift(student: Student, rng: np.random.Generator) -> None:
    """Moves in all four directions."""
    (x,) = images(rng, (5, 6))
    cases = [(x, dy, dx) for dy in (-2, 1) for dx in (-1, 3)]
    expect.close(student.map(moved, cases), [moved(*case) for case in cases])


@pytest.mark.category("values")
def test_gap(student: Student, rng: np.random.Generator) -> None:
    """Layers that move along and layers that do not, measured in the middle half."""
    cases = [
        (x, dy, dx)
        for x, dy, dx in zip(images(rng, (8, 8), (12, 9)), (1, -2), (-1, 2), strict=True)
    ]
    points = np.eye(81)[[0, 10, 50, 60]].reshape(-1, 9, 9)  # moved, in and beyond the middle
    cases += [(float(rng.uniform(1.0, 2.0)) * point, 1, 1) for point in points]
    expect.close(student.map(gaps, cases), [gaps(*case) for case in cases])


@pytest.mark.category("values")
def test_gap_of_strides(student: Student, rng: np.random.Generator) -> None:
    """A layer with a stride, and one that turns the image upside down."""
    cases = [(x, 1, 1) for x in images(rng, (12, 12), (17, 16))]
    expect.close(student.map(halved, cases), [halved(*case) for case in cases])


@pytest.mark.category("shapes")
def test_batches(student: Student, rng: np.random.Generator) -> None:
    """Axes before the last two are left alone, by shifts and by gaps."""
    x, more = images(rng, (2, 3, 9, 8), (3, 8, 10))
    expect.close(student(moved, x, 2, -1), moved(x, 2, -1))
    expect.close(student.map(gaps, [(more, 1, 2), (x, 2, 1)]), [gaps(more, 1, 2), gaps(x, 2, 1)])


@pytest.mark.category("edges")
def test_far_and_near(student: Student, rng: np.random.Generator) -> None:
    """No move at all, moves along one axis, and moves beyond the border."""
    x, narrow = images(rng, (4, 5), (1, 3))
    cases = [(x, 0, 0), (x, 0, -2), (x, 3, 0), (x, 4, 0), (x, -9, 7), (x, 1, -5), (narrow, 0, 1)]
    cases += [(x, -5, 0), (x, 5, 0), (x, 0, -6), (x, 0, 6)]
    expect.close(student.map(moved, cases), [moved(*case) for case in cases])


@pytest.mark.category("reuse")
def test_image_is_kept(student: Student, rng: np.random.Generator) -> None:
    """The image stays as it was, and a shifted one is an array of its own."""
    (x,) = images(rng, (4, 5))
    expect.close(student(arguments_afterwards, x, 2, -1), arguments_afterwards(x.copy(), 2, -1))
