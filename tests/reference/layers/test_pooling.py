import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reference.layers.pooling import (
    avgpool2d_backward,
    avgpool2d_forward,
    maxpool2d_backward,
    maxpool2d_forward,
)
from tests.reference.pairs import apart, arranged, dtypes, hold_pair, orders, seeds

PAIRS = {
    "max": (maxpool2d_forward, maxpool2d_backward),
    "avg": (avgpool2d_forward, avgpool2d_backward),
}
IMAGE = np.array(
    [
        [1, 1, 1, 1, 1, 0],
        [1, 0, 0, 1, 0, 0],
        [1, 0, 1, 0, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [1, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
    ],
    dtype=float,
)[None, None]


@pytest.mark.parametrize("kind", PAIRS)
@settings(max_examples=200)
@given(
    seed=seeds,
    dtype=dtypes,
    order=orders,
    shape=st.tuples(st.integers(0, 2), st.integers(1, 3), st.integers(1, 7), st.integers(1, 7)),
    size=st.integers(1, 4),
    stride=st.integers(1, 4),
)
def test_against_pytorch_and_differences(kind, seed, dtype, order, shape, size, stride):
    assume(size <= min(shape[2:]))
    rng = np.random.default_rng(seed)
    forward, backward = PAIRS[kind]
    hold_pair(
        lambda x: forward(x, size, stride),
        backward,
        lambda torch, x: getattr(torch.nn.functional, f"{kind}_pool2d")(x, size, stride),
        [arranged(apart(rng, *shape), dtype, order)],
        rng,
    )


@settings(max_examples=200)
@given(seeds, st.integers(1, 6), st.integers(1, 6), st.integers(1, 3), st.integers(1, 3))
def test_on_ties_the_first_maximum_takes_all(seed, height, width, size, stride):
    assume(size <= min(height, width))
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 3, (2, 1, height, width)).astype(float)
    out, cache = maxpool2d_forward(x, size, stride)
    dout = rng.standard_normal(out.shape)
    wanted = np.zeros_like(x)
    for n, c, i, j in np.ndindex(out.shape):
        rows, columns = slice(i * stride, i * stride + size), slice(j * stride, j * stride + size)
        window = x[n, c, rows, columns]
        assert out[n, c, i, j] == window.max()
        first = np.unravel_index(window.argmax(), window.shape)
        wanted[n, c, rows, columns][first] += dout[n, c, i, j]
    np.testing.assert_allclose(maxpool2d_backward(dout, cache), wanted, atol=1e-12)


def test_w30_average_and_maximum_of_the_letter():
    assert (4 * avgpool2d_forward(IMAGE)[0][0, 0]).tolist() == [[3, 3, 1], [3, 1, 0], [1, 0, 0]]
    assert maxpool2d_forward(IMAGE)[0][0, 0].tolist() == [[1, 1, 1], [1, 1, 0], [1, 0, 0]]


def test_w31_stride_one_adds_up_where_windows_overlap():
    x = np.array([[1.0, 2.0, 3.0], [4.0, 9.0, 5.0], [6.0, 7.0, 8.0]])[None, None]
    out, cache = maxpool2d_forward(x, 2, 1)
    assert out.tolist() == [[[[9.0, 9.0], [9.0, 9.0]]]]
    dx = maxpool2d_backward(np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), cache)
    assert dx.tolist() == [[[[0, 0, 0], [0, 10, 0], [0, 0, 0]]]]


def test_what_the_last_window_does_not_reach_gets_zero():
    for forward, backward in PAIRS.values():
        out, cache = forward(np.ones((1, 1, 5, 7)))
        assert out.shape == (1, 1, 2, 3)
        dx = backward(np.ones_like(out), cache)
        assert np.all(dx[:, :, 4] == 0)
        assert np.all(dx[:, :, :, 6] == 0)


@pytest.mark.parametrize("kind", PAIRS)
def test_no_image_or_no_channel(kind):
    forward, backward = PAIRS[kind]
    for shape in ((0, 2, 4, 4), (2, 0, 4, 4)):
        out, cache = forward(np.zeros(shape))
        assert out.shape == (*shape[:2], 2, 2)
        assert backward(out, cache).shape == shape


@pytest.mark.parametrize("kind", PAIRS)
def test_what_does_not_fit_is_refused(kind):
    forward, backward = PAIRS[kind]
    with pytest.raises(ValueError, match=r"must be \(N, C, H, W\), not \(4, 4\)"):
        forward(np.zeros((4, 4)))
    with pytest.raises(ValueError, match="No window of 5"):
        forward(np.zeros((1, 1, 5, 4)), 5)
    with pytest.raises(ValueError, match="No window of 2, 0 apart"):
        forward(np.zeros((1, 1, 4, 4)), 2, 0)
    _, cache = forward(np.zeros((1, 1, 4, 4)))
    with pytest.raises(ValueError, match=r"dout \(1, 1, 1, 2\).*\(1, 1, 2, 2\)"):
        backward(np.zeros((1, 1, 1, 2)), cache)
