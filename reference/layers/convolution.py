"""The convolutional layer: one small dense layer, applied to every window of every image.

Each window is written out as a column, and then one matrix product does all the work; the
gradient of the columns is added back to the windows they came from. Each input pixel lies in up
to KH KW windows, so this takes KH KW times the memory of the input, and pays for it many times
over: a matrix product is what processors do best.
"""

import numpy as np

from reference.arrays import Array
from reference.signals import output_size, zero_pad

Cache = tuple[tuple[int, ...], Array, Array, int, int]


def conv2d_forward(
    x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0
) -> tuple[Array, Cache]:
    """Return `(out, cache)`: every image of `x` correlated with every filter of `w`.

    `x` is (N, C, H, W), `w` (F, C, KH, KW), `b` (F,); the output is (N, F, H', W') with H' and W'
    as `output_size` says. Filters are not flipped. Raises ValueError if shapes, stride or padding
    do not fit (C601, T311; W31).
    """
    if x.ndim != 4 or w.ndim != 4 or x.shape[1] != w.shape[1] or b.shape != w.shape[:1]:
        raise ValueError(
            f"x {x.shape}, w {w.shape} and b {b.shape} do not fit: "
            "x must be (N, C, H, W), w (F, C, KH, KW) and b (F,)."
        )
    n, c, height, width = x.shape
    f, _, kh, kw = w.shape
    oh, ow = output_size(height, kh, stride, pad), output_size(width, kw, stride, pad)
    windows = np.lib.stride_tricks.sliding_window_view(zero_pad(x, pad), (kh, kw), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride].transpose(1, 4, 5, 0, 2, 3)
    columns = windows.reshape(c * kh * kw, n * oh * ow)
    out = w.reshape(f, c * kh * kw) @ columns + b[:, np.newaxis]
    return out.reshape(f, n, oh, ow).transpose(1, 0, 2, 3), (x.shape, w, columns, stride, pad)


def conv2d_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """Return `(dx, dw, db)` from the output's gradient `dout`, (N, F, H', W').

    Pixels that no window reaches get 0.
    Raises ValueError if `dout` is not shaped like the output (C601; W31).
    """
    (n, c, height, width), w, columns, stride, pad = cache
    f, _, kh, kw = w.shape
    oh, ow = output_size(height, kh, stride, pad), output_size(width, kw, stride, pad)
    if dout.shape != (n, f, oh, ow):
        raise ValueError(f"dout {dout.shape} must be shaped like the output, {(n, f, oh, ow)}.")
    rows = dout.transpose(1, 0, 2, 3).reshape(f, n * oh * ow)
    dw = (rows @ columns.T).reshape(w.shape)
    dcolumns = w.reshape(f, c * kh * kw).T @ rows
    dwindows = dcolumns.reshape(c, kh, kw, n, oh, ow)
    dpadded = np.zeros((c, n, height + 2 * pad, width + 2 * pad), dtype=dcolumns.dtype)
    for i, j in np.ndindex(kh, kw):  # all windows at once: no two have entry (i, j) in common
        entries = np.s_[:, :, i : i + stride * oh : stride, j : j + stride * ow : stride]
        dpadded[entries] += dwindows[:, i, j]
    dx = dpadded[:, :, pad : pad + height, pad : pad + width].transpose(1, 0, 2, 3)
    return dx, dw, rows.sum(axis=1)
