"""What every pair is held to: PyTorch where installed, finite differences, dtype, memory order."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from reference.differences import numerical_gradient
from tests.reference import torch_oracle

TOLERANCE = {"float32": 1e-5, "float64": 1e-10}
seeds = st.integers(0, 2**32 - 1)
dtypes = st.sampled_from(list(TOLERANCE))
orders = st.sampled_from(["C", "F", "every other", "backwards"])


def arranged(values: np.ndarray, dtype: str = "float64", order: str = "C") -> np.ndarray:
    """Lay `values` out in memory as `order` says; the array refuses to be written to."""
    values = np.asarray(values, dtype)
    if order == "every other" and values.ndim:
        wide = np.full((*values.shape[:-1], 2 * values.shape[-1]), np.nan, dtype)
        wide[..., ::2] = values
        values = wide[..., ::2]
    elif order == "backwards" and values.ndim:
        values = values[::-1].copy()[::-1]
    else:
        values = np.array(values, order="F" if order == "F" else "C")
    values.flags.writeable = False
    return values


def normal(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.standard_normal(shape)


def apart(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Draw numbers that lie at least 0.1 from each other and 0.03 from 0: away from kinks."""
    size = int(np.prod(shape))
    return ((rng.permutation(size) - size // 2 + 0.37) * 0.1).reshape(shape)


def close(found: Any, wanted: Any, tolerance: float, what: str) -> None:
    found, wanted = np.asarray(found), np.asarray(wanted)
    assert found.shape == wanted.shape, what
    scale = max(1.0, float(np.max(np.abs(wanted), initial=0.0)))
    error = float(np.max(np.abs(found - wanted), initial=0.0)) / scale
    assert error <= tolerance, f"{what}: off by {error}"


def hold_pair(
    forward: Callable[..., tuple[np.ndarray, Any]],
    backward: Callable[[np.ndarray, Any], Any],
    oracle: Callable[..., Any],
    arrays: Sequence[np.ndarray],
    rng: np.random.Generator,
) -> None:
    """Hold a pair to everything that was promised of it, on these arrays, all of one dtype."""
    dtype = arrays[0].dtype
    out, cache = forward(*arrays)
    dout = arranged(rng.standard_normal(out.shape), str(dtype))
    gradients = backward(dout, cache)
    assert isinstance(gradients, tuple) == (len(arrays) > 1)
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    assert len(gradients) == len(arrays)
    assert out.dtype == dtype
    for array, gradient in zip(arrays, gradients, strict=True):
        assert (gradient.dtype, gradient.shape) == (dtype, array.shape)
    if torch_oracle.INSTALLED:
        wanted, wanted_gradients = torch_oracle.outcome(oracle, arrays, dout)
        close(out, wanted, TOLERANCE[str(dtype)], "output")
        for k, (found, want) in enumerate(zip(gradients, wanted_gradients, strict=True)):
            close(found, want, TOLERANCE[str(dtype)], f"gradient {k}")
    if dtype == np.float64:
        for k, gradient in enumerate(gradients):
            close(gradient, differences(forward, arrays, k, dout), 1e-7, f"gradient {k}")


def differences(
    forward: Callable[..., tuple[np.ndarray, Any]],
    arrays: Sequence[np.ndarray],
    k: int,
    dout: np.ndarray,
) -> np.ndarray:
    """Return the gradient of sum(dout * out) with respect to argument `k`, numerically."""

    def total(value: np.ndarray) -> float:
        out, _ = forward(*arrays[:k], value, *arrays[k + 1 :])
        return float(np.sum(dout * out))

    return numerical_gradient(total, arrays[k])


def hold_loss(
    loss: Callable[[np.ndarray], tuple[float, np.ndarray]],
    oracle: Callable[..., Any],
    scores: np.ndarray,
) -> None:
    """Hold a loss, a function of the scores alone, to what was promised of it."""
    value, gradient = loss(scores)
    assert type(value) is float
    assert (gradient.dtype, gradient.shape) == (scores.dtype, scores.shape)
    tolerance = TOLERANCE[str(scores.dtype)]
    if torch_oracle.INSTALLED:
        wanted, (wanted_gradient,) = torch_oracle.outcome(
            oracle, [scores], np.ones((), scores.dtype)
        )
        close(value, wanted, tolerance, "loss")
        close(gradient, wanted_gradient, tolerance, "gradient")
    if scores.dtype == np.float64:
        close(gradient, numerical_gradient(lambda s: loss(s)[0], scores), 1e-7, "gradient")
