"""A digit that moves: maps move along, what is pooled stays."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray
from traitlets import observe

from course.plots.maps import draw_maps
from course.plots.picture import Picture, numbers
from course.widgets.base import script
from course.widgets.digits import SIDE, Array, Digits, packed
from course.widgets.lenet import STAGES, TABLE, FeatureMapsOf, joined, maps_of
from course.widgets.trying import tried

FARTHEST = 10
TITLE = "A digit moves, and the maps with it"
ShiftOf = Callable[[NDArray[np.float32], int, int], object]


class Shift(Digits):
    """Move a digit, and see what moves along and what stays (T311; W37).

    Args:
        model: the network, with `forward(x)` as LeNet5 has; or a function without arguments that
            returns it, if the network may not be there yet.
        feature_maps: `feature_maps(model, image)`, a dict with `conv1`, `pool1`, `conv2` and
            `pool2`, arrays (C, H, W), for an image (1, 28, 28) float32.
        shift: `shift(x, dy, dx)` moves an image down and to the right; zeros come in.
        images: (N, 1, 28, 28), in 0..1, to choose from.
        labels: (N,), what they show; they may be left out.

    Attributes:
        dy, dx: how far the digit has moved, down and right, at most 10 pixels each.
        layer: whose maps are on show.
        still, moved: all maps of the digit in its place and where it is now, float32 bytes; empty
            where there are none.
        placed: the dy and dx that `moved` belongs to.
        before: the scores in its place; `scores` are those now.

    Raises:
        ValueError: images or labels of other shapes, or pixels outside 0..1.
    """

    _esm = script("digits", "shift")
    stages = traitlets.Dict(TABLE).tag(sync=True)
    layer = traitlets.Unicode("conv1").tag(sync=True)
    dy = traitlets.Int().tag(sync=True)
    dx = traitlets.Int().tag(sync=True)
    placed = traitlets.List([0, 0]).tag(sync=True)
    shown = traitlets.Bytes().tag(sync=True)
    still = traitlets.Bytes().tag(sync=True)
    moved = traitlets.Bytes().tag(sync=True)
    before = traitlets.Bytes().tag(sync=True)

    def __init__(
        self,
        model: object,
        feature_maps: FeatureMapsOf,
        shift: ShiftOf,
        images: ArrayLike,
        labels: Sequence[int] | None = None,
    ) -> None:
        self._feature_maps, self._shift = feature_maps, shift
        self._still: dict[str, Array] = {}
        self._moved: dict[str, Array] = {}
        super().__init__(model, images, labels)

    def compute(self, network: object) -> None:
        """Compute maps and scores of both images with the student's functions."""
        image, self.placed = self.pixels, [self.dy, self.dx]
        found = tried(self._shift, image.copy(), self.dy, self.dx)
        other = numbers(found, (SIDE, SIDE), "what `shift` made of the image").astype(np.float32)
        self.shown = packed(other)
        self.before = packed(self.scored(network, image))
        self.scores = packed(self.scored(network, other))
        self._still = maps_of(self._feature_maps, network, image)
        self._moved = maps_of(self._feature_maps, network, other)
        self.still = joined(self._still)
        self.moved = joined(self._moved)

    def forget(self) -> None:
        """Show no maps; the scores stay if they could be computed."""
        self.still = self.moved = b""
        self._still, self._moved = {}, {}

    @traitlets.validate("layer")
    def _known(self, proposal: Mapping[str, str]) -> str:
        if proposal["value"] not in STAGES:
            raise traitlets.TraitError(
                f"There is no layer {proposal['value']!r}: choose from {', '.join(STAGES)}."
            )
        return proposal["value"]

    @traitlets.validate("dy", "dx")
    def _near(self, proposal: Mapping[str, object]) -> int:
        value = proposal["value"]
        if not isinstance(value, int) or abs(value) > FARTHEST:
            raise traitlets.TraitError(
                f"A digit moves by at most {FARTHEST} pixels either way, not {value}."
            )
        return value

    @observe("dy", "dx")
    def _go(self, change: object) -> None:
        if self.placed != [self.dy, self.dx]:  # both may change at once
            self._look()

    def changes(self) -> dict[str, float]:
        """Return by how much each stage has changed, measured by its own length."""
        stages = {name: (still, self._moved[name]) for name, still in self._still.items()}
        scores = tuple(np.frombuffer(each, "<f4") for each in (self.before, self.scores))
        every: dict[str, tuple[NDArray[np.floating], NDArray[np.floating]]] = {
            "image": (self.pixels, np.frombuffer(self.shown, "<f4").reshape(SIDE, SIDE)),
            **stages,
            "scores": (scores[0], scores[1]),
        }
        return {name: _relative(one, other) for name, (one, other) in every.items()}

    def say(self) -> None:
        """Say how far the digit moved, what that changed, and whether the answer stands."""
        if not self._still:
            self.words = ""
            return
        right = f"{abs(self.dx)} to the {'left' if self.dx < 0 else 'right'}"
        down = f"{abs(self.dy)} {'up' if self.dy < 0 else 'down'}"
        changed = ", ".join(f"{name} {change:.0%}" for name, change in self.changes().items())
        self.words = (
            f"Moved {right} and {down}, {self.subject()}: {self.verdict()}.\nChanged by: {changed}."
        )

    def picture(self) -> Picture:
        """Return both images and the maps of both."""
        if not self._still:
            return Picture(self.problem)
        images = [self.pixels, np.frombuffer(self.shown, "<f4").reshape(SIDE, SIDE)]
        stacks = {
            "in its place, and moved": np.stack(images).astype(float),
            f"{self.layer}, in its place": self._still[self.layer],
            f"{self.layer}, moved": self._moved[self.layer],
        }
        drawn = draw_maps(stacks, TITLE)
        return Picture(f"{drawn.text}\n{self.words}", lambda: drawn.figure)


def _relative(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    length = float(np.linalg.norm(one))
    return float(np.linalg.norm(other - one)) / length if length else 0.0
