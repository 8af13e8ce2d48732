"""The answer to an experiment: the labels that a trained network gives to images of digits.

A notebook trains its own `network`; here it is one that was trained in the same way, kept in a file
since the reference has no data. `tests/reference/test_experiment.py` trains it and writes it.
"""

from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from reference.arrays import Array
from reference.checkpoint import load
from reference.mlp import mlp_forward


def stored_network() -> list[tuple[Array, Array]]:
    """Return the parameters of a ReLU network 64-64-10, float32: `(w, b)` for each layer."""
    with as_file(files("reference") / "experiment.npz") as file:
        arrays = load(file)
    return [(arrays[f"w{layer}"], arrays[f"b{layer}"]) for layer in (1, 2)]


network = stored_network()


def predict(images: Array) -> NDArray[np.intp]:
    """Return the label that `network` gives to each image, whole numbers 0 to 9, (N,).

    `images` are (N, 1, 8, 8), 0 to 1, as `datasets.digits()` has them (C601; W25).
    """
    rows = images.reshape(len(images), -1)
    scores, _ = mlp_forward(rows, network)
    return scores.argmax(axis=1)
