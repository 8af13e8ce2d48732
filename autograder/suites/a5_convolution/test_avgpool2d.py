"""a5_convolution / avgpool2d: the mean of every window, and equal shares on the way back."""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.layers.pooling import avgpool2d_backward, avgpool2d_forward

Floats = NDArray[np.floating]
Case = tuple[Floats, Floats, int, int]
LETTER = np.zeros((1, 1, 6, 6))
LETTER[..., 0, :5] = LETTER[..., :5, 0] = 1.0
LETTER[..., [1, 2, 3], [3, 2, 1]] = 1.0
D9 = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)


@public(LETTER, D9, 2, 2)
@public(LETTER[..., 2:], np.arange(20.0).reshape(1, 1, 5, 4)[..., :3], 2, 1)
@public(LETTER[..., :5], D9[..., :2, :2], 3, 2)
@public(np.concatenate([LETTER, -LETTER])[:, :, :, :4], np.ones((2, 1, 2, 1)), 3, 3)
def averaged(x: Floats, dout: Floats, size: int, stride: int) -> object:
    """The mean of each window; its pixels get equal shares back, which add up (W30)."""
    out, cache = avgpool2d_forward(x, size, stride)
    return {"out": np.asarray(out), "dx": np.asarray(avgpool2d_backward(dout, cache))}


@public(LETTER, D9)
def arguments_afterwards(x: Floats, dout: Floats) -> object:
    """Images and dout stay as they were; windows of 2, stride 2 by default (W30)."""
    out, cache = avgpool2d_forward(x)
    dx = avgpool2d_backward(dout, cache)
    return {"out": np.asarray(out), "dx": np.asarray(dx), "x": x, "dout": dout}


def draw(rng: np.random.Generator, *sizes: tuple[int, ...]) -> list[Case]:
    """Draw images, channels, height, width; window, stride."""
    cases: list[Case] = []
    for n, c, h, w, size, stride in sizes:
        out = [(m - size) // stride + 1 for m in (h, w)]
        cases.append((rng.normal(size=(n, c, h, w)), rng.normal(size=(n, c, *out)), size, stride))
    return cases


@pytest.mark.category("values")
def test_side_by_side(student: Student, rng: np.random.Generator) -> None:
    """Windows side by side, for several images and channels."""
    cases = draw(rng, (1, 1, 6, 6, 2, 2), (2, 3, 6, 6, 3, 3))
    expect.close(student.map(averaged, cases), [averaged(*case) for case in cases])


@pytest.mark.category("values")
def test_overlaps(student: Student, rng: np.random.Generator) -> None:
    """Windows that overlap: shares add up."""
    cases = draw(rng, (2, 2, 5, 5, 3, 1), (1, 2, 7, 7, 3, 2))
    expect.close(student.map(averaged, cases), [averaged(*case) for case in cases])


@pytest.mark.category("shapes")
def test_rectangles(student: Student, rng: np.random.Generator) -> None:
    """Images that are not square, and a window as large as the image."""
    cases = draw(rng, (2, 2, 4, 8, 2, 2), (2, 1, 9, 3, 3, 3), (1, 2, 3, 3, 3, 1))
    expect.close(student.map(averaged, cases), [averaged(*case) for case in cases])


@pytest.mark.category("edges")
def test_uneven_sizes(student: Student, rng: np.random.Generator) -> None:
    """Pixels that no window reaches are not read and get nothing."""
    cases = draw(rng, (2, 2, 5, 5, 2, 2), (1, 2, 7, 8, 3, 2), (2, 1, 8, 5, 2, 3))
    expect.close(student.map(averaged, cases), [averaged(*case) for case in cases])


@pytest.mark.category("edges")
def test_single_precision(student: Student, rng: np.random.Generator) -> None:
    """Single precision and other layouts in the memory, judged by value."""
    x, dout, size, stride = draw(rng, (2, 2, 6, 6, 2, 2))[0]
    cases = [
        (x.astype(np.float32), dout.astype(np.float32), size, stride),
        (np.asfortranarray(x), dout[..., ::-1], size, stride),
    ]
    expect.close(student.map(averaged, cases), [averaged(*case) for case in cases], rtol=1e-4)


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Images and the gradient from above stay as they were, and the defaults are right."""
    x, dout, *_ = draw(rng, (2, 2, 4, 6, 2, 2))[0]
    wanted = arguments_afterwards(x.copy(), dout.copy())
    expect.close(student(arguments_afterwards, x, dout), wanted)


@pytest.mark.category("cost")
def test_many_pixels(student: Student, rng: np.random.Generator) -> None:
    """Many pixels: gradients are handed out, not measured by nudging every pixel."""
    case = draw(rng, (4, 8, 64, 64, 2, 2))[0]
    expect.close(student(averaged, *case), averaged(*case))
