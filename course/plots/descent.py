"""The path of gradient descent on the curve of its loss."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from course.plots.canvas import Sheet, curve_sheet
from course.plots.picture import CannotDrawError, Picture, run, sentence_instead
from course.plots.strokes import VALUE, WIRE, number

Array = NDArray[np.float64]
MOST_LABELS = 6


@sentence_instead
def descent_path(
    ws: Sequence[float] | Callable[[], Sequence[float]],
    loss: Callable[[float], float],
    title: str = "Gradient descent on its loss",
) -> Picture:
    """Draw the points `ws` on the curve of `loss`, in their order (E442; W3).

    `ws` is the list of values of w, or a function without arguments that returns it.
    """
    path = _path(run(ws) if callable(ws) else ws)
    heights = [float(loss(w)) for w in path]
    if not all(math.isfinite(height) for height in heights):
        raise CannotDrawError("the loss grows beyond every float; try a smaller rate.")
    many = ", …" if len(path) > MOST_LABELS else ""
    listed = "w = " + ", ".join(number(w) for w in path[:MOST_LABELS]) + many
    text = f"{title}: {listed}; loss at the end {number(heights[-1])}"
    return Picture(text, lambda: _path_sheet(path, heights, loss, f"{title}\n{listed}"))


def _path_sheet(
    path: list[float], heights: list[float], loss: Callable[[float], float], title: str
) -> Sheet:
    low, high = min(path), max(path)
    room = 0.4 * (high - low) or 1.0
    grid = np.linspace(low - room, high + room, 400)
    figure = curve_sheet(7.5, 4.6)
    canvas = figure.subplots()
    canvas.plot(grid, [loss(float(w)) for w in grid], color=WIRE, lw=2, label="loss")
    canvas.plot(path, heights, "o--", color=VALUE, ms=7, lw=1.2, label="w after each step")
    near = {"textcoords": "offset points", "ha": "center", "fontsize": 11, "color": VALUE}
    for step, (w, height) in enumerate(zip(path, heights, strict=True)):
        if step < MOST_LABELS and all(abs(w - other) > room / 10 for other in path[:step]):
            canvas.annotate(f"w{step}", (w, height), xytext=(6, 9), **near)
    canvas.set_title(title, fontsize=12)
    canvas.set_xlabel("w", fontsize=11)
    canvas.set_ylabel("loss", fontsize=11)
    canvas.grid(alpha=0.3)
    canvas.legend(fontsize=10, loc="upper right")
    return figure


def _path(found: object) -> list[float]:
    try:
        points = [float(w) for w in cast("Iterable[float]", found)]
    except (TypeError, ValueError):
        raise CannotDrawError(
            f"a list of numbers was expected, one for each w, but a {type(found).__name__} came."
        ) from None
    if not points:
        raise CannotDrawError("the list of w is empty; it should begin with the starting value.")
    if not all(math.isfinite(w) for w in points):
        raise CannotDrawError("some w is infinite or not a number; try a smaller rate.")
    return points
