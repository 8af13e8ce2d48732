"""What a kernel explorer begins with: pictures, and kernels that say nothing."""

from collections.abc import Callable, Mapping
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course import datasets

Array = NDArray[np.float64]
Preset = ArrayLike | Callable[[], object]
DRAWING, UPLOAD, BY_HAND = "drawing", "upload", "by hand"
SIDE, CANVAS = 256, 32
MOST_KERNEL = 7
_LUMA = (0.299, 0.587, 0.114)  # what the eye makes of red, green and blue

CORNER = [[0.0, 0.0, 0.0], [0.0, 1.0, 1.0], [0.0, 1.0, 0.0]]
NEUTRAL: dict[str, Preset] = {
    "corner (W28)": CORNER,
    "a single 1 off the middle": [[0.0, 0, 0], [0, 0, 0], [0, 0, 1]],
    "2x2 ones (W30)": [[1.0, 1], [1, 1]],
    "diagonal, 5x5": np.eye(5).tolist(),
    "random, 7x7": np.random.default_rng(7).normal(size=(7, 7)).round(1).tolist(),
}


def pictures(given: Mapping[str, ArrayLike] | None) -> dict[str, ArrayLike]:
    """Return the given pictures, else photographs, else a digit; empty sheets for the rest."""
    found: dict[str, ArrayLike] = dict(given or {})
    if not found:
        try:
            found = dict(datasets.photographs())
        except datasets.DataUnavailable:
            found = {"digit": datasets.digits(28)[0][0, 0]}
    empty = np.zeros((CANVAS, CANVAS))
    return {**found, DRAWING: found.get(DRAWING, empty), UPLOAD: found.get(UPLOAD, empty)}


def grey(found: ArrayLike, name: str) -> Array:
    """Return a picture as (H, W), thinned out to 256 pixels; ValueError if it is none."""
    array = np.array(found, dtype=float)
    if array.ndim == 3 and array.shape[2] == 3:
        array = array @ np.array(_LUMA)
    if array.ndim != 2 or not array.size or not np.isfinite(array).all():
        raise ValueError(
            f"The picture {name!r} has the shape {np.shape(found)}: give finite numbers (H, W) or "
            "(H, W, 3)."
        )
    every = -(-max(array.shape) // SIDE)
    return array[::every, ::every].copy()


def kernel_of(found: ArrayLike) -> list[list[float]]:
    """Return a kernel as rows of numbers; ValueError if it is none."""
    try:
        array = np.array(found, dtype=float)
    except (TypeError, ValueError):
        raise ValueError("A kernel has rows of equally many numbers.") from None
    if array.ndim != 2 or not array.size or max(array.shape) > MOST_KERNEL:
        raise ValueError(
            f"This kernel has the shape {array.shape}; up to {MOST_KERNEL} rows and columns fit."
        )
    if not np.isfinite(array).all():
        raise ValueError("This kernel has an entry that is infinite or not a number.")
    return cast("list[list[float]]", array.tolist())


def pixels_of(image: Mapping[str, object]) -> Array:
    """Return the pixels that the browser sent; ValueError if they do not fit its words."""
    rows, columns = cast("int", image["rows"]), cast("int", image["columns"])
    pixels = np.frombuffer(cast("bytes", image["pixels"]), "<f4").astype(float)
    if not 1 <= min(rows, columns) <= max(rows, columns) <= SIDE or pixels.size != rows * columns:
        raise ValueError(
            f"{pixels.size} pixels are no picture of {rows}x{columns}, at most {SIDE}."
        )
    return pixels.reshape(rows, columns)
