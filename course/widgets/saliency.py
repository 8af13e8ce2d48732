"""Saliency: how strongly the score of a class depends on each pixel."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import traitlets
from numpy.typing import ArrayLike
from traitlets import observe

from course.plots.picture import CannotDrawError, Picture, numbers
from course.plots.sensitivity import HALF_INKED, draw_sensitivity
from course.plots.strokes import number
from course.widgets.base import script
from course.widgets.digits import CLASSES, SIDE, Array, Digits, Image, one_image, packed
from course.widgets.trying import tried

MOST_COPIES = 30
NOISE = 0.15  # standard deviation of what is added to the copies
TITLE = "Saliency: how strongly a score depends on each pixel"
SaliencyOf = Callable[[object, Image, int], object]


class Saliency(Digits):
    """Show the gradient of a class's score over the image (T311; W38).

    Args:
        model: the network, with `forward(x)` and `backward(dscores)` as LeNet5 has; or a function
            without arguments that returns it, if the network may not be there yet.
        saliency_map: `saliency_map(model, image, label)`, an array (28, 28) of absolute values,
            for an image (1, 28, 28) float32.
        images: (N, 1, 28, 28), in 0..1, to choose from; one can also draw.
        labels: (N,), what they show; they may be left out.

    Attributes:
        label: the class whose score it is.
        copies: over how many noisy copies of the image the map is averaged; 1 is the image itself.
        row, column: the pixel that is read.
        saliency: the map, float32 bytes; empty where there is none.

    Raises:
        ValueError: images or labels of other shapes, or pixels outside 0..1.
    """

    _esm = script("digits", "saliency")
    label = traitlets.Int().tag(sync=True)
    copies = traitlets.Int(1).tag(sync=True)
    row = traitlets.Int(SIDE // 2).tag(sync=True)
    column = traitlets.Int(SIDE // 2).tag(sync=True)
    saliency = traitlets.Bytes().tag(sync=True)

    def __init__(
        self,
        model: object,
        saliency_map: SaliencyOf,
        images: ArrayLike,
        labels: Sequence[int] | None = None,
        label: int | None = None,
    ) -> None:
        self._saliency_map = saliency_map
        self._found: Array | None = None
        known = labels is not None and len(labels) and int(labels[0]) >= 0
        first = int(labels[0]) if labels is not None and known else 0
        super().__init__(model, images, labels, label=first if label is None else label)

    def compute(self, network: object) -> None:
        """Compute scores and the map with the student's functions."""
        self.scores = packed(self.scored(network, self.pixels))
        rng = np.random.default_rng(0)  # the same copies each time: what changes is the image
        total = np.zeros((SIDE, SIDE))
        for copy in range(self.copies):
            noise = rng.normal(0, NOISE, total.shape) if self.copies > 1 else np.zeros(total.shape)
            image = one_image((self.pixels + noise).astype(np.float32))
            found = tried(self._saliency_map, network, image, self.label)
            total += numbers(found, total.shape, "what `saliency_map` returned")
            if copy == 0 and (total < 0).any():
                raise CannotDrawError(
                    "`saliency_map` returned negative numbers; it should give absolute values."
                )
        self._found = total / self.copies
        self.saliency = packed(self._found)

    def forget(self) -> None:
        """Show no map; the scores stay if they could be computed."""
        self.saliency, self._found = b"", None

    @traitlets.validate("label", "copies", "row", "column")
    def _inside(self, proposal: Mapping[str, object]) -> int:
        name, value = getattr(proposal["trait"], "name", ""), proposal["value"]
        low, high = {"label": (0, CLASSES - 1), "copies": (1, MOST_COPIES)}.get(name, (0, SIDE - 1))
        if not isinstance(value, int) or not low <= value <= high:
            raise traitlets.TraitError(f"{name} should be from {low} to {high}, not {value}.")
        return value

    @observe("label", "copies")
    def _again(self, change: object) -> None:
        self._look()

    @observe("row", "column")
    def _read(self, change: object) -> None:
        self.say()

    def say(self) -> None:
        """Say where the score is most sensitive, and how much at the pixel that is read."""
        if self._found is None:
            self.words = ""
            return
        row, column = np.unravel_index(int(self._found.argmax()), self._found.shape)
        score = float(np.frombuffer(self.scores, "<f4")[self.label])
        mean = f", mean over {self.copies} noisy copies" if self.copies > 1 else ""
        self.words = (
            f"On {self.subject()}, {self.verdict()}.\n"
            f"The score of {self.label}, {number(score, 3)}, is most sensitive to the pixel in row "
            f"{row}, column {column}: slope {number(float(self._found.max()), 3)}{mean}"
            f"{self._share()}.\nHere, in row {self.row}, column {self.column}: slope "
            f"{number(float(self._found[self.row, self.column]), 3)}, "
            f"ink {number(float(self.pixels[self.row, self.column]), 2)}."
        )

    def picture(self) -> Picture:
        """Return the image and the map side by side, the pixel that is read marked."""
        if self._found is None:
            return Picture(self.problem)
        pixel, score = (self.row, self.column), f"the score of {self.label}"
        drawn = draw_sensitivity(self.pixels.astype(float), self._found, pixel, score, TITLE)
        return Picture(f"{drawn.text}\n{self.words}", lambda: drawn.figure)

    def _share(self) -> str:
        found = self._found
        if found is None or not found.any():
            return ""
        on_ink = float(found[self.pixels > HALF_INKED].sum() / found.sum())
        return f"; {on_ink:.0%} of all sensitivity lies on ink"
