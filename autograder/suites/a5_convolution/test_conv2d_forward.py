"""a5_convolution / conv2d_forward: every image, every filter, every window."""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.layers.convolution import conv2d_forward

Floats = NDArray[np.floating]
Case = tuple[Floats, Floats, Floats, int, int]
NINE = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
ALPHA = np.array([[[[1.0, 0.0], [2.0, -1.0]]]])
TWO = np.concatenate([ALPHA, [[[[0.0, 1.0], [0.0, 0.0]]]]])
COLOUR = np.concatenate([NINE, 2.0 - NINE], axis=1)[:, :, :, [0, 1, 2, 0]]
MIXED = np.concatenate([TWO, TWO[::-1]]).reshape(2, 2, 2, 2)


@public(NINE, ALPHA, np.array([0.5]), 1, 0)
@public(NINE, TWO, np.array([0.5, -1.0]), 1, 0)
@public(COLOUR, MIXED, np.array([0.0, 1.0]), 1, 1)
@public(np.concatenate([COLOUR, -COLOUR]), MIXED[:, :, :1], np.array([0.0, 1.0]), 2, 0)
def convolved(x: Floats, w: Floats, b: Floats, stride: int, pad: int) -> object:
    """Every filter looks at all channels of every window, and adds its own bias (W31)."""
    return np.asarray(conv2d_forward(x, w, b, stride, pad)[0])


@public(COLOUR, MIXED, np.array([0.0, 1.0]))
def arguments_afterwards(x: Floats, w: Floats, b: Floats) -> object:
    """Images, filters and biases stay as they were; stride 1, pad 0 by default (W31)."""
    out = np.asarray(conv2d_forward(x, w, b)[0])
    return {"out": out, "x": x, "w": w, "b": b}


@public(np.ones((1, 3, 4, 4)), np.ones((2, 2, 3, 3)), np.zeros(2), 0)
@public(np.ones((1, 1, 4, 4)), np.ones((2, 2, 3, 3)), np.zeros(2), 0)
@public(np.ones((1, 2, 4, 4)), np.ones((2, 2, 7, 3)), np.zeros(2), 1)
def refusal(x: Floats, w: Floats, b: Floats, pad: int) -> object:
    """Another number of channels, or filters that fit nowhere: a ValueError (W31)."""
    try:
        conv2d_forward(x, w, b, 1, pad)
    except ValueError:
        return "ValueError"
    return "no error"


def totals(n: int, seed: int) -> object:
    """Send n little images through two little filters and add up what comes out."""
    rng = np.random.default_rng(seed)
    x, w, b = rng.normal(size=(n, 1, 3, 3)), rng.normal(size=(2, 1, 2, 2)), rng.normal(size=2)
    out = np.asarray(conv2d_forward(x, w, b)[0])
    return [list(out.shape), out[:: n // 5], np.mean(out, axis=0)]


def draw(rng: np.random.Generator, *sizes: tuple[int, ...]) -> list[Case]:
    """Draw layers: images, channels, height, width; filters, height, width; stride, padding."""
    return [
        (
            rng.normal(size=(n, c, h, wide)),
            rng.normal(size=(f, c, kh, kw)),
            rng.normal(size=f),
            stride,
            pad,
        )
        for n, c, h, wide, f, kh, kw, stride, pad in sizes
    ]


@pytest.mark.category("values")
def test_one_to_one(student: Student, rng: np.random.Generator) -> None:
    """One channel and one filter."""
    cases = draw(rng, (1, 1, 5, 5, 1, 3, 3, 1, 0), (3, 1, 4, 4, 1, 2, 2, 1, 0))
    expect.close(student.map(convolved, cases), [convolved(*case) for case in cases])


@pytest.mark.category("values")
def test_channels(student: Student, rng: np.random.Generator) -> None:
    """Several channels and several filters."""
    cases = draw(rng, (2, 3, 5, 5, 4, 3, 3, 1, 0), (2, 4, 4, 4, 3, 2, 2, 1, 0))
    expect.close(student.map(convolved, cases), [convolved(*case) for case in cases])


@pytest.mark.category("values")
def test_stride_and_padding(student: Student, rng: np.random.Generator) -> None:
    """Larger steps and zeros around the images."""
    cases = draw(rng, (2, 2, 5, 5, 3, 3, 3, 2, 1), (2, 3, 6, 6, 2, 3, 3, 1, 2))
    expect.close(student.map(convolved, cases), [convolved(*case) for case in cases])


@pytest.mark.category("shapes")
def test_rectangular_filters(student: Student, rng: np.random.Generator) -> None:
    """Filters that are not square."""
    cases = draw(rng, (2, 2, 6, 6, 3, 2, 4, 1, 0), (2, 2, 6, 6, 2, 3, 1, 2, 1))
    expect.close(student.map(convolved, cases), [convolved(*case) for case in cases])


@pytest.mark.category("shapes")
def test_rectangular_images(student: Student, rng: np.random.Generator) -> None:
    """Images that are not square."""
    cases = draw(rng, (2, 2, 4, 9, 3, 3, 3, 1, 1), (2, 3, 8, 3, 2, 3, 3, 1, 0))
    expect.close(student.map(convolved, cases), [convolved(*case) for case in cases])


@pytest.mark.category("shapes")
def test_ones(student: Student, rng: np.random.Generator) -> None:
    """One image, one channel, one filter, windows of one pixel: all axes stay."""
    cases = draw(rng, (1, 1, 3, 3, 1, 3, 3, 1, 0), (1, 3, 4, 5, 2, 1, 1, 1, 0))
    expect.close(student.map(convolved, cases), [convolved(*case) for case in cases])


@pytest.mark.category("edges")
def test_uneven_sizes(student: Student, rng: np.random.Generator) -> None:
    """Steps that do not divide the image, and steps wider than the window."""
    cases = draw(rng, (2, 2, 6, 7, 2, 3, 2, 2, 0), (1, 2, 8, 8, 2, 2, 2, 3, 1))
    expect.close(student.map(convolved, cases), [convolved(*case) for case in cases])


@pytest.mark.category("edges")
def test_single_precision_and_layouts(student: Student, rng: np.random.Generator) -> None:
    """Single precision, and arrays that lie otherwise in the memory, by value."""
    x, w, b, stride, pad = draw(rng, (2, 2, 5, 5, 2, 3, 3, 1, 1))[0]
    narrow = (x.astype(np.float32), w.astype(np.float32), b.astype(np.float32), stride, pad)
    cases = [narrow, (np.asfortranarray(x), w[..., ::-1], b, stride, pad)]
    expect.close(student.map(convolved, cases), [convolved(*case) for case in cases], rtol=1e-4)


@pytest.mark.category("edges")
def test_refusal(student: Student, rng: np.random.Generator) -> None:
    """Channels that do not agree and filters that fit nowhere raise a ValueError."""
    c, more = int(rng.integers(2, 4)), int(rng.integers(1, 3))
    cases = [
        (np.ones((2, c + more, 5, 5)), np.ones((2, c, 3, 3)), np.zeros(2), 0),
        (np.ones((2, 1, 5, 5)), np.ones((2, c, 3, 3)), np.zeros(2), 0),
        (np.ones((2, c, 5, 5)), np.ones((2, c, 3, 7 + more)), np.zeros(2), 1),
    ]
    expect.close(student.map(refusal, cases), [refusal(*case) for case in cases])


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Images, filters and biases stay as they were, and the defaults are right."""
    x, w, b, *_ = draw(rng, (2, 2, 4, 5, 3, 2, 3, 1, 0))[0]
    wanted = arguments_afterwards(x.copy(), w.copy(), b.copy())
    expect.close(student(arguments_afterwards, x, w, b), wanted)


@pytest.mark.category("cost")
def test_many_images(student: Student, rng: np.random.Generator) -> None:
    """A great many small images at once: no loop over the images."""
    case = (200_000, int(rng.integers(2**31)))
    expect.close(student(totals, *case), totals(*case))
