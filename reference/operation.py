"""The door from layers to the tape: a `(out, cache)` pair becomes an operation on Tensors."""

from collections.abc import Callable
from typing import TypeVar

from reference.arrays import Array
from reference.tensor import Tensor

Gradients = Array | tuple[Array, ...]
Cache = TypeVar("Cache")


def operation(
    forward: Callable[..., tuple[Array | float, Cache]],
    backward: Callable[[Array, Cache], Gradients],
) -> Callable[..., Tensor]:
    """Return a function of Tensors out of a layer's forward and backward pass.

    `forward(*inputs, **settings) -> (out, cache)` is called with arrays, and `backward(dout,
    cache)` returns the gradients in the order of the inputs. What is not a Tensor, an array of
    data or a setting, is passed on as it is and gets no gradient (C601, module-based autodiff).
    """

    def apply(*inputs: object, **settings: object) -> Tensor:
        arrays = [value.data if isinstance(value, Tensor) else value for value in inputs]
        out, cache = forward(*arrays, **settings)
        differentiable = [i for i, value in enumerate(inputs) if isinstance(value, Tensor)]

        def pull(gradient: Array) -> tuple[Array, ...]:
            gradients = backward(gradient, cache)
            if not isinstance(gradients, tuple):
                gradients = (gradients,)
            return tuple(gradients[i] for i in differentiable)

        return Tensor(out, tuple(v for v in inputs if isinstance(v, Tensor)), pull)

    return apply
