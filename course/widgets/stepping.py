"""What the steppers share: a window that slides step by step, there and back."""

from collections.abc import Callable, Mapping
from typing import cast

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray
from traitlets import observe

from course.plots.picture import CannotDrawError, Picture
from course.plots.windows import draw_grid_rows
from course.widgets.answers import Answer, float_bytes
from course.widgets.base import Widget
from course.widgets.trying import tried
from course.widgets.windows import available, windows

Array = NDArray[np.float64]
Student = Callable[..., object]
Rows = list[dict[str, Array]]
Frames = dict[str, tuple[int, int, int, int]]
MOST_MAPS, MOST_CELLS = 4, 10
DIRECTIONS = ("forward", "backward")


class Stepper(Widget):
    """A window that stands at one place of the output at a time.

    Attributes:
        direction: "forward" or "backward".
        step: how many outputs came before this one, map by map, row by row.
        stride: how far the window moves.
        theirs: what the student's functions returned, and for which settings, for the browser.
    """

    direction = traitlets.Enum(DIRECTIONS, default_value="forward").tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    stride = traitlets.Int(1).tag(sync=True)
    shape = traitlets.List(traitlets.Int()).tag(sync=True)
    x = traitlets.Bytes().tag(sync=True)
    dout = traitlets.Bytes().tag(sync=True)
    theirs = traitlets.Dict().tag(sync=True)
    judged: list[Answer]  # what came back from the student's functions, for these settings

    def size(self) -> tuple[int, int, int]:
        """Return maps, rows and columns of the output."""
        raise NotImplementedError

    def ask(self) -> list[Answer]:
        """Return what the student's functions give here; raises CannotDrawError."""
        raise NotImplementedError

    def told(self) -> str:
        """Return what happens at this step."""
        raise NotImplementedError

    def shown(self) -> tuple[Rows, Frames]:
        """Return the grids of this step, row by row, and their frames."""
        raise NotImplementedError

    @property
    def place(self) -> tuple[int, int, int]:
        """Map, row and column of the output where the window is."""
        f, i, j = np.unravel_index(self.step, self.size())
        return int(f), int(i), int(j)

    def gradients(self) -> Array:
        """Return what each output hears: as given, else 1, 2, 3 and so on."""
        count = int(np.prod(self.size()))
        given = self._dout if self._dout.shape == self.size() else np.arange(1.0, count + 1)
        return given.reshape(self.size()).copy()

    def _start(self, x: Array, dout: ArrayLike | None) -> None:
        self._x, self._dout = x, np.zeros(0)
        self.judged = []
        if dout is not None:
            self._dout = maps_of(dout, "dout")
            if self._dout.shape != self.size():
                raise ValueError(
                    f"dout has the shape {self._dout.shape}, but the output has {self.size()}: "
                    "give one gradient for each output."
                )
        self._settle()
        self.observe(self._moved, ["step", "direction"])

    def _settle(self) -> None:
        """Ask the student's functions again: the settings are new."""
        count = int(np.prod(self.size()))
        self.step = min(self.step, count - 1)
        self.dout = float_bytes(self.gradients())
        problem = ""
        try:
            self.judged = self.ask() if available() else []
        except CannotDrawError as why:
            self.judged, problem = [], f"Yours is not shown: {why}"
        self.problem = problem
        self.theirs = {**self.settings(), "answers": {a.what: _packed(a) for a in self.judged}}
        self._moved()

    def settings(self) -> dict[str, int | str]:
        """Return the settings that the student's answers depend on."""
        return {"stride": self.stride}

    def _moved(self, change: object = None) -> None:
        verdicts = [f"Your {answer.told()}" for answer in self.judged if self._concerns(answer)]
        self.words = "\n".join(filter(None, [self.told(), " ".join(verdicts)]))

    def _concerns(self, answer: Answer) -> bool:
        forward = answer.what.endswith("out")
        return forward == (self.direction == "forward")

    @traitlets.validate("step")
    def _there(self, proposal: Mapping[str, int]) -> int:
        count = int(np.prod(self.size()))
        if not 0 <= proposal["value"] < count:
            raise traitlets.TraitError(
                f"There is no step {proposal['value']}: the output has {count} entries, from 0 to "
                f"{count - 1}."
            )
        return proposal["value"]

    @observe("stride", "pad", "window", "kind")  # those that the stepper has
    def _set(self, change: object) -> None:
        if hasattr(self, "_x"):
            self._settle()

    def picture(self) -> Picture:
        """Return the present step as grids of numbers."""
        rows, frames = self.shown()
        title = f"{type(self).__name__}: {self.direction}, step {self.step + 1}"
        drawn = draw_grid_rows(rows, title, frames)
        text = "\n".join(filter(None, [self.words, self.problem]))
        return Picture(f"{drawn.text}\n{text}", lambda: drawn.figure)


def maps_of(found: ArrayLike, what: str) -> Array:
    """Return an image as maps (C, H, W) of few enough numbers to be read; ValueError if not."""
    array = np.array(found, dtype=float)
    if array.ndim == 4 and len(array) == 1:
        array = array[0]
    if array.ndim == 2:
        array = array[np.newaxis]
    if array.ndim != 3 or not array.size:
        raise ValueError(
            f"{what} has the shape {np.shape(found)}: give one image as (H, W), (C, H, W) or "
            "(1, C, H, W)."
        )
    if len(array) > MOST_MAPS or max(array.shape[1:]) > MOST_CELLS:
        raise ValueError(
            f"{what} has the shape {array.shape}: up to {MOST_MAPS} maps of {MOST_CELLS}x"
            f"{MOST_CELLS} numbers can be read."
        )
    return finite(array, what)


def finite(array: Array, what: str) -> Array:
    """Return the array; ValueError if an entry is infinite or none."""
    if not np.isfinite(array).all():
        raise ValueError(f"{what} has an entry that is infinite or not a number.")
    return array


def pair_of(call: Student, *inputs: object) -> tuple[object, object]:
    """Return the student's (out, cache); CannotDrawError with a sentence if it is none."""
    came = tried(call, *inputs)
    if not isinstance(came, tuple) or len(cast("tuple[object, ...]", came)) != 2:
        raise CannotDrawError(f"`{name_of(call)}` should return (out, cache).")
    return cast("tuple[object, object]", came)


def ranged(proposal: Mapping[str, object], ranges: Mapping[str, tuple[int, int]]) -> int:
    """Return a whole number that a trait may be; TraitError with a sentence if it may not."""
    name = str(cast("traitlets.TraitType[int, int]", proposal["trait"]).name)
    value, (least, most) = cast("int", proposal["value"]), ranges[name]
    if not least <= value <= most:
        raise traitlets.TraitError(
            f"{name} goes from {least} to {most}: there is no {name} of {value} here."
        )
    return value


def name_of(call: Student) -> str:
    """Return what the function is called."""
    return str(getattr(call, "__name__", "the function"))


def fitting(size: tuple[int, ...], kernel: tuple[int, ...], stride: int) -> tuple[int, int]:
    """Return how many windows fit down and across without padding; ValueError if none does."""
    down, across = (windows(n, k, stride) for n, k in zip(size, kernel, strict=True))
    if min(down, across) < 1:
        raise ValueError(
            f"A window of {kernel[0]}x{kernel[1]} does not fit into {size[0]}x{size[1]}: take a "
            "smaller one."
        )
    return down, across


def _packed(answer: Answer) -> dict[str, object]:
    return {"values": float_bytes(answer.found), "wrong": answer.wrong.tolist()}
