"""W26 to W32 of the lectures, with the numbers that the notebook of a5_convolution shows."""

import numpy as np
import pytest
from hypothesis import given

from reference.layers.convolution import conv2d_backward, conv2d_forward
from reference.layers.pooling import avgpool2d_forward, maxpool2d_backward, maxpool2d_forward
from reference.signals import (
    convolve1d_flip,
    convolve1d_scale,
    convolve2d,
    correlate2d,
    equivariance_gap,
    named_kernel,
    output_size,
    receptive_field,
)
from tests.reference.pairs import seeds
from tests.reference.test_signals import LETTER

close = np.testing.assert_allclose
CUT = LETTER[1:, 1:]
ALPHA = np.array([[1.0, 0.0], [2.0, -1.0]])


def test_w26_echoes():
    a, b = np.array([2.0, -1.0, 1.0]), np.array([1.0, 1.0, 2.0])
    rows = convolve1d_scale(a, b)
    close(rows, [[2, 2, 4, 0, 0], [0, -1, -1, -2, 0], [0, 0, 1, 1, 2]])
    close(rows.sum(axis=0), [2, 1, 4, -1, 2])
    close(convolve1d_flip(a, b), [2, 1, 4, -1, 2])


@given(seeds)
def test_w26_a_commutative_and_linear_product(seed: int):
    rng = np.random.default_rng(seed)
    a, b, c = rng.normal(size=4), rng.normal(size=3), rng.normal(size=3)
    close(convolve1d_flip(a, b), convolve1d_flip(b, a), atol=1e-12)
    mixed = 2.0 * convolve1d_flip(a, b) - convolve1d_flip(a, c)
    close(convolve1d_flip(a, 2.0 * b - c), mixed, atol=1e-12)


def test_w27_two_matrices():
    a = np.array([[1, 3, 1], [0, -1, 1], [2, 2, -1]])
    b = np.array([[1, 2], [0, -1]])
    wanted = [[1, 5, 7, 2], [0, -2, -4, 1], [2, 6, 4, -3], [0, -2, -2, 1]]
    close(convolve2d(a, b), wanted)
    close(convolve2d(b, a), wanted)


def test_w28_the_letter():
    kernel = np.array([[0, 0, 0], [0, 1, 1], [0, 1, 0]])
    wanted = [[3, 2, 2, 3, 1], [2, 0, 2, 1, 0], [2, 2, 1, 0, 0], [3, 1, 0, 0, 0], [1, 0, 0, 0, 0]]
    close(correlate2d(LETTER, kernel), wanted)


def test_w29_identity_and_blur():
    close(correlate2d(LETTER, named_kernel("identity")), LETTER[1:-1, 1:-1])
    wanted = [[4, 5, 5, 5, 4], [5, 6, 5, 6, 3], [5, 5, 4, 2, 1], [5, 6, 2, 1, 0], [4, 3, 1, 0, 0]]
    close(correlate2d(LETTER, named_kernel("blur")), np.array(wanted) / 10)


def test_w30_downsampling():
    close(correlate2d(CUT, np.ones((2, 2)), 2), [[3, 3, 1], [3, 1, 0], [1, 0, 0]])
    images = CUT[np.newaxis, np.newaxis]
    close(avgpool2d_forward(images)[0][0, 0], np.array([[3, 3, 1], [3, 1, 0], [1, 0, 0]]) / 4)
    close(maxpool2d_forward(images)[0][0, 0], [[1, 1, 1], [1, 1, 0], [1, 0, 0]])


@pytest.mark.parametrize(
    ("sizes", "wanted"), [((7, 3), 5), ((6, 2, 2), 3), ((28, 5, 1, 2), 28), ((8, 3, 2), 3)]
)
def test_w30_the_table_of_sizes(sizes: tuple[int, ...], wanted: int):
    assert output_size(*sizes) == wanted


def test_w31_four_windows_there_and_back():
    x, w = np.arange(1.0, 10.0).reshape(1, 1, 3, 3), ALPHA[np.newaxis, np.newaxis]
    out, cache = conv2d_forward(x, w, np.array([0.5]))
    close(out[0, 0], [[4.5, 6.5], [10.5, 12.5]])
    dout = np.array([[1.0, 2.0], [0.0, -1.0]])
    dx, dw, db = conv2d_backward(dout[np.newaxis, np.newaxis], cache)
    close(dx[0, 0], [[1, 2, 0], [2, 2, -2], [0, -2, 1]])
    close(dx[0, 0], convolve2d(dout, ALPHA))
    close(dw[0, 0], [[0, 2], [6, 8]])
    close(db, [2])


def test_w31_a_maximum_of_two_windows():
    x = np.array([[[[1.0, 3, 2], [5, 4, 0], [2, 6, 1]]]])
    out, cache = maxpool2d_forward(x, 2, 1)
    close(out[0, 0], [[5, 4], [6, 6]])
    dx = maxpool2d_backward(np.array([[[[1.0, 2], [3, 4]]]]), cache)
    close(dx[0, 0], [[0, 0, 0], [1, 2, 0], [0, 7, 0]])


def test_w32_what_kernels_say_to_plains_and_slopes():
    right = np.tile(np.arange(5.0), (5, 1))
    said = {
        name: [
            float(correlate2d(image, named_kernel(name))[1, 1]) - kept * image[2, 2]
            for image, kept in ((np.ones((5, 5)), 0), (right, 1), (right.T, 1))
        ]
        for name in ("identity", "blur", "sharpen", "emboss")
    }
    assert said["identity"] == said["sharpen"] == pytest.approx([1, 0, 0])
    assert said["blur"] == pytest.approx([1, 0, 0])
    assert said["emboss"][0] == 1
    assert min(said["emboss"][1:]) > 0
    for name, wanted in (("edge", (0, 0)), ("sobel_x", (8, 0)), ("sobel_y", (0, 8))):
        answers = [correlate2d(image, named_kernel(name))[1, 1] for image in (right, right.T)]
        assert answers == pytest.approx(wanted)


def test_w37_convolution_moves_along_and_sees_sixteen():
    image = np.random.default_rng(37).normal(size=(12, 12))
    gap = equivariance_gap(lambda x: correlate2d(x, named_kernel("edge"), 1, 1), image, 1, 2)
    assert gap < 1e-12
    assert [receptive_field([(5, 1), (2, 2)] * k) for k in (0, 1, 2)] == [1, 6, 16]
