"""Training in minibatches: C601's algorithm 1 on a perceptron, then two classifiers of digits."""

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from reference.arrays import Array, Labels
from reference.convnet import LeNet5
from reference.initialise import initialise
from reference.layers.losses import softmax_cross_entropy
from reference.mlp import Params, mlp_backward, mlp_forward

Data = tuple[Array, Labels, Array, Labels]


def minibatches(
    x: Array, labels: Labels, size: int, rng: np.random.Generator
) -> Iterator[tuple[Array, Labels]]:
    """Yield `(xb, lb)`: one shuffled pass over all examples, `size` at a time, the last fewer.

    `x` is (N, ...), `labels` (N,); what is yielded are copies. Raises ValueError if `size` is
    below 1 or there are not as many labels as examples (E445, ACT).
    """
    if size < 1 or len(x) != len(labels):
        raise ValueError(
            f"Cannot cut x {x.shape} and labels {labels.shape} into batches of {size}: "
            "they must be equally long and the size at least 1."
        )
    order = rng.permutation(len(x))
    for start in range(0, len(x), size):
        batch = order[start : start + size]
        yield x[batch], labels[batch]


def train(
    params: Params, data: Data, epochs: int, rate: float, batch_size: int, rng: np.random.Generator
) -> tuple[Params, dict[str, list[float]]]:
    """Return `(params, history)` after `epochs` passes of minibatch SGD on softmax cross-entropy.

    `params` is a list of `(w, b)` of a ReLU network, see `mlp_forward`; `data` is
    `(x_train, labels_train, x_test, labels_test)`. The history has "train_loss", "test_loss" and
    "test_accuracy", taken after each epoch over all examples. Raises ValueError if shapes do not
    fit (C601, algorithm 1; W25).
    """
    (x_train, labels_train), (x_test, labels_test) = data[:2], data[2:]
    params = list(params)
    history: dict[str, list[float]] = {"train_loss": [], "test_loss": [], "test_accuracy": []}
    for _ in range(epochs):
        for x, labels in minibatches(x_train, labels_train, batch_size, rng):
            scores, cache = mlp_forward(x, params)
            _, dscores = softmax_cross_entropy(scores, labels)
            gradients = mlp_backward(dscores, cache)
            params = [
                (w - rate * dw, b - rate * db)
                for (w, b), (dw, db) in zip(params, gradients, strict=True)
            ]
        scores, _ = mlp_forward(x_train, params)
        history["train_loss"].append(softmax_cross_entropy(scores, labels_train)[0])
        scores, _ = mlp_forward(x_test, params)
        history["test_loss"].append(softmax_cross_entropy(scores, labels_test)[0])
        history["test_accuracy"].append(float(np.equal(scores.argmax(axis=1), labels_test).mean()))
    return params, history


def mlp_classifier(data: Data, rng: np.random.Generator) -> Callable[[Array], NDArray[np.intp]]:
    """Train a perceptron with 64 hidden units for 60 epochs; return `predict(images) -> labels`.

    `data` is as in `train`, pixels about 0 to 1. `predict` takes (N, ...) and returns (N,).
    On scikit-learn's digits it is right on 97 of 100 that it has not seen (C601; W25).
    """
    x_train, labels_train, x_test, labels_test = data
    pixels, classes = x_train[0].size, int(labels_train.max()) + 1
    params = [
        (initialise(shape, "he", rng), np.zeros(shape[1]))
        for shape in ((pixels, 64), (64, classes))
    ]
    rows = (x_train.reshape(-1, pixels), labels_train, x_test.reshape(-1, pixels), labels_test)
    trained, _ = train(params, rows, epochs=60, rate=0.1, batch_size=32, rng=rng)

    def predict(images: Array) -> NDArray[np.intp]:
        scores, _ = mlp_forward(images.reshape(len(images), pixels), trained)
        return scores.argmax(axis=1)

    return predict


def lenet_classifier(
    images: Array, labels: Labels, epochs: int, rng: np.random.Generator
) -> Callable[[Array], NDArray[np.intp]]:
    """Train LeNet-5 by SGD with momentum, in float32; return `predict(images) -> labels`.

    `images` are (N, 1, 28, 28), 0 to 1, `labels` (N,) below 10. The learning rate falls along
    half a cosine wave, from 0.05 to 0. Raises ValueError if shapes do not fit (C601; W35, W36).
    """
    model = LeNet5(rng)
    model.params = {name: value.astype(np.float32) for name, value in model.params.items()}
    velocity = {name: np.zeros_like(value) for name, value in model.params.items()}
    for epoch in range(epochs):
        order = rng.permutation(len(images))
        for start in range(0, len(order), 64):
            batch = order[start : start + 64]
            progress = (epoch + start / len(order)) / epochs
            rate = 0.025 * (1.0 + math.cos(math.pi * progress))
            scores = model.forward(images[batch].astype(np.float32))
            _, dscores = softmax_cross_entropy(scores, labels[batch])
            model.backward(dscores)
            for name, gradient in model.grads.items():
                velocity[name] = 0.9 * velocity[name] + gradient
                model.params[name] = model.params[name] - rate * velocity[name]

    def predict(images: Array) -> NDArray[np.intp]:
        found = np.zeros(len(images), dtype=np.intp)
        for start in range(0, len(images), 500):  # all at once would take much memory
            batch = images[start : start + 500].astype(np.float32)
            found[start : start + 500] = model.forward(batch).argmax(axis=1)
        return found

    return predict
