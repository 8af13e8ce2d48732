"""The digits behind the wall: what `digits.npz` in the grading edition of the kit holds.

There is no scikit-learn behind the wall, so the edition reads this file in its place. It has no
labels of the test part: a submission is judged on those images. The file is kept with the edition;
after a change of the data, `python -m autograder.sandbox.digits` writes it anew.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autograder.sandbox.mounts import EDITION
from course.datasets.bundled import digits, enlarging

FILE = EDITION / "datasets" / "digits.npz"
_BRIGHTEST = 16


def arrays() -> dict[str, NDArray[np.generic]]:
    """Return the contents by name.

    `train` (1437, 1, 8, 8) and `test` (360, 1, 8, 8), 0 to 16 as uint8; `labels` of the training
    part, uint8; `enlarging` (28, 8), which makes 28x28 pixels of them without SciPy.
    """
    x_train, labels_train, x_test, _ = digits()
    train, test = ((_BRIGHTEST * images).astype(np.uint8) for images in (x_train, x_test))
    labels = labels_train.astype(np.uint8)
    return {"train": train, "test": test, "labels": labels, "enlarging": enlarging()}


def write(file: Path) -> None:
    """Write the file; the same data gives the same bytes."""
    contents = arrays()
    np.savez_compressed(file, allow_pickle=False, **contents)


if __name__ == "__main__":
    write(FILE)
