"""How update rules walk down a narrow valley, each in a panel of its own on the same map."""

from collections.abc import Callable, Iterable, Mapping
from typing import cast

import numpy as np
from numpy.typing import NDArray

from course.plots.canvas import Sheet, curve_sheet
from course.plots.picture import CannotDrawError, Picture, run, sentence_instead
from course.plots.strokes import GRADIENT, INK, number
from course.words import plural

Array = NDArray[np.float64]
ACROSS = 2
FINE, ROOM = 161, 1.25
LEVELS = 14


@sentence_instead
def draw_ravine(
    loss: Callable[[Array], float],
    walks: Mapping[str, Callable[[], object]],
    title: str = "Paths through a ravine",
) -> Picture:
    """Draw the path of each update rule on the map of a loss over two weights (E445; W24).

    `loss` takes an array (2,); its minimum is taken to be at (0, 0). `walks` names functions
    without arguments that return the points of a path. A rule that is not written yet has a panel
    that says so.
    """
    paths: dict[str, Array] = {}
    missing: dict[str, str] = {}
    for name, walk in walks.items():
        try:
            paths[name] = _path(name, run(walk))
        except CannotDrawError as why:
            missing[name] = str(why)
    if not paths:
        raise CannotDrawError(next(iter(missing.values()), "there is no walk to draw."))
    lines = [title]
    for name, path in paths.items():
        ends = (number(float(loss(point)), 2) for point in (path[0], path[-1]))
        lines.append(
            f"{name}: {plural(len(path) - 1, 'step')}, the loss goes from {' to '.join(ends)}"
        )
    lines += [f"{name}: {why}" for name, why in missing.items()]
    return Picture("\n".join(lines), lambda: _sheet(loss, paths, missing, title))


def _path(name: str, found: object) -> Array:
    try:
        path = np.array([np.asarray(w, dtype=float) for w in cast("Iterable[object]", found)])
    except (TypeError, ValueError):
        raise CannotDrawError(f"the walk of {name} should be a list of pairs of numbers.") from None
    if path.ndim != 2 or path.shape[1] != 2:
        raise CannotDrawError(f"the walk of {name} should be a list of pairs of numbers.")
    if not np.isfinite(path).all() or np.abs(path).max() > 1e6:
        raise CannotDrawError(f"the walk of {name} leaves every bound; try a smaller rate.")
    return path


def _sheet(
    loss: Callable[[Array], float],
    paths: Mapping[str, Array],
    missing: Mapping[str, str],
    title: str,
) -> Sheet:
    starts = np.array([path[0] for path in paths.values()], dtype=np.float64)
    reach: Array = np.maximum(ROOM * np.abs(starts).max(axis=0), 1.0)
    across: Array = np.linspace(-reach[0], reach[0], FINE, dtype=np.float64)
    up: Array = np.linspace(-reach[1], reach[1], FINE, dtype=np.float64)
    heights = np.array([[float(loss(np.array([a, b]))) for a in across] for b in up])
    levels = np.geomspace(max(float(heights.min()), 0.01), float(heights.max()), LEVELS)
    names = [*paths, *missing]
    down = -(-len(names) // ACROSS)
    figure = curve_sheet(4.8 * min(len(names), ACROSS), 1.8 * down + 0.5)
    for place, name in enumerate(names, 1):
        canvas = figure.add_subplot(down, min(len(names), ACROSS), place)
        canvas.contour(across, up, heights, levels, cmap="viridis", linewidths=0.9)
        canvas.plot([0], [0], "*", color=INK, ms=11)
        canvas.axis(
            "scaled"
        )  # one unit is as long across as up: the valley looks as narrow as it is
        canvas.set_xlim(-reach[0], reach[0])
        canvas.set_ylim(-reach[1], reach[1])
        canvas.set_xlabel("w[0]", fontsize=10)
        canvas.set_ylabel("w[1]", fontsize=10)
        if name in paths:
            canvas.plot(*paths[name].T, "o-", color=GRADIENT, ms=3.5, lw=1.4)
            left = number(float(loss(paths[name][-1])), 2)
            steps = plural(len(paths[name]) - 1, "step")
            canvas.set_title(f"{name}: loss {left} after {steps}", fontsize=10)
        else:
            canvas.set_title(f"{name}: not written yet", fontsize=10)
    figure.suptitle(f"{title} (the star is the minimum)", fontsize=12)
    return figure
