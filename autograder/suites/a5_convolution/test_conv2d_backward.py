"""a5_convolution / conv2d_backward: where the gradient of each window goes."""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.layers.convolution import conv2d_backward, conv2d_forward

Floats = NDArray[np.floating]
Case = tuple[Floats, Floats, Floats, Floats, int, int]
NINE = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
ALPHA = np.array([[[[1.0, 0.0], [2.0, -1.0]]]])
DOUT = np.array([[[[1.0, 2.0], [0.0, -1.0]]]])
WIDE = np.concatenate([NINE, 2.0 - NINE], axis=1)[:, :, :, [0, 1, 2, 0]]
MIXED = np.array([[[[1.0, 0.0, 2.0]], [[-1.0, 1.0, 0.5]]], [[[0.0, 3.0, 1.0]], [[2.0, -1.0, 0.0]]]])
BIAS = np.array([0.0, 1.0])


@public(NINE, ALPHA, BIAS[:1], DOUT, 1, 0)
@public(NINE, ALPHA, BIAS[:1], np.arange(16.0).reshape(1, 1, 4, 4), 1, 1)
@public(WIDE, MIXED, BIAS, np.arange(12.0).reshape(1, 2, 3, 2), 1, 0)
@public(WIDE, MIXED, BIAS, np.arange(12.0).reshape(1, 2, 3, 2)[:, :, :2], 3, 1)
@public(np.concatenate([WIDE, -WIDE]), MIXED, BIAS, np.arange(8.0).reshape(2, 2, 2, 1), 2, 0)
def gradients(x: Floats, w: Floats, b: Floats, dout: Floats, stride: int, pad: int) -> object:
    """What each window hears goes to its pixels, the filter's entries and the bias (W31)."""
    _, cache = conv2d_forward(x, w, b, stride, pad)
    dx, dw, db = conv2d_backward(dout, cache)
    return {"dx": np.asarray(dx), "dw": np.asarray(dw), "db": np.asarray(db)}


@public(WIDE, MIXED, BIAS, np.arange(12.0).reshape(1, 2, 3, 2))
def arguments_afterwards(x: Floats, w: Floats, b: Floats, dout: Floats) -> object:
    """Images, filters, biases and dout belong to the caller and stay as they were (W31)."""
    _, cache = conv2d_forward(x, w, b)
    dx, _, _ = conv2d_backward(dout, cache)
    return {"dx": np.asarray(dx), "x": x, "w": w, "b": b, "dout": dout}


@public(NINE, WIDE[:, :1], ALPHA, BIAS[:1], DOUT)
def two_layers_at_once(x1: Floats, x2: Floats, w: Floats, b: Floats, dout: Floats) -> object:
    """Forward twice, then backward: each cache belongs to its own call (W31)."""
    _, cache1 = conv2d_forward(x1, w, b)
    out2, cache2 = conv2d_forward(x2, 2.0 * w, b)
    first = conv2d_backward(dout, cache1)
    second = conv2d_backward(np.ones(np.shape(out2)), cache2)
    return [[np.asarray(each) for each in three] for three in (first, second)]


def stacked(x: Floats, w1: Floats, w2: Floats, b1: Floats, b2: Floats, dout: Floats) -> object:
    """Send a gradient back through two layers in a row."""
    middle, cache1 = conv2d_forward(x, w1, b1, 1, 1)
    _, cache2 = conv2d_forward(np.asarray(middle), w2, b2, 2, 0)
    dmiddle, dw2, db2 = conv2d_backward(dout, cache2)
    dx, dw1, db1 = conv2d_backward(np.asarray(dmiddle), cache1)
    return [np.asarray(each) for each in (dx, dw1, db1, dw2, db2)]


def first_channel(x: Floats, w: Floats, b: Floats, dout: Floats) -> object:
    """A layer's gradients of one channel, whatever the processor says of infinite numbers."""
    with np.errstate(all="ignore"):
        _, cache = conv2d_forward(x, w, b)
        dx, dw, db = conv2d_backward(dout, cache)
    return [np.asarray(dx)[:, :1], np.asarray(dw)[:, :1], np.asarray(db)]


def totals(n: int, seed: int) -> object:
    """Send n little gradients back through two little filters."""
    rng = np.random.default_rng(seed)
    x, w, b = rng.normal(size=(n, 1, 3, 3)), rng.normal(size=(2, 1, 2, 2)), rng.normal(size=2)
    _, cache = conv2d_forward(x, w, b)
    dx, dw, db = conv2d_backward(rng.normal(size=(n, 2, 2, 2)), cache)
    return [np.asarray(dx)[:: n // 5], np.asarray(dw) / n, np.asarray(db) / n]


def draw(rng: np.random.Generator, *sizes: tuple[int, ...]) -> list[Case]:
    """Draw layers: images, channels, height, width; filters, height, width; stride, padding."""
    cases: list[Case] = []
    for n, c, h, wide, f, kh, kw, stride, pad in sizes:
        out = [(m + 2 * pad - k) // stride + 1 for m, k in ((h, kh), (wide, kw))]
        x, w = rng.normal(size=(n, c, h, wide)), rng.normal(size=(f, c, kh, kw))
        cases.append((x, w, rng.normal(size=f), rng.normal(size=(n, f, *out)), stride, pad))
    return cases


@pytest.mark.category("values")
def test_one_to_one(student: Student, rng: np.random.Generator) -> None:
    """One channel and one filter: overlapping windows add up."""
    cases = draw(rng, (1, 1, 5, 5, 1, 3, 3, 1, 0), (2, 1, 4, 4, 1, 2, 2, 1, 0))
    expect.close(student.map(gradients, cases), [gradients(*case) for case in cases])


@pytest.mark.category("values")
def test_channels(student: Student, rng: np.random.Generator) -> None:
    """Several images, channels and filters."""
    cases = draw(rng, (2, 3, 5, 5, 4, 3, 3, 1, 0), (3, 2, 4, 4, 3, 2, 2, 1, 0))
    expect.close(student.map(gradients, cases), [gradients(*case) for case in cases])


@pytest.mark.category("values")
def test_padding(student: Student, rng: np.random.Generator) -> None:
    """What falls into the padding is cut off again, whatever its width."""
    cases = draw(rng, (2, 2, 4, 4, 2, 3, 3, 1, 1), (1, 2, 3, 3, 2, 3, 3, 1, 2))
    cases += draw(rng, (1, 1, 2, 3, 2, 3, 4, 1, 3))
    expect.close(student.map(gradients, cases), [gradients(*case) for case in cases])


@pytest.mark.category("values")
def test_strides(student: Student, rng: np.random.Generator) -> None:
    """Larger steps, with padding and without."""
    cases = draw(rng, (2, 2, 7, 7, 2, 3, 3, 2, 0), (2, 2, 5, 5, 3, 3, 3, 2, 1))
    expect.close(student.map(gradients, cases), [gradients(*case) for case in cases])


@pytest.mark.category("values")
def test_two_layers(student: Student, rng: np.random.Generator) -> None:
    """Two layers in a row: what the second returns for its input is what the first is handed."""
    x, w1 = rng.normal(size=(2, 2, 5, 5)), rng.normal(size=(3, 2, 3, 3))
    w2, dout = rng.normal(size=(2, 3, 3, 3)), rng.normal(size=(2, 2, 2, 2))
    case = (x, w1, w2, rng.normal(size=3), rng.normal(size=2), dout)
    expect.close(student(stacked, *case), stacked(*case))


@pytest.mark.category("shapes")
def test_rectangular_filters(student: Student, rng: np.random.Generator) -> None:
    """Filters that are not square."""
    cases = draw(rng, (2, 2, 6, 6, 2, 2, 4, 1, 0), (1, 2, 6, 6, 3, 3, 1, 2, 1))
    expect.close(student.map(gradients, cases), [gradients(*case) for case in cases])


@pytest.mark.category("shapes")
def test_rectangular_images(student: Student, rng: np.random.Generator) -> None:
    """Images that are not square."""
    cases = draw(rng, (2, 2, 4, 7, 2, 3, 3, 1, 1), (1, 3, 8, 3, 2, 3, 3, 1, 0))
    expect.close(student.map(gradients, cases), [gradients(*case) for case in cases])


@pytest.mark.category("shapes")
def test_ones(student: Student, rng: np.random.Generator) -> None:
    """One image, one channel, one filter, windows of one pixel: all axes stay."""
    cases = draw(rng, (1, 1, 3, 3, 1, 3, 3, 1, 0), (1, 3, 4, 3, 2, 1, 1, 1, 0))
    expect.close(student.map(gradients, cases), [gradients(*case) for case in cases])


@pytest.mark.category("edges")
def test_uneven_sizes(student: Student, rng: np.random.Generator) -> None:
    """Steps that do not divide the image: pixels that no window reaches get nothing."""
    cases = draw(rng, (2, 2, 6, 7, 2, 3, 2, 2, 0), (1, 2, 8, 7, 2, 2, 2, 3, 1))
    expect.close(student.map(gradients, cases), [gradients(*case) for case in cases])


@pytest.mark.category("edges")
def test_single_precision_and_layouts(student: Student, rng: np.random.Generator) -> None:
    """Single precision, and arrays that lie otherwise in the memory, by value."""
    x, w, b, dout, stride, pad = draw(rng, (2, 2, 5, 5, 2, 3, 3, 1, 1))[0]
    narrow = [each.astype(np.float32) for each in (x, w, b, dout)]
    cases = [(*narrow, stride, pad), (np.asfortranarray(x), w, b, dout[..., ::-1], stride, pad)]
    expect.close(student.map(gradients, cases), [gradients(*case) for case in cases], rtol=1e-4)


@pytest.mark.category("scale")
@pytest.mark.required
def test_an_infinite_entry(student: Student, rng: np.random.Generator) -> None:
    """An infinite pixel or weight: gradients are worked out, and never measured by nudging."""
    cases = [case[:4] for case in draw(rng, *[(2, 2, 4, 4, 2, 3, 3, 1, 0)] * 2)]
    for (x, w, *_), side in zip(cases, (0, 1), strict=True):
        (x, w)[side][0, 1, 1, 1] = np.inf  # it meets the gradients of the second channel alone
    expect.close(student.map(first_channel, cases), [first_channel(*case) for case in cases])


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Images, filters, biases and the gradient from above stay as they were."""
    case = draw(rng, (2, 2, 4, 5, 3, 2, 3, 1, 0))[0][:4]
    wanted = arguments_afterwards(*(each.copy() for each in case))
    expect.close(student(arguments_afterwards, *case), wanted)


@pytest.mark.category("reuse")
def test_two_calls(student: Student, rng: np.random.Generator) -> None:
    """Several forward calls before the backward calls: nothing is mixed up."""
    x1, w, b, dout, *_ = draw(rng, (2, 2, 4, 4, 2, 3, 3, 1, 0))[0]
    case = (x1, rng.normal(size=(1, 2, 5, 4)), w, b, dout)
    expect.close(student(two_layers_at_once, *case), two_layers_at_once(*case))


@pytest.mark.category("cost")
def test_many_pixels(student: Student, rng: np.random.Generator) -> None:
    """Larger images: the gradients are computed, not measured by nudging every entry."""
    case = draw(rng, (2, 3, 60, 60, 4, 3, 3, 1, 0))[0]
    expect.close(student(gradients, *case), gradients(*case))


@pytest.mark.category("cost")
def test_many_images(student: Student, rng: np.random.Generator) -> None:
    """A great many small images at once: no loop over the images."""
    case = (200_000, int(rng.integers(2**31)))
    expect.close(student(totals, *case), totals(*case))
