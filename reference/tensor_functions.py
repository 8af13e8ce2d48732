"""Functions of several Tensors, or of a whole axis: what does not read well as a method."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from reference.arrays import Array
from reference.tensor import Axis, Tensor, unbroadcast


def _lifted(values: Sequence[Tensor | ArrayLike]) -> tuple[Tensor, ...]:
    """Return all as Tensors; plain numbers take the dtype of the first Tensor among them."""
    first = next((value for value in values if isinstance(value, Tensor)), Tensor(0.0))
    return tuple(value if isinstance(value, Tensor) else first.lift(value) for value in values)


def concatenate(tensors: Sequence[Tensor | ArrayLike], axis: int = 0) -> Tensor:
    """Join Tensors and arrays along an axis; each gets back its own part of the gradient.

    Raises ValueError if the other sizes differ, or if there is nothing to join.
    """
    parts = _lifted(tensors)
    arrays = [part.data for part in parts]
    out = np.concatenate(arrays, axis)
    ends = np.cumsum([array.shape[axis] for array in arrays])[:-1]
    return Tensor(out, parts, lambda g: tuple(np.split(g, ends, axis)))


def pad(tensor: Tensor, widths: Sequence[tuple[int, int]]) -> Tensor:
    """Put zeros around: `widths` has (before, after) for each axis; the zeros' gradient is lost."""
    x = tensor.data
    inner = tuple(
        slice(before, before + size) for (before, _), size in zip(widths, x.shape, strict=True)
    )
    return Tensor(np.pad(x, widths), (tensor,), lambda g: (g[inner],))


def where(condition: Tensor | ArrayLike, x: Tensor | ArrayLike, y: Tensor | ArrayLike) -> Tensor:
    """Choose from x where `condition` holds, is not 0, else from y, all broadcast."""
    x, y = _lifted([x, y])
    chosen = np.asarray(condition.data if isinstance(condition, Tensor) else condition, bool)

    def pull(gradient: Array) -> tuple[Array, Array]:
        return unbroadcast(gradient * chosen, x.shape), unbroadcast(gradient * ~chosen, y.shape)

    return Tensor(np.where(chosen, x.data, y.data), (x, y), pull)


def amin(t: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the smallest over an axis, several, or all; of equals the first in C order counts."""
    return -(-t).max(axis, keepdims)


def logsumexp(t: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return log(sum(exp(t))) over an axis, several, or all, without overflow.

    Its gradient is the softmax (C601; W34).
    """
    top = t.data.max(axis, keepdims=True)
    shift = np.where(np.isfinite(top), top, 0)  # inf - inf has no value
    out = (t - shift).exp().sum(axis, keepdims=True).log() + shift
    return out if keepdims else out.sum(axis)  # of one entry: it takes the axis away


def log_softmax(t: Tensor, axis: int = -1) -> Tensor:
    """Return the logarithm of the softmax along an axis; finite for logits of ±1000 (C601; W34)."""
    shifted = t - t.data.max(axis, keepdims=True)  # changes nothing but the size of the numbers
    return shifted - shifted.exp().sum(axis, keepdims=True).log()


def softmax(t: Tensor, axis: int = -1) -> Tensor:
    """Return exp(t) over its sum along an axis: positive, adding up to 1 (C601; W34)."""
    return log_softmax(t, axis).exp()
