"""A training in one picture: its curves, who is taken for whom, and the worst mistakes."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from course.plots.canvas import Canvas, Sheet, graph_sheet
from course.plots.strokes import GRADIENT, VALUE

Array = NDArray[np.float64]
LOOKS = {"": ("o-", VALUE), "test_": ("s--", GRADIENT)}
FEW = 40
PANEL, ABOVE, BELOW = 4.6, 4.1, 1.8  # inches: a panel's width, the heights of both rows


class Judged(Protocol):
    """What is known of a classifier's mistakes."""

    @property
    def confusion(self) -> NDArray[np.int64]:
        """Counts (K, K), a row for each right label."""
        ...

    @property
    def mistakes(self) -> Sequence[object]:
        """The worst, in words."""
        ...

    @property
    def images(self) -> Array:
        """Their images (n, H, W), or none."""
        ...


def draw_training(
    curves: Mapping[str, Array], unit: str, judged: Judged | None, classes: Sequence[str]
) -> Sheet:
    """Draw `(n, 2)` curves of `loss test_loss accuracy test_accuracy`, and what is judged."""
    pictures = 0 if judged is None else min(len(judged.mistakes), len(judged.images))
    wide = PANEL * (2 if judged is None else 3)
    below = BELOW if pictures else 0.0
    high = ABOVE + below
    figure = graph_sheet(wide, high)

    def panel(place: int) -> Canvas:
        low, tall = (below + 0.65) / high, (ABOVE - 1.05) / high
        return figure.add_axes(((PANEL * place + 0.65) / wide, low, (PANEL - 0.9) / wide, tall))

    for place, kind in enumerate(("loss", "accuracy")):
        canvas = panel(place)
        for part, (style, colour) in LOOKS.items():
            _curve(canvas, curves[part + kind], style, colour, "test part" if part else kind)
        canvas.set_title(kind, fontsize=12)
        canvas.set_xlabel(unit, fontsize=11)
        canvas.grid(alpha=0.3)
        if len(curves[kind]) or len(curves[f"test_{kind}"]):
            canvas.legend(fontsize=10)
    if judged is not None:
        _confusion(panel(2), judged.confusion, classes)
        for place in range(pictures):
            across = (place + 0.5) / pictures - 0.5 / wide
            canvas = figure.add_axes((across, 0.1 / high, 1.0 / wide, (below - 0.6) / high))
            canvas.imshow(judged.images[place], cmap="gray_r")
            canvas.set_title(str(judged.mistakes[place]).replace("; ", "\n"), fontsize=10)
            canvas.axis("off")
    return figure


def _curve(canvas: Canvas, curve: Array, style: str, colour: str, label: str) -> None:
    if len(curve):
        marks = 5 if len(curve) <= FEW else 0
        canvas.plot(curve[:, 0], curve[:, 1], style, color=colour, lw=1.8, ms=marks, label=label)


def _confusion(canvas: Canvas, counts: NDArray[np.int64], classes: Sequence[str]) -> None:
    """Draw the counts; those that are right stay white, or they would hide the rest."""
    wrong = counts - np.diag(np.diag(counts))
    most = max(2, int(wrong.max()))
    canvas.imshow(np.where(wrong > 0, wrong, np.nan), cmap="viridis", vmin=0, vmax=most)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            dark = row != column and count < 0.6 * most
            look = {"ha": "center", "va": "center", "fontsize": 9}
            canvas.text(column, row, str(count), color="white" if dark else "black", **look)
    canvas.set_xticks(list(range(len(classes))), list(classes))
    canvas.set_yticks(list(range(len(classes))), list(classes))
    canvas.set_title("who is taken for whom", fontsize=12)
    canvas.set_xlabel("said", fontsize=11)
    canvas.set_ylabel("is", fontsize=11)
