"""a5_convolution / correlate2d: windows over an image, and the true convolution."""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.signals import convolve2d, correlate2d

Floats = NDArray[np.floating]
Case = tuple[Floats, Floats, int, int]
LETTER = np.zeros((7, 7))
LETTER[1, 1:6] = LETTER[1:6, 1] = LETTER[2, 4] = LETTER[3, 3] = LETTER[4, 2] = 1.0
CORNER = np.array([[0.0, 0.0, 0.0], [0.0, 1.0, 1.0], [0.0, 1.0, 0.0]])
A = np.array([[1.0, 3.0, 1.0], [0.0, -1.0, 1.0], [2.0, 2.0, -1.0]])
B = np.array([[1.0, 2.0], [0.0, -1.0]])


@public(LETTER, CORNER, 1, 0)
@public(LETTER[1:, 1:], np.ones((2, 2)), 2, 0)
@public(A, B, 1, 1)
@public(LETTER[:, :5], np.array([[1.0, 2.0, 3.0], [-1.0, 0.0, 4.0]]), 3, 1)
def correlated(image: Floats, kernel: Floats, stride: int, pad: int) -> object:
    """The sum of image times kernel in every window; the kernel is not flipped (W28, W30)."""
    return np.asarray(correlate2d(image, kernel, stride, pad))


@public(A, B)
@public(B, A)
@public(A, np.array([[1.0, -1.0, 0.5, 2.0]]))
def convolved(a: Floats, b: Floats) -> object:
    """Copies of a, shifted and scaled by b; with b and a swapped it is the same (W27)."""
    return np.asarray(convolve2d(a, b))


@public(A, B)
def arguments_afterwards(image: Floats, kernel: Floats) -> object:
    """Image and kernel stay as they were; stride 1 and no padding are the default (W27)."""
    by_default = np.asarray(correlate2d(image, kernel))
    full = np.asarray(convolve2d(image, kernel))
    return {"correlated": by_default, "convolved": full, "image": image, "kernel": kernel}


@public(np.ones((3, 3)), np.ones((4, 2)), 0)
@public(np.ones((2, 3)), np.ones((2, 6)), 1)
def refusal(image: Floats, kernel: Floats, pad: int) -> object:
    """A kernel that fits nowhere, the padding included, raises a ValueError (W28)."""
    try:
        correlate2d(image, kernel, 1, pad)
    except ValueError:
        return "ValueError"
    return "no error"


def draw(rng: np.random.Generator, *sizes: tuple[int, int, int, int, int, int]) -> list[Case]:
    """Draw images and kernels of those heights and widths, with stride and padding."""
    return [
        (rng.normal(size=(h, w)), rng.normal(size=(kh, kw)), stride, pad)
        for h, w, kh, kw, stride, pad in sizes
    ]


@pytest.mark.category("values")
def test_windows(student: Student, rng: np.random.Generator) -> None:
    """Square images and kernels, one step at a time."""
    cases = draw(rng, (5, 5, 3, 3, 1, 0), (6, 6, 2, 2, 1, 0))
    expect.close(student.map(correlated, cases), [correlated(*case) for case in cases])


@pytest.mark.category("values")
def test_convolution(student: Student, rng: np.random.Generator) -> None:
    """The full convolution of two matrices."""
    cases = [case[:2] for case in draw(rng, (4, 4, 2, 2, 1, 0), (4, 4, 3, 3, 1, 0))]
    expect.close(student.map(convolved, cases), [convolved(*case) for case in cases])


@pytest.mark.category("values")
def test_stride_and_padding(student: Student, rng: np.random.Generator) -> None:
    """Larger steps and zeros around the image."""
    cases = draw(rng, (7, 7, 3, 3, 2, 0), (6, 6, 3, 3, 1, 1), (7, 7, 3, 3, 2, 2))
    expect.close(student.map(correlated, cases), [correlated(*case) for case in cases])


@pytest.mark.category("shapes")
def test_rectangles(student: Student, rng: np.random.Generator) -> None:
    """Images and kernels that are not square."""
    cases = draw(rng, (5, 8, 2, 4, 1, 0), (9, 4, 3, 1, 2, 1), (4, 9, 1, 5, 1, 2))
    cases += draw(rng, (6, 3, 4, 2, 1, 0), (3, 6, 2, 4, 1, 0))
    expect.close(student.map(correlated, cases), [correlated(*case) for case in cases])


@pytest.mark.category("shapes")
def test_full_rectangles(student: Student, rng: np.random.Generator) -> None:
    """Convolution of matrices that are not square, the second larger than the first too."""
    sizes = [(3, 5, 2, 4), (2, 2, 4, 3), (1, 1, 2, 3), (3, 2, 1, 1)]
    cases = [case[:2] for case in draw(rng, *((*size, 1, 0) for size in sizes))]
    expect.close(student.map(convolved, cases), [convolved(*case) for case in cases])


@pytest.mark.category("edges")
def test_uneven_sizes(student: Student, rng: np.random.Generator) -> None:
    """Steps that do not divide the image: what no window reaches is not read."""
    cases = draw(rng, (8, 9, 3, 3, 2, 0), (7, 8, 2, 3, 3, 0), (6, 5, 2, 2, 4, 1))
    expect.close(student.map(correlated, cases), [correlated(*case) for case in cases])


@pytest.mark.category("edges")
def test_small_and_single_precision(student: Student, rng: np.random.Generator) -> None:
    """A kernel as large as the image, kernels of one entry, single precision."""
    exact, one = draw(rng, (3, 4, 3, 4, 1, 0), (4, 3, 1, 1, 1, 0))
    narrow = (exact[0].astype(np.float32), exact[1][:2].astype(np.float32), 1, 1)
    cases = [exact, one, narrow]
    expect.close(student.map(correlated, cases), [correlated(*case) for case in cases], rtol=1e-4)


@pytest.mark.category("edges")
def test_refusal(student: Student, rng: np.random.Generator) -> None:
    """A kernel that fits nowhere raises a ValueError."""
    more = int(rng.integers(1, 4))
    cases = [(np.ones((4, 5)), np.ones((2, 5 + more)), 0), (np.ones((4, 9)), np.ones((7, 2)), 1)]
    expect.close(student.map(refusal, cases), [refusal(*case) for case in cases])


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Image and kernel stay as they were, and the defaults are right."""
    image, kernel, *_ = draw(rng, (5, 4, 3, 2, 1, 0))[0]
    wanted = arguments_afterwards(image.copy(), kernel.copy())
    expect.close(student(arguments_afterwards, image, kernel), wanted)
