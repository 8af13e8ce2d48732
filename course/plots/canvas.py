"""The part of Matplotlib that the pictures use, with types: its own leave keyword styles open."""

from collections.abc import Callable
from typing import Protocol, cast

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

Draws = Callable[..., object]


class Canvas(Protocol):
    """One set of axes; each entry is the method of `matplotlib.axes.Axes` with that name."""

    plot: Draws
    barh: Draws
    loglog: Draws
    semilogy: Draws
    stairs: Draws
    set_yticks: Draws
    scatter: Draws
    contour: Draws
    contourf: Draws
    axhline: Draws
    axvline: Draws
    imshow: Draws
    margins: Draws
    text: Draws
    annotate: Draws
    add_patch: Draws
    set_xlim: Draws
    set_xscale: Draws
    set_xticks: Draws
    set_ylim: Draws
    set_title: Draws
    set_xlabel: Draws
    set_ylabel: Draws
    axis: Draws
    grid: Draws
    legend: Draws


class Sheet(Protocol):
    """One figure; each entry is the method of `matplotlib.figure.Figure` with that name."""

    add_axes: Callable[[tuple[float, float, float, float]], Canvas]
    subplots: Callable[[], Canvas]
    add_subplot: Callable[[int, int, int], Canvas]
    colorbar: Draws
    suptitle: Draws
    savefig: Draws
    get_size_inches: Callable[[], NDArray[np.float64]]


def graph_sheet(width: float, height: float) -> Sheet:
    """Return an empty figure of that many inches, outside pyplot, so that nothing keeps it."""
    return cast("Sheet", Figure(figsize=(width, height)))


def curve_sheet(width: float, height: float) -> Sheet:
    """Return the same with room made for the labels of axes."""
    return cast("Sheet", Figure(figsize=(width, height), layout="constrained"))
