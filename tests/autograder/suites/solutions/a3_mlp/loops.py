"""A right set of answers: plain loops over numbers, math, dicts as caches."""

import math

import numpy as np


def hinge_update(w, x, y, rate):
    score = w[-1]
    for i in range(len(x)):
        score += w[i] * x[i]
    new = [float(each) for each in w]
    if y * score < 1:
        for i in range(len(x)):
            new[i] += rate * y * x[i]
        new[-1] += rate * y
    return np.array(new)


def linear_forward(x, w, b):
    if x.shape[1] != w.shape[0]:
        raise ValueError(f"{x.shape} {w.shape}")
    n, d = x.shape
    m = w.shape[1]
    rows, weights, bias = x.tolist(), w.tolist(), b.tolist()
    out = np.zeros((n, m))
    for i in range(n):
        for k in range(m):
            total = bias[k]
            for j in range(d):
                total += rows[i][j] * weights[j][k]
            out[i, k] = total
    return out, {"x": rows, "w": weights}


def linear_backward(dout, cache):
    x, w, up = cache["x"], cache["w"], dout.tolist()
    n, d, m = len(x), len(w), len(w[0])
    dx, dw = [[0.0] * d for _ in range(n)], [[0.0] * m for _ in range(d)]
    db = [0.0] * m
    for i in range(n):
        for k in range(m):
            g = up[i][k]
            db[k] += g
            for j in range(d):
                dx[i][j] += g * w[j][k]
                dw[j][k] += g * x[i][j]
    return np.array(dx), np.array(dw), np.array(db)


def squared_error(y, t):
    if y.shape != t.shape:
        raise ValueError("shapes")
    n, loss, dy = y.shape[0], 0.0, np.zeros(y.shape)
    for index in np.ndindex(y.shape):
        gap = float(y[index]) - float(t[index])
        loss += gap * gap / 2 / n
        dy[index] = gap / n
    return loss, dy


def hinge_loss(scores, y):
    if scores.shape != y.shape:
        raise ValueError("shapes")
    n, loss, slope = len(scores), 0.0, []
    for s, side in zip(scores.tolist(), y.tolist(), strict=True):
        loss += max(0.0, 1 - side * s)
        slope.append(-side / n if 1 - side * s >= 0 else 0.0)  # the whole slope at the margin
    return loss / n, np.array(slope)


def bce_with_logits(z, y):
    if z.shape != y.shape:
        raise ValueError("shapes")
    n, loss, slope = len(z), 0.0, []
    for logit, truth in zip(z.tolist(), y.tolist(), strict=True):
        small = math.exp(-abs(logit))
        loss += math.log1p(small) + max(logit if truth == 0 else -logit, 0.0)
        a = 1 / (1 + small) if logit > 0 else small / (1 + small)
        slope.append((a - truth) / n)
    return loss / n, np.array(slope)


def softmax_cross_entropy(scores, labels):
    loss, slopes, n = 0.0, [], len(labels)
    for row, label in zip(scores.tolist(), labels.tolist(), strict=True):
        top = max(row)
        powers = [math.exp(s - top) for s in row]
        total = sum(powers)
        loss += math.log(total) - (row[label] - top)
        slopes.append([(p / total - (k == label)) / n for k, p in enumerate(powers)])
    return loss / n, np.array(slopes)


def multiclass_hinge(scores, labels, margin=1.0):
    loss, slopes, n = 0.0, [], len(labels)
    for row, label in zip(scores.tolist(), labels.tolist(), strict=True):
        slope = [0.0] * len(row)
        for k, score in enumerate(row):
            term = score - row[label] + margin
            if k != label and term > 0:
                loss += term / n
                slope[k] += 1 / n
                slope[label] -= 1 / n
        slopes.append(slope)
    return loss, slopes


def l2_penalty(weights, strength):
    loss, gradients = 0.0, []
    for w in weights:
        gradient = np.empty(w.shape)
        for index in np.ndindex(w.shape):
            loss += strength * float(w[index]) ** 2
            gradient[index] = 2 * strength * w[index]
        gradients.append(gradient)
    return loss, gradients


def entry_by_entry(f, *arrays):
    return np.array([f(*each) for each in zip(*(a.ravel() for a in arrays), strict=True)]).reshape(
        arrays[0].shape
    )


def sigmoid_of(a):
    return 1 / (1 + math.exp(-a)) if a > 0 else math.exp(a) / (1 + math.exp(a))


def sigmoid_forward(x):
    out = entry_by_entry(sigmoid_of, x)
    return out, out


def sigmoid_backward(dout, cache):
    return entry_by_entry(lambda g, s: g * s * (1 - s), dout, cache)


def tanh_forward(x):
    out = entry_by_entry(math.tanh, x)
    return out, [out]


def tanh_backward(dout, cache):
    return entry_by_entry(lambda g, t: g * (1 - t) * (1 + t), dout, cache[0])


def relu_forward(x):
    return entry_by_entry(lambda a: max(0.0, a), x), x


def relu_backward(dout, cache):
    return entry_by_entry(lambda g, a: g if a >= 0 else 0.0, dout, cache)  # slope 1 at 0


def leaky_relu_forward(x, slope=0.01):
    return entry_by_entry(lambda a: a if a > 0 else slope * a, x), {"x": x, "slope": slope}


def leaky_relu_backward(dout, cache):
    slope = cache["slope"]
    return entry_by_entry(lambda g, a: g if a >= 0 else slope * g, dout, cache["x"])


def maxout_forward(x, w1, b1, w2, b2):
    one, cache1 = linear_forward(x, w1, b1)
    two, cache2 = linear_forward(x, w2, b2)
    return entry_by_entry(max, one, two), (one, two, cache1, cache2)


def maxout_backward(dout, cache):
    one, two, cache1, cache2 = cache
    first = entry_by_entry(lambda g, a, b: g if a > b else 0.0, dout, one, two)
    dx1, dw1, db1 = linear_backward(first, cache1)
    dx2, dw2, db2 = linear_backward(dout - first, cache2)
    return [dx1 + dx2, dw1, db1, dw2, db2]


def mlp_forward(x, params, activation="relu"):
    bend = {"relu": relu_forward, "tanh": tanh_forward, "sigmoid": sigmoid_forward}[activation]
    caches = []
    for i in range(len(params)):
        w, b = params[i]
        x, cache = linear_forward(x, w, b)
        caches.append(cache)
        if i < len(params) - 1:
            x, cache = bend(x)
            caches.append(cache)
    return x, {"caches": caches, "activation": activation}


def mlp_backward(dscores, cache):
    bends = {"relu": relu_backward, "tanh": tanh_backward, "sigmoid": sigmoid_backward}
    gradients = []
    for i in range(len(cache["caches"]) - 1, -1, -1):
        if i % 2:
            dscores = bends[cache["activation"]](dscores, cache["caches"][i])
        else:
            dscores, dw, db = linear_backward(dscores, cache["caches"][i])
            gradients.insert(0, (dw, db))
    return gradients


def count_parameters(sizes):
    total = 0
    for i in range(1, len(sizes)):
        total += sizes[i - 1] * sizes[i]
        total += sizes[i]
    return total
