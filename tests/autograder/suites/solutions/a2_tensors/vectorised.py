"""A right set of answers: vectorised NumPy, composed gates, a depth-first order."""

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

answers = {
    f"{above} by {below}": x + y
    for below, x in {"scalar": (), "vector": (4,), "matrix": (4, 5)}.items()
    for above, y in {"scalar": (), "vector": (2,), "matrix": (2, 3)}.items()
}


def unbroadcast(gradient, shape):
    if np.broadcast_shapes(gradient.shape, shape) != gradient.shape:
        raise ValueError(f"a gradient of shape {gradient.shape} does not come from {shape}")
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return gradient


class Tensor:
    __slots__ = ("data", "grad", "parents", "pull")
    __array_ufunc__ = None

    def __init__(self, data, parents=(), pull=None):
        data = np.asarray(data)
        self.data = data if data.dtype.kind == "f" else data.astype(np.float64)
        self.grad = None
        self.parents = parents
        self.pull = pull

    @property
    def shape(self):
        return self.data.shape

    def item(self):
        return self.data.item()

    def detach(self):
        return Tensor(self.data)

    def zero_grad(self):
        self.grad = None

    def lift(self, other):
        return Tensor(other)

    def _with(self, other, out, mine, yours):
        """A gate with two inputs: the slopes are given as functions of what arrives."""
        x, y = self.shape, other.shape
        return Tensor(
            out, (self, other), lambda g: (unbroadcast(mine(g), x), unbroadcast(yours(g), y))
        )

    def __add__(self, other):
        other = other if isinstance(other, Tensor) else self.lift(other)
        return self._with(other, self.data + other.data, lambda g: g, lambda g: g)

    def __sub__(self, other):
        other = other if isinstance(other, Tensor) else self.lift(other)
        return self._with(other, self.data - other.data, lambda g: g, np.negative)

    def __mul__(self, other):
        other = other if isinstance(other, Tensor) else self.lift(other)
        x, y = self.data, other.data
        return self._with(other, x * y, lambda g: g * y, lambda g: g * x)

    def __truediv__(self, other):
        other = other if isinstance(other, Tensor) else self.lift(other)
        x, y = self.data, other.data
        return self._with(other, x / y, lambda g: g / y, lambda g: -g * x / y**2)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other):
        return self.lift(other).__sub__(self)

    def __rtruediv__(self, other):
        return self.lift(other).__truediv__(self)

    def __neg__(self):
        return 0 - self

    def __pow__(self, k):
        if k == 0:
            return self * 0 + 1
        if k == 1:
            return self * 1
        return Tensor(self.data**k, (self,), lambda g: (g * k * self.data ** (k - 1),))

    def exp(self):
        out = np.exp(self.data)
        return Tensor(out, (self,), lambda g: (out * g,))

    def log(self):
        return Tensor(np.log(self.data), (self,), lambda g: (g * self.data**-1.0,))

    def tanh(self):
        return 2 * (2 * self).sigmoid() - 1

    def sigmoid(self):
        with np.errstate(over="ignore"):
            out = 1 / (1 + np.exp(-self.data))
        return Tensor(out, (self,), lambda g: (g * (out - out**2),))

    def relu(self):
        return self.maximum(0.0)

    def maximum(self, other):
        other = other if isinstance(other, Tensor) else self.lift(other)
        x, y = self.data, other.data
        return self._with(other, np.maximum(x, y), lambda g: g * (x > y), lambda g: g * (x <= y))

    def __rmatmul__(self, other):
        return self.lift(other) @ self


def matmul(self, other):
    other = other if isinstance(other, Tensor) else self.lift(other)
    if self.data.ndim == 1 and other.data.ndim > 0:
        return _drop((_grow(self, 0) @ other), -2 if other.data.ndim > 1 else -1)
    if other.data.ndim == 1 and self.data.ndim > 0:
        return _drop(self @ _grow(other, 1), -1)
    x, y = self.data, other.data

    def pull(g):
        return (
            unbroadcast(g @ np.swapaxes(y, -1, -2), x.shape),
            unbroadcast(np.swapaxes(x, -1, -2) @ g, y.shape),
        )

    return Tensor(x @ y, (self, other), pull)


def _grow(vector, axis):
    return Tensor(np.expand_dims(vector.data, axis), (vector,), lambda g: (g.squeeze(axis),))


def _drop(tensor, axis):
    out = np.squeeze(tensor.data, axis)
    return Tensor(out, (tensor,), lambda g: (np.expand_dims(g, axis),))


Tensor.__matmul__ = matmul


def total(self, axis=None, keepdims=False):
    axes = normalize_axis_tuple(range(self.data.ndim) if axis is None else axis, self.data.ndim)

    def pull(g):
        g = g if keepdims else np.expand_dims(g, axes)
        return (np.broadcast_to(g, self.shape),)

    return Tensor(self.data.sum(axes, keepdims=keepdims), (self,), pull)


Tensor.sum = total


def mean(self, axis=None, keepdims=False):
    sums = self.sum(axis, keepdims)
    return sums * (sums.data.size / self.data.size)


Tensor.mean = mean


def largest(self, axis=None, keepdims=False):
    axes = normalize_axis_tuple(range(self.data.ndim) if axis is None else axis, self.data.ndim)
    kept = self.data.max(axes, keepdims=True)
    winners = self.data == kept
    share = winners / winners.sum(axes, keepdims=True)

    def pull(g):
        return (share * np.reshape(g, kept.shape),)

    return Tensor(kept if keepdims else kept.squeeze(axes), (self,), pull)


Tensor.max = largest


def reshape(self, *shape):
    return Tensor(np.reshape(self.data, shape), (self,), lambda g: (g.reshape(self.shape),))


def transpose(self, *axes):
    if not axes:
        return Tensor(self.data.T, (self,), lambda g: (g.T,))
    order = normalize_axis_tuple(axes, self.data.ndim)
    start = tuple(range(self.data.ndim))
    return Tensor(
        np.moveaxis(self.data, order, start), (self,), lambda g: (np.moveaxis(g, start, order),)
    )


def getitem(self, index):
    def pull(g):
        places = np.arange(self.data.size).reshape(self.shape)[index]
        sums = np.bincount(np.ravel(places), np.ravel(g), self.data.size)
        return (sums.reshape(self.shape).astype(float),)

    return Tensor(self.data[index], (self,), pull)


Tensor.reshape, Tensor.transpose, Tensor.__getitem__ = reshape, transpose, getitem


def order_of(root):
    order, seen, stack = [], {root}, [(root, iter(root.parents))]
    while stack:
        node, left = stack[-1]
        for parent in left:
            if parent not in seen:
                seen.add(parent)
                stack.append((parent, iter(parent.parents)))
                break
        else:
            order.append(node)
            stack.pop()
    return order


def backward(self, gradient=None):
    if gradient is None and self.data.size != 1:
        raise ValueError(f"no gradient was given for a root of shape {self.shape}, only a number")
    gradient = np.ones_like(self.data) if gradient is None else np.asarray(gradient)
    if gradient.shape != self.shape:
        raise ValueError(f"came: {gradient.shape}, expected: {self.shape}")
    sums = {self: gradient}
    for node in reversed(order_of(self)):
        total = sums.pop(node)
        if not node.parents:
            node.grad = total.copy() if node.grad is None else node.grad + total
        else:
            node.grad = total
            for parent, part in zip(node.parents, node.pull(total), strict=True):
                sums[parent] = sums[parent] + part if parent in sums else part


Tensor.backward = backward


def log_softmax(t, axis=-1):
    top = t.max(axis, keepdims=True)
    return t - top - (t - top).exp().sum(axis, keepdims=True).log()


def check_gradients(f, inputs, rng):
    tensors = [Tensor(np.asarray(array, np.float64)) for array in inputs]
    f(*tensors).backward()
    worst = 0.0
    for tensor in tensors:
        for _ in range(3):
            d = rng.choice([-1.0, 1.0], size=tensor.shape) * rng.uniform(0.5, 1.5, tensor.shape)
            moved = [
                f(*(Tensor(t.data + e * d) if t is tensor else t.detach() for t in tensors)).item()
                for e in (1e-5, -1e-5)
            ]
            n = (moved[0] - moved[1]) / 2e-5
            a = np.vdot(0.0 * d if tensor.grad is None else tensor.grad, d)
            worst = np.maximum(worst, np.abs(a - n) / max(np.abs(a) + np.abs(n), 1e-8))
    return worst
