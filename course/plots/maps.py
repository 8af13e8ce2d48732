"""Stacks of small maps, such as the filters and feature maps of a network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, cast

import numpy as np
from matplotlib.patches import Rectangle

from course.plots.canvas import Sheet, graph_sheet
from course.plots.grids import Array
from course.plots.picture import CannotDrawError, Picture, run, sentence_instead
from course.plots.strokes import INK, number
from course.plots.windows import FRAME, Frame

ACROSS: Final = 8
SIDE, GAP, HEADING, TITLE, MARGIN, BAR = 0.98, 0.1, 0.34, 0.5, 0.2, 0.75


@dataclass(frozen=True)
class Stack:
    """Maps (C, H, W) that share one scale of colours."""

    maps: Array

    @property
    def rows(self) -> int:
        """How many rows of maps it takes."""
        return -(-len(self.maps) // ACROSS)

    @property
    def scale(self) -> tuple[str, float, float]:
        """The colours and the numbers at their ends: around 0 where there are signs."""
        reach = float(np.abs(self.maps).max()) or 1.0
        return ("RdBu_r", -reach, reach) if (self.maps < 0).any() else ("viridis", 0.0, reach)


@sentence_instead
def draw_maps(
    stacks: Mapping[str, Array] | Callable[[], object],
    title: str,
    frames: Mapping[tuple[str, int], Frame] | None = None,
) -> Picture:
    """Draw the maps of each stack side by side, eight in a row (T311, C601; W38).

    `stacks` names arrays (C, H, W), or is a function that returns such a dict. The maps of a stack
    share a scale: from dark (0) to light (the largest) where nothing is negative, else from blue
    (negative) over white (0) to red (positive). `frames` draws a frame on maps, each named by its
    stack and its number: the frame's first row and column, its height and its width.
    """
    found = run(stacks) if callable(stacks) else stacks
    if not isinstance(found, Mapping) or not found:
        raise CannotDrawError("a dict of stacks of maps was expected.")
    named = cast("Mapping[object, object]", found)
    drawn = {str(name): Stack(_maps(name, each)) for name, each in named.items()}
    lines = [title]
    for name, stack in drawn.items():
        count, height, width = stack.maps.shape
        low, high = (number(float(each), 3) for each in (stack.maps.min(), stack.maps.max()))
        silent = int(np.count_nonzero(~stack.maps.any(axis=(1, 2))))
        lines.append(
            f"{name}: {count} of {height}x{width}, from {low} to {high}"
            + (f", {silent} all zero" if silent else "")
        )
    return Picture("\n".join(lines), lambda: _sheet(drawn, title, frames or {}))


def _maps(name: object, found: object) -> Array:
    try:
        maps = np.asarray(found, dtype=float)
    except (TypeError, ValueError):
        raise CannotDrawError(f"{name} should be an array of numbers.") from None
    if maps.ndim != 3 or not maps.size:
        raise CannotDrawError(f"{name} has the shape {maps.shape}; maps are (C, H, W).")
    if not np.isfinite(maps).all():
        raise CannotDrawError(f"{name} has an infinite entry, or one that is no number.")
    return maps


def _sheet(
    stacks: Mapping[str, Stack], title: str, frames: Mapping[tuple[str, int], Frame]
) -> Sheet:
    across = min(ACROSS, max(len(stack.maps) for stack in stacks.values()))
    wide = max(across * (SIDE + GAP) + 2 * MARGIN + BAR, 5.0)
    rows = sum(stack.rows for stack in stacks.values())
    high = TITLE + MARGIN + rows * (SIDE + GAP) + HEADING * len(stacks)
    figure = graph_sheet(wide, high)
    figure.suptitle(title, fontsize=12)
    top = high - TITLE
    for name, stack in stacks.items():
        colours, low, most = stack.scale
        look = {"cmap": colours, "vmin": low, "vmax": most, "interpolation": "nearest"}
        for place, image in enumerate(stack.maps):
            row, column = divmod(place, across)
            left = MARGIN + column * (SIDE + GAP)
            base = top - HEADING - row * (SIDE + GAP) - SIDE
            canvas = figure.add_axes((left / wide, base / high, SIDE / wide, SIDE / high))
            drawn = canvas.imshow(image, **look)
            canvas.set_xticks([])
            canvas.set_yticks([])
            if (name, place) in frames:
                first, start, rows, columns = frames[name, place]
                for ink, line in (("white", 4.5), (FRAME, 2.5)):  # seen on any colour
                    box = Rectangle((start - 0.5, first - 0.5), columns, rows, fill=False)
                    box.set(edgecolor=ink, linewidth=line, clip_on=False)
                    canvas.add_patch(box)
            if place == 0:
                canvas.set_title(name, fontsize=11, color=INK, loc="left", pad=5)
                bar = ((wide - MARGIN - BAR + 0.1) / wide, base / high, 0.12 / wide, SIDE / high)
                figure.colorbar(drawn, cax=figure.add_axes(bar))
        top -= HEADING + stack.rows * (SIDE + GAP)
    return figure
