"""Images and feature maps, side by side, each with the scale of its colours."""

from collections.abc import Callable, Mapping
from typing import Final, cast

import numpy as np

from course.plots.canvas import Sheet, curve_sheet
from course.plots.grids import Array
from course.plots.picture import CannotDrawError, Picture, run, sentence_instead
from course.plots.strokes import INK, number

ACROSS: Final = 4
PANEL = 2.9


@sentence_instead
def draw_images(
    images: Mapping[str, Array] | Callable[[], Mapping[str, object]], title: str
) -> Picture:
    """Draw images of two axes, four in a row.

    `images` names arrays, or is a function that returns such a dict. An image without negative
    entries is shown from black (0) to white (its maximum); the others from blue (negative) over
    white (0) to red (positive) (T311; W32).
    """
    found = run(images) if callable(images) else images
    if not isinstance(found, Mapping) or not found:
        raise CannotDrawError("a dict of images was expected.")
    named = cast("Mapping[str, object]", found)
    maps = {name: _image(name, each) for name, each in named.items()}
    lines = [title]
    for name, image in maps.items():
        low, high, mean = (
            number(float(each), 3) for each in (image.min(), image.max(), image.mean())
        )
        shape = f"{image.shape[0]}x{image.shape[1]}"
        lines.append(f"{name}: {shape} pixels from {low} to {high}, {mean} on average")
    return Picture("\n".join(lines), lambda: _sheet(maps, title))


def _image(name: str, found: object) -> Array:
    try:
        image = np.asarray(found, dtype=float)
    except (TypeError, ValueError):
        raise CannotDrawError(f"{name} should be an array of numbers.") from None
    if image.ndim != 2 or not image.size:
        raise CannotDrawError(f"{name} has the shape {image.shape}; an image has rows and columns.")
    if not np.isfinite(image).all():
        raise CannotDrawError(f"{name} has an infinite entry, or one that is no number.")
    return image


def _sheet(maps: Mapping[str, Array], title: str) -> Sheet:
    across = min(ACROSS, len(maps))
    down = -(-len(maps) // across)
    tallest = max(image.shape[0] / image.shape[1] for image in maps.values())
    figure = curve_sheet(max(PANEL * across, 5.0), (PANEL * min(tallest, 1.2) + 0.1) * down + 0.6)
    for place, (name, image) in enumerate(maps.items(), 1):
        canvas = figure.add_subplot(down, across, place)
        reach = float(np.abs(image).max()) or 1.0
        signed = bool((image < 0).any())
        how = {"cmap": "RdBu_r", "vmin": -reach} if signed else {"cmap": "gray", "vmin": 0.0}
        drawn = canvas.imshow(image, vmax=reach, interpolation="nearest", **how)
        canvas.set_title(name, fontsize=11, color=INK)
        canvas.axis("off")
        figure.colorbar(drawn, ax=canvas, shrink=0.7, pad=0.02)
    figure.suptitle(title, fontsize=12)
    return figure
