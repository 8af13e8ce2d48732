"""Two curves: the error of a numerical derivative, and the path of gradient descent."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from course.plots.canvas import Canvas, Sheet, curve_sheet
from course.plots.picture import CannotDrawError, Picture, run, sentence_instead
from course.plots.strokes import GRADIENT, INK, VALUE, WIRE, number

Array = NDArray[np.float64]
EPS = np.geomspace(1e-14, 1.0, 85)
MOST_LABELS = 6


@sentence_instead
def finite_difference_error(
    f: Callable[[Array], float],
    derivative: Callable[[Array], Array],
    x: Array,
    numerical_gradient: Callable[[Callable[[Array], float], Array, float], Array],
) -> Picture:
    """Plot the error of `numerical_gradient(f, x, eps)` against eps, with its minimum (C601; W11).

    `f` takes an array and returns a float, `derivative` returns the exact gradient like `x`.
    The two dashed lines have the slopes of the two causes: eps squared and 1 / eps.
    """
    exact = np.asarray(derivative(x.copy()), dtype=float)

    def error(eps: float) -> float:
        found = np.asarray(run(numerical_gradient, f, x.copy(), eps), dtype=float)
        if found.shape != exact.shape:
            raise CannotDrawError(
                f"numerical_gradient returned the shape {found.shape}; it should be {exact.shape}, "
                "like x."
            )
        return float(np.max(np.abs(found - exact)))

    measured = np.array([error(float(eps)) for eps in EPS])
    drawn = np.isfinite(measured) & (measured > 0)
    if not drawn.any():
        raise CannotDrawError("no error was a positive number; is the gradient computed from f?")
    eps, errors = EPS[drawn], measured[drawn]
    best = int(np.argmin(errors))
    text = (
        f"Error of the numerical derivative against the step: {errors[0]:.0e} at eps = "
        f"{eps[0]:.0e}, smallest error {errors[best]:.0e} at eps = {eps[best]:.0e}, "
        f"{errors[-1]:.0e} at eps = {eps[-1]:.0e}"
    )
    return Picture(text, lambda: _error_sheet(eps, errors, best))


def _error_sheet(eps: Array, errors: Array, best: int) -> Sheet:
    figure = curve_sheet(8, 4.8)
    draw_errors(figure.subplots(), eps, errors, best)
    return figure


def draw_errors(canvas: Canvas, eps: Array, errors: Array, best: int, causes: bool = True) -> None:
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
