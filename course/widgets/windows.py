"""What SciPy says of windows that slide: the numbers that a student's are held against.

SciPy is not behind the grading wall; `available` says so, and the widgets then leave comparing.
"""

from importlib.util import find_spec
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_NUDGE = 2.0**-20  # a power of two: sums with small numbers stay exact


class _Signal(Protocol):
    """What is used of `scipy.signal`, which has no types of its own."""

    def correlate(self, a: Array, b: Array, /, mode: str, method: str) -> Array: ...
    def convolve(self, a: Array, b: Array, /, mode: str, method: str) -> Array: ...


class _Images(Protocol):
    """The same of `scipy.ndimage`."""

    def maximum_filter(self, x: Array, /, size: tuple[int, ...]) -> Array: ...


def available() -> bool:
    """Whether SciPy is there."""
    return find_spec("scipy") is not None


def windows(size: int, kernel: int, stride: int, pad: int = 0) -> int:
    """Return how many windows fit along an axis; 0 or less if not even one does."""
    return (size + 2 * pad - kernel) // stride + 1


def padded(x: Array, pad: int) -> Array:
    """Return x with zeros around its last two axes."""
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + [(pad, pad)] * 2)


def correlated(x: Array, w: Array, stride: int, pad: int) -> Array:
    """Return the sums of products in all windows: x and w (H, W), or both (C, H, W)."""
    found = _signal().correlate(padded(x, pad), w, mode="valid", method="direct")
    return found.reshape(found.shape[-2:])[::stride, ::stride]


def scattered(x: Array, w: Array, dout: Array, stride: int, pad: int) -> tuple[Array, Array]:
    """Return the gradients of x (C, H, W), without its border, and of w (F, C, KH, KW)."""
    wide = padded(x, pad)
    size = wide.shape[-2] - w.shape[-2] + 1, wide.shape[-1] - w.shape[-1] + 1
    spread = np.zeros((len(w), 1, *size))
    spread[:, 0, ::stride, ::stride] = dout
    how = {"method": "direct"}
    pairs = list(zip(spread, w, strict=True))
    dx = sum((_signal().convolve(s, f, mode="full", **how) for s, f in pairs), np.zeros(wide.shape))
    dw = [_signal().correlate(wide, s, mode="valid", **how) for s in spread]
    return dx[:, pad : pad + x.shape[1], pad : pad + x.shape[2]], np.stack(dw)


def averaged(x: Array, size: int, stride: int) -> Array:
    """Return the means of the windows of each map, x (C, H, W)."""
    mean = np.full((size, size), 1 / size**2)
    return np.stack([correlated(image, mean, stride, 0) for image in x])


def average_shares(x: Array, dout: Array, size: int, stride: int) -> Array:
    """Return the gradient of x (C, H, W) under average pooling."""
    mean = np.full((1, 1, size, size), 1 / size**2)
    pairs = zip(x, dout, strict=True)
    return np.concatenate([scattered(a[None], mean, d[None], stride, 0)[0] for a, d in pairs])


def largest(x: Array, size: int, stride: int) -> Array:
    """Return the maxima of the windows of each map, x (C, H, W)."""
    from scipy import ndimage

    found = cast("_Images", ndimage).maximum_filter(x, size=(1, size, size))
    start = size // 2  # SciPy centres its windows
    rows, columns = (length - size + 1 for length in x.shape[1:])
    return found[:, start : start + rows : stride, start : start + columns : stride]


def max_shares(x: Array, dout: Array, size: int, stride: int) -> tuple[Array, Array]:
    """Return the least and the largest gradient that each entry of x may have: ties leave a choice.

    The slope of a maximum to the one side and to the other, by nudging one entry at a time.
    """
    before = largest(x, size, stride)
    gains, losses = np.maximum(dout, 0), np.minimum(dout, 0)
    least, most = np.zeros(x.shape), np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        slopes: list[Array] = []
        for nudge in (_NUDGE, -_NUDGE):
            moved = x.copy()
            moved[place] += nudge
            slopes.append((largest(moved, size, stride) - before) / nudge)
        up, down = slopes
        least[place] = (gains * down + losses * up).sum()
        most[place] = (gains * up + losses * down).sum()
    return least, most


def _signal() -> _Signal:
    from scipy import signal

    return cast("_Signal", signal)
