"""Where training starts: weights at random, large enough to carry a signal through many layers."""

import math

import numpy as np
from numpy.typing import NDArray


def initialise(
    shape: tuple[int, ...], scheme: str, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return weights of `shape`, float64, normal with mean 0 and the scheme's deviation.

    The schemes: "zeros"; "small", deviation 0.01; "xavier", variance 2 / (fan_in + fan_out);
    "he", variance 2 / fan_in. Dense weights are (D, M), with fan_in D and fan_out M; conv weights
    (F, C, KH, KW), with fan_in C KH KW and fan_out F KH KW.
    Raises ValueError for another scheme or shape (E445, small random values).
    """
    if len(shape) not in (2, 4) or min(shape) < 1:
        raise ValueError(f"shape must be (D, M) or (F, C, KH, KW), each at least 1, not {shape}.")
    if len(shape) == 2:
        fan_in, fan_out = shape
    else:
        fan_in, fan_out = math.prod(shape[1:]), shape[0] * math.prod(shape[2:])
    deviations = {
        "zeros": 0.0,
        "small": 0.01,
        "xavier": math.sqrt(2.0 / (fan_in + fan_out)),
        "he": math.sqrt(2.0 / fan_in),
    }
    if scheme not in deviations:
        raise ValueError(f"scheme must be one of {', '.join(deviations)}, not {scheme!r}.")
    return deviations[scheme] * rng.standard_normal(shape)
