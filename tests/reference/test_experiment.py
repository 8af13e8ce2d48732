"""The stored network of `reference.experiment`: made by the recipe below, good at what it is for.

`python -m tests.reference.test_experiment` trains it again and writes the file.
"""

from importlib.resources import files

import numpy as np

from course import datasets
from reference.checkpoint import save
from reference.experiment import network, predict
from reference.initialise import initialise
from reference.training import Data, train

SHAPES = ((64, 64), (64, 10))


def rows() -> Data:
    """The digits with one row of 64 pixels for each image."""
    x_train, labels_train, x_test, labels_test = datasets.digits()
    return x_train.reshape(-1, 64), labels_train, x_test.reshape(-1, 64), labels_test


def trained() -> list[tuple[np.ndarray, np.ndarray]]:
    """What the notebook's own cell does with the answers in."""
    rng = np.random.default_rng(0)
    start = [(initialise(shape, "he", rng), np.zeros(shape[1])) for shape in SHAPES]
    return list(train(start, rows(), epochs=40, rate=0.2, batch_size=32, rng=rng)[0])


def test_the_stored_network_was_made_by_the_recipe():
    for ours, recipe in zip(network, trained(), strict=True):
        for kept, made in zip(ours, recipe, strict=True):
            assert kept.dtype == np.float32
            np.testing.assert_allclose(kept, made, atol=1e-3)


def test_it_is_right_on_97_of_100_digits_that_it_has_not_seen():
    _, _, x_test, labels_test = datasets.digits()
    labels = predict(x_test)
    assert labels.shape == (360,)
    assert labels.dtype.kind == "i"
    assert np.mean(labels == labels_test) >= 0.965
    np.testing.assert_array_equal(predict(x_test[:1]), labels[:1])


if __name__ == "__main__":
    state = {
        f"{name}{layer}": array.astype(np.float32)
        for layer, pair in enumerate(trained(), 1)
        for name, array in zip("wb", pair, strict=True)
    }
    save(str(files("reference") / "experiment.npz"), state)
