"""A right set of answers: caches that are functions, einsum, lists returned, NumPy scalars."""

import numpy as np


def hinge_update(w, x, y, rate):
    ones = np.append(x, 1.0)
    return w + rate * y * ones * (y * np.einsum("i,i", w, ones) <= 1)  # moves at the margin


def linear_forward(x, w, b):
    def back(dout):
        return [
            np.einsum("nm,dm->nd", dout, w),
            np.einsum("nd,nm->dm", x, dout),
            np.einsum("nm->m", dout),
        ]

    return np.einsum("nd,dm->nm", x, w) + b, back


def linear_backward(dout, cache):
    return cache(dout)


def same(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError(f"{np.shape(a)} and {np.shape(b)}")


def squared_error(y, t):
    same(y, t)
    gap = np.subtract(y, t).reshape(len(y), -1)
    return np.einsum("nm,nm", gap, gap) / (2 * len(y)), (gap / len(y)).reshape(np.shape(y))


def hinge_loss(scores, y):
    same(scores, y)
    late = 1 - y * scores
    return np.clip(late, 0, None).mean(), -0.5 * y * (1 + np.sign(late)) / len(y)


def bce_with_logits(z, y):
    same(z, y)
    return np.mean(np.logaddexp(0, z) - y * z), (0.5 * (1 + np.tanh(0.5 * z)) - y) / z.size


def one_hot(labels, k):
    return np.eye(k)[labels]


def softmax_cross_entropy(scores, labels):
    right = one_hot(labels, scores.shape[1])
    log_p = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    loss = -np.einsum("nk,nk", right, log_p) / len(labels)
    return np.array(loss), ((np.exp(log_p) - right) / len(labels)).tolist()


def multiclass_hinge(scores, labels, margin=1.0):
    right = one_hot(labels, scores.shape[1])
    late = scores - (scores * right).sum(axis=1, keepdims=True) + margin * (1 - right)
    wrong = 1 - right
    on = wrong * 0.5 * (1 + np.sign(late))  # half the slope at the margin
    on -= right * on.sum(axis=1, keepdims=True)
    return np.sum(np.maximum(late, 0) * wrong) / len(labels), on / len(labels)


def l2_penalty(weights, strength):
    flat = np.concatenate([np.zeros(1), *(np.ravel(w) for w in weights)])
    return strength * flat @ flat, tuple(strength * (w + w) for w in weights)


def sigmoid_forward(x):
    out = 0.5 + 0.5 * np.tanh(0.5 * x)
    flat = 0.5 - 0.5 * np.tanh(0.5 * np.abs(x))
    return out, lambda dout: dout * flat * (1 - flat)


def tanh_forward(x):
    return np.tanh(x), lambda dout: dout * np.cosh(np.clip(x, -350, 350)) ** -2.0


def relu_forward(x):
    return x * (x > 0), lambda dout: np.where(x < 0, 0, 1 - 0.5 * (x == 0)) * dout


def leaky_relu_forward(x, slope=0.01):
    line = np.where(x > 0, 1.0, slope)
    return line * x, lambda dout: line * dout


def sigmoid_backward(dout, cache):
    return cache(dout)


tanh_backward = relu_backward = leaky_relu_backward = sigmoid_backward


def maxout_forward(x, w1, b1, w2, b2):
    (one, back1), (two, back2) = linear_forward(x, w1, b1), linear_forward(x, w2, b2)
    share = 0.5 * (1 + np.sign(one - two))

    def back(dout):
        dx1, *first = back1(dout * share)
        dx2, *second = back2(dout * (1 - share))
        return [dx1 + dx2, *first, *second]

    return np.where(one > two, one, two), back


def maxout_backward(dout, cache):
    return tuple(cache(dout))


def mlp_forward(x, params, activation="relu"):
    bend = globals()[f"{activation}_forward"]
    backs = []
    for layer, (w, b) in enumerate(params):
        if layer:
            x, back = bend(x)
            backs.append(("bend", back))
        x, back = linear_forward(x, w, b)
        backs.append(("layer", back))
    return x, backs


def mlp_backward(dscores, cache):
    found = []
    for kind, back in reversed(cache):
        if kind == "bend":
            dscores = back(dscores)
        else:
            dscores, *pair = back(dscores)
            found = [pair, *found]
    return found


def count_parameters(sizes):
    before, after = np.array(sizes[:-1], np.int64), np.array(sizes[1:], np.int64)
    return np.dot(before + 1, after)
