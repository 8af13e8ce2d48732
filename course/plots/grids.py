"""A small array as a grid of coloured cells with its numbers, drawn in inches on a canvas."""

from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from course.plots.canvas import Canvas
from course.plots.strokes import INK, number

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
PALE = 0.35


@dataclass(frozen=True)
class Grid:
    """An array of at most two axes; a row is drawn for a vector, one cell for a number.

    `copies` marks cells that are drawn pale with a dashed edge; `signed` colours them from blue
    (negative) to red (positive), else from dark (least) to light.
    """

    array: Array
    copies: Mask | None = None
    signed: bool = False

    @property
    def cells(self) -> Array:
        """The numbers as rows and columns."""
        return np.atleast_2d(self.array)


def draw_grid(canvas: Canvas, grid: Grid, left: float, top: float, side: float) -> None:
    """Draw the cells with their upper left corner there, each `side` inches wide and high."""
    cells = grid.cells
    copies = np.zeros(cells.shape, bool) if grid.copies is None else np.atleast_2d(grid.copies)
    for (i, j), entry in np.ndenumerate(cells):
        copied = bool(copies[i, j])
        red, green, blue = _colour(float(entry), cells, grid.signed, copied)
        corner = (left + j * side, top - (i + 1) * side)
        cell = Rectangle(corner, side, side, facecolor=to_hex((red, green, blue)), zorder=2)
        cell.set(edgecolor=INK, linewidth=0.8, linestyle=":" if copied else "-")
        canvas.add_patch(cell)
        ink = "white" if 0.3 * red + 0.59 * green + 0.11 * blue < 0.5 else INK
        put = {"ha": "center", "va": "center", "fontsize": 10, "color": ink, "zorder": 3}
        middle = (corner[0] + side / 2, corner[1] + side / 2)
        canvas.text(*middle, number(float(entry), 3), **put)


def _colour(entry: float, cells: Array, signed: bool, pale: bool) -> tuple[float, float, float]:
    finite = cells[np.isfinite(cells)]
    low, high = float(finite.min(initial=0.0)), float(finite.max(initial=0.0))
    if signed:
        high = max(-low, high)
        low = -high
    level = (entry - low) / (high - low) if high > low and np.isfinite(entry) else 0.5
    # the ends of the diverging map are too dark to be read on
    shade = colormaps["RdBu_r"](0.15 + 0.7 * level) if signed else colormaps["cividis"](level)
    strength = PALE if pale else 1.0
    red, green, blue = (1 - strength * (1 - float(part)) for part in shade[:3])
    return red, green, blue
