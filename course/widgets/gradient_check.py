"""A claimed gradient beside a numerical one, entry by entry, and how the step decides."""

from collections.abc import Callable, Mapping
from typing import cast

import numpy as np
import traitlets
from numpy.typing import ArrayLike
from traitlets import observe

from course.plots.checked import draw_check
from course.plots.picture import CannotDrawError, Picture
from course.plots.strokes import number
from course.plots.tiles import tile_for
from course.widgets.base import Widget, script
from course.widgets.measuring import DEFAULT, POWERS, Array, Measured, by_scipy, measured
from course.widgets.trying import tried

MOST_ENTRIES = 400
PER_INCH = 92
Proposal = Mapping[str, object]


class GradientCheck(Widget):
    """Compare a gradient with centred differences, for every entry and many steps (C601; W11).

    `f(array) -> float` and the claimed `grad_f(array) -> array` take arrays like `x` (floats, any
    shape, at most 400 entries). `numerical(f, x, eps) -> array` measures, such as your own
    `numerical_gradient`; without it SciPy does.

    Attributes:
        power: the logarithm of the step eps to base 10, from -14 to 0 in quarters.
        entry: the entry that is looked at, counted in C order; at first the worst.
        point: 0 at the given x; each other whole number is another point near it.
        claimed, numeric, difference: float32 bytes; the last two hold an array for every step.

    Raises ValueError if `x` is no such array, TraitError for a power, entry or point that is not.
    """

    _esm = script("grids", "graph_drawing", "gradient_check")
    title = traitlets.Unicode().tag(sync=True)
    power = traitlets.Float(float(POWERS[DEFAULT])).tag(sync=True)
    entry = traitlets.Int(0).tag(sync=True)
    point = traitlets.Int(0).tag(sync=True)
    shape = traitlets.Dict().tag(sync=True)
    claimed = traitlets.Bytes().tag(sync=True)
    numeric = traitlets.Bytes().tag(sync=True)
    difference = traitlets.Bytes().tag(sync=True)
    built = traitlets.Int(0).tag(sync=True)  # set last: all the others belong together then

    def __init__(
        self,
        f: Callable[..., object],
        grad_f: Callable[..., object],
        x: ArrayLike,
        numerical: Callable[..., object] | None = None,
        title: str = "Gradient check",
    ) -> None:
        self._functions = f, grad_f, numerical or by_scipy()
        self._x = _floats(x)
        self._found: Measured | None = None
        super().__init__(title=title)
        self._measure()

    @traitlets.validate("power")
    def _near(self, proposal: Proposal) -> float:
        power = cast("float", proposal["value"])
        if not POWERS[0] <= power <= POWERS[-1]:
            raise traitlets.TraitError(f"power goes from -14 to 0, so {power} is not there.")
        return round(4 * power) / 4

    @traitlets.validate("entry")
    def _exists(self, proposal: Proposal) -> int:
        entry = cast("int", proposal["value"])
        if not 0 <= entry < self._x.size:
            raise traitlets.TraitError(
                f"entry goes from 0 to {self._x.size - 1}, so {entry} is not there."
            )
        return entry

    @traitlets.validate("point")
    def _counted(self, proposal: Proposal) -> int:
        point = cast("int", proposal["value"])
        if point < 0:
            raise traitlets.TraitError(f"point is 0 or a larger number, not {point}.")
        return point

    @observe("point")
    def _measure(self, change: object = None) -> None:
        f, grad_f, numerical = self._functions
        self._found, self.problem = None, ""
        try:
            found = cast("Measured", tried(measured, f, grad_f, self.x, numerical))
        except CannotDrawError as why:
            self.problem = f"No comparison yet: {why}"
            self.shape = {}
        else:
            self._found = found
            self.shape = _cells(self._x, found.agrees)
            self.claimed, self.numeric, self.difference = (
                array.astype("<f4").tobytes()
                for array in (found.claimed, found.numeric, found.difference)
            )
            self.entry = self._worst()
        self.built += 1
        self._say()

    @property
    def x(self) -> Array:
        """The point at which the gradients are compared, an array."""
        if not self.point:
            return self._x.copy()
        return self._x + 0.1 * np.random.default_rng(self.point).normal(size=self._x.shape)

    @property
    def eps(self) -> float:
        """The step of the numerical gradient."""
        return 10.0**self.power

    @property
    def _step(self) -> int:
        return int(np.argmin(np.abs(POWERS - self.power)))

    def _worst(self) -> int:
        """Return the entry with the largest difference; 0 at a step that was not measured."""
        found = cast("Measured", self._found)
        gaps = np.abs(found.difference[self._step]).ravel()
        return 0 if np.isnan(gaps).any() else int(np.argmax(gaps))

    @observe("power", "entry")
    def _say(self, change: object = None) -> None:
        found = self._found
        if found is None:
            self.words = ""
            return
        at = f"At eps = {number(self.eps, 2)}"
        error = found.errors[self._step]
        if np.isnan(error):
            self.words = f"{at} nothing could be measured. {self._verdict(found)}"
            return
        worst = self._worst()
        told = f"{at} the largest difference is {number(error, 2)}, at {self._entry(found, worst)}."
        if self.entry != worst:
            told += f" {self._entry(found, self.entry).capitalize()}."
        self.words = f"{told} {self._verdict(found)}"

    def _entry(self, found: Measured, entry: int) -> str:
        index = [int(place) for place in np.unravel_index(entry, self._x.shape)]
        claimed, numeric = found.claimed.flat[entry], found.numeric[self._step].flat[entry]
        gap = number(float(claimed - numeric), 2)
        return (
            f"entry {index}: analytic {number(float(claimed), 6)}, numeric "
            f"{number(float(numeric), 6)}, difference {gap}"
        )

    def _verdict(self, found: Measured) -> str:
        best = number(found.errors[found.best], 2)
        if found.agrees:
            return f"The two agree: their smallest distance is {best} at eps = {_eps(found.best)}."
        return f"The two disagree at every step, by {best} or more: one of them is wrong."

    def picture(self) -> Picture:
        """Return the three maps at the present step, and the error against eps."""
        text = "\n".join(filter(None, [self.title, self.words, self.problem]))
        found, step = self._found, self._step
        if found is None:
            return Picture(text)
        return Picture(
            text,
            lambda: draw_check(
                self.title,
                found.claimed,
                found.numeric[step],
                10**POWERS,
                found.errors,
                step,
                found.agrees,
            ),
        )


def _eps(step: int) -> str:
    return number(float(10.0 ** POWERS[step]), 2)


def _cells(x: Array, agrees: bool) -> dict[str, object]:
    """Return how the page draws an array like x."""
    tile = tile_for(x)
    scale = PER_INCH if tile.written else 2 * PER_INCH
    return {
        "size": x.size,
        "shape": str(x.shape),
        "cells": [tile.rows, tile.columns, scale * tile.wide, scale * tile.high],
        "written": tile.written,
        "powers": [float(power) for power in POWERS],
        "agrees": agrees,
    }


def _floats(x: ArrayLike) -> Array:
    try:
        array = np.array(x, dtype=float)
    except (TypeError, ValueError):
        raise ValueError("x should be an array of numbers.") from None
    if not 0 < array.size <= MOST_ENTRIES:
        raise ValueError(f"x has {array.size} entries; 1 to {MOST_ENTRIES} can be compared.")
    if not np.isfinite(array).all():
        raise ValueError("x has an entry that is infinite or not a number.")
    return array
