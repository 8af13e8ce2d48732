"""A right set of answers: NumPy, slots, Kahn's algorithm, composite operations."""

from collections import deque

import numpy as np


def add_forward(a, b):
    return np.add(a, b), (a, b)


def add_backward(dout, cache):
    return [dout * 1.0, dout * 1.0]


def multiply_forward(a, b):
    return np.multiply(a, b), {"a": a, "b": b}


def multiply_backward(dout, cache):
    return np.array([dout * cache["b"], dout * cache["a"]])


def max_forward(a, b):
    return np.maximum(a, b), (a, b)


def max_backward(dout, cache):
    a, b = cache
    share = 0.5 * (1.0 + np.sign(a - b))
    return dout * share, dout * (1.0 - share)


def stable_sigmoid(a):
    small = np.exp(-np.abs(a))
    return np.where(a >= 0, 1 / (1 + small), small / (1 + small))[()]


def sigmoid_forward(a):
    return stable_sigmoid(a), a


def sigmoid_backward(dout, cache):
    return dout * stable_sigmoid(cache) * stable_sigmoid(-cache)


def sigmoid_neuron(w, x):
    w, x = np.asarray(w, dtype=float), np.asarray(x, dtype=float)
    value, cache = sigmoid_forward(w[:-1] @ x + w[-1])
    dz = sigmoid_backward(1.0, cache)
    return value, np.append(dz * x, dz), dz * w[:-1]


class Value:
    __slots__ = ("data", "grad", "local", "parents")

    def __init__(self, data, parents=(), local=()):
        self.data, self.grad, self.parents, self.local = data, 0.0, parents, local

    def __repr__(self):
        return f"Value({self.data})"

    def __add__(self, other):
        if isinstance(other, Value):
            return Value(self.data + other.data, [self, other], [1.0, 1.0])
        return Value(self.data + other, [self], [1.0])

    __radd__ = __add__

    def __neg__(self):
        return Value(-self.data, [self], [-1.0])

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return -(self - other)

    def __mul__(self, other):
        if isinstance(other, Value):
            return Value(self.data * other.data, [self, other], [other.data, self.data])
        return Value(self.data * other, [self], [other])

    __rmul__ = __mul__

    def __truediv__(self, other):
        if isinstance(other, Value):
            slopes = [1 / other.data, -self.data / other.data**2]
            return Value(self.data / other.data, [self, other], slopes)
        return self * (1 / other)

    def __rtruediv__(self, other):
        return Value(other / self.data, [self], [-other / self.data**2])

    def __pow__(self, exponent):
        base = np.float64(self.data)
        return Value(base**exponent, [self], [exponent * base ** (exponent - 1)])

    def exp(self):
        return Value(np.exp(self.data), [self], [np.exp(self.data)])

    def log(self):
        return Value(np.log(self.data), [self], [1 / self.data])

    def sin(self):
        return Value(np.sin(self.data), [self], [np.cos(self.data)])

    def cos(self):
        return Value(np.cos(self.data), [self], [-np.sin(self.data)])

    def tanh(self):
        return 1 - 2 / ((2 * self).exp() + 1)

    def sigmoid(self):
        s = stable_sigmoid(self.data)
        return Value(s, [self], [s * (1 - s)])

    def relu(self):
        return Value(np.maximum(self.data, 0), [self], [np.heaviside(self.data, 1.0)])


def topological_order(root):
    reached, waiting = {id(root): root}, deque([root])
    uses = {id(root): 0}
    while waiting:
        for parent in waiting.popleft().parents:
            uses[id(parent)] = uses.get(id(parent), 0) + 1
            if id(parent) not in reached:
                reached[id(parent)] = parent
                waiting.append(parent)
    order, ready = deque(), [root]
    while ready:
        node = ready.pop()
        order.appendleft(node)
        for parent in node.parents:
            uses[id(parent)] -= 1
            if not uses[id(parent)]:
                ready.append(parent)
    return list(order)


def backward_pull(root):
    order = topological_order(root)
    place = {id(node): i for i, node in enumerate(order)}
    slopes = [[] for _ in order]
    for node in order:
        for parent, slope in zip(node.parents, node.local, strict=True):
            slopes[place[id(parent)]].append((place[id(node)], slope))
    gradients = np.zeros(len(order))
    gradients[-1] = 1.0
    for i in range(len(order) - 2, -1, -1):
        gradients[i] = sum(gradients[j] * slope for j, slope in slopes[i])
    for node, gradient in zip(order, gradients, strict=True):
        node.grad = gradient


def backward(self):
    order = topological_order(self)
    for node in order:
        node.grad = np.float64(0.0)
    self.grad = np.float64(1.0)
    for node in order[::-1]:
        for parent, slope in zip(node.parents, node.local, strict=True):
            parent.grad += slope * node.grad


Value.backward = backward


def numerical_gradient(f, x, eps=1e-5):
    steps = np.eye(x.size).reshape(x.size, *x.shape) * eps
    differences = [(f(x + step) - f(x - step)) / (2 * eps) for step in steps]
    return np.array(differences).reshape(x.shape)


def gradient_check(f, grad_f, x):
    a, n = grad_f(x), numerical_gradient(f, x)
    return np.max(np.abs(a - n) / np.maximum(np.abs(a) + np.abs(n), 1e-8))


def fit_constant(target, start, rate, steps):
    values = np.empty(steps + 1)
    values[0] = start
    for i in range(steps):
        w = Value(values[i])
        error = w - target
        (error * error).backward()
        values[i + 1] = values[i] - rate * w.grad
    return values


answer = "E"
