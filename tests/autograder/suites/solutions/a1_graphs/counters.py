"""A right set of answers: nodes numbered as they are made, one helper for all operations."""

import math

import numpy as np


class Gate:
    """Remembers its inputs, as a cache may."""

    def __init__(self, *inputs):
        self.inputs = inputs


def add_forward(a, b):
    return a + b, Gate(a, b)


def add_backward(dout, cache):
    return dout, dout


def multiply_forward(a, b):
    return a * b, Gate(a, b)


def multiply_backward(dout, cache):
    a, b = cache.inputs
    return dout * b, dout * a


def max_forward(a, b):
    return (a if a > b else b), Gate(a, b)


def max_backward(dout, cache):
    a, b = cache.inputs
    return (dout * (a > b), dout * (a <= b))


def sigmoid_of(a):
    if a < 0:
        return math.exp(a) / (1 + math.exp(a))
    return 1 / (1 + math.exp(-a))


def sigmoid_forward(a):
    return sigmoid_of(a), Gate(a)


def sigmoid_backward(dout, cache):
    (a,) = cache.inputs
    s = sigmoid_of(a)
    return dout * (s - s * s)


def sigmoid_neuron(w, x):
    z = sum(wi * xi for wi, xi in zip(w, (*x, 1.0), strict=True))
    s, cache = sigmoid_forward(z)
    slope = sigmoid_backward(1.0, cache)
    return s, tuple(slope * xi for xi in (*x, 1.0)), tuple(slope * wi for wi in w[: len(x)])


class Value:
    made = 0

    def __init__(self, data, parents=(), local=()):
        Value.made += 1
        self.number = Value.made
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.local = local

    def _binary(self, other, function, slopes):
        if not isinstance(other, Value):
            other = Value(other)
        a, b = self.data, other.data
        return Value(function(a, b), (self, other), slopes(a, b))

    def _unary(self, data, slope):
        return Value(data, (self,), (slope,))

    def __add__(self, other):
        return self._binary(other, lambda a, b: a + b, lambda a, b: (1, 1))

    def __sub__(self, other):
        return self._binary(other, lambda a, b: a - b, lambda a, b: (1, -1))

    def __mul__(self, other):
        return self._binary(other, lambda a, b: a * b, lambda a, b: (b, a))

    def __truediv__(self, other):
        return self._binary(other, lambda a, b: a / b, lambda a, b: (1 / b, -a / b**2))

    def __radd__(self, other):
        return Value(other) + self

    def __rsub__(self, other):
        return Value(other) - self

    def __rmul__(self, other):
        return Value(other) * self

    def __rtruediv__(self, other):
        return Value(other) / self

    def __neg__(self):
        return 0 - self

    def __pow__(self, n):
        if n == 0:
            return self._unary(1.0, 0.0)
        if n == 1:
            return self._unary(self.data, 1.0)
        return self._unary(self.data**n, n * self.data ** (n - 1))

    def exp(self):
        return self._unary(math.exp(self.data), math.exp(self.data))

    def log(self):
        return self._unary(math.log(self.data), self.data**-1.0)

    def sin(self):
        return self._unary(math.sin(self.data), math.cos(self.data))

    def cos(self):
        return self._unary(math.cos(self.data), -math.sin(self.data))

    def tanh(self):
        return self._unary(math.tanh(self.data), 1 / math.cosh(self.data) ** 2)

    def sigmoid(self):
        s = sigmoid_of(self.data)
        return self._unary(s, s * (1 - s))

    def relu(self):
        return self._unary(self.data, 1.0) if self.data >= 0 else self._unary(0.0, 0.0)

    def backward(self):
        nodes = topological_order(self)
        for node in nodes:
            node.grad = 0
        self.grad = 1
        while nodes:
            node = nodes.pop()
            for i in range(len(node.parents)):
                node.parents[i].grad += node.local[i] * node.grad


def topological_order(root):
    found, stack = set(), [root]
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack.extend(node.parents)
    return sorted(found, key=lambda node: node.number)


def backward_pull(root):
    uses = {}
    for node in topological_order(root)[::-1]:
        node.grad = 1.0 if node is root else sum(u.grad * s for u, s in uses[node])
        for parent, slope in zip(node.parents, node.local, strict=True):
            uses.setdefault(parent, []).append((node, slope))


def numerical_gradient(f, x, eps=1e-5):
    gradient = np.empty(x.shape)
    for index, _ in np.ndenumerate(x):
        up, down = x.copy(), x.copy()
        up[index] += eps
        down[index] -= eps
        gradient[index] = (f(up) - f(down)) / (up[index] - down[index])
    return gradient


def gradient_check(f, grad_f, x):
    numeric = numerical_gradient(f, x)
    analytic = np.asarray(grad_f(x))
    errors = [
        abs(a - n) / (1e-8 if abs(a) + abs(n) < 1e-8 else abs(a) + abs(n))
        for a, n in zip(analytic.ravel(), numeric.ravel(), strict=True)
    ]
    return float(max(errors))


def fit_constant(target, start, rate, steps):
    w, values = Value(start), [start]
    while len(values) <= steps:
        loss = (target - w) * (target - w)
        loss.backward()
        w = Value(w.data - rate * w.grad)
        values.append(w.data)
    return values


answer = "E"
