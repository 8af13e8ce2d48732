import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reference.layers.convolution import conv2d_backward, conv2d_forward
from reference.signals import correlate2d
from tests.reference.pairs import arranged, dtypes, hold_pair, normal, orders, seeds

channels = st.integers(1, 3)
sides = st.integers(1, 6)
kernels = st.integers(1, 4)
strides = st.integers(1, 3)
pads = st.integers(0, 2)


@settings(max_examples=400)
@given(
    seed=seeds,
    dtype=dtypes,
    order=orders,
    n=st.integers(0, 2),
    c=channels,
    f=channels,
    image=st.tuples(sides, sides),
    kernel=st.tuples(kernels, kernels),
    stride=strides,
    pad=pads,
)
def test_against_pytorch_and_differences(seed, dtype, order, n, c, f, image, kernel, stride, pad):
    assume(all(k <= side + 2 * pad for k, side in zip(kernel, image, strict=True)))
    rng = np.random.default_rng(seed)
    arrays = [
        arranged(normal(rng, *shape), dtype, order)
        for shape in ((n, c, *image), (f, c, *kernel), (f,))
    ]
    hold_pair(
        lambda x, w, b: conv2d_forward(x, w, b, stride, pad),
        conv2d_backward,
        lambda torch, x, w, b: torch.nn.functional.conv2d(x, w, b, stride, pad),
        arrays,
        rng,
    )


@pytest.mark.parametrize(("n", "c", "f"), [(0, 1, 1), (1, 0, 2), (2, 1, 0), (0, 0, 0)])
def test_empty_axes(n, c, f):
    x, w, b = np.zeros((n, c, 4, 5)), np.zeros((f, c, 2, 3)), np.ones(f)
    out, cache = conv2d_forward(x, w, b)
    assert out.shape == (n, f, 3, 3)
    assert np.all(out == 1.0)
    shapes = [gradient.shape for gradient in conv2d_backward(out, cache)]
    assert shapes == [x.shape, w.shape, b.shape]


def test_w31_one_channel_to_one_as_written():
    x, a = np.arange(1.0, 10.0).reshape(3, 3), np.array([[1.0, 2.0], [3.0, 5.0]])
    out, cache = conv2d_forward(x[None, None], a[None, None], np.array([0.5]))
    for i in range(2):
        for j in range(2):
            window = a[0, 0] * x[i, j] + a[0, 1] * x[i, j + 1]
            window += a[1, 0] * x[i + 1, j] + a[1, 1] * x[i + 1, j + 1]
            assert out[0, 0, i, j] == window + 0.5
    dx, dw, db = conv2d_backward(np.ones((1, 1, 2, 2)), cache)
    assert dx[0, 0].tolist() == [[1.0, 3.0, 2.0], [4.0, 11.0, 7.0], [3.0, 8.0, 5.0]]
    assert dw[0, 0].tolist() == [[12.0, 16.0], [24.0, 28.0]]
    assert db.tolist() == [4.0]


@given(seeds, channels, channels, strides, pads)
def test_w31_several_channels_are_sums_of_correlations(seed, c, f, stride, pad):
    rng = np.random.default_rng(seed)
    x, w, b = normal(rng, 2, c, 5, 4), normal(rng, f, c, 3, 2), normal(rng, f)
    out, _ = conv2d_forward(x, w, b, stride, pad)
    for n in range(2):
        for k in range(f):
            maps = [correlate2d(x[n, m], w[k, m], stride, pad) for m in range(c)]
            np.testing.assert_allclose(out[n, k], sum(maps) + b[k], atol=1e-12)


def test_pixels_that_no_window_reaches_get_zero():
    x, w = np.ones((1, 1, 5, 6)), np.ones((1, 1, 2, 2))
    _, cache = conv2d_forward(x, w, np.zeros(1), stride=3)
    dx, _, _ = conv2d_backward(np.ones((1, 1, 2, 2)), cache)
    reached = np.zeros((5, 6))
    reached[np.ix_([0, 1, 3, 4], [0, 1, 3, 4])] = 1.0
    assert dx[0, 0].tolist() == reached.tolist()


def test_whole_numbers_become_float64():
    out, cache = conv2d_forward(np.ones((1, 1, 2, 2), int), np.ones((1, 1, 2, 2), int), np.ones(1))
    assert out.tolist() == [[[[5.0]]]]
    dx, _, _ = conv2d_backward(np.full((1, 1, 1, 1), 0.5), cache)
    assert dx.tolist() == [[[[0.5, 0.5], [0.5, 0.5]]]]


@pytest.mark.parametrize(
    ("shapes", "settings", "sentence"),
    [
        (((1, 2, 5, 5), (3, 1, 2, 2), (3,)), (1, 0), "do not fit"),
        (((1, 2, 5, 5), (3, 2, 2, 2), (1,)), (1, 0), "do not fit"),
        (((2, 5, 5), (3, 2, 2, 2), (3,)), (1, 0), "do not fit"),
        (((1, 2, 5, 5), (3, 2, 2), (3,)), (1, 0), "do not fit"),
        (((1, 2, 3, 5), (3, 2, 4, 2), (3,)), (1, 0), "No window of 4"),
        (((1, 2, 5, 5), (3, 2, 2, 2), (3,)), (0, 0), "No window of 2, 0 apart"),
        (((1, 2, 5, 5), (3, 2, 2, 2), (3,)), (1, -1), "padded by -1"),
    ],
)
def test_what_does_not_fit_is_refused(shapes, settings, sentence):
    with pytest.raises(ValueError, match=sentence) as caught:
        conv2d_forward(*(np.zeros(shape) for shape in shapes), *settings)
    if sentence == "do not fit":
        assert all(str(shape) in str(caught.value) for shape in shapes)


def test_a_gradient_of_another_shape_is_refused():
    _, cache = conv2d_forward(np.zeros((1, 2, 5, 5)), np.zeros((3, 2, 2, 2)), np.zeros(3))
    with pytest.raises(ValueError, match=r"dout \(1, 3, 4, 5\).*\(1, 3, 4, 4\)"):
        conv2d_backward(np.zeros((1, 3, 4, 5)), cache)
