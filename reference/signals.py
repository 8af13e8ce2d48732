"""Convolution as signal processing knows it, and what to know before it becomes a layer.

`convolve*` flips the kernel, as mathematics does; `correlate2d` does not, as networks do and
call it convolution all the same. Lists and whole numbers are welcome and become float64; float32
stays float32.
"""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reference.arrays import Array


def convolve1d_scale(a: ArrayLike, b: ArrayLike) -> Array:
    """Return copies of `b`, scaled and shifted by `a`, whose sum is the full convolution.

    For `a` of length n and `b` of length m the rows are (n, n + m - 1): row t is a[t] b, moved t
    steps to the right. Raises ValueError unless both are sequences of at least one number
    (T311, translate-and-scale; W26).
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.ndim != 1 or b.ndim != 1 or a.size == 0 or b.size == 0:
        raise ValueError(f"Need two sequences of at least one number, not {a.shape}, {b.shape}.")
    rows = np.zeros((a.size, a.size + b.size - 1), dtype=np.result_type(a, b, 0.0))
    for t, scale in enumerate(a):
        rows[t, t : t + b.size] = scale * b
    return rows


def convolve1d_flip(a: ArrayLike, b: ArrayLike) -> Array:
    """Return the full convolution, (n + m - 1,): `b`, flipped, slides along `a`.

    Raises ValueError unless both are sequences of at least one number
    (T311, flip-and-filter; W26).
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.ndim != 1 or b.ndim != 1 or a.size == 0 or b.size == 0:
        raise ValueError(f"Need two sequences of at least one number, not {a.shape}, {b.shape}.")
    padded = np.zeros(a.size + 2 * (b.size - 1), dtype=np.result_type(a, b, 0.0))
    padded[b.size - 1 : b.size - 1 + a.size] = a
    return np.lib.stride_tricks.sliding_window_view(padded, b.size) @ b[::-1].astype(padded.dtype)


def zero_pad(x: ArrayLike, pad: int) -> Array:
    """Return `x`, (..., H, W), with `pad` zeros around its last two axes: always a new array.

    Raises ValueError if `pad` is negative or there are fewer than two axes (E445).
    """
    x = np.asarray(x)
    if x.ndim < 2 or pad < 0:
        raise ValueError(f"Cannot pad an array of shape {x.shape} by {pad}.")
    *outer, height, width = x.shape
    padded = np.zeros((*outer, height + 2 * pad, width + 2 * pad), np.result_type(x, 0.0))
    padded[..., pad : pad + height, pad : pad + width] = x
    return padded


def correlate2d(image: ArrayLike, kernel: ArrayLike, stride: int = 1, pad: int = 0) -> Array:
    """Return the sum of image times kernel in every window, `stride` apart, after zero padding.

    `image` is (H, W), `kernel` (KH, KW); the result is (H', W'), as `output_size` says. The
    kernel is not flipped. Raises ValueError if the window does not fit, or if `stride` is below
    1 (C601; W28, W30).
    """
    padded, kernel = zero_pad(image, pad), np.asarray(kernel)
    if kernel.ndim != 2 or padded.ndim != 2 or kernel.size == 0 or stride < 1:
        raise ValueError(
            f"Need an image and a kernel of two axes and a stride of at least 1, not "
            f"{np.shape(image)}, {kernel.shape} and {stride}."
        )
    if kernel.shape[0] > padded.shape[0] or kernel.shape[1] > padded.shape[1]:
        raise ValueError(f"A kernel {kernel.shape} does not fit into {padded.shape}, padding in.")
    kernel = kernel.astype(np.result_type(padded, kernel))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)[::stride, ::stride]
    return np.tensordot(windows, kernel, axes=2)


def convolve2d(a: ArrayLike, b: ArrayLike) -> Array:
    """Return the full convolution of two matrices: copies of `a`, scaled and shifted by `b`.

    (H, W) and (KH, KW) give (H + KH - 1, W + KW - 1). Raises ValueError unless both are matrices
    with at least one entry (T311; W27).
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.ndim != 2 or b.ndim != 2 or a.size == 0 or b.size == 0:
        raise ValueError(f"Need two matrices of at least one entry, not {a.shape}, {b.shape}.")
    height, width = a.shape
    out = np.zeros(
        (height + b.shape[0] - 1, width + b.shape[1] - 1), dtype=np.result_type(a, b, 0.0)
    )
    for (i, j), scale in np.ndenumerate(b):
        out[i : i + height, j : j + width] += scale * a
    return out


def named_kernel(name: str) -> NDArray[np.float64]:
    """Return the (3, 3) kernel of that name, to be used by correlation.

    Names: identity, blur (the lecture's, weighing the middle twice), sharpen, edge, sobel_x
    (positive where it grows brighter to the right), sobel_y (downwards) and emboss.
    Raises ValueError for another name (T311, C601; W29, W32).
    """
    kernels = {
        "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
        "blur": [[0.1, 0.1, 0.1], [0.1, 0.2, 0.1], [0.1, 0.1, 0.1]],
        "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
        "edge": [[0, -1, 0], [-1, 4, -1], [0, -1, 0]],
        "sobel_x": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
        "sobel_y": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
        "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
    }
    if name not in kernels:
        raise ValueError(f"There is no kernel {name!r}; there are {', '.join(kernels)}.")
    return np.array(kernels[name], dtype=np.float64)


def output_size(n: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    """Return how many windows of length `kernel`, `stride` apart, fit along a padded axis.

    Of length `n`, that is, with `pad` zeros at either end; what the last window does not reach
    is not counted. Raises ValueError if there is none (E445, C601; W30, W36).
    """
    if n < 0 or kernel < 1 or stride < 1 or pad < 0 or n + 2 * pad < kernel:
        raise ValueError(
            f"No window of {kernel}, {stride} apart, fits along {n} entries padded by {pad}."
        )
    return (n + 2 * pad - kernel) // stride + 1


def shift(x: Array, dy: int, dx: int) -> Array:
    """Return `x`, (..., H, W), moved `dy` rows down and `dx` columns right; zeros come in.

    Negative numbers move up and left. Raises ValueError if there are fewer than two axes
    (T311; W37).
    """
    if x.ndim < 2:
        raise ValueError(f"Only arrays of two axes or more can be shifted, not {x.shape}.")
    height, width = x.shape[-2:]
    out = np.zeros_like(x)
    out[..., max(dy, 0) : max(height + dy, 0), max(dx, 0) : max(width + dx, 0)] = x[
        ..., max(-dy, 0) : max(height - dy, 0), max(-dx, 0) : max(width - dx, 0)
    ]
    return out


def equivariance_gap(layer: Callable[[Array], Array], x: Array, dy: int, dx: int) -> float:
    """Return the largest difference between layer(shift(x)) and shift(layer(x)).

    `layer` takes and returns (..., H, W). At the border zeros come in, so only the middle half of
    the output counts: rows H' // 4 to H' - H' // 4, columns likewise. Raises ValueError if the
    shift is wider than that border (T311; W37).
    """
    first, second = layer(shift(x, dy, dx)), shift(layer(x), dy, dx)
    height, width = first.shape[-2:]
    top, left = height // 4, width // 4
    if abs(dy) > top or abs(dx) > left:
        raise ValueError(
            f"A shift by {(dy, dx)} reaches beyond a quarter of an output of shape {first.shape}."
        )
    gap = np.abs(first - second)[..., top : height - top, left : width - left]
    return float(np.max(gap, initial=0.0))


def receptive_field(layers: Iterable[tuple[int, int]]) -> int:
    """Return how many inputs in a row one output sees, through layers of `(kernel, stride)`.

    The first layer comes first (T311; W37).
    """
    field, jump = 1, 1  # jump: how far apart, in the input, two neighbours of this layer look
    for kernel, stride in layers:
        field += (kernel - 1) * jump
        jump *= stride
    return field
