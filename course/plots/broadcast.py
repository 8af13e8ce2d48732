"""Broadcasting and its adjoint: copies on the way forward, sums on the way back."""

from collections.abc import Callable

import numpy as np

from course.plots.canvas import Canvas, Sheet, graph_sheet
from course.plots.grids import Array, Grid, Mask, draw_grid
from course.plots.picture import CannotDrawError, Picture, run, sentence_instead
from course.plots.strokes import INK

SIDE, GAP, MARGIN = 0.44, 0.75, 0.3
TITLE, CAPTION = 0.55, 0.42
MOST_CELLS = 8


@sentence_instead
def broadcasting(
    x: Array, y: Array, gradient: Array, unbroadcast: Callable[[Array, tuple[int, ...]], Array]
) -> Picture:
    """Draw x + y with the copies that NumPy makes, and what `unbroadcast` makes of `gradient`.

    `x` and `y` have at most two axes and 8 entries along each; `gradient` has the shape of
    their sum (C601, multivariate chain rule; W5).
    """
    try:
        shape = np.broadcast_shapes(x.shape, y.shape)
    except ValueError:
        raise CannotDrawError(
            f"arrays of the shapes {x.shape} and {y.shape} cannot be added."
        ) from None
    if gradient.shape != shape:
        raise CannotDrawError(
            f"the gradient has the shape {gradient.shape}; it should be {shape}, like x + y."
        )
    if len(shape) > 2 or any(size not in range(1, MOST_CELLS + 1) for size in shape):
        raise CannotDrawError(f"up to {MOST_CELLS} rows and columns can be read, not {shape}.")
    back = [_summed(unbroadcast, gradient, part.shape) for part in (x, y)]
    ways = [_way(part.shape, shape) for part in (x, y)]
    text = "\n".join(
        [
            f"Broadcasting: x of shape {x.shape} and y of shape {y.shape} make x + y of {shape}.",
            f"The gradient that arrives: {gradient.tolist()}",
            f"x, {ways[0]}: gradient {back[0].tolist()}",
            f"y, {ways[1]}: gradient {back[1].tolist()}",
        ]
    )
    forward = [
        (Grid(*_stretched(x, shape)), f"x {x.shape}"),
        (Grid(*_stretched(y, shape)), f"y {y.shape}"),
        (Grid(x + y), f"x + y {shape}"),
    ]
    backward = [
        (Grid(back[0], signed=True), f"x's gradient {x.shape}\n{ways[0]}"),
        (Grid(back[1], signed=True), f"y's gradient {y.shape}\n{ways[1]}"),
        (Grid(gradient, signed=True), f"what arrives {shape}"),
    ]
    return Picture(text, lambda: _sheet(forward, backward))


def _summed(
    unbroadcast: Callable[[Array, tuple[int, ...]], Array], gradient: Array, shape: tuple[int, ...]
) -> Array:
    found = np.asarray(run(unbroadcast, gradient.copy(), shape), dtype=float)
    if found.shape != shape:
        raise CannotDrawError(
            f"unbroadcast returned the shape {found.shape}; it should be {shape}, as asked."
        )
    return found


def _stretched(array: Array, shape: tuple[int, ...]) -> tuple[Array, Mask]:
    """Return the array as large as the sum, and which of its cells are copies."""
    whole = np.broadcast_to(array, shape)
    copies = np.zeros(shape, bool)
    padded = (1,) * (len(shape) - array.ndim) + array.shape
    for axis, (own, size) in enumerate(zip(padded, shape, strict=True)):
        if own != size:
            copies |= np.indices(shape)[axis] > 0
    return whole, copies


def _way(own: tuple[int, ...], shape: tuple[int, ...]) -> str:
    padded = (1,) * (len(shape) - len(own)) + own
    axes = [str(a) for a, (one, size) in enumerate(zip(padded, shape, strict=True)) if one != size]
    return f"summed over axis {' and '.join(axes)}" if axes else "nothing to sum"


def _sheet(forward: list[tuple[Grid, str]], backward: list[tuple[Grid, str]]) -> Sheet:
    rows = max(grid.cells.shape[0] for grid, _ in forward)
    wide = max(max(grid.cells.shape[1] for grid, _ in forward) * SIDE, 1.6)
    width = 3 * wide + 2 * GAP + 2 * MARGIN
    block = TITLE + rows * SIDE + CAPTION
    height = 2 * block + 2 * MARGIN
    figure = graph_sheet(width, height)
    canvas = figure.add_axes((0, 0, 1, 1))
    canvas.set_xlim(0, width)
    canvas.set_ylim(0, height)
    canvas.axis("off")
    title = "forward: x and y are copied (pale) until they have the same shape"
    _row(canvas, forward, "+=", title, height - MARGIN, wide, rows)
    title = "backward: a cell's gradient is the sum over its copies"
    _row(canvas, backward, " ←", title, height - MARGIN - block, wide, rows)
    return figure


def _row(
    canvas: Canvas,
    grids: list[tuple[Grid, str]],
    signs: str,
    title: str,
    top: float,
    wide: float,
    rows: int,
) -> None:
    canvas.text(MARGIN, top, title, va="top", fontsize=12, color=INK)
    middle = top - TITLE + 0.1 - rows * SIDE / 2
    for place, (grid, caption) in enumerate(grids):
        down, across = grid.cells.shape
        centre = MARGIN + wide / 2 + place * (wide + GAP)
        draw_grid(canvas, grid, centre - across * SIDE / 2, middle + down * SIDE / 2, SIDE)
        below = {"ha": "center", "va": "top", "fontsize": 10, "color": INK}
        canvas.text(centre, middle - rows * SIDE / 2 - 0.06, caption, **below)
        if place < 2:
            sign = {"ha": "center", "va": "center", "fontsize": 16, "color": INK}
            canvas.text(centre + (wide + GAP) / 2, middle, signs[place], **sign)
