"""Small images as grids of numbers side by side, with the window that a layer looks at."""

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.patches import Rectangle

from course.plots.canvas import Sheet, graph_sheet
from course.plots.grids import Array, Grid, draw_grid
from course.plots.picture import CannotDrawError, Picture, run, sentence_instead
from course.plots.strokes import INK, number

Frame = tuple[int, int, int, int]
SIDE, GAP, MARGIN, LETTER = 0.46, 0.55, 0.3, 0.095
TITLE, CAPTION = 0.6, 0.32
MOST_CELLS, MOST_COLUMNS = 12, 30
FRAME = "#c2185b"


@sentence_instead
def draw_grids(
    grids: Mapping[str, Array | Callable[[], object]],
    title: str,
    frames: Mapping[str, Frame] | None = None,
) -> Picture:
    """Draw arrays of at most two axes as numbers on colours, with a frame around some entries.

    `grids` names arrays, or functions that return one; `frames` gives the frame's first row and
    column, its height and its width. Blue is negative and red positive, white is 0; arrays without
    negative entries go from dark to light (C601; W28).
    """
    arrays = {
        name: _small(name, run(each) if callable(each) else each) for name, each in grids.items()
    }
    framed = dict(frames or {})
    columns = sum(array.shape[1] for array in arrays.values())
    if columns > MOST_COLUMNS:
        raise CannotDrawError(f"{columns} columns are too many to be read; {MOST_COLUMNS} fit.")
    lines = [title]
    for name, array in arrays.items():
        rows = "; ".join(" ".join(number(float(each), 3) for each in row) for row in array)
        lines.append(f"{name}{_told(framed.get(name))}: {rows}")
    return Picture("\n".join(lines), lambda: _sheet(arrays, framed, title))


def _told(frame: Frame | None) -> str:
    if frame is None:
        return ""
    row, column, rows, columns = frame
    return f" (framed: {rows}x{columns} from row {row}, column {column})"


def _small(name: str, found: object) -> Array:
    try:
        array = np.atleast_2d(np.asarray(found, dtype=float))
    except (TypeError, ValueError):
        raise CannotDrawError(f"{name} should be an array of numbers.") from None
    if array.ndim > 2 or not array.size or max(array.shape) > MOST_CELLS:
        raise CannotDrawError(
            f"{name} has the shape {array.shape}; two axes of at most {MOST_CELLS} can be read."
        )
    return array


def _sheet(arrays: Mapping[str, Array], frames: Mapping[str, Frame], title: str) -> Sheet:
    widths = [max(SIDE * a.shape[1], LETTER * len(name)) for name, a in arrays.items()]
    wide = max(sum(widths) + GAP * (len(widths) - 1) + 2 * MARGIN, LETTER * len(title) + 0.6)
    high = SIDE * max(len(array) for array in arrays.values()) + TITLE + CAPTION + MARGIN
    figure = graph_sheet(wide, high)
    canvas = figure.add_axes((0, 0, 1, 1))
    canvas.axis("off")
    canvas.text(wide / 2, high - 0.14, title, ha="center", va="top", fontsize=12, color=INK)
    left = (wide - sum(widths) - GAP * (len(widths) - 1)) / 2
    top = high - TITLE - CAPTION
    for (name, array), width in zip(arrays.items(), widths, strict=True):
        start = left + (width - SIDE * array.shape[1]) / 2
        middle = left + width / 2
        canvas.text(middle, top + 0.1, name, ha="center", va="bottom", fontsize=11, color=INK)
        signed = bool((array < 0).any()) or not array.any()
        draw_grid(canvas, Grid(array, signed=signed), start, top, SIDE)
        if name in frames:
            row, column, rows, columns = frames[name]
            corner = (start + column * SIDE, top - (row + rows) * SIDE)
            box = Rectangle(corner, columns * SIDE, rows * SIDE, fill=False, zorder=5)
            box.set(edgecolor=FRAME, linewidth=3.0)
            canvas.add_patch(box)
        left += width + GAP
    canvas.set_xlim(0, wide)
    canvas.set_ylim(0, high)
    return figure
