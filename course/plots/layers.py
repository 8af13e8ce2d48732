"""The gradients of two networks, layer by layer: norms, entries, updates, and how they went."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from matplotlib.colors import LogNorm
from numpy.typing import NDArray

from course.plots.canvas import Canvas, Sheet, curve_sheet
from course.plots.strokes import GRADIENT, INK, VALUE, number

Array = NDArray[np.float64]
FLOOR, CEILING = 1e-8, 1e2
HEALTHY = (1e-4, 1e-2)


class Measured(Protocol):
    """What is known of a network at one moment: `(L,)` arrays, and shares (L, bins)."""

    @property
    def loss(self) -> float:
        """The mean over the batch."""
        ...

    @property
    def norms(self) -> Array:
        """Those of the weights' gradients."""
        ...

    @property
    def ratios(self) -> Array:
        """The updates' norms over the weights'."""
        ...

    @property
    def shares(self) -> Array:
        """How many entries of a gradient have which size."""
        ...


def draw_layers(
    titles: Sequence[str],
    frames: Sequence[tuple[Measured, Measured]],
    shown: int,
    stride: int,
    powers: tuple[int, int],
) -> Sheet:
    """Draw one row for each of two networks, as measured in frame `shown`.

    From left to right: the norm of each layer's weight gradient, the sizes of its entries between
    10 to the `powers`, the update over the weights, and the norms of all frames.
    """
    figure = curve_sheet(13.0, 7.4)
    for row, title in enumerate(titles):
        frame = frames[shown][row]
        norms, entries, ratios, film = (
            figure.add_subplot(2, 4, 4 * row + place) for place in (1, 2, 3, 4)
        )
        _norms(norms, frame.norms, f"{title}: loss {number(frame.loss, 3)}\nnorm of the gradient")
        _entries(entries, frame.shares, powers)
        _ratios(ratios, frame.ratios)
        _film(figure, film, np.array([pair[row].norms for pair in frames]), shown, stride)
    figure.suptitle(f"Gradients, layer by layer, after {shown * stride} steps", fontsize=13)
    return figure


def _norms(canvas: Canvas, norms: Array, title: str) -> None:
    places = np.arange(1, len(norms) + 1)
    canvas.barh(places, _inside(norms), left=FLOOR, color=VALUE, height=0.7)
    canvas.set_xscale("log")
    canvas.set_xlim(FLOOR, CEILING)
    for place, norm in zip(places, norms, strict=True):
        canvas.text(FLOOR * 1.6, place, number(norm, 2), va="center", fontsize=10, bbox=_PLATE)
    canvas.set_title(title, fontsize=11)
    _rows(canvas, len(norms))


_PLATE = {"facecolor": "white", "edgecolor": "none", "pad": 1.0, "alpha": 0.85}


def _entries(canvas: Canvas, shares: Array, powers: tuple[int, int]) -> None:
    edges = np.linspace(*powers, shares.shape[1] + 1)
    for place, row in enumerate(shares, start=1):
        heights = 0.85 * row / max(float(row.max()), 1e-9)
        canvas.stairs(place + 0.4 - heights, edges, baseline=place + 0.4, fill=True, color=GRADIENT)
    ticks = list(range(powers[0], powers[1] + 1, 4))
    canvas.set_xticks(ticks, [f"$10^{{{tick}}}$" for tick in ticks])
    canvas.set_title("\nsizes of its entries", fontsize=11)
    _rows(canvas, len(shares))


def _ratios(canvas: Canvas, ratios: Array) -> None:
    places = np.arange(1, len(ratios) + 1)
    for edge in HEALTHY:
        canvas.axvline(edge, color=INK, ls="--", lw=1)
    canvas.plot(_inside(ratios), places, "D", color=VALUE, ms=7)
    canvas.set_xscale("log")
    canvas.set_xlim(FLOOR, CEILING)
    canvas.set_title("update / weights\n(common: between the lines)", fontsize=11)
    _rows(canvas, len(ratios))


def _film(figure: Sheet, canvas: Canvas, norms: Array, shown: int, stride: int) -> None:
    steps = stride * len(norms)
    extent = (-stride / 2, steps - stride / 2, norms.shape[1] + 0.5, 0.5)
    image = canvas.imshow(
        _inside(norms.T), aspect="auto", cmap="viridis", norm=LogNorm(FLOOR, CEILING), extent=extent
    )
    figure.colorbar(image, ax=canvas)
    canvas.axvline(shown * stride, color="white", ls=":", lw=2)
    canvas.set_title("\nnorm, step by step", fontsize=11)
    canvas.set_yticks(list(range(1, norms.shape[1] + 1)))
    canvas.set_xlabel("step", fontsize=11)


def _rows(canvas: Canvas, layers: int) -> None:
    canvas.set_ylim(layers + 0.6, 0.3)
    canvas.set_yticks(list(range(1, layers + 1)))
    canvas.set_ylabel("layer", fontsize=11)
    canvas.grid(alpha=0.25)


def _inside(numbers: Array) -> Array:
    """Return what a logarithmic axis can show; 0 and infinity stand at its ends."""
    return np.clip(np.nan_to_num(numbers, nan=CEILING, posinf=CEILING), FLOOR, CEILING)
