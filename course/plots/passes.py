"""What a backward pass costs: its time beside that of the forward pass, size by size."""

import time
from collections.abc import Callable, Sequence
from typing import Protocol, cast

import numpy as np

from course.plots.canvas import Sheet, curve_sheet
from course.plots.picture import CannotDrawError, Picture, run, sentence_instead
from course.plots.strokes import GRADIENT, INK, VALUE, number

REPEATS, SECONDS = 5, 0.1  # each width is measured at least so often, and so long
MILLISECONDS = 1e3


class Root(Protocol):
    """The end of a graph of scalars or arrays."""

    def backward(self) -> object:
        """Run the backward pass."""
        ...


@sentence_instead
def pass_times(
    prepare: Callable[[int], Callable[[], Root]], widths: Sequence[int], title: str
) -> Picture:
    """Measure a forward pass and its backward pass for every width, and plot both (T311; W13).

    `prepare(width)` returns a function without arguments: the forward pass, which returns the
    root of the graph. The least of at least five measurements counts: what disturbs only adds.
    """
    if not widths:
        raise CannotDrawError("the list of widths is empty; give at least one.")
    times = [_times(prepare, width) for width in widths]
    told = [
        f"width {width}: forward {number(forward * MILLISECONDS, 2)} ms, backward "
        f"{number(backward * MILLISECONDS, 2)} ms, {number(backward / forward, 2)} times as long"
        for width, (forward, backward) in zip(widths, times, strict=True)
    ]
    return Picture("\n".join([title, *told]), lambda: _sheet(widths, times, title))


def _times(prepare: Callable[[int], Callable[[], Root]], width: int) -> tuple[float, float]:
    forward = cast("Callable[[], Root]", run(prepare, width))
    measured: list[tuple[float, float]] = []
    until = time.perf_counter() + SECONDS
    while len(measured) < REPEATS or time.perf_counter() < until:
        start = time.perf_counter()
        root = cast("Root", run(forward))
        between = time.perf_counter()
        run(backward, root)
        measured.append((between - start, time.perf_counter() - between))
    fastest = np.min(measured, axis=0)
    return float(fastest[0]), float(fastest[1])


def backward(root: Root) -> None:
    """Run the backward pass of a root, if it has one."""
    root.backward()


def _sheet(widths: Sequence[int], times: Sequence[tuple[float, float]], title: str) -> Sheet:
    forward, backward = (np.array(column) * MILLISECONDS for column in zip(*times, strict=True))
    figure = curve_sheet(7.5, 4.6)
    canvas = figure.subplots()
    canvas.loglog(widths, backward, "o-", color=GRADIENT, ms=7, lw=1.6, label="backward pass")
    canvas.loglog(widths, forward, "s-", color=VALUE, ms=7, lw=1.6, label="forward pass")
    near = {"textcoords": "offset points", "ha": "center", "fontsize": 11, "color": INK}
    for width, ahead, back in zip(widths, forward, backward, strict=True):
        ratio = f"{number(float(back / ahead), 2)}×"
        canvas.annotate(ratio, (width, float(back)), xytext=(0, 9), **near)
    canvas.set_title(f"{title}\n(above each point: backward time over forward time)", fontsize=12)
    canvas.set_xlabel("width of each layer", fontsize=11)
    canvas.set_ylabel("milliseconds", fontsize=11)
    canvas.margins(0.12)
    canvas.set_xticks(widths, [str(width) for width in widths])
    canvas.set_xticks([], minor=True)
    canvas.grid(alpha=0.3)
    canvas.legend(fontsize=10, loc="upper left")
    return figure
