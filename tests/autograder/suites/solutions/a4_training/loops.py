"""A right set of answers: plain loops, lists, numbers one by one; states are lists and dicts."""

import math

import numpy as np

from course import datasets
from reference.layers.losses import softmax_cross_entropy
from reference.mlp import mlp_backward, mlp_forward


def minibatches(x, labels, size, rng):
    order = list(range(len(x)))
    for i in range(len(order) - 1, 0, -1):
        j = int(rng.integers(0, i + 1))
        order[i], order[j] = order[j], order[i]
    batches = []
    while order:
        chosen, order = order[:size], order[size:]
        batches.append((np.array([x[i] for i in chosen]), np.array([labels[i] for i in chosen])))
    return batches


def initialise(shape, scheme, rng):
    if len(shape) == 2:
        inputs, outputs = shape
    else:
        f, c, kh, kw = shape
        inputs, outputs = c * kh * kw, f * kh * kw
    if scheme == "zeros":
        scale = 0.0
    elif scheme == "small":
        scale = 0.01
    elif scheme == "xavier":
        scale = math.sqrt(2 / (inputs + outputs))
    else:
        scale = math.sqrt(2 / inputs)
    w = np.zeros(shape)
    for index in np.ndindex(*shape):
        w[index] = scale * rng.standard_normal()
    return w


def sgd_update(w, dw, state, rate, momentum=0.0):
    w, dw = np.array(w), np.asarray(dw)
    velocity = [0.0] * w.size if state is None else state
    rolling = []
    for place, index in enumerate(np.ndindex(w.shape)):
        rolling.append(momentum * velocity[place] + dw[index])
        w[index] -= rate * rolling[-1]
    return w, rolling


def adagrad_update(w, dw, state, rate, eps=1e-8):
    new = np.array(w)
    state = {} if state is None else dict(state)
    for index in np.ndindex(new.shape):
        state[index] = state.get(index, 0.0) + float(dw[index]) ** 2
        new[index] -= rate * dw[index] / (math.sqrt(state[index]) + eps)
    return new, state


def rmsprop_update(w, dw, state, rate, decay=0.9, eps=1e-8):
    new = np.array(w)
    state = {} if state is None else dict(state)
    for index in np.ndindex(new.shape):
        state[index] = decay * state.get(index, 0.0) + (1 - decay) * float(dw[index]) ** 2
        new[index] -= rate * dw[index] / (math.sqrt(state[index]) + eps)
    return new, state


def adam_update(w, dw, state, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    new = np.array(w)
    first, second, t = state if state else ({}, {}, 0)
    first, second, t = dict(first), dict(second), t + 1
    for index in np.ndindex(new.shape):
        g = float(dw[index])
        first[index] = beta1 * first.get(index, 0.0) + (1 - beta1) * g
        second[index] = beta2 * second.get(index, 0.0) + (1 - beta2) * g * g
        mean, square = first[index] / (1 - beta1**t), second[index] / (1 - beta2**t)
        new[index] -= rate * mean / (math.sqrt(square) + eps)
    return new, (first, second, t)


def step_decay(rate, epoch, drop, every):
    for passed in range(1, epoch + 1):
        if passed % every == 0:
            rate *= drop
    return rate


def cosine_decay(rate, epoch, epochs):
    return 0.5 * rate * (1 + math.cos(math.pi * epoch / epochs))


def train(params, data, epochs, rate, batch_size, rng):
    x_train, labels_train, x_test, labels_test = data
    params = [[np.array(w), np.array(b)] for w, b in params]
    history = {"train_loss": [], "test_loss": [], "test_accuracy": []}
    for _ in range(epochs):
        for xb, lb in minibatches(x_train, labels_train, batch_size, rng):
            scores, cache = mlp_forward(xb, params)
            loss, dscores = softmax_cross_entropy(scores, lb)
            for pair, (dw, db) in zip(params, mlp_backward(dscores, cache), strict=True):
                pair[0] = pair[0] - rate * dw
                pair[1] = pair[1] - rate * db
        loss, _ = softmax_cross_entropy(mlp_forward(x_train, params)[0], labels_train)
        history["train_loss"].append(loss)
        scores, _ = mlp_forward(x_test, params)
        loss, _ = softmax_cross_entropy(scores, labels_test)
        history["test_loss"].append(loss)
        right = 0
        for row, label in zip(scores.tolist(), labels_test, strict=True):
            right += row.index(max(row)) == label
        history["test_accuracy"].append(right / len(labels_test))
    return params, history


def gradient_norms(params, x, labels, activation):
    scores, cache = mlp_forward(x, params, activation)
    _, dscores = softmax_cross_entropy(scores, labels)
    norms = []
    for dw, _ in mlp_backward(dscores, cache):
        total = 0.0
        for row in dw.tolist():
            for entry in row:
                total += entry * entry
        norms.append(math.sqrt(total))
    return norms


x_train, labels_train, _, _ = datasets.digits()
rows = x_train.reshape(len(x_train), -1)
rng = np.random.default_rng(1)
start = [(initialise(shape, "he", rng), np.zeros(shape[1])) for shape in ((64, 64), (64, 10))]
network, _ = train(start, (rows, labels_train, rows[:9], labels_train[:9]), 25, 0.2, 32, rng)


def predict(images):
    labels = []
    for image in images:
        scores, _ = mlp_forward(np.array(image).reshape(1, -1), network)
        labels.append(int(np.argmax(scores[0])))
    return labels
