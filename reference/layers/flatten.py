"""Flatten: from feature maps to the rows that a dense layer reads."""

import math

from reference.arrays import Array


def flatten_forward(x: Array) -> tuple[Array, tuple[int, ...]]:
    """Return `(x as (N, all the rest), cache)` in C order; `x` is (N, ...) (C601; W35)."""
    return x.reshape(len(x), math.prod(x.shape[1:])), x.shape


def flatten_backward(dout: Array, cache: tuple[int, ...]) -> Array:
    """Return `dx`: nothing was computed, so the gradient only takes the old shape (C601; W35).

    Raises ValueError if `dout` is not shaped like the output.
    """
    shape = cache
    if dout.shape != (shape[0], math.prod(shape[1:])):
        raise ValueError(f"dout {dout.shape} does not come from an input of shape {shape}.")
    return dout.reshape(shape)
