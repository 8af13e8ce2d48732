"""What a training measures, for all to see: curves, speed, time left, who is taken for whom."""

import math
import time
from collections.abc import Sequence
from typing import cast

import numpy as np
import traitlets

from course.plots.picture import CannotDrawError, Picture
from course.plots.training import draw_training
from course.widgets.base import Widget
from course.widgets.training.journal import KINDS, Journal
from course.widgets.training.judgement import Judgement, judge
from course.widgets.training.report import report

OFTEN, SELDOM = 0.1, 3.0  # seconds between two pictures, and between two sentences


class TrainingRecord(Widget):
    """The part of `TrainingDashboard` that shows what it is told.

    Attributes:
        state: "ready", "running", "stopped" or "finished". in_cell: whether a cell's loop runs.
        unit: what is counted, steps or epochs.
        done, total: how many so far, and how many there will be (0: nobody knows).
        rate: the learning rate (0: not told).
        speed, seconds_left: images a second; seconds to the end (-1: nobody knows).
        curves, lengths: float32 bytes, `(step, value)` for loss, test_loss, accuracy and
            test_accuracy one after the other, and how many there are of each.
        confusion: float32 bytes, (K, K), a row for each right label. classes: their names.
        mistakes, pixels, pixels_shape: the worst mistakes in words and as images (n, H, W).
        beat: raised when all of these fit together.
    """

    state = traitlets.Unicode("ready").tag(sync=True)
    in_cell = traitlets.Bool(False).tag(sync=True)
    unit = traitlets.Unicode("step").tag(sync=True)
    done = traitlets.Int(0).tag(sync=True)
    total = traitlets.Int(0).tag(sync=True)
    rate = traitlets.Float(0.0, min=0.0).tag(sync=True)
    speed = traitlets.Float(0.0).tag(sync=True)
    seconds_left = traitlets.Float(-1.0).tag(sync=True)
    curves = traitlets.Bytes().tag(sync=True)
    lengths = traitlets.List(traitlets.Int(), [0] * len(KINDS)).tag(sync=True)
    classes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    confusion = traitlets.Bytes().tag(sync=True)
    mistakes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    pixels = traitlets.Bytes().tag(sync=True)
    pixels_shape = traitlets.List(traitlets.Int(), [0, 1, 1]).tag(sync=True)
    beat = traitlets.Int(0).tag(sync=True)

    def __init__(self, classes: Sequence[object] = ()) -> None:
        self._names = [str(each) for each in classes]
        super().__init__()
        self._empty()

    def _empty(self) -> None:
        """Forget all that was measured."""
        self._journal = Journal()
        self._judgement = cast("Judgement | None", None)
        self._shown = self._said = -math.inf
        self._images = 0
        self.problem, self.state = "", "ready"
        self.confusion, self.mistakes, self.pixels_shape = b"", [], [0, 1, 1]

    def record(
        self,
        loss: float | None = None,
        accuracy: float | None = None,
        test_loss: float | None = None,
        test_accuracy: float | None = None,
        rate: float | None = None,
        images: int | None = None,
    ) -> None:
        """Note what was measured in this step; accuracies are shares, 0 to 1.

        `images` is how many the step was about, where `watch` does not see it. Without `watch`,
        each call is a step.
        """
        self._images = self._images if images is None else images
        if not self.in_cell:
            self._journal.step(self._images)
        at = self._journal.steps + self.in_cell
        told = dict(zip(KINDS, (loss, test_loss, accuracy, test_accuracy), strict=True))
        try:
            self.rate = self.rate if rate is None else float(rate)
            for kind, value in told.items():
                if value is not None:
                    self._note(kind, at, float(value))
        except (TypeError, ValueError, traitlets.TraitError):
            self.problem = f"record takes numbers, but not all of {told}, rate {rate} are."
        self._publish()

    def _note(self, kind: str, at: int, value: float) -> None:
        if math.isfinite(value):
            self._journal.points[kind].append((at, value))
        elif not self.problem:
            self.problem = f"The {kind} is {value} in {self.unit} {at}. Is the rate too large?"

    def judge(self, scores: object, labels: object, images: object = None) -> None:
        """Show who is taken for whom, and the worst mistakes, of scores (N, K) and labels (N,).

        `images`, if given, are (N, H, W), (N, 1, H, W), or (N, D) where D is a square number.
        """
        try:
            self._judge(judge(scores, labels, images, self._names))
        except CannotDrawError as why:
            self.problem = f"No mistakes shown: {why}"
        self._publish()

    def _judge(self, found: Judgement) -> None:
        self._judgement = found
        self.classes = self._names or [str(each) for each in range(len(found.confusion))]
        self.confusion = found.confusion.astype("<f4").tobytes()
        self.mistakes = [str(mistake) for mistake in found.mistakes]
        self.pixels_shape = list(found.images.shape)
        self.pixels = found.images.astype("<f4").tobytes()

    def _publish(self, now: bool = False) -> None:
        """Send what is new to the page, but not more often than it can be seen."""
        clock = time.perf_counter()
        if not now and clock < self._shown + OFTEN:
            return
        self._shown, self.done = clock, self._journal.steps
        steps, self.speed = self._journal.speed()
        self.seconds_left = (self.total - self.done) / steps if self.total and steps else -1.0
        curves = [self._journal.curve(kind) for kind in KINDS]
        self.lengths = [len(curve) for curve in curves]
        self.curves = np.concatenate(curves).astype("<f4").tobytes()
        if now or clock > self._said + SELDOM:
            self._said, self.words = clock, self._report()
        self.beat += 1

    def _report(self) -> str:
        latest = {kind: self._journal.latest(kind) for kind in KINDS}
        ends = (self.done, self.total, self.unit)
        return report(self.state, ends, latest, (self.speed, self.seconds_left), self._judgement)

    def picture(self) -> Picture:
        """Return the curves so far, who is taken for whom, and the worst mistakes."""
        text = "\n".join(filter(None, [self._report(), self.problem]))
        curves = {kind: self._journal.curve(kind) for kind in KINDS}
        if not any(len(curve) for curve in curves.values()):
            return Picture(text)
        found, classes, unit = self._judgement, list(self.classes), self.unit
        return Picture(text, lambda: draw_training(curves, unit, found, classes))
