"""Finite differences: the slow, simple gradient that every other one is checked against."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray


def numerical_gradient(
    f: Callable[[NDArray[np.float64]], float], x: ArrayLike, eps: float = 1e-5
) -> NDArray[np.float64]:
    """Return the gradient of `f` at `x` by centred differences, float64 in the shape of `x`.

    `x` is an array of floats of any shape, `f` takes such an array and returns a number. It is
    called twice for each entry, which alone has moved, by `eps` up and by `eps` down; afterwards
    `x` is as before. The error falls as eps ** 2 until rounding, which grows as 1 / eps, takes
    over (C601; W11).
    """
    x = np.asarray(x, dtype=np.float64)
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += eps
        below[index] -= eps
        gradient[index] = (f(above) - f(below)) / (2 * eps)
    return gradient


def gradient_check(
    f: Callable[[NDArray[np.float64]], float],
    grad_f: Callable[[NDArray[np.float64]], ArrayLike],
    x: ArrayLike,
) -> float:
    """Return the largest relative error of `grad_f` against centred differences of `f` at `x`.

    The error of an entry is |a - n| / max(|a| + |n|, 1e-8), a from `grad_f` and n numeric; NaN
    anywhere gives NaN, and an array without entries gives 0.
    Raises ValueError if `grad_f` returns another shape than that of `x` (C601; W11).
    """
    numeric = numerical_gradient(f, x)
    analytic = np.asarray(grad_f(np.array(x, dtype=np.float64)))
    if analytic.shape != numeric.shape:
        raise ValueError(f"grad_f returned shape {analytic.shape} for x of shape {numeric.shape}.")
    size = np.maximum(np.abs(analytic) + np.abs(numeric), 1e-8)
    return float(np.max(np.abs(analytic - numeric) / size, initial=0.0))
