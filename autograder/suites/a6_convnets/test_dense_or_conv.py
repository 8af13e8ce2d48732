"""a6_convnets / dense_or_conv: how many weights a layer needs that sees an image."""

import numpy as np
import pytest

from autograder import expect
from autograder.program import Student, public
from reference.convnet import conv_parameters, dense_parameters

Shape = tuple[int, ...]


@public((3, 200, 200), 1000)
@public((1, 28, 28), 120)
@public((256,), 120)
def dense(input_shape: Shape, units: int) -> object:
    """Every unit has a weight of its own for every number of the input (W33)."""
    return dense_parameters(input_shape, units)


@public((3, 200, 200), 1000, 5)
@public((3, 20, 30), 1000, 5)
@public((6, 12, 12), 16, 5)
def convolutional(input_shape: tuple[int, int, int], filters: int, kernel: int) -> object:
    """A filter has one weight for each channel and place of its window (W33)."""
    return conv_parameters(input_shape, filters, kernel)


def images(rng: np.random.Generator, count: int) -> list[tuple[int, int, int]]:
    """Draw shapes (C, H, W), no two axes alike."""
    low = np.array([1, 10, 50])
    drawn = [low + rng.integers(0, 9, 3) for _ in range(count)]
    return [(int(c), int(height), int(width)) for c, height, width in drawn]


@pytest.mark.category("values")
def test_dense(student: Student, rng: np.random.Generator) -> None:
    """Dense layers on images of several shapes."""
    cases = [(shape, int(rng.integers(2, 99))) for shape in images(rng, 4)]
    expect.close(student.map(dense, cases), [dense(*case) for case in cases])


@pytest.mark.category("values")
def test_convolutional(student: Student, rng: np.random.Generator) -> None:
    """Convolutional layers with several filters and windows."""
    cases = [(s, int(rng.integers(2, 99)), int(rng.integers(2, 9))) for s in images(rng, 4)]
    expect.close(student.map(convolutional, cases), [convolutional(*case) for case in cases])


@pytest.mark.category("shapes")
def test_rows(student: Student, rng: np.random.Generator) -> None:
    """Dense layers on rows of numbers, which have one axis."""
    cases = [((int(n),), int(m)) for n, m in rng.integers(1, 500, (4, 2))]
    expect.close(student.map(dense, cases), [dense(*case) for case in cases])


@pytest.mark.category("shapes")
def test_larger_images(student: Student, rng: np.random.Generator) -> None:
    """The same filters on images of another size have as many weights as before."""
    channels, *_ = images(rng, 1)[0]
    sizes = [(8, 8), (8, 300), (4000, 3000)]
    cases = [((channels, *size), 12, 3) for size in sizes]
    expect.close(student.map(convolutional, cases), [convolutional(*case) for case in cases])


@pytest.mark.category("edges")
def test_ones(student: Student, rng: np.random.Generator) -> None:
    """One channel, one filter, one unit, a window of one pixel."""
    (_, height, width), *_ = images(rng, 1)
    cases = [((1, height, width), 1, 1), ((4, 1, 1), 3, 1), ((1, 7, 7), 1, 7)]
    expect.close(student.map(convolutional, cases), [convolutional(*case) for case in cases])
    expect.close(student(dense, (1, height, width), 1), dense((1, height, width), 1))


@pytest.mark.category("scale")
def test_very_many(student: Student, rng: np.random.Generator) -> None:
    """Layers with more weights than fit into thirty-two bits are counted all the same."""
    shape, units = (3, 4000, int(rng.integers(3000, 4000))), 10_000
    expect.close(student(dense, shape, units), dense(shape, units))
