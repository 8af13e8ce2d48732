"""a5_convolution / maxpool2d: the largest of every window, and who hears of it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.layers.pooling import maxpool2d_backward, maxpool2d_forward

Floats = NDArray[np.floating]
Case = tuple[Floats, Floats, int, int]
X = np.array(
    [[[[3.0, 1.0, 4.0, 1.5], [5.0, 9.0, 2.0, 6.0], [5.5, 3.5, 5.8, 8.0], [9.7, 7.9, 3.2, 3.8]]]]
)
D4 = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
D9 = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)


@public(X, D4, 2, 2)
@public(X, D9, 2, 1)
@public(-X[:, :, :, :3], D4[..., :1], 2, 2)
@public(np.concatenate([X, -X], axis=1), np.concatenate([D4, -D4], axis=1), 3, 1)
def pooled(x: Floats, dout: Floats, size: int, stride: int) -> object:
    """The maximum of each window; on the way back it alone hears, once a window (W30, W31)."""
    out, cache = maxpool2d_forward(x, size, stride)
    return {"out": np.asarray(out), "dx": np.asarray(maxpool2d_backward(dout, cache))}


@public(np.ones((1, 1, 2, 4)), np.array([[[[1.0, 2.0]]]]))
@public(np.array([[[[0.0, 3.0, 1.0, 1.0], [3.0, 0.0, 1.0, 0.0]]]]), np.array([[[[1.0, 2.0]]]]))
def shares_at_ties(x: Floats, dout: Floats) -> object:
    """Equal maxima may share as they like, but together they get what the window got (W31)."""
    _, cache = maxpool2d_forward(x)
    dx = np.asarray(maxpool2d_backward(dout, cache))
    n, c, h, w = x.shape
    blocks = (n, c, h // 2, 2, w // 2, 2)
    top = x.reshape(blocks).max(axis=(3, 5), keepdims=True)
    return {
        "shape": list(dx.shape),
        "together": dx.reshape(blocks).sum(axis=(3, 5)),
        "below the maximum": np.where(x.reshape(blocks) < top, dx.reshape(blocks), 0.0),
        "against the sign": np.minimum(dx, 0.0),
    }


@public(X, D4)
def arguments_afterwards(x: Floats, dout: Floats) -> object:
    """Images and dout stay as they were; windows of 2, stride 2 by default (W30)."""
    out, cache = maxpool2d_forward(x)
    dx = maxpool2d_backward(dout, cache)
    return {"out": np.asarray(out), "dx": np.asarray(dx), "x": x, "dout": dout}


def two_calls(x1: Floats, x2: Floats, dout: Floats) -> object:
    """Forward twice, then backward."""
    _, cache1 = maxpool2d_forward(x1)
    _, cache2 = maxpool2d_forward(x2)
    return [np.asarray(maxpool2d_backward(dout, cache)) for cache in (cache1, cache2)]


def draw(rng: np.random.Generator, *sizes: tuple[int, ...]) -> list[Case]:
    """Draw images, channels, height, width; window, stride: no two entries are equal."""
    cases: list[Case] = []
    for n, c, h, w, size, stride in sizes:
        out = [(m - size) // stride + 1 for m in (h, w)]
        cases.append((rng.normal(size=(n, c, h, w)), rng.normal(size=(n, c, *out)), size, stride))
    return cases


@pytest.mark.category("values")
def test_side_by_side(student: Student, rng: np.random.Generator) -> None:
    """Windows side by side."""
    cases = draw(rng, (1, 1, 6, 6, 2, 2), (2, 1, 6, 6, 3, 3))
    expect.close(student.map(pooled, cases), [pooled(*case) for case in cases])


@pytest.mark.category("values")
def test_batches(student: Student, rng: np.random.Generator) -> None:
    """Several images and channels: each map is pooled on its own."""
    cases = draw(rng, (3, 2, 4, 4, 2, 2), (2, 4, 6, 6, 2, 2))
    expect.close(student.map(pooled, cases), [pooled(*case) for case in cases])


@pytest.mark.category("values")
def test_overlaps(student: Student, rng: np.random.Generator) -> None:
    """Windows that overlap: the maximum of several hears from each of them."""
    cases = draw(rng, (2, 2, 5, 5, 3, 1), (1, 2, 7, 7, 3, 2), (1, 1, 5, 5, 2, 1))
    expect.close(student.map(pooled, cases), [pooled(*case) for case in cases])


@pytest.mark.category("values")
def test_negative_numbers(student: Student, rng: np.random.Generator) -> None:
    """Where everything is negative, the maximum is negative too."""
    cases = [(-np.abs(x), *rest) for x, *rest in draw(rng, (2, 2, 4, 4, 2, 2), (1, 1, 5, 5, 3, 1))]
    expect.close(student.map(pooled, cases), [pooled(*case) for case in cases])


@pytest.mark.category("shapes")
def test_rectangles(student: Student, rng: np.random.Generator) -> None:
    """Images that are not square."""
    cases = draw(rng, (2, 2, 4, 8, 2, 2), (2, 1, 9, 3, 3, 3), (1, 2, 7, 4, 3, 1))
    expect.close(student.map(pooled, cases), [pooled(*case) for case in cases])


@pytest.mark.category("shapes")
def test_one_window(student: Student, rng: np.random.Generator) -> None:
    """One window for the whole image, and windows of one pixel."""
    cases = draw(rng, (2, 2, 4, 4, 4, 4), (2, 2, 3, 4, 1, 1), (1, 1, 1, 1, 1, 1))
    expect.close(student.map(pooled, cases), [pooled(*case) for case in cases])


@pytest.mark.category("edges")
def test_uneven_sizes(student: Student, rng: np.random.Generator) -> None:
    """Pixels that no window reaches are not read and hear nothing."""
    cases = draw(rng, (2, 2, 5, 5, 2, 2), (1, 2, 7, 8, 3, 2), (2, 1, 8, 5, 2, 3))
    expect.close(student.map(pooled, cases), [pooled(*case) for case in cases])


@pytest.mark.category("edges")
def test_single_precision(student: Student, rng: np.random.Generator) -> None:
    """Single precision and other layouts in the memory, judged by value."""
    x, dout, size, stride = draw(rng, (2, 2, 6, 6, 2, 2))[0]
    cases = [
        (x.astype(np.float32), dout.astype(np.float32), size, stride),
        (np.asfortranarray(x), dout[..., ::-1], size, stride),
    ]
    expect.close(student.map(pooled, cases), [pooled(*case) for case in cases], rtol=1e-4)


@pytest.mark.category("ties")
def test_ties(student: Student, rng: np.random.Generator) -> None:
    """Equal maxima get together what their window got, the others nothing."""
    x = rng.integers(0, 2, size=(2, 2, 4, 6)).astype(float)
    cases = [(x, rng.uniform(1.0, 2.0, size=(2, 2, 2, 3)))]
    expect.close(student.map(shares_at_ties, cases), [shares_at_ties(*case) for case in cases])


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Images and the gradient from above stay as they were, and the defaults are right."""
    x, dout, *_ = draw(rng, (2, 2, 4, 6, 2, 2))[0]
    wanted = arguments_afterwards(x.copy(), dout.copy())
    expect.close(student(arguments_afterwards, x, dout), wanted)


@pytest.mark.category("reuse")
def test_two_calls(student: Student, rng: np.random.Generator) -> None:
    """Several forward calls before the backward calls: nothing is mixed up."""
    x, dout, *_ = draw(rng, (2, 2, 4, 4, 2, 2))[0]
    case = (x, rng.normal(size=x.shape), dout)
    expect.close(student(two_calls, *case), two_calls(*case))


@pytest.mark.category("cost")
def test_many_pixels(student: Student, rng: np.random.Generator) -> None:
    """Many pixels: gradients are handed out, not measured by nudging every pixel."""
    case = draw(rng, (4, 8, 64, 64, 2, 2))[0]
    expect.close(student(pooled, *case), pooled(*case))
