"""a5_convolution / zero_pad: a border of zeros around the last two axes."""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.signals import zero_pad

Floats = NDArray[np.floating]
SMALL = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


@public(SMALL, 1)
@public(SMALL, 0)
@public(np.stack([SMALL, -SMALL]), 2)
def padded(x: Floats, pad: int) -> object:
    """Zeros on all four sides of the last two axes; other axes are left alone (W28)."""
    return np.asarray(zero_pad(x, pad))


@public(SMALL, 0)
@public(SMALL, 1)
def written_over(x: Floats, pad: int) -> object:
    """Writing into what came back does not change x, not even without padding (W28)."""
    result = np.asarray(zero_pad(x, pad))
    shape = result.shape
    result[...] = 7.0
    return {"x": x, "shape": list(shape)}


def twice(x: Floats, first: int, second: int) -> object:
    """Pad what was padded."""
    return np.asarray(zero_pad(zero_pad(x, first), second))


@pytest.mark.category("values")
def test_matrices(student: Student, rng: np.random.Generator) -> None:
    """A matrix with zeros around it."""
    cases = [(rng.normal(size=(h, w)), pad) for h, w, pad in ((4, 4, 1), (3, 5, 2), (5, 2, 3))]
    expect.close(student.map(padded, cases), [padded(*case) for case in cases])


@pytest.mark.category("values")
def test_twice(student: Student, rng: np.random.Generator) -> None:
    """Padding twice is padding once by more."""
    case = (rng.normal(size=(3, 4)), 1, 2)
    expect.close(student(twice, *case), twice(*case))


@pytest.mark.category("shapes")
def test_batches(student: Student, rng: np.random.Generator) -> None:
    """Three, four or more axes: only the last two grow."""
    sizes = ((2, 3, 4), (2, 3, 4, 5), (2, 1, 2, 3, 1))
    cases = [(rng.normal(size=size), 2) for size in sizes]
    expect.close(student.map(padded, cases), [padded(*case) for case in cases])


@pytest.mark.category("edges")
def test_none_and_much(student: Student, rng: np.random.Generator) -> None:
    """No padding at all, and more padding than image."""
    cases = [(rng.normal(size=size), pad) for size in ((3, 4), (1, 1), (2, 2, 3)) for pad in (0, 6)]
    expect.close(student.map(padded, cases), [padded(*case) for case in cases])


@pytest.mark.category("edges")
def test_layouts(student: Student, rng: np.random.Generator) -> None:
    """Single precision, and arrays whose columns lie together in the memory."""
    x = rng.normal(size=(4, 6))
    cases = [(x.astype(np.float32), 1), (np.asfortranarray(x), 1), (x.T[::2], 2)]
    expect.close(student.map(padded, cases), [padded(*case) for case in cases], rtol=1e-4)


@pytest.mark.category("reuse")
def test_new_array(student: Student, rng: np.random.Generator) -> None:
    """What comes back is a new array, and x stays as it was."""
    cases = [(rng.normal(size=(3, 4)), pad) for pad in (0, 2)]
    wanted = [written_over(x.copy(), pad) for x, pad in cases]
    expect.close(student.map(written_over, cases), wanted)
