import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reference.layers.pooling import maxpool2d_forward
from reference.signals import (
    convolve1d_flip,
    convolve1d_scale,
    convolve2d,
    correlate2d,
    equivariance_gap,
    named_kernel,
    output_size,
    receptive_field,
    shift,
    zero_pad,
)
from tests.reference.pairs import arranged, dtypes, normal, orders, seeds

LETTER = np.array(
    [
        [0, 0, 0, 0, 0, 0, 0],
        [0, 1, 1, 1, 1, 1, 0],
        [0, 1, 0, 0, 1, 0, 0],
        [0, 1, 0, 1, 0, 0, 0],
        [0, 1, 1, 0, 0, 0, 0],
        [0, 1, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0],
    ]
)
numbers = st.integers(-9, 9).map(float)
rows = st.integers(1, 6).flatmap(lambda n: arrays(np.float64, n, elements=numbers))
matrices = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=numbers)
)


@given(rows, rows)
def test_w26_both_methods_are_the_polynomial_product(a, b):
    scaled, flipped = convolve1d_scale(a, b), convolve1d_flip(a, b)
    assert scaled.shape == (len(a), len(a) + len(b) - 1)
    for t, row in enumerate(scaled):
        assert row.tolist() == [0.0] * t + (a[t] * b).tolist() + [0.0] * (len(a) - 1 - t)
    assert scaled.sum(axis=0).tolist() == flipped.tolist() == np.convolve(a, b).tolist()


@given(rows, st.integers(1, 5), numbers, numbers, st.data())
def test_w26_convolution_is_commutative_and_linear(a, size, k, m, data):
    b, c = (data.draw(arrays(np.float64, size, elements=numbers)) for _ in range(2))
    assert convolve1d_flip(a, b).tolist() == convolve1d_flip(b, a).tolist()
    whole = convolve1d_flip(a, k * b + m * c)
    assert whole.tolist() == (k * convolve1d_flip(a, b) + m * convolve1d_flip(a, c)).tolist()


def test_w27_two_dimensional_convolution():
    a, b = [[1, 3, 1], [0, -1, 1], [2, 2, -1]], [[1, 2], [0, -1]]
    wanted = [[1, 5, 7, 2], [0, -2, -4, 1], [2, 6, 4, -3], [0, -2, -2, 1]]
    assert convolve2d(a, b).tolist() == wanted
    assert convolve2d(b, a).tolist() == wanted


@given(matrices, matrices)
def test_convolution_by_its_definition(a, b):
    wanted = np.zeros((a.shape[0] + b.shape[0] - 1, a.shape[1] + b.shape[1] - 1))
    for (s, t), left in np.ndenumerate(a):
        for (i, j), right in np.ndenumerate(b):
            wanted[s + i, t + j] += left * right
    assert convolve2d(a, b).tolist() == wanted.tolist()


@given(matrices, matrices, st.integers(1, 3), st.integers(0, 3))
def test_correlation_by_its_definition(image, kernel, stride, pad):
    height, width = (n + 2 * pad for n in image.shape)
    assume(kernel.shape[0] <= height and kernel.shape[1] <= width)
    padded = np.pad(image, pad)
    wanted = [
        [
            float((padded[i : i + kernel.shape[0], j : j + kernel.shape[1]] * kernel).sum())
            for j in range(0, width - kernel.shape[1] + 1, stride)
        ]
        for i in range(0, height - kernel.shape[0] + 1, stride)
    ]
    assert correlate2d(image, kernel, stride, pad).tolist() == wanted


@given(matrices, matrices)
def test_convolution_is_correlation_with_a_flipped_kernel(a, b):
    pad = max(b.shape) - 1
    top, left = pad - b.shape[0] + 1, pad - b.shape[1] + 1
    full = correlate2d(a, b[::-1, ::-1], pad=pad)
    full = full[top : full.shape[0] - top, left : full.shape[1] - left]
    assert full.tolist() == convolve2d(a, b).tolist()


def test_w28_the_letter():
    wanted = [[3, 2, 2, 3, 1], [2, 0, 2, 1, 0], [2, 2, 1, 0, 0], [3, 1, 0, 0, 0], [1, 0, 0, 0, 0]]
    assert correlate2d(LETTER, [[0, 0, 0], [0, 1, 1], [0, 1, 0]]).tolist() == wanted


def test_w29_identity_and_blur():
    assert np.array_equal(correlate2d(LETTER, named_kernel("identity")), LETTER[1:6, 1:6])
    wanted = [
        [0.4, 0.5, 0.5, 0.5, 0.4],
        [0.5, 0.6, 0.5, 0.6, 0.3],
        [0.5, 0.5, 0.4, 0.2, 0.1],
        [0.5, 0.6, 0.2, 0.1, 0.0],
        [0.4, 0.3, 0.1, 0.0, 0.0],
    ]
    np.testing.assert_allclose(correlate2d(LETTER, named_kernel("blur")), wanted, atol=1e-12)


def test_w30_ones_with_stride_two():
    image = LETTER[1:, 1:]
    assert correlate2d(image, np.ones((2, 2)), stride=2).tolist() == [
        [3, 3, 1],
        [3, 1, 0],
        [1, 0, 0],
    ]


def test_w32_what_the_kernels_do():
    flat, ramp = np.full((5, 5), 3.0), np.tile(np.arange(5.0), (5, 1))
    for name, of_flat in {"blur": 3, "sharpen": 3, "emboss": 3, "edge": 0, "sobel_x": 0}.items():
        np.testing.assert_allclose(correlate2d(flat, named_kernel(name)), of_flat, atol=1e-12)
    assert np.all(correlate2d(ramp, named_kernel("sobel_x")) == 8.0)
    assert np.all(correlate2d(ramp, named_kernel("sobel_y")) == 0.0)
    assert np.all(correlate2d(ramp.T, named_kernel("sobel_y")) == 8.0)
    assert np.all(correlate2d(ramp.T, named_kernel("emboss")) > ramp.T[1:4, 1:4])
    spot = np.zeros((5, 5))
    spot[2, 2] = 1.0
    assert correlate2d(spot, named_kernel("sharpen"))[1, 1] == 5.0
    assert correlate2d(spot, named_kernel("edge"))[1, 1] == 4.0
    assert named_kernel("blur").dtype == named_kernel("edge").dtype == np.float64
    with pytest.raises(ValueError, match=r"no kernel 'sobel'; there are identity, blur"):
        named_kernel("sobel")


@given(seeds, dtypes, orders, st.integers(0, 3), st.lists(st.integers(0, 3), max_size=2))
def test_zero_pad(seed, dtype, order, pad, outer):
    x = arranged(normal(np.random.default_rng(seed), *outer, 2, 3), dtype, order)
    padded = zero_pad(x, pad)
    assert padded.dtype == x.dtype
    assert np.array_equal(padded, np.pad(x, [(0, 0)] * len(outer) + [(pad, pad)] * 2))
    padded[...] = 7.0  # never a view of x, which would refuse


@given(st.integers(0, 12), st.integers(1, 5), st.integers(1, 4), st.integers(0, 3))
def test_output_size_counts_windows(n, kernel, stride, pad):
    starts = [s for s in range(0, n + 2 * pad, stride) if s + kernel <= n + 2 * pad]
    if starts:
        assert output_size(n, kernel, stride, pad) == len(starts)
    else:
        with pytest.raises(ValueError, match=f"No window of {kernel}, {stride} apart"):
            output_size(n, kernel, stride, pad)


@pytest.mark.parametrize("wrong", [(5, 0), (5, 2, 0), (5, 2, 1, -1), (-1, 1, 1, 1)])
def test_output_size_of_what_makes_no_sense(wrong):
    with pytest.raises(ValueError, match="No window of"):
        output_size(*wrong)


@given(seeds, dtypes, st.integers(-6, 6), st.integers(-6, 6))
def test_shift_moves_every_pixel(seed, dtype, dy, dx):
    x = arranged(normal(np.random.default_rng(seed), 2, 4, 5), dtype)
    moved = shift(x, dy, dx)
    assert moved.dtype == x.dtype
    for i, j in np.ndindex(4, 5):
        inside = 0 <= i - dy < 4 and 0 <= j - dx < 5
        assert np.array_equal(moved[:, i, j], x[:, i - dy, j - dx] if inside else [0, 0])


@given(seeds, st.integers(-2, 2), st.integers(-2, 2), st.integers(0, 2))
def test_w37_convolution_is_equivariant(seed, dy, dx, pad):
    rng = np.random.default_rng(seed)
    x, kernel = normal(rng, 12, 13), normal(rng, 3, 3)
    assert equivariance_gap(lambda a: correlate2d(a, kernel, pad=pad), x, dy, dx) < 1e-12


def test_w37_pooling_with_stride_is_not_but_the_gap_is_measured_inside_only():
    x = normal(np.random.default_rng(0), 1, 1, 16, 16)
    assert equivariance_gap(lambda a: maxpool2d_forward(a)[0], x, 0, 1) > 0.1
    where = np.zeros((8, 8))
    where[2, 3] = 1.0  # 8 // 4 = 2 is the first row that counts
    assert equivariance_gap(lambda a: where * (a[0, 0] + 1), np.zeros((8, 8)), 1, 0) == 1.0
    where = np.zeros((8, 8))
    where[0, 0] = where[6, 3] = where[3, 6] = 1.0
    assert equivariance_gap(lambda a: where * (a[0, 0] + 1), np.zeros((8, 8)), 0, 1) == 0.0
    with pytest.raises(ValueError, match=r"\(0, 3\).*\(8, 8\)"):
        equivariance_gap(lambda a: a, np.zeros((8, 8)), 0, 3)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 3)), max_size=4))
def test_receptive_field_is_what_moves_one_output(layers):
    first = last = 0  # walk back from output 0 to the inputs it sees
    for kernel, stride in reversed(layers):
        first, last = first * stride, last * stride + kernel - 1
    assert receptive_field(layers) == last - first + 1


def test_receptive_field_of_lenet():
    assert receptive_field([(5, 1), (2, 2), (5, 1), (2, 2)]) == 16


@pytest.mark.parametrize("function", [convolve1d_scale, convolve1d_flip])
@pytest.mark.parametrize("a", [[], [[1.0]], 1.0])
def test_sequences_that_are_none_are_refused(function, a):
    with pytest.raises(ValueError, match="two sequences of at least one number"):
        function(a, [1.0])
    with pytest.raises(ValueError, match="two sequences of at least one number"):
        function([1.0], a)


def test_images_that_are_none_are_refused():
    with pytest.raises(ValueError, match=r"\(3, 1\) does not fit into \(2, 2\)"):
        correlate2d(np.ones((2, 2)), np.ones((3, 1)))
    with pytest.raises(ValueError, match=r"\(1, 2, 2\), \(1, 1\) and 1"):
        correlate2d(np.ones((1, 2, 2)), np.ones((1, 1)))
    with pytest.raises(ValueError, match="stride of at least 1, not"):
        correlate2d(np.ones((2, 2)), np.ones((1, 1)), 0)
    with pytest.raises(ValueError, match=r"\(2,\), \(1, 1\)"):
        convolve2d([1, 2], [[1]])
    with pytest.raises(ValueError, match=r"shape \(3,\) by 1"):
        zero_pad(np.ones(3), 1)
    with pytest.raises(ValueError, match=r"shape \(3, 3\) by -1"):
        zero_pad(np.ones((3, 3)), -1)
    with pytest.raises(ValueError, match=r"not \(3,\)"):
        shift(np.ones(3), 0, 1)


@given(dtypes)
def test_float32_stays_and_whole_numbers_become_float64(dtype):
    one, grid = np.ones(2, dtype), np.ones((2, 2), dtype)
    results = [convolve1d_scale(one, one), convolve1d_flip(one, one), convolve2d(grid, grid)]
    assert {str(a.dtype) for a in [*results, correlate2d(grid, grid)]} == {dtype}
    results = [convolve1d_scale([1], [2]), convolve1d_flip([1], [2]), convolve2d([[1]], [[2]])]
    results += [correlate2d([[1]], [[2]]), zero_pad([[True]], 1)]
    assert {str(a.dtype) for a in results} == {"float64"}
