"""The playground as a picture: the plane with its points, and the curves of the losses."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import ListedColormap

from course.plots.canvas import Canvas, Sheet, curve_sheet
from course.plots.regions import DEEP, MARKS, PALE
from course.plots.strokes import GRADIENT, INK, VALUE
from course.widgets.playground_data import Floats, Points

Line = Sequence[tuple[int, float, float]]


def sheet(
    window: tuple[float, float, float],
    parts: tuple[Points, Points],
    scores: Floats | None,
    line: Line,
) -> Sheet:
    """Draw the plane, coloured where `scores` (side, side, K) are known, and the curves."""
    figure = curve_sheet(9.6 if len(line) > 1 else 5.6, 4.6)
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
        across, up = (np.linspace(at - reach, at + reach, len(scores)) for at in (x, y))
        levels = np.arange(len(PALE) + 1) - 0.5
        classes = scores.argmax(axis=2)[::-1]
        canvas.contourf(across, up, classes, levels, cmap=ListedColormap(PALE))
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
        canvas.legend(fontsize=8, loc="upper left")


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
