"""An activation and its derivative, with a point to drag."""

from collections.abc import Mapping
from typing import cast

import numpy as np
import traitlets
from traitlets import observe

from course.plots.bends import POINTS, Array, Pair, curves, draw_activations
from course.plots.picture import CannotDrawError, Picture
from course.plots.strokes import number
from course.widgets.base import Widget, script
from course.widgets.trying import tried

FLAT = 0.05  # a derivative below it lets almost nothing of a gradient through


class Activations(Widget):
    """Show activations, each with its derivative and a point on both curves (E442, ACT; W22).

    `pairs` names `(forward, backward)` as `plots.draw_activations` takes them: `forward(x) ->
    (out, cache)` of an array (N,), `backward(dout, cache)` returns one like it.

    Attributes:
        chosen: the name of the activation on show.
        x: where the point is, from -`reach` to `reach`.
        values, slopes: the curves, float32 bytes.
    """

    _esm = script("activations")
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    chosen = traitlets.Unicode().tag(sync=True)
    x = traitlets.Float().tag(sync=True)
    reach = traitlets.Float(5.0).tag(sync=True)
    values = traitlets.Bytes().tag(sync=True)
    slopes = traitlets.Bytes().tag(sync=True)

    def __init__(self, pairs: Mapping[str, Pair], reach: float = 5.0) -> None:
        self._pairs = dict(pairs)
        super().__init__(names=list(pairs), reach=reach)
        self.chosen = next(iter(pairs))

    @traitlets.validate("chosen")
    def _known(self, proposal: Mapping[str, str]) -> str:
        if proposal["value"] not in self._pairs:
            raise traitlets.TraitError(
                f"There is no activation {proposal['value']!r} here: choose from {self.names}."
            )
        return proposal["value"]

    @observe("chosen")
    def _choose(self, change: object) -> None:
        self._curves = np.zeros(POINTS), np.zeros(POINTS)
        try:
            self._curves = self._drawn(self.chosen)
            self.problem = ""
        except CannotDrawError as why:
            self.problem = f"No picture yet: {why}"
        with self.hold_trait_notifications():
            self.values, self.slopes = (curve.astype("<f4").tobytes() for curve in self._curves)
        self._say()

    @observe("x")
    def _say(self, change: object = None) -> None:
        if self.problem:
            self.words = ""
            return
        value, slope = (float(np.interp(self.x, self._grid(), curve)) for curve in self._curves)
        flat = ": flat, it passes hardly any gradient on" if abs(slope) < FLAT else ""
        self.words = (
            f"{self.chosen} at x = {number(self.x)}: value {number(value)}, "
            f"derivative {number(slope)}{flat}."
        )

    def picture(self) -> Picture:
        """Return the curves of all that work side by side, and where the point is."""
        working = {name: pair for name, pair in self._pairs.items() if self._works(name)}
        text = "\n".join(filter(None, [self.words, self.problem]))
        if not working:
            return Picture(text)
        drawn = draw_activations(working, self.reach)
        return Picture(f"{drawn.text}\n{text}", lambda: drawn.figure)

    def _works(self, name: str) -> bool:
        try:
            self._drawn(name)
        except CannotDrawError:
            return False
        return True

    def _drawn(self, name: str) -> tuple[Array, Array]:
        found = tried(curves, name, self._pairs[name], self._grid())
        return cast("tuple[Array, Array]", found)

    def _grid(self) -> Array:
        return np.linspace(-self.reach, self.reach, POINTS)
