"""a5_convolution / output_size: how many windows fit along an axis."""

import numpy as np
import pytest

from autograder import expect
from autograder.program import Student, public
from reference.signals import output_size

Sizes = tuple[int, int, int, int]


@public(7, 3, 1, 0)
@public(6, 2, 2, 0)
@public(28, 5, 1, 2)
@public(8, 3, 2, 0)
@public(224, 11, 4, 2)
def size(n: int, kernel: int, stride: int, pad: int) -> object:
    """How many windows fit; what is left over at the end does not count (W30)."""
    return output_size(n, kernel, stride, pad)


@public(3, 4, 1, 0)
@public(3, 6, 1, 1)
def refusal(n: int, kernel: int, stride: int, pad: int) -> object:
    """Where no window fits there is a ValueError (W30)."""
    try:
        return output_size(n, kernel, stride, pad)
    except ValueError:
        return "ValueError"


def by_default(n: int, kernel: int) -> object:
    """Leave stride and padding away."""
    return [output_size(n, kernel), output_size(n, kernel, pad=1), output_size(n, kernel, stride=2)]


def draw(rng: np.random.Generator, strides: tuple[int, int], pads: tuple[int, int]) -> list[Sizes]:
    """Draw sizes at which at least one window fits."""
    cases: list[Sizes] = []
    for _ in range(12):
        kernel, stride, pad = (int(rng.integers(*each)) for each in ((1, 8), strides, pads))
        cases.append((kernel + int(rng.integers(0, 60)), kernel, stride, pad))
    return cases


@pytest.mark.category("values")
def test_steps_of_one(student: Student, rng: np.random.Generator) -> None:
    """Windows side by side, without padding."""
    cases = draw(rng, (1, 2), (0, 1))
    expect.close(student.map(size, cases), [size(*case) for case in cases])


@pytest.mark.category("values")
def test_padding(student: Student, rng: np.random.Generator) -> None:
    """Zeros at both ends."""
    cases = draw(rng, (1, 2), (1, 5))
    expect.close(student.map(size, cases), [size(*case) for case in cases])


@pytest.mark.category("values")
def test_strides(student: Student, rng: np.random.Generator) -> None:
    """Larger steps, whether or not they divide what is left."""
    cases = draw(rng, (2, 7), (0, 4))
    expect.close(student.map(size, cases), [size(*case) for case in cases])


@pytest.mark.category("edges")
def test_one_window(student: Student, rng: np.random.Generator) -> None:
    """Exactly one window fits, with the help of the padding or without."""
    k, stride = int(rng.integers(3, 9)), int(rng.integers(2, 5))
    cases = [(k, k, stride, 0), (k - 2, k, stride, 1), (k + stride - 1, k, stride, 0)]
    expect.close(student.map(size, cases), [size(*case) for case in cases])


@pytest.mark.category("edges")
def test_no_window(student: Student, rng: np.random.Generator) -> None:
    """Not even one window fits: a ValueError."""
    k, stride = int(rng.integers(4, 9)), int(rng.integers(1, 5))
    cases = [(k - 1, k, stride, 0), (k - 3, k, stride, 1), (0, 1, stride, 0), (k, k, stride, 0)]
    expect.close(student.map(refusal, cases), [refusal(*case) for case in cases])


@pytest.mark.category("shapes")
def test_defaults(student: Student, rng: np.random.Generator) -> None:
    """A stride of one and no padding where nothing is said."""
    cases = [case[:2] for case in draw(rng, (1, 2), (0, 1))[:4]]
    expect.close(student.map(by_default, cases), [by_default(*case) for case in cases])
