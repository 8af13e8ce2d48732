"""What the widgets on a network for digits share: an image, chosen or drawn, and its scores."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from operator import methodcaller
from typing import cast

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray
from traitlets import observe

from course.plots.picture import CannotDrawError, numbers
from course.plots.strokes import number as written
from course.widgets.base import Widget
from course.widgets.trying import tried

SIDE, CLASSES = 28, 10
Array = NDArray[np.float64]
Image = NDArray[np.float32]


def packed(array: ArrayLike) -> bytes:
    """Return the numbers as they travel: float32, little end first."""
    return np.asarray(array, dtype="<f4").tobytes()


def received(value: object, widget: object = None) -> bytes:
    """Return as bytes what the browser sent: a view of them."""
    return bytes(cast("bytes", value))


class Digits(Widget):
    """A digit, and what a network says to it; a subclass shows what happens on the way.

    Attributes:
        number: which of the images it is.
        labels: what the images show, where that is known; else empty.
        image: its pixels, 28x28, float32 bytes.
        drawing: what somebody drew over it, likewise; empty where nobody did.
        scores: the network's ten scores, float32 bytes; empty where there are none.
    """

    count = traitlets.Int().tag(sync=True)
    labels = traitlets.List(traitlets.Int()).tag(sync=True)
    number = traitlets.Int().tag(sync=True)
    image = traitlets.Bytes().tag(sync=True)
    drawing = traitlets.Bytes().tag(sync=True, from_json=received)
    scores = traitlets.Bytes().tag(sync=True)

    def __init__(
        self, model: object, images: ArrayLike, labels: Sequence[int] | None, **state: object
    ) -> None:
        self._model, self._images = model, _checked(images)
        shown = [] if labels is None else [int(label) for label in labels]
        if any(label < 0 for label in shown):  # they are not told to everybody
            shown = []
        if shown and len(shown) != len(self._images):
            raise ValueError(f"There are {len(self._images)} images, but {len(shown)} labels.")
        super().__init__(count=len(self._images), labels=shown, **state)
        self.image = packed(self._images[0])
        self._look()

    @property
    def pixels(self) -> Image:
        """The image on show, (28, 28) float32 in 0..1."""
        return np.frombuffer(self.drawing or self.image, "<f4").reshape(SIDE, SIDE).copy()

    def draw(self, pixels: ArrayLike) -> None:
        """Show an image of one's own, (28, 28) in 0..1, ink is 1."""
        self.drawing = packed(pixels)

    def compute(self, network: object) -> None:
        """Compute what is shown besides the image.

        Raises:
            CannotDrawError: a function of the student's fails, or returns something else.
        """
        raise NotImplementedError

    def forget(self) -> None:
        """Show nothing besides the image: it could not be computed."""
        self.scores = b""

    def say(self) -> None:
        """Set the words."""
        raise NotImplementedError

    @traitlets.validate("number")
    def _there(self, proposal: Mapping[str, int]) -> int:
        if not 0 <= proposal["value"] < len(self._images):
            raise traitlets.TraitError(
                f"There is no image {proposal['value']}: choose from 0 to {self.count - 1}."
            )
        return proposal["value"]

    @traitlets.validate("drawing")
    def _drawn(self, proposal: Mapping[str, bytes]) -> bytes:
        drawing = proposal["value"]
        if drawing:
            pixels = np.frombuffer(drawing, "<f4") if len(drawing) % 4 == 0 else np.zeros(0)
            # not `pixels.min() < 0`: no comparison with a NaN holds
            if pixels.size != SIDE**2 or not ((pixels >= 0) & (pixels <= 1)).all():
                raise traitlets.TraitError(
                    f"A drawing should be {SIDE}x{SIDE} numbers from 0 (paper) to 1 (ink)."
                )
        return drawing

    @observe("number")
    def _choose(self, change: object) -> None:
        with self._at_once():
            self.image = packed(self._images[self.number])
            if self.drawing:
                self.drawing = b""  # looks as well
            else:
                self._look()

    @observe("drawing")
    def _look(self, change: object = None) -> None:
        if not self.image:  # still being made
            return
        with self._at_once():
            try:
                self.compute(tried(_network, self._model))
                self.problem = ""
            except CannotDrawError as why:
                self.forget()
                self.problem = f"No picture yet: {why}"
            self.say()

    def _at_once(self) -> AbstractContextManager[object]:
        """Send the browser, where there is one, all that changes as one message: that is faster."""
        hold = getattr(self, "hold_sync", nullcontext)
        return cast("Callable[[], AbstractContextManager[object]]", hold)()

    def scored(self, network: object, image: Image) -> Array:
        """Return the network's ten scores for an image (28, 28)."""
        forward = cast("Callable[[object], object]", methodcaller("forward", _batch(image)))
        return numbers(tried(forward, network), (1, CLASSES), "what `forward` made of an image")[0]

    def subject(self) -> str:
        """Return what is on show, as 'image 4, a 7'."""
        if self.drawing:
            return "your drawing"
        shows = f", a {self.labels[self.number]}" if self.labels else ""
        return f"image {self.number}{shows}"

    def verdict(self) -> str:
        """Return what the network says, and what comes next; empty without scores."""
        if not self.scores:
            return ""
        scores = np.frombuffer(self.scores, "<f4")
        second, first = (int(each) for each in np.argsort(scores, kind="stable")[-2:])
        return (
            f"the network says {first} (score {written(float(scores[first]), 3)}; "
            f"next {second} with {written(float(scores[second]), 3)})"
        )


def one_image(pixels: Image) -> Image:
    """Return an image as the student's functions take it, (1, 28, 28), a copy for each."""
    return pixels[None].copy()


def _batch(image: Image) -> Image:
    return image[None, None].copy()


def _network(model: object) -> object:
    """Return the network, which may be given as a function: cells before it may not have run."""
    if hasattr(model, "forward") or hasattr(model, "params") or not callable(model):
        return model
    return model()


def _checked(images: ArrayLike) -> Image:
    array = np.asarray(images, dtype=np.float32)
    if array.ndim == 4 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 3 or not len(array) or array.shape[1:] != (SIDE, SIDE):
        raise ValueError(
            f"The images have the shape {np.shape(images)}; they should be (N, 1, {SIDE}, {SIDE})."
        )
    if not ((array >= 0) & (array <= 1)).all():
        raise ValueError("The images should have numbers from 0 (paper) to 1 (ink).")
    return array
