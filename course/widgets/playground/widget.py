"""A small network in the plane that learns while one watches, in the page or by one's own code."""

from collections.abc import Iterable, Mapping
from typing import Final, cast

import numpy as np
from traitlets import observe

from course.plots.picture import CannotDrawError, Picture, numbers
from course.widgets.base import script
from course.widgets.playground.data import WINDOWS, class_count, ingredients, parted, points
from course.widgets.playground.own import Function, Own, Params, copied
from course.widgets.playground.rules import MOST_UNITS, SETTINGS, there
from course.widgets.playground.run import How, Run, first_weights, flat, shaped
from course.widgets.playground.session import SIDE, SLICE, look, plane, train
from course.widgets.playground.settings import Settings
from course.widgets.playground.twin import sheet
from course.widgets.playground.words import Figures, told

PARTS: Final = ("engine", "session", "paint", "controls")
PATIENCE: Final = 5.0
NORMALS: Final = 2 * MOST_UNITS + 3 * MOST_UNITS**2 + 4 * MOST_UNITS
ANEW: Final = ("data", "hidden", "activation", "loss", "spread", "seed", "engine", "resets")


class Playground(Settings):
    """Train a network of two inputs and watch the plane fall into classes (ACT; W40).

    The page computes. With `mlp_forward(x, params, activation) -> (scores, cache)`,
    `mlp_backward(dscores, cache) -> [(dw, db)]` and a loss `(scores, labels) -> (loss, dscores)`
    given, `engine="yours"` trains with these instead, from the same weights, by the same batches.
    `updates` names rules for a step, `update(w, dw, state, rate) -> (w, state)`; without any, yours
    moves by plain `sgd`. `x` is (N, 2) float64, `labels` (N,) int64, `params` a list of (w, b).

    Settings, all of them traits and keywords: `data`, `noise`, `share` (of points to learn from),
    `drawn` ([x, y, class] each), `hidden` (units of each layer), `activation`, `spread` (of the
    first weights: deviation spread / sqrt(fan_in)), `loss`, `optimiser`, `rate`, `batch`, `l2`,
    `seed`, `engine`, and `unit`: [] shows the classes, [layer, unit], from 1, what that unit makes
    of the plane. A bad one raises TraitError with a sentence.

    Attributes:
        playing: whether it trains.
        goal: the step at which it stops by itself.
    """

    _esm = script(*(f"playground_{part}" for part in PARTS), "playground")

    def __init__(
        self,
        mlp_forward: Function | None = None,
        mlp_backward: Function | None = None,
        loss_function: Function | None = None,
        updates: Mapping[str, Function] | None = None,
        **settings: object,
    ) -> None:
        self._own: Own | None = None
        if mlp_forward and mlp_backward and loss_function:
            self._own = Own(mlp_forward, mlp_backward, loss_function, dict(updates or {}))
        elif mlp_forward or mlp_backward or loss_function or updates:
            raise TypeError(
                "To train by your own functions give all three: mlp_forward, mlp_backward and a "
                "loss, such as softmax_cross_entropy."
            )
        for name in settings:
            if name not in SETTINGS:
                raise TypeError(f"There is no setting {name!r}: choose from {SETTINGS}.")
        self._ready = False
        self._sizes = [2, 8, 3]
        super().__init__()
        if self._own:
            self.engines = ["page", "yours"]
        unit = settings.pop("unit", [])
        for name, value in settings.items():
            setattr(self, name, value)
        self._ready = True
        self._reseed()
        self._begin()
        self.unit = cast("list[int]", unit)

    @property
    def steps(self) -> int:
        """How many steps the training has made."""
        return self._run.steps

    @property
    def params(self) -> Params:
        """The weights and biases, (w, b) for each layer; set them to go on from others."""
        return copied(self._run.params)

    @params.setter
    def params(self, params: Iterable[tuple[object, object]]) -> None:
        found = list(params)
        if len(found) != len(self._run.params):
            raise ValueError(f"There are {len(self._run.params)} layers here, not {len(found)}.")
        layers: Params = []
        try:
            for place, ((w, b), (old, bias)) in enumerate(
                zip(found, self._run.params, strict=True), 1
            ):
                array = numbers(w, old.shape, f"w of layer {place}")
                layers.append((array, numbers(b, bias.shape, f"b of layer {place}")))
        except CannotDrawError as why:
            raise ValueError(str(why)) from None
        self._run.params = layers
        self._tell()

    @property
    def history(self) -> dict[str, list[float]]:
        """The curves: `steps`, and the mean losses `train_loss` and `test_loss` at these."""
        names = ("steps", "train_loss", "test_loss")
        return {name: [each[i] for each in self._run.line] for i, name in enumerate(names)}

    def reset(self) -> None:
        """Begin again from the first weights."""
        self.set_trait("resets", self.resets + 1)

    def advance(self, steps: int) -> None:
        """Make so many steps: by your functions at once, for 5 s at most; else in the page."""
        self.goal = self.steps + steps
        if self.engine == "yours":
            self._train(PATIENCE)

    def picture(self) -> Picture:
        """Return the plane, its points and the curves as they are now."""
        text = "\n".join(filter(None, [self._said(), self.problem]))
        scores = self._scores
        if scores is None and self._own and not self.problem:
            try:
                scores = plane(self._own, self._run.params, self.data, self.activation)
            except CannotDrawError as why:
                text += f"\nNo regions yet: {why}"
        window, parts, line = WINDOWS[self.data], self._parts, list(self._run.line)
        return Picture(text, lambda: sheet(window, parts, scores, line))

    @observe("seed")
    def _reseed(self, change: object = None) -> None:
        if not self._ready:
            return
        clean, moves = ingredients(self.seed)
        self._normals = np.random.default_rng(self.seed).normal(size=NORMALS).astype("<f4")
        with self.hold_trait_notifications():
            self.clean, self.moves = clean.tobytes(), moves.tobytes()
            self.normals = self._normals.tobytes()

    @observe(*ANEW)
    def _begin(self, change: object = None) -> None:
        if not self._ready:
            return
        self._part()
        self._sizes = [2, *self.hidden, class_count(self.data, self.drawn)]
        self._run = Run(first_weights(self._sizes, self._normals, self.spread), self.seed)
        # The page may still tell of the training before: what it says has another number.
        self.set_trait("run", self.run + 1)
        self.goal, self.problem = 0, ""
        if not there(self.unit, self._sizes):
            self.unit = []
        self._tell(fresh=True)

    @observe("noise", "share", "drawn", "optimiser")
    def _change(self, change: Mapping[str, object]) -> None:
        if not self._ready:
            return
        self._part()
        if self._sizes[-1] != class_count(self.data, self.drawn):
            self._begin()
        elif change["name"] == "optimiser":
            self._run.states, self.problem = [], ""
        elif self.engine == "yours":
            self._tell()

    @observe("playing")
    def _say(self, change: object = None) -> None:
        playing = "It trains; pause to hear how far it has come."
        self.words = playing if self.playing else self._said()

    @observe("asked")
    def _work(self, change: object) -> None:
        if self.engine == "yours":
            self._train(SLICE)

    @observe("state")
    def _hear(self, change: object) -> None:
        """Take over what the page reached, unless it is about a training before this one."""
        if self.state.get("by") != "page" or self.state["run"] != self.run:
            return
        row, curve, scores = (
            np.frombuffer(cast("bytes", self.state[name]), "<f4").astype(float)
            for name in ("weights", "curves", "scores")
        )
        self._run.params = shaped(row, self._sizes)
        if self.engine == "yours":  # a weight was edited there
            self._tell()
            return
        self._run.steps = int(cast("int", self.state["steps"]))
        self._run.line = [(int(a), float(b), float(c)) for a, b, c in curve.reshape(-1, 3)]
        self._scores = scores.reshape(SIDE, SIDE, -1)
        self._figures = Figures(*cast("list[float | None]", self.state["figures"]))
        self.problem = str(self.state["problem"])
        if not self.playing:
            self._say()

    def _part(self) -> None:
        found = points(self.data, self.seed, self.noise, self.drawn)
        self._parts = parted(found, self.share)

    def _said(self) -> str:
        return told(self.data, self._parts, self._sizes, self.steps, self._figures)

    def _train(self, seconds: float) -> None:
        """Train by somebody's functions for a while, and tell."""
        how = How(self.activation, self.optimiser, self.rate, self.batch, self.l2)
        goal = None if self.playing else self.goal
        try:
            train(cast("Own", self._own), self._run, self._parts, how, goal, seconds)
            self.problem = ""
        except CannotDrawError as why:
            self.playing, self.problem = False, f"It does not train yet: {why}"
        self._tell()

    def _tell(self, fresh: bool = False) -> None:
        """Let the page know of what was computed or set here."""
        self._figures, self._scores = Figures(), None
        yours = self.engine == "yours"
        if yours and self._own and not self.problem:
            try:
                self._figures = look(self._own, self._run.params, self._parts, self.activation)
                self._scores = plane(self._own, self._run.params, self.data, self.activation)
            except CannotDrawError as why:
                self.playing, self.problem = False, f"It does not train yet: {why}"
        if yours or not fresh:
            self.state = self._told()
        if not self.playing:
            self._say()

    def _told(self) -> dict[str, object]:
        scores = np.zeros(0) if self._scores is None else self._scores
        arrays = {"weights": flat(self._run.params), "curves": self._run.line, "scores": scores}
        sent = {name: np.asarray(each, "<f4").tobytes() for name, each in arrays.items()}
        here: dict[str, object] = {"by": "kernel", "run": self.run, "steps": self.steps}
        return here | sent | {"figures": list(self._figures)}
