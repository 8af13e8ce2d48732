"""A right set of answers: loops over entries, lists, Kahn's algorithm with counters."""

import itertools
import math

import numpy as np

answers = {
    "scalar by scalar": (),
    "vector by scalar": (2,),
    "matrix by scalar": (2, 3),
    "scalar by vector": (4,),
    "vector by vector": (4, 2),
    "matrix by vector": (4, 2, 3),
    "scalar by matrix": (4, 5),
    "vector by matrix": (4, 5, 2),
    "matrix by matrix": (4, 5, 2, 3),
}


def unbroadcast(gradient, shape):
    gradient = np.asarray(gradient)
    extra = gradient.ndim - len(shape)
    fits = extra >= 0 and all(
        own in (1, size) for own, size in zip(shape, gradient.shape[max(extra, 0) :], strict=True)
    )
    if not fits:
        raise ValueError(f"{shape} cannot be broadcast to {gradient.shape}")
    total = np.zeros(shape, dtype=float)
    for place in np.ndindex(*gradient.shape):
        own = tuple(0 if n == 1 else i for i, n in zip(place[extra:], shape, strict=True))
        total[own] += gradient[place]
    return total


class Tensor:
    __array_ufunc__ = None

    def __init__(self, data, parents=(), pull=None):
        self.data = np.array(data, dtype=float)
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
        return other if isinstance(other, Tensor) else Tensor(other)

    def __add__(self, other):
        other = self.lift(other)

        def pull(g):
            return [unbroadcast(g, self.shape), unbroadcast(g, other.shape)]

        return Tensor(self.data + other.data, [self, other], pull)

    def __mul__(self, other):
        other = self.lift(other)

        def pull(g):
            mine, yours = g * other.data, g * self.data
            return [unbroadcast(mine, self.shape), unbroadcast(yours, other.shape)]

        return Tensor(self.data * other.data, [self, other], pull)

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -self.lift(other)

    def __pow__(self, k):
        if k == 0:
            return Tensor(np.ones(self.shape), [self], lambda g: [np.zeros(self.shape)])
        return Tensor(self.data**k, [self], lambda g: [g * k * self.data ** (k - 1.0)])

    def __truediv__(self, other):
        return self * self.lift(other) ** -1

    def __radd__(self, other):
        return self + other

    def __rsub__(self, other):
        return -self + other

    def __rmul__(self, other):
        return self * other

    def __rtruediv__(self, other):
        return self**-1 * other

    def _map(self, function, slope):
        """Entry by entry, with functions on floats."""
        out, slopes = np.zeros(self.shape), np.zeros(self.shape)
        for place in np.ndindex(*self.shape):
            number = float(self.data[place])
            out[place], slopes[place] = function(number), slope(number)
        return Tensor(out, [self], lambda g: [g * slopes])

    def exp(self):
        return self._map(math.exp, math.exp)

    def log(self):
        return self._map(math.log, lambda a: 1 / a)

    def tanh(self):
        return self._map(math.tanh, lambda a: 1 - math.tanh(a) ** 2)

    def sigmoid(self):
        def sigma(a):
            return 1 / (1 + math.exp(-a)) if a >= 0 else math.exp(a) / (1 + math.exp(a))

        return self._map(sigma, lambda a: sigma(a) * sigma(-a))

    def relu(self):
        return self._map(lambda a: max(a, 0.0), lambda a: float(a >= 0))

    def maximum(self, other):
        other = self.lift(other)
        mine = (self.data > other.data) + 0.5 * (self.data == other.data)

        def pull(g):
            return [unbroadcast(g * mine, self.shape), unbroadcast(g * (1 - mine), other.shape)]

        return Tensor(np.maximum(self.data, other.data), [self, other], pull)

    def __rmatmul__(self, other):
        return self.lift(other) @ self


def matmul(self, other):
    other = self.lift(other)
    a, b = self.data, other.data
    if a.ndim == 0 or b.ndim == 0:
        raise ValueError(f"{a.shape} @ {b.shape}: numbers are multiplied with *")
    out = a @ b

    def pull(g):
        rows = a.reshape(1, -1) if a.ndim == 1 else a
        columns = b.reshape(-1, 1) if b.ndim == 1 else b
        batch = np.broadcast_shapes(rows.shape[:-2], columns.shape[:-2])
        g = np.reshape(g, (*batch, rows.shape[-2], columns.shape[-1]))
        da, db = np.zeros(rows.shape), np.zeros(columns.shape)
        for member in np.ndindex(*batch):
            # a batch axis of size 1 is used again and again
            left = tuple(
                0 if n == 1 else i
                for i, n in zip(member[len(batch) - rows.ndim + 2 :], rows.shape, strict=False)
            )
            right = tuple(
                0 if n == 1 else i
                for i, n in zip(
                    member[len(batch) - columns.ndim + 2 :], columns.shape, strict=False
                )
            )
            da[left] += np.dot(g[member], columns[right].T)
            db[right] += np.dot(rows[left].T, g[member])
        return [da.reshape(a.shape), db.reshape(b.shape)]

    return Tensor(out, [self, other], pull)


Tensor.__matmul__ = matmul


def tidy(axis, ndim):
    if axis is None:
        return list(range(ndim))
    axes = axis if isinstance(axis, tuple) else (axis,)
    return sorted(a % ndim for a in axes)


def with_ones(shape, axes):
    return tuple(1 if a in axes else n for a, n in enumerate(shape))


def sum_(self, axis=None, keepdims=False):
    axes = tidy(axis, self.data.ndim)
    kept = with_ones(self.shape, axes)

    def pull(g):
        g, dx = np.reshape(g, kept), np.zeros(self.shape)
        return [dx + g]

    return Tensor(np.sum(self.data, axis=axis, keepdims=keepdims), [self], pull)


def mean(self, axis=None, keepdims=False):
    n = 1
    for a in tidy(axis, self.data.ndim):
        n *= self.shape[a]
    return self.sum(axis, keepdims) * (1.0 / n)


def max_(self, axis=None, keepdims=False):
    axes = tidy(axis, self.data.ndim)
    kept = with_ones(self.shape, axes)
    best, where = np.full(kept, -math.inf), np.zeros((*kept, self.data.ndim), dtype=int)
    for place in np.ndindex(*self.shape):
        slot = tuple(0 if a in axes else i for a, i in enumerate(place))
        if self.data[place] >= best[slot]:  # the last of equals
            best[slot], where[slot] = self.data[place], place

    def pull(g):
        g, dx = np.reshape(g, kept), np.zeros(self.shape)
        for slot in np.ndindex(*kept):
            dx[tuple(where[slot])] = g[slot]
        return [dx]

    left = [n for a, n in enumerate(self.shape) if a not in axes]
    return Tensor(best if keepdims else best.reshape(left), [self], pull)


Tensor.sum, Tensor.mean, Tensor.max = sum_, mean, max_


def reshape(self, *shape):
    return Tensor(self.data.reshape(shape), [self], lambda g: [np.reshape(g, self.shape)])


def transpose(self, *axes):
    order = [a % self.data.ndim for a in axes] or list(range(self.data.ndim))[::-1]
    back = [order.index(a) for a in range(self.data.ndim)]
    return Tensor(self.data.transpose(order), [self], lambda g: [np.transpose(g, back)])


def getitem(self, index):
    numbers = np.arange(self.data.size).reshape(self.shape)[index]
    out = self.data[index]

    def pull(g):
        dx = np.zeros(self.data.size)
        for number, part in zip(np.ravel(numbers), np.ravel(g), strict=True):
            dx[number] += part
        return [dx.reshape(self.shape)]

    return Tensor(out, [self], pull)


Tensor.reshape, Tensor.transpose, Tensor.__getitem__ = reshape, transpose, getitem


def backward(self, gradient=None):
    if gradient is None:
        if self.data.size != 1:
            raise ValueError(f"a root of shape {self.shape} needs a gradient")
        gradient = np.ones(self.shape)
    gradient = np.array(gradient, dtype=float)
    if gradient.shape != self.shape:
        raise ValueError(f"the gradient has shape {gradient.shape}, the root {self.shape}")
    reached, waiting, uses = {id(self): self}, [self], {}
    while waiting:
        for parent in waiting.pop().parents:
            uses[id(parent)] = uses.get(id(parent), 0) + 1
            if id(parent) not in reached:
                reached[id(parent)] = parent
                waiting.append(parent)
    arrived, ready = {id(self): [gradient]}, [self]
    while ready:
        node = ready.pop()
        total = np.zeros(node.shape)
        for part in arrived.pop(id(node)):
            total = total + part
        if len(node.parents) == 0:
            node.grad = total if node.grad is None else node.grad + total
            continue
        node.grad = total
        for parent, part in itertools.zip_longest(node.parents, node.pull(total)):
            arrived.setdefault(id(parent), []).append(part)
            uses[id(parent)] -= 1
            if uses[id(parent)] == 0:
                ready.append(parent)


Tensor.backward = backward


def log_softmax(t, axis=-1):
    shifted = t - np.max(t.data, axis=axis, keepdims=True)
    return shifted - shifted.exp().sum(axis=axis, keepdims=True).log()


def check_gradients(f, inputs, rng):
    def value(arrays):
        return f(*(Tensor(array) for array in arrays)).item()

    start = [np.array(array, dtype=float) for array in inputs]
    tensors = [Tensor(array) for array in start]
    f(*tensors).backward()
    errors = []
    for i in range(len(start)):
        for _ in range(10):
            direction = rng.normal(size=start[i].shape)
            up, down = list(start), list(start)
            up[i], down[i] = start[i] + 1e-5 * direction, start[i] - 1e-5 * direction
            n = (value(up) - value(down)) / 2e-5
            grad = tensors[i].grad
            a = 0.0 if grad is None else sum(np.ravel(grad) * np.ravel(direction))
            errors.append(abs(a - n) / max(1e-8, abs(a) + abs(n)))
    return math.nan if any(e != e for e in errors) else float(max(errors))
