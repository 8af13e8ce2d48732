"""The door from layers to the tape: a `(out, cache)` pair becomes an operation on Tensors."""

import reprlib
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from reference.arrays import Array
from reference.tensor import Tensor

Gradients = Array | tuple[Array, ...]
Cache = TypeVar("Cache")
NO_ARRAYS = (type(None), str, bytes, list, tuple, dict)  # what else is no array is a setting


def operation(
    forward: Callable[..., tuple[Array | float, Cache]],
    backward: Callable[[Array, Cache], Gradients],
) -> Callable[..., Tensor]:
    """Return a function of Tensors out of a layer's forward and backward pass.

    `forward(*inputs, **settings) -> (out, cache)` is called with arrays, and `backward(dout,
    cache)` returns the gradients in the order of the inputs. What is not a Tensor, an array of
    data or a setting, is passed on as it is and gets no gradient (C601, module-based autodiff). A
    plain number, in or out, takes the dtype of the arrays.

    The function raises TypeError if an input is no array, or a Tensor comes by name; and, going
    backward, ValueError if a Tensor has no gradient of its shape.
    """
    name = getattr(forward, "__name__", "An operation")

    def apply(*inputs: object, **settings: object) -> Tensor:
        if named := [key for key, value in settings.items() if isinstance(value, Tensor)]:
            raise TypeError(f"{name} takes Tensors in order, not by name: {', '.join(named)}.")
        arrays = [plain(checked(value, name)) for value in inputs]
        out, cache = forward(*arrays, **{key: plain(value) for key, value in settings.items()})
        places = [i for i, value in enumerate(inputs) if isinstance(value, Tensor)]
        parents = tuple(value for value in inputs if isinstance(value, Tensor))
        if parents and isinstance(out, float):
            out = np.asarray(out, np.result_type(*(parent.data for parent in parents)))

        def pull(gradient: Array) -> tuple[Array, ...]:
            gradients = backward(gradient, cache)
            if not isinstance(gradients, tuple):
                gradients = (gradients,)
            back = [np.shape(each) for each in gradients]
            wanted = [parent.shape for parent in parents]
            if [back[i] for i in places if i < len(back)] != wanted:
                raise ValueError(
                    f"{name} has Tensors of shapes {wanted} as its inputs {places}, counted from "
                    f"0, and its backward pass gave gradients of shapes {back}: each needs its own."
                )
            return tuple(gradients[i] for i in places)

        return Tensor(out, parents, pull)

    return apply


def checked(value: object, taker: str) -> object:
    """Return an input as it is; raises TypeError, naming `taker`, if it can be no array."""
    array = value.data if isinstance(value, Tensor) else value
    kind = getattr(getattr(array, "dtype", None), "kind", "f")
    if type(array) in NO_ARRAYS or kind not in "biuf":
        raise TypeError(
            f"{taker} takes Tensors and arrays of real numbers, not {reprlib.repr(array)}."
        )
    return value


def plain(value: object) -> object:
    """Return a Tensor's array, and a NumPy scalar as a Python number, which bends no dtype."""
    if isinstance(value, Tensor):
        return value.data
    return np.asarray(value).item() if np.isscalar(value) else value
