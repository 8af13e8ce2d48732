"""Gradients of Tensors checked along random directions, however many entries they have."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from reference.tensor import Tensor


def check_gradients(
    f: Callable[..., Tensor], inputs: Sequence[ArrayLike], rng: np.random.Generator
) -> float:
    """Return the largest relative error of `backward` through `f` at `inputs`, arrays of any shape.

    `f` takes a Tensor for each input and returns a Tensor of one number. Each input in turn is
    moved along three random directions; the slope a by `backward` and n by centred differences
    (steps of 1e-5, float64) have the relative error |a - n| / max(|a| + |n|, 1e-8). NaN anywhere
    gives NaN (C601; W11).
    """
    arrays = [np.array(value, np.float64) for value in inputs]
    tensors = [Tensor(array) for array in arrays]
    f(*tensors).backward()
    eps, worst = 1e-5, 0.0
    for i, tensor in enumerate(tensors):
        gradient = np.zeros(tensor.shape) if tensor.grad is None else tensor.grad
        for direction in rng.normal(size=(3, *tensor.shape)):
            above, below = arrays.copy(), arrays.copy()
            above[i] = arrays[i] + eps * direction
            below[i] = arrays[i] - eps * direction
            numeric = (f(*map(Tensor, above)).item() - f(*map(Tensor, below)).item()) / (2 * eps)
            analytic = float((gradient * direction).sum())
            error = abs(analytic - numeric) / max(abs(analytic) + abs(numeric), 1e-8)
            worst = float(np.maximum(worst, error))
    return worst
