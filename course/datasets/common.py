"""What the data sets share: the form of their answer, and of the refusal."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Split: TypeAlias = tuple[
    NDArray[np.float32], NDArray[np.int64], NDArray[np.float32], NDArray[np.int64]
]
"""`x_train, labels_train, x_test, labels_test`."""


class DataUnavailable(Exception):
    """The data cannot be had here; the text says why and what to do."""


def in_unit_range(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Bytes 0..255 as numbers 0..1."""
    return np.divide(pixels, 255, dtype=np.float32)
