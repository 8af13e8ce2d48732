"""A right set of answers: math, closures, gradients kept in dicts, a stack of iterators."""

import math

import numpy as np


def add_forward(a, b):
    return a + b, None


def add_backward(dout, cache):
    return dout, dout


def multiply_forward(a, b):
    return a * b, lambda dout: (dout * b, dout * a)


def multiply_backward(dout, cache):
    return cache(dout)


def max_forward(a, b):
    return max(a, b), a >= b


def max_backward(dout, cache):
    return (dout, 0.0) if cache else (0.0, dout)


def sigmoid_forward(a):
    out = 0.5 * (1.0 + math.tanh(0.5 * a))
    return out, out


def sigmoid_backward(dout, cache):
    return dout * cache * (1.0 - cache)


def sigmoid_neuron(w, x):
    total, steps = w[-1], []
    for weight, number in zip(w, x, strict=False):
        product, product_cache = multiply_forward(weight, number)
        total, _ = add_forward(total, product)
        steps.append(product_cache)
    value, cache = sigmoid_forward(total)
    dtotal = sigmoid_backward(1.0, cache)
    pairs = [multiply_backward(dtotal, step) for step in steps]
    return value, [dw for dw, _ in pairs] + [dtotal], [dx for _, dx in pairs]


class Value:
    def __init__(self, data, parents=(), local=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.local = local

        def send(gradients):
            for parent, slope in zip(parents, local, strict=True):
                gradients[parent] = gradients.get(parent, 0.0) + gradients[self] * slope

        self._send = send

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, k):
        slope = k * self.data ** (k - 1) if k else 0.0
        return Value(self.data**k, (self,), (slope,))

    def __neg__(self):
        return self * -1

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return other + (-self)

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        return self * other**-1.0

    def __rtruediv__(self, other):
        return other * self**-1.0

    def exp(self):
        out = math.exp(self.data)
        return Value(out, (self,), (out,))

    def log(self):
        return Value(math.log(self.data), (self,), (1 / self.data,))

    def sin(self):
        return Value(math.sin(self.data), (self,), (math.cos(self.data),))

    def cos(self):
        return Value(math.cos(self.data), (self,), (-math.sin(self.data),))

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, (self,), (1 - t * t,))

    def sigmoid(self):
        return 0.5 * (1.0 + (0.5 * self).tanh())

    def relu(self):
        return Value(max(0.0, self.data), (self,), (float(self.data > 0),))


def topological_order(root):
    order, seen, stack = [], {root}, [(root, iter(root.parents))]
    while stack:
        node, waiting = stack[-1]
        for parent in waiting:
            if parent not in seen:
                seen.add(parent)
                stack.append((parent, iter(parent.parents)))
                break
        else:
            order.append(node)
            stack.pop()
    return order


def backward_pull(root):
    order = topological_order(root)
    consumers = {node: [] for node in order}
    for node in order:
        for parent, slope in zip(node.parents, node.local, strict=True):
            consumers[parent].append((node, slope))
    for node in reversed(order):
        node.grad = sum(slope * child.grad for child, slope in consumers[node])
        if node is root:
            node.grad = 1.0


def backward(self):
    gradients = {self: 1.0}
    for node in reversed(topological_order(self)):
        node._send(gradients)
        node.grad = gradients[node]


Value.backward = backward


def numerical_gradient(f, x, eps=1e-5):
    gradient = np.zeros_like(x)
    for index in np.ndindex(*x.shape):
        kept = x[index]
        x[index] = kept + eps
        above = f(x)
        x[index] = kept - eps
        below = f(x)
        x[index] = kept
        gradient[index] = (above - below) / (2 * eps)
    return gradient


def gradient_check(f, grad_f, x):
    analytic, numeric = grad_f(x), numerical_gradient(f, x)
    worst = 0.0
    for index in np.ndindex(*x.shape):
        a, n = analytic[index], numeric[index]
        worst = max(worst, abs(a - n) / max(abs(a) + abs(n), 1e-8))
    return worst


def fit_constant(target, start, rate, steps):
    values = [start]
    for _ in range(steps):
        w = Value(values[-1])
        loss = (w - target) ** 2
        loss.backward()
        values.append(w.data - rate * w.grad)
    return values


answer = "E"
