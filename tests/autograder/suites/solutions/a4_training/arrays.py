"""A right set of answers: whole arrays, states written in place, slices of a shuffled copy."""

import numpy as np

from course import datasets
from reference.layers.losses import softmax_cross_entropy
from reference.mlp import mlp_backward, mlp_forward


def minibatches(x, labels, size, rng):
    order = np.arange(len(x))
    rng.shuffle(order)
    x, labels = x[order], labels[order]
    return zip(
        np.split(x, range(size, len(x), size)),
        np.split(labels, range(size, len(x), size)),
        strict=True,
    )


def initialise(shape, scheme, rng):
    if scheme == "zeros":
        return np.zeros(shape)
    receptive = int(np.prod(shape[2:]))
    fan_in, fan_out = (shape[0], shape[1]) if len(shape) == 2 else (shape[1], shape[0])
    fan_in, fan_out = fan_in * receptive, fan_out * receptive
    variance = {"small": 1e-4, "xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in}[scheme]
    return rng.normal(0.0, variance**0.5, shape)


def sgd_update(w, dw, state, rate, momentum=0.0):
    if state is None:
        state = np.zeros_like(w)
    state *= momentum
    state += dw
    return w - rate * state, state


def adagrad_update(w, dw, state, rate, eps=1e-8):
    state = {"cache": np.zeros_like(w)} if state is None else state
    state["cache"] += dw**2
    return w - rate * dw / (np.sqrt(state["cache"]) + eps), state


def rmsprop_update(w, dw, state, rate, decay=0.9, eps=1e-8):
    state = {"cache": np.zeros_like(w)} if state is None else state
    state["cache"] = decay * state["cache"] + (1 - decay) * dw**2
    w = w.copy()
    w -= rate * dw / (np.sqrt(state["cache"]) + eps)
    return w, state


def adam_update(w, dw, state, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    state["t"] += 1
    state["m"] += (1 - beta1) * (dw - state["m"])
    state["v"] += (1 - beta2) * (dw**2 - state["v"])
    m = state["m"] / (1 - beta1 ** state["t"])
    v = state["v"] / (1 - beta2 ** state["t"])
    return w - rate * m / (np.sqrt(v) + eps), state


def step_decay(rate, epoch, drop, every):
    return rate * np.power(drop, np.floor(epoch / every))


def cosine_decay(rate, epoch, epochs):
    return rate * np.cos(0.5 * np.pi * epoch / epochs) ** 2


def look(params, x, labels):
    scores = mlp_forward(x, params)[0]
    return softmax_cross_entropy(scores, labels)[0], np.mean(scores.argmax(1) == labels)


def train(params, data, epochs, rate, batch_size, rng):
    params = [(w.copy(), b.copy()) for w, b in params]
    history = {"train_loss": [], "train_accuracy": [], "test_loss": [], "test_accuracy": []}
    for _ in range(epochs):
        for xb, lb in minibatches(data[0], data[1], batch_size, rng):
            scores, cache = mlp_forward(xb, params)
            for own, gradients in zip(
                params, mlp_backward(softmax_cross_entropy(scores, lb)[1], cache), strict=True
            ):
                for array, gradient in zip(own, gradients, strict=True):
                    array -= rate * gradient
        for part, x, labels in (("train", *data[:2]), ("test", *data[2:])):
            loss, share = look(params, x, labels)
            history[f"{part}_loss"].append(loss)
            history[f"{part}_accuracy"].append(share)
    return params, history


def gradient_norms(params, x, labels, activation):
    scores, cache = mlp_forward(x, params, activation)
    gradients = mlp_backward(softmax_cross_entropy(scores, labels)[1], cache)
    return [np.linalg.norm(dw) for dw, db in gradients]


images, answers, _, _ = datasets.digits()
images = images.reshape(-1, 64).astype(float)
rng = np.random.default_rng(2)
network = [(initialise(s, "xavier", rng), np.zeros(s[1])) for s in ((64, 80), (80, 10))]
network, _ = train(network, (images, answers, images[:5], answers[:5]), 30, 0.2, 32, rng)


def predict(images):
    return np.argmax(mlp_forward(images.reshape(-1, 64), network)[0], axis=-1).astype(np.int32)
