"""Small images as grids of numbers side by side, with the window that a layer looks at."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.patches import Rectangle

from course.plots.canvas import Canvas, Sheet, graph_sheet
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
    columns = 0
    arrays: dict[str, Array] = {}
    for name, each in grids.items():
        arrays[name] = _small(name, run(each) if callable(each) else each)
        columns += arrays[name].shape[1]
    if columns > MOST_COLUMNS:
        raise CannotDrawError(f"{columns} columns are too many to be read; {MOST_COLUMNS} fit.")
    return draw_grid_rows([arrays], title, frames)


def draw_grid_rows(
    rows: Sequence[Mapping[str, Array]], title: str, frames: Mapping[str, Frame] | None = None
) -> Picture:
    """Draw several such rows of arrays, one below the other; the names differ in all rows."""
    framed = dict(frames or {})
    lines = [title]
    for name, array in (pair for row in rows for pair in row.items()):
        told = "; ".join(" ".join(number(float(each), 3) for each in line) for line in array)
        lines.append(f"{name}{_told(framed.get(name))}: {told}")
    return Picture("\n".join(lines), lambda: _sheet(rows, framed, title))


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


def _sheet(rows: Sequence[Mapping[str, Array]], frames: Mapping[str, Frame], title: str) -> Sheet:
    widths = [_widths(row) for row in rows]
    row_widths = [sum(each) + GAP * (len(each) - 1) for each in widths]
    wide = max(max(row_widths) + 2 * MARGIN, LETTER * len(title) + 0.6)
    heights = [SIDE * max(map(len, row.values())) + CAPTION + MARGIN for row in rows]
    high = sum(heights) + TITLE
    figure = graph_sheet(wide, high)
    canvas = figure.add_axes((0, 0, 1, 1))
    canvas.axis("off")
    canvas.text(wide / 2, high - 0.14, title, ha="center", va="top", fontsize=12, color=INK)
    top = high - TITLE - CAPTION
    for row, own, row_width, height in zip(rows, widths, row_widths, heights, strict=True):
        left = (wide - row_width) / 2
        for (name, array), width in zip(row.items(), own, strict=True):
            _draw(canvas, name, array, (left, top, width), frames.get(name))
            left += width + GAP
        top -= height
    canvas.set_xlim(0, wide)
    canvas.set_ylim(0, high)
    return figure


def _widths(row: Mapping[str, Array]) -> list[float]:
    return [max(SIDE * array.shape[1], LETTER * len(name)) for name, array in row.items()]


def _draw(
    canvas: Canvas, name: str, array: Array, box: tuple[float, float, float], frame: Frame | None
) -> None:
    """Draw one array in a box (left, top, width) with its name above."""
    left, top, width = box
    start = left + (width - SIDE * array.shape[1]) / 2
    put = {"ha": "center", "va": "bottom", "fontsize": 11, "color": INK}
    canvas.text(left + width / 2, top + 0.1, name, **put)
    signed = bool((array < 0).any()) or not array.any()
    draw_grid(canvas, Grid(array, signed=signed), start, top, SIDE)
    if frame:
        row, column, rows, columns = frame
        corner = (start + column * SIDE, top - (row + rows) * SIDE)
        marked = Rectangle(corner, columns * SIDE, rows * SIDE, fill=False, zorder=5)
        marked.set(edgecolor=FRAME, linewidth=3.0)
        canvas.add_patch(marked)
