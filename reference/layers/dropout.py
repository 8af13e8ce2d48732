"""Inverted dropout: while training, entries fall out at random and the others grow to make up."""

import numpy as np

from reference.arrays import Array


def dropout_forward(x: Array, rate: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return `(out, cache)`: each entry becomes 0 with probability `rate`, else x / (1 - rate).

    The mean stays what it was, so that nothing need be done when testing.
    Raises ValueError unless 0 <= rate < 1 (E445, practical considerations).
    """
    if not 0 <= rate < 1:
        raise ValueError(f"The rate of dropout must lie in [0, 1), not {rate}.")
    scale = (rng.random(x.shape) >= rate).astype(x.dtype) / (1.0 - rate)
    return x * scale, scale


def dropout_backward(dout: Array, cache: Array) -> Array:
    """Return `dx`: the gradient takes the same way as the value did."""
    scale = cache
    return dout * scale
