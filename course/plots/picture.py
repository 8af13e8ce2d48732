"""A figure and its twin in words, and a sentence where no figure can be drawn from what came."""

from collections.abc import Callable, Collection
from functools import cached_property, wraps
from typing import ParamSpec, cast

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course.errors import function_at_fault
from course.plots.canvas import Sheet
from course.plots.png import png

P = ParamSpec("P")


class Picture:
    """A figure for the notebook and the same facts as text, for terminals and screen readers.

    `source` is a figure, or a function that makes one when it is first looked at; without it,
    only the text is shown.
    """

    def __init__(
        self, text: str, source: Figure | Callable[[], Sheet | None] | None = None
    ) -> None:
        self.text = text
        self._source = source

    @cached_property
    def figure(self) -> Sheet | None:
        """The Matplotlib figure, or None where a sentence stands in its place."""
        return self._source() if callable(self._source) else cast("Sheet | None", self._source)

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> tuple[dict[str, str], dict[str, dict[str, object]]]:
        """Return what IPython shows."""
        return self.bundle()

    def bundle(self) -> tuple[dict[str, str], dict[str, dict[str, object]]]:
        """Return data and metadata: text, and a PNG larger than it is shown, to be crisp."""
        image = png(lambda: self.figure)
        if image is None:
            return {"text/plain": self.text}, {}
        data = {"text/plain": self.text, "image/png": image.base64}
        size: dict[str, object] = {"width": image.width, "height": image.height}
        return data, {"image/png": {**size, "alt": self.text}}


class CannotDrawError(Exception):
    """The sentence that stands where a picture was asked for."""


def sentence_instead(draw: Callable[P, Picture]) -> Callable[P, Picture]:
    """Let `draw` answer `CannotDrawError` with a picture that is only that sentence."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Picture:
        try:
            return draw(*args, **kwargs)
        except CannotDrawError as why:
            return Picture(f"No picture yet: {why}")

    return drawn


def run(work: Callable[..., object], *inputs: object) -> object:
    """Return `work(*inputs)`; a failure of the student's code becomes one sentence."""
    try:
        return work(*inputs)
    except CannotDrawError:
        raise
    except NotImplementedError as error:
        raise CannotDrawError(
            f"it appears here once {function_at_fault(error)} is written. Write it, run its "
            "cell, then run this cell again."
        ) from error
    except NameError as error:
        raise CannotDrawError(f"{error}. Run the cell that defines it, then this one.") from error
    except Exception as error:
        raise CannotDrawError(
            f"{function_at_fault(error)} stopped with {type(error).__name__}: {error}. "
            "The check below its exercise says more."
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
