"""A network's feature maps: what each entry has seen of the image, layer by layer."""

from collections.abc import Mapping, Sequence

import numpy as np
import traitlets
from numpy.typing import ArrayLike
from traitlets import observe

from course.plots.maps import Frame, draw_maps
from course.plots.picture import Picture
from course.plots.strokes import number
from course.widgets.base import script
from course.widgets.digits import Array, Digits
from course.widgets.lenet import STAGES, TABLE, FeatureMapsOf, filters_of, joined, maps_of

TITLE = "Feature maps: what each entry has seen of the image"


class FeatureMaps(Digits):
    """Show the feature maps of LeNet-5 for a digit, and what each entry has seen (T311, C601; W38).

    Args:
        model: the network, with `.params` and `forward(x)` as LeNet5 has; or a function without
            arguments that returns it, if the network may not be there yet.
        feature_maps: `feature_maps(model, image)`, a dict with `conv1`, `pool1`, `conv2` and
            `pool2`, arrays (C, H, W), for an image (1, 28, 28) float32.
        images: (N, 1, 28, 28), in 0..1, to choose from; one can also draw.
        labels: (N,), what they show; they may be left out.

    Attributes:
        layer, channel, row, column: the entry of the maps that is looked at, counted from 0; at
            first the largest of conv1.
        maps: all maps one after the other, float32 bytes; empty where there are none.
        weights: w1, b1, w2 and b2, likewise.

    Raises:
        ValueError: images or labels of other shapes, or pixels outside 0..1.
    """

    _esm = script("digits", "closeup", "feature_maps")
    stages = traitlets.Dict(TABLE).tag(sync=True)
    layer = traitlets.Unicode("conv1").tag(sync=True)
    channel = traitlets.Int().tag(sync=True)
    row = traitlets.Int().tag(sync=True)
    column = traitlets.Int().tag(sync=True)
    maps = traitlets.Bytes().tag(sync=True)
    weights = traitlets.Bytes().tag(sync=True)

    def __init__(
        self,
        model: object,
        feature_maps: FeatureMapsOf,
        images: ArrayLike,
        labels: Sequence[int] | None = None,
    ) -> None:
        self._feature_maps = feature_maps
        self._found: dict[str, Array] = {}
        self._filters: dict[str, Array] = {}
        super().__init__(model, images, labels)
        if self._found:  # begin where something is to be seen
            largest = np.unravel_index(int(self._found[self.layer].argmax()), STAGES["conv1"].shape)
            with self.hold_trait_notifications():
                self.channel, self.row, self.column = (int(place) for place in largest)

    def compute(self, network: object) -> None:
        """Compute filters, maps and scores with the student's functions."""
        self._filters = filters_of(network)
        self.weights = joined(self._filters)
        self.scores = joined({"scores": self.scored(network, self.pixels)})
        self._found = maps_of(self._feature_maps, network, self.pixels)
        self.maps = joined(self._found)

    def forget(self) -> None:
        """Show no maps; scores and filters stay if they could be computed."""
        self.maps, self._found = b"", {}

    @traitlets.validate("layer")
    def _known(self, proposal: Mapping[str, str]) -> str:
        if proposal["value"] not in STAGES:
            raise traitlets.TraitError(
                f"There is no layer {proposal['value']!r}: choose from {', '.join(STAGES)}."
            )
        return proposal["value"]

    @traitlets.validate("channel", "row", "column")
    def _inside(self, proposal: Mapping[str, object]) -> int:
        name, value = getattr(proposal["trait"], "name", ""), proposal["value"]
        most = STAGES[self.layer].channels if name == "channel" else STAGES[self.layer].side
        if not isinstance(value, int) or not 0 <= value < most:
            raise traitlets.TraitError(f"{self.layer} has {most} {name}s, from 0: not {value}.")
        return value

    @observe("layer")
    def _keep_inside(self, change: object) -> None:
        stage = STAGES[self.layer]
        with self.hold_trait_notifications():  # else somebody sees one inside and one outside
            self.channel = min(self.channel, stage.channels - 1)
            self.row, self.column = (min(each, stage.side - 1) for each in (self.row, self.column))
        self.say()

    @observe("channel", "row", "column")
    def _move(self, change: object) -> None:
        self.say()

    def say(self) -> None:
        """Say what the entry is, what it sees, and what the network makes of the image."""
        if not self._found:
            self.words = ""
            return
        step, reach = STAGES[self.layer].step, STAGES[self.layer].reach
        top, left = step * self.row, step * self.column
        value = float(self._found[self.layer][self.channel, self.row, self.column])
        self.words = (
            f"{self.layer}[{self.channel}, {self.row}, {self.column}] = {number(value, 3)}. "
            f"It has seen {reach}x{reach} pixels: rows {top} to {top + reach - 1}, "
            f"columns {left} to {left + reach - 1}.\nOn {self.subject()}, {self.verdict()}."
        )

    def picture(self) -> Picture:
        """Return all maps, framed where the entry is and where it looked."""
        if not self._found:
            return Picture(self.problem)
        stacks = {
            "image": self.pixels[None].astype(float),
            "filters of conv1": self._filters["w1"][:, 0],
            **self._found,
        }
        drawn = draw_maps(stacks, TITLE, self._frames())
        return Picture(f"{drawn.text}\n{self.words}", lambda: drawn.figure)

    def _frames(self) -> dict[tuple[str, int], Frame]:
        stage = STAGES[self.layer]
        top, left = stage.step * self.row, stage.step * self.column
        cell = (self.row, self.column, 1, 1)
        return {
            ("image", 0): (top, left, stage.reach, stage.reach),
            (self.layer, self.channel): cell,
        }
