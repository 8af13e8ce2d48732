"""Which class a classifier gives to each point of the plane, with the points it learnt from."""

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.colors import ListedColormap
from numpy.typing import NDArray

from course.plots.canvas import Sheet, curve_sheet
from course.plots.picture import CannotDrawError, Picture, run, sentence_instead
from course.plots.strokes import INK

Array = NDArray[np.float64]
Labels = NDArray[np.int64]
Classifier = Callable[[Array], Array]
PALE = ("#cfe1f2", "#fbe0c8", "#d3ecd0", "#e6dcf0")
DEEP = ("#0b4f8a", "#b3400a", "#2e7d32", "#5b2a86")
MARKS = "osd^"
POINTS, MARGIN = 101, 0.3


@sentence_instead
def draw_regions(
    classifiers: Mapping[str, Classifier], x: Array, labels: Labels, title: str = "Decision regions"
) -> Picture:
    """Colour the plane by the class that each classifier gives, and put the points on it.

    `classifiers` names functions from points (N, 2) to scores (N, K); the largest score is the
    class. `x` is (N, 2), `labels` (N,), at most 4 classes.
    """
    right = {
        name: np.count_nonzero(_classes(name, f, x) == labels) / len(x)
        for name, f in classifiers.items()
    }
    across, up = _span(x[:, 0]), _span(x[:, 1])
    plane = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    maps = {
        name: _classes(name, f, plane).reshape(POINTS, POINTS) for name, f in classifiers.items()
    }
    lines = [title]
    for name, share in right.items():
        lines.append(f"{name}: {share:.0%} of {len(x)} points lie in the region of their class")
    headings = {name: f"{name}: {share:.0%} right" for name, share in right.items()}

    def draw() -> Sheet:
        figure = curve_sheet(max(4.4 * len(maps), 5.5), 4.3)
        for place, (name, classes) in enumerate(maps.items(), 1):
            canvas = figure.add_subplot(1, len(maps), place)
            # No contours: between the classes 0 and 2 they would draw a strip of class 1.
            look = {"vmin": 0, "vmax": len(PALE) - 1, "origin": "lower", "aspect": "auto"}
            extent = (across[0], across[-1], up[0], up[-1])
            canvas.imshow(classes, cmap=ListedColormap(PALE), extent=extent, **look)
            for label in sorted({int(label) for label in labels}):
                points = x[labels == label]
                look = {"s": 22, "edgecolors": "white", "linewidths": 0.5}
                colour, mark = DEEP[label], MARKS[label]
                canvas.scatter(*points.T, color=colour, marker=mark, label=f"class {label}", **look)
            canvas.set_title(headings[name], fontsize=11, color=INK)
            canvas.set_xlabel("first coordinate", fontsize=10)
            canvas.set_ylabel("second coordinate", fontsize=10)
            if place == 1:
                canvas.legend(fontsize=9)
        figure.suptitle(title, fontsize=12)
        return figure

    return Picture("\n".join(lines), draw)


def _span(coordinates: Array) -> Array:
    low, high = float(coordinates.min()), float(coordinates.max())
    return np.linspace(low - MARGIN, high + MARGIN, POINTS, dtype=np.float64)


def _classes(name: str, classifier: Classifier, x: Array) -> Labels:
    scores = np.asarray(run(classifier, x.copy()))
    if scores.ndim != 2 or len(scores) != len(x) or not 0 < scores.shape[1] <= len(PALE):
        raise CannotDrawError(
            f"{name} made {scores.shape} of {x.shape}; scores (N, K) were expected, K at most "
            f"{len(PALE)}."
        )
    return scores.argmax(axis=1)
