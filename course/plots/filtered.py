"""A kernel and what it makes of a picture."""

from collections.abc import Mapping

import numpy as np

from course.plots.canvas import Sheet, graph_sheet
from course.plots.grids import Array, Grid, draw_grid
from course.plots.picture import Picture
from course.plots.strokes import INK, number

SIDE, PANEL, MARGIN, TITLE = 0.46, 2.7, 0.25, 0.45
HEADING, SPACE, BAR, ACROSS = 0.3, 0.8, 0.12, 2


def draw_filtered(kernel: Array, images: Mapping[str, Array], title: str) -> Picture:
    """Draw a kernel as numbers and images (H, W) beside it (C601, T311; W28, W32).

    Images without negative entries go from black (0) to white (the largest), the others, and those
    that are 0 everywhere, from blue (negative) over white (0) to red.
    """
    rows = "; ".join(" ".join(number(float(each), 3) for each in row) for row in kernel)
    lines = [title, f"kernel: {rows}"]
    for name, image in images.items():
        low, high = (number(float(each), 3) for each in (image.min(), image.max()))
        lines.append(f"{name}: {image.shape[0]}x{image.shape[1]}, from {low} to {high}")
    return Picture("\n".join(lines), lambda: _sheet(kernel, images, title))


def _sheet(kernel: Array, images: Mapping[str, Array], title: str) -> Sheet:
    left = 2 * MARGIN + max(SIDE * kernel.shape[1], 0.7)
    down, across = -(-len(images) // ACROSS), min(ACROSS, len(images))
    wide = left + (PANEL + SPACE) * across
    shape = min(1.2, max(image.shape[0] / image.shape[1] for image in images.values()))
    tall = HEADING + PANEL * shape
    high = TITLE + max(down * tall, HEADING + SIDE * len(kernel)) + MARGIN
    figure = graph_sheet(wide, high)
    page = figure.add_axes((0, 0, 1, 1))
    page.axis("off")
    put = {"ha": "center", "va": "bottom", "fontsize": 11, "color": INK}
    top = high - TITLE
    page.text(wide / 2, high - 0.12, title, **{**put, "va": "top", "fontsize": 12})
    page.text(MARGIN + SIDE * kernel.shape[1] / 2, top - HEADING + 0.08, "kernel", **put)
    draw_grid(page, Grid(kernel, signed=True), MARGIN, top - HEADING, SIDE)
    page.set_xlim(0, wide)
    page.set_ylim(0, high)
    for place, (name, image) in enumerate(images.items()):
        row, column = divmod(place, ACROSS)
        corner = left + column * (PANEL + SPACE), top - row * tall - HEADING
        _draw(figure, (wide, high), corner, name, image)
    return figure


def _draw(
    figure: Sheet, page: tuple[float, float], corner: tuple[float, float], name: str, image: Array
) -> None:
    """Draw an image with its scale, its upper left corner there, in inches of the page."""
    shape = image.shape[0] / image.shape[1]
    width = PANEL * min(1.0, 1.2 / shape)
    (wide, high), (left, top) = page, corner
    base, tall = (top - width * shape) / high, width * shape / high
    canvas = figure.add_axes((left / wide, base, width / wide, tall))
    reach = float(np.abs(image).max()) or 1.0
    signed = bool((image < 0).any()) or not image.any()
    how = {"cmap": "RdBu_r", "vmin": -reach} if signed else {"cmap": "gray", "vmin": 0.0}
    drawn = canvas.imshow(image, vmax=reach, interpolation="nearest", aspect="auto", **how)
    canvas.set_xticks([])
    canvas.set_yticks([])
    canvas.set_title(f"{name}, {image.shape[0]}x{image.shape[1]}", fontsize=11, color=INK)
    bar = ((left + width + 0.08) / wide, base, BAR / wide, tall)
    figure.colorbar(drawn, cax=figure.add_axes(bar))
