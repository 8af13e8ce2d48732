"""The playground as a picture: the plane with its points, and the curves of the losses."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import ListedColormap

from course.plots.canvas import Canvas, Sheet, curve_sheet
from course.plots.regions import DEEP, MARKS, PALE
from course.plots.strokes import GRADIENT, INK, VALUE
from course.widgets.playground.data import Floats, Points

FINER = 361  # points along a side of the picture's grid
Line = Sequence[tuple[int, float, float]]


def sheet(
    window: tuple[float, float, float],
    parts: tuple[Points, Points],
    scores: Floats | None,
    line: Line,
) -> Sheet:
    """Draw the plane, coloured where `scores` (side, side, K) are known, and the curves."""
    figure = curve_sheet(9.6 if len(line) > 1 else 5.2, 5.2)
    columns = 2 if len(line) > 1 else 1
    _plane(figure.add_subplot(1, columns, 1), window, parts, scores)
    if columns == 2:
        _curves(figure.add_subplot(1, columns, 2), line)
    return figure


def _plane(
    canvas: Canvas,
    window: tuple[float, float, float],
    parts: tuple[Points, Points],
    scores: Floats | None,
) -> None:
    x, y, reach = window
    if scores is not None:
        span = (x - reach, x + reach, y - reach, y + reach)
        look = {"cmap": ListedColormap(PALE), "vmin": 0, "vmax": len(PALE) - 1}
        canvas.imshow(_finer(scores).argmax(axis=2), extent=span, aspect="auto", **look)
    for part, what, filled in zip(parts, ("training", "test"), (True, False), strict=True):
        for label in sorted({int(each) for each in part.labels}):
            look = {"marker": MARKS[label], "s": 24, "linewidths": 0.9}
            colours = {
                "facecolors": DEEP[label] if filled else "white",
                "edgecolors": "white" if filled else DEEP[label],
            }
            name = f"class {label}, {what}"
            canvas.scatter(*part.x[part.labels == label].T, label=name, **look, **colours)
    canvas.set_xlim(x - reach, x + reach)
    canvas.set_ylim(y - reach, y + reach)
    canvas.set_xlabel("first coordinate", fontsize=10)
    canvas.set_ylabel("second coordinate", fontsize=10)
    if sum(len(part.x) for part in parts):
        beside = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.13), "ncols": 2}
        canvas.legend(fontsize=9, **beside)


def _finer(scores: Floats) -> Floats:
    """Return the scores on a finer grid, in between by lines: the borders come out straight."""
    ticks = np.arange(len(scores))
    places = np.linspace(0, len(scores) - 1, FINER, dtype=np.float64).reshape(-1, 1)
    shares = np.maximum(0, 1 - np.abs(places - ticks))
    return shares @ np.tensordot(shares, scores, (1, 0))


def _curves(canvas: Canvas, line: Line) -> None:
    steps, train, test = np.array(line, float).T
    canvas.plot(steps, train, "-", color=VALUE, lw=1.8, label="training part")
    if np.isfinite(test).any():
        canvas.plot(steps, test, "--", color=GRADIENT, lw=1.8, label="test part")
    canvas.set_ylim(0, 1.05 * float(np.nanmax([train, test])) or 1.0)
    canvas.set_title("Loss", fontsize=11, color=INK)
    canvas.set_xlabel("step", fontsize=10)
    canvas.set_ylabel("mean loss", fontsize=10)
    canvas.grid(alpha=0.3)
    canvas.legend(fontsize=9)
