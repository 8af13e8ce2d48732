"""Reverse-mode automatic differentiation of arrays: `Value` grown up.

A `Tensor` holds an array, the Tensors it was computed from, and `pull`, which is handed the
gradient of the final result with respect to this Tensor and returns one for each parent. Where
NumPy broadcasts on the way forward, `unbroadcast` sums on the way back: an entry that was used
many times hears from all its uses (E442, C601; W5).

A gradient has the shape of what it belongs to. float32 stays float32; whole numbers become
float64. Shapes that do not fit raise ValueError, which names both.
"""

import math
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple
from numpy.typing import ArrayLike

from reference.arrays import Array

Pull = Callable[[Array], tuple[Array, ...]]
Index = Any  # NumPy keeps the type of what it takes as an index to itself
Axis = int | tuple[int, ...] | None


def unbroadcast(gradient: Array, shape: tuple[int, ...]) -> Array:
    """Sum `gradient` over the axes along which an array of `shape` was broadcast.

    Returns an array of `shape`. Raises ValueError if `shape` cannot be broadcast to the
    gradient's (C601, multivariate chain rule; W5).
    """
    if gradient.shape == shape:
        return gradient
    added = gradient.ndim - len(shape)
    stretched = tuple(
        axis for axis, size in enumerate(shape, added) if axis < 0 or gradient.shape[axis] != size
    )
    if added < 0 or any(shape[axis - added] != 1 for axis in stretched):
        raise ValueError(f"An array of shape {shape} does not broadcast to {gradient.shape}.")
    return gradient.sum((*range(added), *stretched), keepdims=True).reshape(shape)


class Tensor:
    """An array, its parents in the graph, and how a gradient is pulled back to them.

    `data` is an array of floats of any shape, not copied; `grad`, None until `backward`, has its
    shape and dtype (E442, C601).
    """

    __slots__ = ("data", "grad", "parents", "pull")
    __array_ufunc__ = None  # so that array + Tensor comes to Tensor.__radd__
    recording = True  # no_grad() turns it off

    def __init__(
        self, data: ArrayLike, parents: "tuple[Tensor, ...]" = (), pull: Pull | None = None
    ) -> None:
        """Make a leaf; a result also has parents, and `pull`, which returns a gradient for each.

        Raises TypeError if `data` is not numbers.
        """
        if type(data) is not np.ndarray or data.dtype.kind != "f":
            array = np.asarray(data)
            if array.dtype.kind not in "biuf":
                raise TypeError(f"A Tensor holds real numbers, not {array.dtype} data: {data!r}.")
            data = array if array.dtype.kind == "f" else array.astype(np.float64)
        if not Tensor.recording:
            parents, pull = (), None
        self.data: Array = data
        self.grad: Array | None = None
        self.parents = parents
        self.pull = pull

    def __repr__(self) -> str:
        return f"Tensor({np.array2string(self.data, separator=', ', prefix='Tensor(')})"

    @property
    def shape(self) -> tuple[int, ...]:
        """The array's shape."""
        return self.data.shape

    def item(self) -> float:
        """Return the only entry as a number; raises ValueError if there are more."""
        return self.data.item()

    def detach(self) -> "Tensor":
        """Return a leaf with the same array: no gradient flows back through it."""
        return Tensor(self.data)

    def zero_grad(self) -> None:
        """Forget the gradient."""
        self.grad = None

    def lift(self, other: ArrayLike) -> "Tensor":
        """Return `other` as a Tensor; a plain number takes this one's dtype, as in NumPy."""
        return Tensor(np.asarray(other, self.data.dtype if np.isscalar(other) else None))

    def __add__(self, other: "Tensor | ArrayLike") -> "Tensor":
        """Return x + y, broadcast."""
        other = other if isinstance(other, Tensor) else self.lift(other)
        x, y = self.data, other.data
        return Tensor(
            x + y, (self, other), lambda g: (unbroadcast(g, x.shape), unbroadcast(g, y.shape))
        )

    def __sub__(self, other: "Tensor | ArrayLike") -> "Tensor":
        """Return x - y, broadcast."""
        other = other if isinstance(other, Tensor) else self.lift(other)
        x, y = self.data, other.data
        return Tensor(
            x - y, (self, other), lambda g: (unbroadcast(g, x.shape), unbroadcast(-g, y.shape))
        )

    def __mul__(self, other: "Tensor | ArrayLike") -> "Tensor":
        """Return x y, entry by entry, broadcast."""
        other = other if isinstance(other, Tensor) else self.lift(other)
        x, y = self.data, other.data

        def pull(g: Array) -> tuple[Array, Array]:
            return unbroadcast(g * y, x.shape), unbroadcast(g * x, y.shape)

        return Tensor(x * y, (self, other), pull)

    def __truediv__(self, other: "Tensor | ArrayLike") -> "Tensor":
        """Return x / y, entry by entry, broadcast."""
        other = other if isinstance(other, Tensor) else self.lift(other)
        x, y = self.data, other.data
        out = x / y
        return Tensor(
            out,
            (self, other),
            lambda g: (unbroadcast(g / y, x.shape), unbroadcast(-g * out / y, y.shape)),
        )

    def __pow__(self, exponent: "Tensor | ArrayLike") -> "Tensor":
        """Return x ** k for a plain number k; raises TypeError if it is anything else."""
        x, k = self.data, np.asarray(exponent).item() if np.isscalar(exponent) else exponent
        if not isinstance(k, int | float):
            raise TypeError(f"The exponent must be a plain number, not {type(exponent).__name__}.")
        # x ** 0 is 1 everywhere, though 0 * x ** -1 has no value at 0.
        return Tensor(x**k, (self,), lambda g: (g * (k * x ** (k - 1)) if k else np.zeros_like(x),))

    def __neg__(self) -> "Tensor":
        """Return -x."""
        return Tensor(-self.data, (self,), lambda g: (-g,))

    def __radd__(self, other: ArrayLike) -> "Tensor":
        """Return number or array + x."""
        return self + other

    def __rsub__(self, other: ArrayLike) -> "Tensor":
        """Return number or array - x."""
        return self.lift(other) - self

    def __rmul__(self, other: ArrayLike) -> "Tensor":
        """Return number or array * x."""
        return self * other

    def __rtruediv__(self, other: ArrayLike) -> "Tensor":
        """Return number or array / x."""
        return self.lift(other) / self

    def exp(self) -> "Tensor":
        """Return e ** x."""
        out = np.exp(self.data)
        return Tensor(out, (self,), lambda g: (g * out,))

    def log(self) -> "Tensor":
        """Return the natural logarithm of x."""
        x = self.data
        return Tensor(np.log(x), (self,), lambda g: (g / x,))

    def tanh(self) -> "Tensor":
        """Return the hyperbolic tangent of x (ACT; W22)."""
        out = np.tanh(self.data)
        return Tensor(out, (self,), lambda g: (g - g * out * out,))

    def sigmoid(self) -> "Tensor":
        """Return 1 / (1 + exp(-x)), without overflow for any x (ACT; W22)."""
        small = np.exp(-np.abs(self.data))  # never above 1, whatever the sign of x
        out = np.where(self.data >= 0, 1, small) / (1 + small)
        return Tensor(out, (self,), lambda g: (g * out * (1 - out),))

    def relu(self) -> "Tensor":
        """Return max(0, x); the slope on the kink, at 0, counts as 0 (ACT; W22)."""
        x = self.data
        return Tensor(np.maximum(x, 0), (self,), lambda g: (g * (x > 0),))

    def maximum(self, other: "Tensor | ArrayLike") -> "Tensor":
        """Return the larger of x and y, broadcast; where they are equal, x takes the gradient."""
        other = other if isinstance(other, Tensor) else self.lift(other)
        x, y = self.data, other.data
        wins = x >= y
        return Tensor(
            np.maximum(x, y),
            (self, other),
            lambda g: (unbroadcast(g * wins, x.shape), unbroadcast(g * ~wins, y.shape)),
        )

    def __matmul__(self, other: "Tensor | ArrayLike") -> "Tensor":
        """Return x @ y as NumPy does: vectors, matrices, and batches of matrices, broadcast.

        Raises ValueError naming both shapes if they do not fit (C601, matrix calculus; W17).
        """
        other = other if isinstance(other, Tensor) else self.lift(other)
        x, y = self.data, other.data
        if 0 in (x.ndim, y.ndim) or x.shape[-1] != y.shape[-min(y.ndim, 2)]:
            raise ValueError(f"Shapes {x.shape} and {y.shape} cannot be multiplied with @.")

        def pull(gradient: Array) -> tuple[Array, Array]:
            if x.ndim == 2 == y.ndim:
                return gradient @ y.T, x.T @ gradient
            # A vector is a matrix with one row (on the left) or one column (on the right).
            rows = x if x.ndim > 1 else x[None, :]
            columns = y if y.ndim > 1 else y[:, None]
            if y.ndim == 1:
                gradient = gradient[..., None]
            if x.ndim == 1:
                gradient = gradient[..., None, :]
            dx = unbroadcast(gradient @ columns.mT, rows.shape)
            dy = unbroadcast(rows.mT @ gradient, columns.shape)
            return dx.reshape(x.shape), dy.reshape(y.shape)

        return Tensor(x @ y, (self, other), pull)

    def __rmatmul__(self, other: ArrayLike) -> "Tensor":
        """Return array @ x."""
        return self.lift(other) @ self

    def sum(self, axis: Axis = None, keepdims: bool = False) -> "Tensor":
        """Sum over an axis, several, or all; every entry that was added gets the gradient."""
        x = self.data

        def pull(gradient: Array) -> tuple[Array]:
            if axis is not None and not keepdims:
                gradient = np.expand_dims(gradient, axis)
            return (np.broadcast_to(gradient, x.shape),)

        return Tensor(x.sum(axis, keepdims=keepdims), (self,), pull)

    def mean(self, axis: Axis = None, keepdims: bool = False) -> "Tensor":
        """Average over an axis, several, or all."""
        axes = range(self.data.ndim) if axis is None else normalize_axis_tuple(axis, self.data.ndim)
        return self.sum(axis, keepdims) / math.prod(self.data.shape[a] for a in axes)

    def max(self, axis: Axis = None, keepdims: bool = False) -> "Tensor":
        """Return the largest over an axis, several, or all; of equals the first in C order counts.

        Raises ValueError where there is nothing to choose from.
        """
        x = self.data
        axes = range(x.ndim) if axis is None else sorted(normalize_axis_tuple(axis, x.ndim))
        order = [a for a in range(x.ndim) if a not in axes] + list(axes)
        moved = x.transpose(order)  # the axes to look through come last, then become one
        kept = moved.shape[: x.ndim - len(axes)]
        rows = moved.reshape(*kept, math.prod(moved.shape[len(kept) :]))
        if rows.shape[-1] == 0:
            raise ValueError(f"An array of shape {x.shape} has no maximum over axis {axis}.")
        first = rows.argmax(-1)[..., None]
        out = np.take_along_axis(rows, first, -1)

        def pull(gradient: Array) -> tuple[Array]:
            dx = np.zeros(rows.shape, gradient.dtype)
            np.put_along_axis(dx, first, gradient.reshape(first.shape), -1)
            return (dx.reshape(moved.shape).transpose(np.argsort(order)),)

        ones = tuple(1 if a in axes else size for a, size in enumerate(x.shape))
        return Tensor(out.reshape(ones if keepdims else kept), (self,), pull)

    def reshape(self, *shape: int) -> "Tensor":
        """Return the same entries in another shape; one size may be -1."""
        x = self.data
        return Tensor(x.reshape(*shape), (self,), lambda g: (g.reshape(x.shape),))

    def transpose(self, *axes: int) -> "Tensor":
        """Return the array with its axes in the given order, or in reverse order."""
        axes = tuple(np.ravel(axes).tolist())  # a tuple of them will do as well
        back = np.argsort(normalize_axis_tuple(axes, self.data.ndim)) if axes else None
        return Tensor(self.data.transpose(*axes), (self,), lambda g: (g.transpose(back),))

    def __getitem__(self, index: Index) -> "Tensor":
        """Return x[index] for any index NumPy takes; entries taken twice hear from both."""
        x = self.data

        def pull(gradient: Array) -> tuple[Array]:
            dx = np.zeros_like(x)
            np.add.at(dx, index, gradient)
            return (dx,)

        return Tensor(x[index], (self,), pull)

    def backward(self, gradient: ArrayLike | None = None) -> None:
        """Fill `.grad` of all that this Tensor was computed from, itself included.

        `gradient`, of this Tensor's shape, is how fast the final result changes with it: 1 if
        this is the final result, and then it must hold one number, or ValueError is raised.
        Leaves add to their `.grad`, from call to call, until `zero_grad()`; others set it
        (C601, reverse mode, version B; W10).
        """
        if gradient is None and self.data.size == 1:
            gradient = np.ones_like(self.data)
        if gradient is None or np.shape(gradient) != self.data.shape:
            given = "no gradient" if gradient is None else f"one of shape {np.shape(gradient)}"
            raise ValueError(
                f"backward() of a Tensor of shape {self.data.shape} was given {given}: it needs "
                "a gradient of that shape, which only a Tensor of one number may leave out."
            )
        seed = np.asarray(gradient, self.data.dtype)
        # How often was each node used? Results start afresh; leaves keep what they have.
        uses: dict[Tensor, int] = {self: 0}
        found: list[Tensor] = [self]
        while found:
            node = found.pop()
            if node.parents:
                node.grad = None
            for parent in node.parents:
                if parent in uses:
                    uses[parent] += 1
                else:
                    uses[parent] = 1
                    found.append(parent)
        # A node has its turn when all that used it have handed it their part.
        self.grad = seed if self.grad is None else self.grad + seed
        complete: list[Tensor] = [self]
        while complete:
            node = complete.pop()
            node.grad = gradient = np.asarray(node.grad, node.data.dtype)
            if node.pull is None:
                node.grad = np.array(gradient)  # what a leaf keeps is shared with no one
                continue
            parts = iter(node.pull(gradient))
            for parent in node.parents:
                part = next(parts)
                parent.grad = part if parent.grad is None else parent.grad + part
                uses[parent] -= 1
                if uses[parent] == 0:
                    complete.append(parent)


@contextmanager
def no_grad() -> Generator[None]:
    """Within this context results keep no parents: nothing is recorded, memory is freed."""
    before, Tensor.recording = Tensor.recording, False
    try:
        yield
    finally:
        Tensor.recording = before
