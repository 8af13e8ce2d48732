"""Pooling: each window of each map becomes one number, its maximum or its mean.

Entry (i, j) of all windows together is one strided slice of the input, so that a loop over the
window's size x size entries does all windows at once, whether or not they overlap.
"""

import numpy as np

from reference.arrays import Array
from reference.signals import output_size


def maxpool2d_forward(
    x: Array, size: int = 2, stride: int = 2
) -> tuple[Array, tuple[Array, Array, int, int]]:
    """Return `(out, cache)`: the largest entry of every size x size window, `stride` apart.

    `x` is (N, C, H, W), the output (N, C, H', W') with H' and W' as `output_size` says; windows
    may overlap. Raises ValueError if no window fits (C601, T311; W30).
    """
    if x.ndim != 4:
        raise ValueError(f"x must be (N, C, H, W), not {x.shape}.")
    oh, ow = output_size(x.shape[2], size, stride), output_size(x.shape[3], size, stride)
    out = x[:, :, : stride * oh : stride, : stride * ow : stride].copy()
    for i, j in np.ndindex(size, size):
        entry = x[:, :, i : i + stride * oh : stride, j : j + stride * ow : stride]
        np.maximum(out, entry, out=out)
    return out, (x, out, size, stride)


def maxpool2d_backward(dout: Array, cache: tuple[Array, Array, int, int]) -> Array:
    """Return `dx`: the gradient of a window goes to its maximum, on a tie to the first in C order.

    An entry that is the maximum of several windows adds up their gradients.
    Raises ValueError if `dout` is not shaped like the output (C601; W31).
    """
    x, out, size, stride = cache
    if dout.shape != out.shape:
        raise ValueError(f"dout {dout.shape} must be shaped like the output, {out.shape}.")
    oh, ow = out.shape[2:]
    dx = np.zeros(x.shape, dtype=dout.dtype)
    open_ = np.ones(out.shape, dtype=bool)  # windows that have not met their maximum yet
    for i, j in np.ndindex(size, size):
        entries = np.s_[:, :, i : i + stride * oh : stride, j : j + stride * ow : stride]
        hit = (x[entries] == out) & open_
        dx[entries] += dout * hit
        open_ &= ~hit
    return dx


def avgpool2d_forward(
    x: Array, size: int = 2, stride: int = 2
) -> tuple[Array, tuple[tuple[int, ...], tuple[int, ...], int, int]]:
    """Return `(out, cache)`: the mean of every size x size window, `stride` apart.

    `x` is (N, C, H, W), the output (N, C, H', W') with H' and W' as `output_size` says; windows
    may overlap. Raises ValueError if no window fits (C601; W30).
    """
    if x.ndim != 4:
        raise ValueError(f"x must be (N, C, H, W), not {x.shape}.")
    oh, ow = output_size(x.shape[2], size, stride), output_size(x.shape[3], size, stride)
    out = np.zeros((*x.shape[:2], oh, ow), dtype=np.result_type(x, 0.0))
    for i, j in np.ndindex(size, size):
        out += x[:, :, i : i + stride * oh : stride, j : j + stride * ow : stride]
    out /= size * size
    return out, (x.shape, out.shape, size, stride)


def avgpool2d_backward(
    dout: Array, cache: tuple[tuple[int, ...], tuple[int, ...], int, int]
) -> Array:
    """Return `dx`: every entry of a window gets the same share of its gradient.

    Raises ValueError if `dout` is not shaped like the output (C601; W30).
    """
    x_shape, out_shape, size, stride = cache
    if dout.shape != out_shape:
        raise ValueError(f"dout {dout.shape} must be shaped like the output, {out_shape}.")
    oh, ow = out_shape[2:]
    share = dout / (size * size)
    dx = np.zeros(x_shape, dtype=share.dtype)
    for i, j in np.ndindex(size, size):
        dx[:, :, i : i + stride * oh : stride, j : j + stride * ow : stride] += share
    return dx
