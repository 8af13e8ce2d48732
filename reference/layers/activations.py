"""Activations: what a neuron makes of its weighted sum, entry by entry, for arrays of any shape.

Backward, `dout` meets the slope at the same entry; a wrong shape is refused by NumPy's own
ValueError. On a kink the slope is the left one: 0 for ReLU, `slope` for leaky ReLU.
"""

import numpy as np
from numpy.typing import NDArray

from reference.arrays import Array
from reference.layers.linear import linear_backward, linear_forward


def sigmoid_forward(x: Array) -> tuple[Array, Array]:
    """Return `(1 / (1 + exp(-x)), cache)`, without overflow, x of any shape (E442, ACT; W22)."""
    small = np.exp(-np.abs(x))  # never above 1, where exp(-x) overflows for x below -709
    out = np.where(x >= 0, 1.0, small) / (1.0 + small)
    return out, out


def sigmoid_backward(dout: Array, cache: Array) -> Array:
    """Return `dx`, shaped like x; the slope follows from the output (C601, ACT; W18)."""
    out = cache
    return dout * out * (1.0 - out)


def tanh_forward(x: Array) -> tuple[Array, Array]:
    """Return `(tanh(x), cache)`, x of any shape (ACT; W22)."""
    out = np.tanh(x)
    return out, out


def tanh_backward(dout: Array, cache: Array) -> Array:
    """Return `dx`, shaped like x (ACT; W22)."""
    out = cache
    return dout * (1.0 - out * out)


def relu_forward(x: Array) -> tuple[Array, Array]:
    """Return `(max(0, x), cache)`, x of any shape (E442, C601, ACT; W22)."""
    out = np.maximum(x, 0.0)
    return out, out


def relu_backward(dout: Array, cache: Array) -> Array:
    """Return `dx`, shaped like x: what was let through hears the gradient (C601; W22)."""
    out = cache
    return dout * (out > 0)


def leaky_relu_forward(
    x: Array, slope: float = 0.01
) -> tuple[Array, tuple[NDArray[np.bool_], float]]:
    """Return `(x where positive, else slope x; cache)`, x of any shape (E442, ACT; W22)."""
    positive = x > 0
    return np.where(positive, x, slope * x), (positive, slope)


def leaky_relu_backward(dout: Array, cache: tuple[NDArray[np.bool_], float]) -> Array:
    """Return `dx`, shaped like x (E442, ACT; W22)."""
    positive, slope = cache
    return np.where(positive, dout, slope * dout)


def maxout_forward(
    x: Array, w1: Array, b1: Array, w2: Array, b2: Array
) -> tuple[Array, tuple[NDArray[np.bool_], tuple[Array, Array], tuple[Array, Array]]]:
    """Return `(max(x @ w1 + b1, x @ w2 + b2), cache)`: the larger of two dense layers.

    `x` is (N, D), the weights are (D, M), the biases (M,); the output is (N, M).
    Raises ValueError if these shapes do not fit (ACT; W22).
    """
    if w1.shape != w2.shape:
        raise ValueError(f"w1 {w1.shape} and w2 {w2.shape} must have the same shape.")
    first, first_cache = linear_forward(x, w1, b1)
    second, second_cache = linear_forward(x, w2, b2)
    return np.maximum(first, second), (first >= second, first_cache, second_cache)


def maxout_backward(
    dout: Array, cache: tuple[NDArray[np.bool_], tuple[Array, Array], tuple[Array, Array]]
) -> tuple[Array, Array, Array, Array, Array]:
    """Return `(dx, dw1, db1, dw2, db2)`; on a tie the first layer takes all (ACT; W22)."""
    first_wins, first_cache, second_cache = cache
    dx1, dw1, db1 = linear_backward(dout * first_wins, first_cache)
    dx2, dw2, db2 = linear_backward(dout * ~first_wins, second_cache)
    return dx1 + dx2, dw1, db1, dw2, db2
