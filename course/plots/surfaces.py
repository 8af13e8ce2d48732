"""Losses as landscapes: over one score, and over two parameters with a path through them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from course.plots.canvas import Sheet, curve_sheet
from course.plots.picture import CannotDrawError, Picture, run, sentence_instead
from course.plots.strokes import GRADIENT, INK, VALUE, number

Array = NDArray[np.float64]
Loss = Callable[[Array], tuple[float, Array]]
Height = Callable[[float, float], float]
POINTS, FINE = 61, 301
LEVELS = 24
LOOKS = ((VALUE, "-"), (GRADIENT, "--"), ("#2e7d32", "-."), (INK, ":"))


@sentence_instead
def draw_losses(
    losses: Mapping[str, Loss], reach: float = 4.0, title: str = "Losses of one example"
) -> Picture:
    """Draw each loss and its slope over the score, from -`reach` to `reach` (ACT; W21).

    `losses` names functions of one score, an array (1,), that return `(loss, gradient)`.
    """
    scores = np.linspace(-reach, reach, FINE)
    curves = {name: _curve(name, loss, scores) for name, loss in losses.items()}
    lines = [f"{title}, for scores from {number(-reach)} to {number(reach)}"]
    for name, (heights, slopes) in curves.items():
        ends = [
            f"at score {number(scores[place], 3)} loss {number(heights[place], 3)}, "
            f"slope {number(slopes[place], 3)}"
            for place in (0, FINE // 2, FINE - 1)
        ]
        lines.append(f"{name}: {'; '.join(ends)}")
    return Picture("\n".join(lines), lambda: _curve_sheet(scores, curves, title))


def _curve(name: str, loss: Loss, scores: Array) -> tuple[Array, Array]:
    found: list[tuple[float, float]] = []
    for score in scores:
        came = run(loss, np.array([score]))
        try:
            height, slope = cast("tuple[float, Array]", came)
            found.append((float(height), float(np.asarray(slope, dtype=float).reshape(-1)[0])))
        except (TypeError, ValueError, IndexError):
            raise CannotDrawError(f"{name} should return (loss, gradient).") from None
    heights, slopes = np.array(found).T
    return heights, slopes


def _curve_sheet(scores: Array, curves: Mapping[str, tuple[Array, Array]], title: str) -> Sheet:
    figure = curve_sheet(9.6, 4.0)
    for place, what in enumerate(("loss", "slope of the loss")):
        canvas = figure.add_subplot(1, 2, place + 1)
        canvas.axhline(0, color=INK, lw=0.6)
        for (name, curve), (colour, style) in zip(curves.items(), LOOKS, strict=False):
            canvas.plot(scores, curve[place], style, color=colour, lw=2.2, label=name)
        canvas.set_xlabel("score", fontsize=11)
        canvas.set_ylabel(what, fontsize=11)
        canvas.grid(alpha=0.3)
        if place == 0:
            canvas.legend(fontsize=10)
    figure.suptitle(title, fontsize=12)
    return figure


@sentence_instead
def draw_surfaces(
    losses: Mapping[str, Height],
    path: Sequence[tuple[float, float]] | Callable[[], object] = (),
    reach: float = 5.0,
    names: tuple[str, str] = ("w", "b"),
    title: str = "The loss over two parameters",
) -> Picture:
    """Draw the height of each loss over two parameters as a map, with a path on it (E445; W14).

    `losses` names functions of two numbers that return one; each has its own panel and colour
    bar. `path` lists pairs of parameters, or is a function that returns such a list.
    """
    steps = _steps(run(path) if callable(path) else path)
    far = max([reach, *(1.1 * abs(each) for step in steps for each in step)])
    grid = np.linspace(-far, far, POINTS)
    maps = {name: _heights(name, loss, grid) for name, loss in losses.items()}
    lines = [title]
    for name, heights in maps.items():
        row, column = np.unravel_index(int(heights.argmin()), heights.shape)
        lines.append(
            f"{name}: from {number(heights.min(), 3)} near {names[0]} = {number(grid[column], 3)}, "
            f"{names[1]} = {number(grid[row], 3)} up to {number(heights.max(), 3)}"
        )
    if steps:
        first, last = (f"({number(a, 3)}, {number(b, 3)})" for a, b in (steps[0], steps[-1]))
        lines.append(f"a path of {len(steps)} points leads from {first} to {last}")
    return Picture("\n".join(lines), lambda: _map_sheet(grid, maps, steps, names, title))


def _steps(found: object) -> list[tuple[float, float]]:
    try:
        steps = [(float(a), float(b)) for a, b in cast("Iterable[tuple[float, float]]", found)]
    except (TypeError, ValueError):
        raise CannotDrawError("a path is a list of pairs of numbers.") from None
    if not np.isfinite(steps).all():
        raise CannotDrawError("the path leaves every bound; try a smaller rate.")
    return steps


def _heights(name: str, loss: Height, grid: Array) -> Array:
    try:
        heights = np.array(
            [[float(cast("float", run(loss, float(a), float(b)))) for a in grid] for b in grid]
        )
    except (TypeError, ValueError):
        raise CannotDrawError(f"{name} should return one number.") from None
    if not np.isfinite(heights).all():
        raise CannotDrawError(f"{name} is somewhere infinite or not a number.")
    return heights


def _map_sheet(
    grid: Array,
    maps: Mapping[str, Array],
    steps: list[tuple[float, float]],
    names: tuple[str, str],
    title: str,
) -> Sheet:
    figure = curve_sheet(max(4.9 * len(maps), 6.4), 4.3)
    for place, (name, heights) in enumerate(maps.items(), 1):
        canvas = figure.add_subplot(1, len(maps), place)
        low, high = float(heights.min()), float(heights.max())
        levels = np.linspace(low, max(high, low + 1e-9), LEVELS)
        filled = canvas.contourf(grid, grid, heights, levels, cmap="viridis")
        canvas.contour(grid, grid, heights, levels[1:], colors="white", linewidths=0.4)
        if steps:
            path = np.array(steps).T
            canvas.plot(*path, "o-", color="white", mec=INK, ms=6, lw=1.6)
            canvas.plot(*path[:, :1], "s", color="white", mec=INK, ms=10, label="start")
            canvas.plot(*path[:, -1:], "*", color="white", mec=INK, ms=16, label="end")
            canvas.legend(fontsize=9, loc="upper left", facecolor="0.8")
        canvas.set_title(name, fontsize=11)
        canvas.set_xlabel(names[0], fontsize=11)
        canvas.set_ylabel(names[1], fontsize=11)
        figure.colorbar(filled, ax=canvas, label="loss", format="%.2g")
    figure.suptitle(title, fontsize=12)
    return figure
