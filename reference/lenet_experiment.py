"""The answer to an experiment: the labels that a trained LeNet-5 gives to images of digits.

A notebook trains its own `network`; here it is one that was trained in the same way, kept in a file
since the reference has no data. `tests/reference/test_lenet_experiment.py` trains it and writes it.
"""

from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from reference.arrays import Array
from reference.checkpoint import load
from reference.convnet import LeNet5


def stored_network() -> LeNet5:
    """Return a LeNet-5 with parameters in float32."""
    model = LeNet5(np.random.default_rng(0))
    with as_file(files("reference") / "lenet_experiment.npz") as file:
        model.params = load(file)
    return model


network = stored_network()


def predict(images: Array) -> NDArray[np.intp]:
    """Return the label that `network` gives to each image, whole numbers 0 to 9, (N,).

    `images` are (N, 1, 28, 28), 0 to 1, as `datasets.digits(28)` has them (C601; W36).
    """
    labels = np.zeros(len(images), dtype=np.intp)
    for start in range(0, len(images), 200):  # all at once would take much memory
        batch = images[start : start + 200].astype(np.float32)
        labels[start : start + 200] = network.forward(batch).argmax(axis=1)
    return labels
