"""Call somebody's function for a widget: it may fail, hang or return nonsense, the widget stays."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from course.plots.picture import CannotDrawError, run
from course.time_limit import TookTooLong, within

SECONDS = 3.0


def tried(work: Callable[..., object], *inputs: object, seconds: float = SECONDS) -> object:
    """Return `work(*inputs)`; CannotDrawError with a sentence if it fails or hangs."""
    try:
        return within(seconds, lambda: run(work, *inputs))
    except TookTooLong as error:
        raise CannotDrawError(
            f"`{error.where}` {error}. Is there a loop without an end, or are the inputs "
            "too large for it?"
        ) from error


def numbers(found: object, shape: tuple[int, ...], what: str) -> NDArray[np.float64]:
    """Return what came as an array of that shape; raises CannotDrawError with a sentence if not."""
    if found is None:
        raise CannotDrawError(f"{what} gave None; is a `return` missing?")
    try:
        array = np.asarray(found, dtype=float)
    except (TypeError, ValueError):
        raise CannotDrawError(f"{what} returned no array of numbers.") from None
    if array.shape != shape:
        raise CannotDrawError(f"{what} has the shape {array.shape}; it should be {shape}.")
    if not np.isfinite(array).all():
        raise CannotDrawError(f"{what} has an entry that is infinite or not a number.")
    return array
