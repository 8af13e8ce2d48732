"""LeNet-5's maps as the widgets show them: their sizes, and which pixels each entry sees."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from course.plots.picture import CannotDrawError, numbers
from course.widgets.digits import Array, Image, one_image, packed
from course.widgets.trying import tried

FeatureMapsOf = Callable[[object, Image], object]


class Stage(NamedTuple):
    """One stage: so many square maps, entry (r, c) of which sees a square of the image.

    The square has `reach` rows and columns, and begins at row `step` r, column `step` c.
    """

    channels: int
    side: int
    step: int
    reach: int

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of the stage's maps."""
        return self.channels, self.side, self.side


# For images of 28x28 (T311, C601; W36).
STAGES = {
    "conv1": Stage(6, 24, 1, 5),
    "pool1": Stage(6, 12, 2, 6),
    "conv2": Stage(16, 8, 2, 14),
    "pool2": Stage(16, 4, 4, 16),
}
FILTERS = {"w1": (6, 1, 5, 5), "b1": (6,), "w2": (16, 6, 5, 5), "b2": (16,)}
TABLE = {name: list(stage) for name, stage in STAGES.items()}  # for the browser


def maps_of(feature_maps: FeatureMapsOf, network: object, image: Image) -> dict[str, Array]:
    """Return the student's maps of an image (28, 28), checked.

    Raises:
        CannotDrawError: the function fails, or returns something else.
    """
    found = tried(feature_maps, network, one_image(image))
    if found is None:
        raise CannotDrawError("`feature_maps` gave None; is a `return` missing?")
    if not isinstance(found, Mapping):
        raise CannotDrawError(
            f"`feature_maps` should return a dict with the keys {', '.join(STAGES)}."
        )
    named = cast("Mapping[object, object]", found)
    missing = [name for name in STAGES if name not in named]
    if missing:
        raise CannotDrawError(f"the dict of `feature_maps` has no {' and no '.join(missing)}.")
    return {
        name: numbers(named[name], stage.shape, f"{name} of `feature_maps`")
        for name, stage in STAGES.items()
    }


def filters_of(network: object) -> dict[str, Array]:
    """Return the filters and biases of the network, checked.

    Raises:
        CannotDrawError: it has none, or others.
    """
    params = getattr(network, "params", None)
    if not isinstance(params, Mapping):
        raise CannotDrawError("the network has no dict `params`.")
    named = cast("Mapping[object, object]", params)
    missing = [name for name in FILTERS if name not in named]
    if missing:
        raise CannotDrawError(f"`params` has no {' and no '.join(missing)}.")
    return {
        name: numbers(named[name], shape, f"{name} in `params`") for name, shape in FILTERS.items()
    }


def joined(arrays: Mapping[str, NDArray[np.floating]]) -> bytes:
    """Return all their numbers, one array after the other, as they travel."""
    return b"".join(packed(each) for each in arrays.values())
