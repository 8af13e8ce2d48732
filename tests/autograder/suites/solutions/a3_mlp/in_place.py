"""A right set of answers: float64 throughout, one class of layers, work in own arrays in place."""

import numpy as np


def hinge_update(w, x, y, rate):
    new = np.array(w, dtype=np.float64)
    loud = 1.0 - y * (np.dot(x, w[:-1]) + w[-1]) > 0.0
    if loud:
        step = rate * y * np.concatenate([x, [1.0]])
        new += step
    return new


def linear_forward(x, w, b):
    assert x.ndim == w.ndim == 2
    out = np.matmul(np.asarray(x, np.float64), np.asarray(w, np.float64))
    out += b
    return out, (np.array(x), np.array(w))


def linear_backward(dout, cache):
    x, w = cache
    db = np.ones(len(dout)) @ dout
    dw = np.zeros(w.shape)
    np.matmul(x.T, dout, out=dw)
    return np.dot(w, dout.T).T, dw, db


def checked(a, b):
    if a.shape != b.shape:
        raise ValueError(f"shapes {a.shape} and {b.shape} differ")
    return a.shape[0]


def squared_error(y, t):
    n = checked(y, t)
    dy = np.array(y, dtype=np.float64)
    dy -= t
    loss = np.linalg.norm(dy) ** 2 / 2 / n
    dy /= n
    return loss, dy


def hinge_loss(scores, y):
    n = checked(scores, y)
    margins = 1 - scores * y
    margins[margins < 0] = 0
    loss = margins.sum() / n
    slope = np.array(-y, dtype=np.float64)
    slope[margins == 0] = 0
    return loss, slope / n


def bce_with_logits(z, y):
    n = checked(z, y)
    sign = np.where(np.asarray(y) > 0.5, 1.0, -1.0)
    towards = sign * z
    loss = np.zeros(n)
    big = towards < 0
    loss[big] = -towards[big] + np.log(1 + np.exp(towards[big]))
    loss[~big] = np.log1p(np.exp(-towards[~big]))
    wrong = np.empty(n)
    wrong[big] = 1 / (1 + np.exp(towards[big]))
    wrong[~big] = np.exp(-towards[~big]) / (1 + np.exp(-towards[~big]))
    return loss.mean(), -sign * wrong / n


def softmax_cross_entropy(scores, labels):
    n = len(scores)
    shifted = np.array(scores, dtype=np.float64)
    shifted -= np.max(shifted, axis=1)[:, None]
    chosen = shifted[range(n), labels]
    np.exp(shifted, out=shifted)
    total = shifted.sum(axis=1)
    loss = np.mean(np.log(total) - chosen)
    shifted /= total[:, None]
    shifted[range(n), labels] -= 1
    shifted /= n
    return loss, shifted


def multiclass_hinge(scores, labels, margin=1.0):
    n = scores.shape[0]
    correct = np.take_along_axis(scores, labels[:, None].astype(int), axis=1)
    margins = np.maximum(0, scores - correct + margin)
    margins[np.arange(n), labels] = 0
    loss = np.sum(margins) / n
    margins[margins > 0] = 1
    margins[np.arange(n), labels] -= np.count_nonzero(margins, axis=1)
    margins /= n
    return loss, margins


def l2_penalty(weights, strength):
    gradients = [np.array(w, dtype=np.float64) for w in weights]
    loss = 0
    for g in gradients:
        loss += strength * np.vdot(g, g)
        g *= 2 * strength
    return loss, gradients


def sigmoid_forward(x):
    out = np.empty(x.shape)
    right = x >= 0
    out[right] = 1 / (1 + np.exp(-x[right]))
    out[~right] = np.exp(x[~right])
    out[~right] /= 1 + out[~right]
    return out, out.copy()


def sigmoid_backward(dout, cache):
    slope = 1 - cache
    slope *= cache
    slope *= dout
    return slope


def tanh_forward(x):
    small = np.exp(-2 * np.abs(x))
    return np.sign(x) * (1 - small) / (1 + small), small


def tanh_backward(dout, cache):
    return 4 * cache / (1 + cache) ** 2 * dout


def relu_forward(x):
    out = x.copy()
    out[out < 0] = 0
    return out, x


def relu_backward(dout, cache):
    dx = np.array(dout)
    dx[cache <= 0] = 0
    return dx


def leaky_relu_forward(x, slope=0.01):
    out = np.array(x)
    out[x < 0] *= slope
    return out, (x < 0, slope)


def leaky_relu_backward(dout, cache):
    negative, slope = cache
    dx = np.array(dout)
    dx[negative] *= slope
    return dx


def maxout_forward(x, w1, b1, w2, b2):
    both = np.stack([x @ w1 + b1, x @ w2 + b2])
    return both.max(axis=0), (x, w1, w2, both.argmax(axis=0))


def maxout_backward(dout, cache):
    x, w1, w2, winner = cache
    parts = [np.where(winner == which, dout, 0.0) for which in (0, 1)]
    dx = parts[0] @ w1.T
    dx += parts[1] @ w2.T
    return dx, x.T @ parts[0], parts[0].sum(0), x.T @ parts[1], parts[1].sum(0)


class Stack:
    def __init__(self, activation):
        self.bend = {
            "relu": (relu_forward, relu_backward),
            "tanh": (tanh_forward, tanh_backward),
            "sigmoid": (sigmoid_forward, sigmoid_backward),
        }[activation]
        self.inputs, self.bends, self.params = [], [], []

    def forward(self, x, params):
        *hidden, (w, b) = self.params = params
        for each in hidden:
            self.inputs.append(x)
            x, memory = self.bend[0](x @ each[0] + each[1])
            self.bends.append(memory)
        self.inputs.append(x)
        return x @ w + b

    def backward(self, dout):
        gradients = [None] * len(self.params)
        for k in range(len(self.params))[::-1]:
            gradients[k] = [self.inputs[k].T @ dout, dout.sum(axis=0)]
            if k:
                dout = self.bend[1](dout @ self.params[k][0].T, self.bends[k - 1])
        return gradients


def mlp_forward(x, params, activation="relu"):
    stack = Stack(activation)
    return stack.forward(x, params), stack


def mlp_backward(dscores, cache):
    return cache.backward(dscores)


def count_parameters(sizes):
    if len(sizes) < 2:
        return 0
    return (sizes[0] + 1) * sizes[1] + count_parameters(sizes[1:])
