"""The softmax layer: scores become probabilities. Every output depends on every input."""

import numpy as np

from reference.arrays import Array


def softmax_forward(x: Array) -> tuple[Array, Array]:
    """Return `(exp(x) / sum of exp(x), cache)` along the last axis of an array of any shape.

    Finite for any finite x (C601; W34).
    """
    # Subtracting the largest changes no quotient, and then exp cannot overflow.
    powers = np.exp(x - x.max(axis=-1, keepdims=True, initial=-np.inf))
    out = powers / powers.sum(axis=-1, keepdims=True)
    return out, out


def softmax_backward(dout: Array, cache: Array) -> Array:
    """Return `dx`: the Jacobian is diag(y) - y y^T, symmetric, and dx = J dout (C601; W34)."""
    y = cache
    return y * (dout - (dout * y).sum(axis=-1, keepdims=True))
