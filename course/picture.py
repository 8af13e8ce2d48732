"""The picture of an error: where an array is too high, where too low, and how much."""

import base64
import html
import io
from collections.abc import Sequence
from itertools import product
from typing import Protocol, cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from course.compare import Difference, Floats
from course.showing import show
from course.words import plural

_PANELS = 6
_COLOURS = "RdBu_r"
_NOT_FINITE = "0.55"
_DOTS_PER_INCH = 144
_SHOWN_PER_INCH = 80


class _Axes(Protocol):
    """What is used of Matplotlib's axes, whose own types leave the keywords open."""

    def vlines(self, x: Floats, low: float, high: Floats, /, **how: object) -> object: ...
    def scatter(self, x: Floats, y: Floats, /, **how: object) -> object: ...
    def axhline(self, y: float, /, **how: object) -> object: ...
    def imshow(self, image: Floats, /, **how: object) -> object: ...
    def set_title(self, label: str, /, **how: object) -> object: ...
    def set_xlabel(self, label: str, /, **how: object) -> object: ...
    def set_ylabel(self, label: str, /, **how: object) -> object: ...
    def tick_params(self, **how: object) -> None: ...


class _Figure(Protocol):
    """The same of Matplotlib's figure."""

    def savefig(self, file: io.BytesIO, /, **how: object) -> None: ...
    def suptitle(self, label: str, /, **how: object) -> object: ...
    def colorbar(self, colours: ScalarMappable, /, **how: object) -> Colorbar: ...


def show_error(off: Difference, name: str) -> None:
    """Display came back - expected of two arrays that differ, with the same in words."""
    if off.got is None or off.expected is None:
        raise ValueError("there are no numbers to draw in this difference")
    figure, words = draw_error(off.got, off.expected, f"{name}: {off.where}")
    png = io.BytesIO()
    cast("_Figure", figure).savefig(png, format="png", metadata={"Software": None})
    image = base64.b64encode(png.getvalue()).decode()
    width = round(figure.get_figwidth() * _SHOWN_PER_INCH)
    # JupyterLab gives an image/png no alternative text, so the image is put into HTML.
    tag = f'<img width="{width}" alt="{html.escape(words)}" src="data:image/png;base64,{image}">'
    show(tag, words)


def draw_error(got: Floats, expected: Floats, name: str) -> tuple[Figure, str]:
    """Draw got - expected, float64 arrays of one shape, and say the same in words.

    One dimension gives stems, two a map centred at zero, more the maps (last two axes) with the
    largest errors, at most six.
    """
    with np.errstate(all="ignore"):
        error = np.where(got == expected, 0.0, got - expected)
    title = f"{name}\ncame back - expected"
    figure = _stems(error, title) if error.ndim == 1 else _maps(error, title)
    return figure, _in_words(error, f"{name}, came back - expected")


def _in_words(error: Floats, title: str) -> str:
    finite = np.isfinite(error)
    size = np.where(finite, np.abs(error), -1.0)
    place = np.unravel_index(int(np.argmax(size)), error.shape)
    index = ", ".join(map(str, place))
    largest = f"largest {error[place]:+.3g} at [{index}], " if size[place] > 0 else ""
    beyond = int(np.count_nonzero(~finite))
    return (
        f"Picture of the error: {title}, shape {error.shape}: {largest}"
        f"{int(np.count_nonzero(error))} of {plural(error.size, 'value')} off"
        + (f", {beyond} not finite." if beyond else ".")
    )


def _scale(error: Floats) -> Normalize:
    reach = np.abs(error[np.isfinite(error)]).max(initial=0.0)
    return Normalize(-float(reach or 1.0), float(reach or 1.0))


def _stems(error: Floats, title: str) -> Figure:
    figure = Figure(figsize=(7.0, 3.0), dpi=_DOTS_PER_INCH, layout="constrained")
    panel = figure.subplots()
    panel.xaxis.set_major_locator(MaxNLocator("auto", integer=True, min_n_ticks=1))
    axes = cast("_Axes", panel)
    finite = np.isfinite(error)
    places = np.arange(error.size, dtype=np.float64)
    x, y, beyond = places[finite], error[finite], places[~finite]
    axes.vlines(x, 0.0, y, color="0.4", linewidth=1.2)
    axes.axhline(0.0, color="black", linewidth=0.8)
    look = {"s": 42, "edgecolors": "black", "linewidths": 0.6, "zorder": 3}
    axes.scatter(x, y, c=y, norm=_scale(error), cmap=_COLOURS, **look)
    axes.scatter(beyond, np.zeros_like(beyond), marker="x", color="black", s=42, zorder=3)
    axes.set_title(title, fontsize=12)
    axes.set_xlabel("index" if finite.all() else "index (x: not finite)", fontsize=11)
    axes.set_ylabel("error", fontsize=11)
    axes.tick_params(labelsize=10)
    _colour_bar(figure, error, [panel])
    return figure


def _maps(error: Floats, title: str) -> Figure:
    places = _worst_maps(error)
    columns = min(3, len(places))
    rows = -(-len(places) // columns)
    size = (max(5.5, 2.0 + 2.6 * columns), 1.1 + 2.4 * rows)
    figure = Figure(figsize=size, dpi=_DOTS_PER_INCH, layout="constrained")
    axes = [figure.add_subplot(rows, columns, 1 + panel) for panel in range(len(places))]
    for panel, place in zip(axes, places, strict=True):
        panel.set_facecolor(_NOT_FINITE)
        panel.xaxis.set_major_locator(MaxNLocator(5, integer=True, min_n_ticks=1))
        panel.yaxis.set_major_locator(MaxNLocator(5, integer=True, min_n_ticks=1))
        _map(cast("_Axes", panel), error[place], _scale(error))
        if place:
            cast("_Axes", panel).set_title(f"[{', '.join(map(str, place))}]", fontsize=11)
    cast("_Figure", figure).suptitle(title, fontsize=12)
    _colour_bar(figure, error, axes)
    return figure


def _map(axes: _Axes, error: Floats, scale: Normalize) -> None:
    axes.imshow(error, cmap=_COLOURS, norm=scale, aspect="auto", interpolation="nearest")
    axes.tick_params(labelsize=10)


def _colour_bar(figure: Figure, error: Floats, axes: Sequence[Axes]) -> None:
    grey = "" if np.isfinite(error).all() or error.ndim == 1 else " (grey: not finite)"
    colours = ScalarMappable(_scale(error), _COLOURS)
    bar = cast("_Figure", figure).colorbar(colours, ax=axes, label=f"error{grey}")
    cast("_Axes", bar.ax).tick_params(labelsize=10)


def _worst_maps(error: Floats) -> Sequence[tuple[int, ...]]:
    """Indices of the leading axes whose maps hold the largest errors, in their own order."""
    places = list(product(*map(range, error.shape[:-2])))
    size = np.where(np.isfinite(error), np.abs(error), np.inf)
    worst = sorted(places, key=lambda place: -float(size[place].max(initial=0.0)))
    return sorted(worst[:_PANELS])
