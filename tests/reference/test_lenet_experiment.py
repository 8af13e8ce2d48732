"""The stored LeNet-5 of an experiment: what a notebook trains in its own cells.

`python -m tests.reference.test_lenet_experiment` trains it again and writes the file.
"""

import math
from importlib.resources import files

import numpy as np
from threadpoolctl import threadpool_limits

from course import datasets
from reference.checkpoint import save
from reference.convnet import LeNet5
from reference.layers.losses import softmax_cross_entropy
from reference.lenet_experiment import network, predict
from reference.signals import shift

FILE = str(files("reference") / "lenet_experiment.npz")
EPOCHS, BATCH, RATE, MOMENTUM = 30, 32, 0.03, 0.9


def jiggled(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each image moved by up to 2 pixels along both axes."""
    moves = rng.integers(-2, 3, (len(images), 2))
    return np.stack([shift(x, dy, dx) for x, (dy, dx) in zip(images, moves, strict=True)])


def trained(seed: int) -> LeNet5:
    """What the notebook's own cells do with the answers in."""
    images, labels, _, _ = datasets.digits(28)
    rng = np.random.default_rng(seed)
    model = LeNet5(rng)
    model.params = {name: value.astype(np.float32) for name, value in model.params.items()}
    velocity = {name: np.zeros_like(value) for name, value in model.params.items()}
    for epoch in range(EPOCHS):
        order = rng.permutation(len(images))
        for start in range(0, len(images), BATCH):
            batch = order[start : start + BATCH]
            scores = model.forward(jiggled(images[batch], rng))
            _, dscores = softmax_cross_entropy(scores, labels[batch])
            model.backward(dscores)
            done = (epoch + start / len(images)) / EPOCHS
            step = 0.5 * RATE * (1.0 + math.cos(math.pi * done))
            for name, gradient in model.grads.items():
                velocity[name] = MOMENTUM * velocity[name] + gradient
                model.params[name] = model.params[name] - step * velocity[name]
    return model


def right(labels: np.ndarray) -> float:
    """The share of the digits that it has not seen."""
    return float(np.mean(labels == datasets.digits(28)[3]))


def test_it_is_right_on_98_of_100_digits_that_it_has_not_seen():
    _, _, x_test, _ = datasets.digits(28)
    labels = predict(x_test)
    assert labels.shape == (360,)
    assert labels.dtype.kind == "i"
    assert right(labels) >= 0.985
    np.testing.assert_array_equal(predict(x_test[:1]), labels[:1])
    np.testing.assert_array_equal(predict(x_test.astype(np.float64)), labels)
    assert predict(x_test[:0]).shape == (0,)


def test_its_parameters_are_those_of_a_lenet_in_float32():
    fresh = LeNet5(np.random.default_rng(0)).params
    assert list(network.params) == list(fresh)
    for name, kept in network.params.items():
        assert kept.shape == fresh[name].shape
        assert kept.dtype == np.float32


def test_the_recipe_gets_there_from_another_start_as_well():
    """What is stored is one of many: a student's training need not be lucky."""
    _, _, x_test, _ = datasets.digits(28)
    with threadpool_limits(1):  # other tests run beside this one
        scores = trained(1).forward(x_test)
    assert right(scores.argmax(axis=1)) >= 0.98


if __name__ == "__main__":
    save(FILE, trained(0).params)
