"""An array on a line of a graph: small ones with their numbers, larger ones as a little map."""

from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps
from matplotlib.patches import Rectangle

from course.plots.canvas import Canvas
from course.plots.grids import Array
from course.plots.strokes import INK, number

MOST_WRITTEN = 4  # rows, or columns, whose numbers are written
WIDE, HIGH, LINE, MOST = 0.62, 0.25, 0.2, 1.2


@dataclass(frozen=True)
class Tile:
    """How an array is drawn, in inches: as rows and columns of cells, `written` with numbers."""

    rows: int
    columns: int
    wide: float
    high: float
    written: bool

    @property
    def width(self) -> float:
        """How wide it is."""
        return self.columns * self.wide

    @property
    def height(self) -> float:
        """How high it is, with the line for its shape and, without numbers, one for its range."""
        return self.rows * self.high + LINE * (1 if self.written else 2)


def tile_on_line(array: Array) -> Tile | None:
    """Return how to draw it on a line of a graph; None for a single number, which is text."""
    return None if array.size == 1 else tile_for(array)


def tile_for(array: Array) -> Tile:
    """Return how to draw an array."""
    rows, columns = as_rows(array).shape
    if max(rows, columns) <= MOST_WRITTEN:
        return Tile(rows, columns, WIDE, HIGH, True)
    side = min(HIGH, MOST / max(rows, columns, 1))
    return Tile(rows, columns, side, side, False)


def as_rows(array: Array) -> Array:
    """Return the array with two axes: the last stays, all others become one."""
    if not array.size:
        return np.zeros((0, 0))
    return array.reshape(-1, array.shape[-1]) if array.ndim else array.reshape(1, 1)


def about(array: Array) -> str:
    """Say an array in few words: a number, or its shape and its range."""
    if array.size == 1:
        return number(float(array.item()))
    if not array.size:
        return f"{array.shape}, empty"
    low, high = float(array.min()), float(array.max())
    return f"{array.shape} from {number(low, 3)} to {number(high, 3)}"


def short(entry: float) -> str:
    """Return a number that fits into a cell."""
    return next(
        (says for digits in (3, 2) if len(says := number(entry, digits)) < 7), number(entry, 1)
    )


def draw_tile(
    canvas: Canvas,
    array: Array,
    tile: Tile,
    x: float,
    y: float,
    ink: str,
    reach: float | None = None,
) -> None:
    """Draw the array around x, upwards from y; its shape above, in the colour `ink`.

    `reach` is the number that gets the strongest colour, by default the largest.
    """
    rows = as_rows(array)
    reach = reach or float(np.abs(rows[np.isfinite(rows)]).max(initial=0.0)) or 1.0
    left, top = x - tile.width / 2, y + tile.rows * tile.high
    for (i, j), entry in np.ndenumerate(rows):
        # the ends of the map are too dark to be read on
        level = 0.5 + 0.35 * (float(entry) / reach if np.isfinite(entry) else 0.0)
        corner = (left + j * tile.wide, top - (i + 1) * tile.high)
        red, green, blue, _ = (float(part) for part in colormaps["RdBu_r"](level))
        cell = Rectangle(corner, tile.wide, tile.high, facecolor=(red, green, blue))
        cell.set(edgecolor=INK, linewidth=0.5 if tile.written else 0.0, zorder=2)
        canvas.add_patch(cell)
        if tile.written:
            dark = 0.3 * red + 0.59 * green + 0.11 * blue < 0.5
            put = {"ha": "center", "va": "center", "fontsize": 9, "zorder": 3}
            put["color"] = "white" if dark else INK
            middle = (corner[0] + tile.wide / 2, corner[1] + tile.high / 2)
            canvas.text(*middle, short(float(entry)), **put)
    says = str(array.shape) if tile.written else about(array).replace(" from", "\nfrom", 1)
    canvas.text(x, top + 0.03, says, ha="center", va="bottom", fontsize=9, color=ink)
