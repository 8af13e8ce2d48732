"""A gradient, its numerical twin and their difference side by side; the error against the step."""

import numpy as np
from matplotlib.patches import Rectangle

from course.plots.canvas import Canvas, Sheet, graph_sheet
from course.plots.grids import Array
from course.plots.strokes import GRADIENT, INK, VALUE
from course.plots.tiles import Tile, draw_tile, tile_for

GAP, CURVES, TOP, BELOW, LEAST = 0.5, 4.6, 0.75, 0.45, 8.0


def draw_check(
    title: str, claimed: Array, numeric: Array, eps: Array, errors: Array, step: int, agrees: bool
) -> Sheet:
    """Draw the arrays at `step`, the worst entry framed, and below them `errors` against `eps`."""
    tile = tile_for(claimed)
    wide = max(3 * tile.width + 4 * GAP, LEAST)
    high = TOP + tile.height + BELOW + CURVES
    figure = graph_sheet(wide, high)
    figure.suptitle(title, fontsize=12)
    canvas = figure.add_axes((0, CURVES / high, 1, 1 - CURVES / high))
    canvas.set_xlim(0, wide)
    canvas.set_ylim(0, high - CURVES)
    canvas.axis("off")
    gap = claimed - numeric
    reach = float(np.nanmax(np.abs([claimed, numeric]))) or 1.0
    columns = (("analytic", claimed, reach), ("numeric", numeric, reach), ("difference", gap, None))
    for place, (name, array, most) in enumerate(columns):
        x = wide * (2 * place + 1) / 6
        draw_tile(canvas, array, tile, x, BELOW, INK, most)
        top = BELOW + tile.height + 0.06
        canvas.text(x, top, name, ha="center", va="bottom", fontsize=11, color=INK)
        if not np.isnan(gap).any():
            _frame(canvas, tile, int(np.argmax(np.abs(gap))), x)
    key = f"at eps = {eps[step]:.2g} · framed: the entry with the largest difference"
    canvas.text(wide / 2, 0.1, key, ha="center", va="bottom", fontsize=9.5, color=INK)
    drawn = np.isfinite(errors) & (errors > 0)
    if drawn.any():
        curve = figure.add_axes((0.9 / wide, 0.6 / high, 1 - 1.2 / wide, (CURVES - 1.0) / high))
        _draw_errors(curve, eps[drawn], errors[drawn], int(np.argmin(errors[drawn])), agrees)
        curve.axvline(eps[step], color=INK, lw=1.2)
    return figure


def _frame(canvas: Canvas, tile: Tile, entry: int, x: float) -> None:
    row, column = divmod(entry, tile.columns)
    corner = (x - tile.width / 2 + column * tile.wide, BELOW + (tile.rows - row - 1) * tile.high)
    frame = Rectangle(corner, tile.wide, tile.high, facecolor="none", edgecolor=INK)
    frame.set(linewidth=2.5, zorder=4)
    canvas.add_patch(frame)


def _draw_errors(canvas: Canvas, eps: Array, errors: Array, best: int, causes: bool) -> None:
    """Draw positive errors against eps, both on logarithmic axes; `best` is the least.

    `causes` adds the slopes of the two causes, for errors that come from measuring alone.
    """
    canvas.loglog(eps, errors, "o-", color=VALUE, ms=4, lw=1, label="measured error")
    for slope, style, says, (low, high) in (
        (2, "--", "grows as eps² (the formula is cut short)", (1e-4, 1e-1)),
        (-1, ":", "grows as 1 / eps (floats are rounded)", (1e-13, 1e-8)),
    ):
        near = (eps >= low) & (eps <= high)
        if causes and near.any():
            guide = float(np.median(errors[near] / eps[near] ** slope)) * eps**slope
            seen = (guide > errors.min() / 10) & (guide < errors.max() * 10)
            canvas.loglog(eps[seen], guide[seen], style, color=GRADIENT, lw=1.8, label=says)
    lowest = (float(eps[best]), float(errors[best]))
    canvas.plot(lowest[:1], lowest[1:], "*", color=INK, ms=15, zorder=5)
    said = f"smallest error {lowest[1]:.0e}\nat eps = {lowest[0]:.0e}"
    where = {"xytext": (0.42, 0.07), "textcoords": "axes fraction", "ha": "right", "fontsize": 11}
    arrow = {"arrowstyle": "->", "color": INK, "shrinkB": 8}
    canvas.annotate(said, lowest, arrowprops=arrow, **where)
    canvas.set_title("Error of the numerical derivative against the step", fontsize=12)
    canvas.set_xlabel("step eps", fontsize=11)
    canvas.set_ylabel("largest absolute error", fontsize=11)
    canvas.grid(alpha=0.3)
    canvas.legend(fontsize=10, loc="upper center")
