"""Quantities side by side as bars, each measure with an axis of its own."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final, cast

from course.plots.canvas import Sheet, curve_sheet
from course.plots.picture import CannotDrawError, Picture, run, sentence_instead
from course.plots.strokes import GRADIENT, INK, VALUE, number

Rows = Mapping[str, Sequence[float | None]]
HEIGHT: Final = 0.36
COLOURS: Final = (VALUE, "#2e7d32")


@sentence_instead
def draw_bars(
    rows: Mapping[str, Sequence[float | None]] | Callable[[], object],
    measures: Sequence[str],
    title: str,
    mark: tuple[str, float] | None = None,
    logarithmic: bool = False,
) -> Picture:
    """Draw one row of bars for each name, one bar for each measure (T311; W33, W36, W39).

    `rows` names lists with one number for each of the `measures`, at most two, None where there is
    none, or is a function that returns such a dict. `mark` is a name and a value of the first
    measure, drawn as a dashed line. Logarithmic axes show orders of magnitude.
    """
    found = run(rows) if callable(rows) else rows
    if not isinstance(found, Mapping) or not found:
        raise CannotDrawError("a dict with a list of numbers for each name was expected.")
    named = cast("Mapping[object, object]", found)
    table = {str(name): _numbers(name, each, len(measures)) for name, each in named.items()}
    if logarithmic and any(
        each is not None and each <= 0 for row in table.values() for each in row
    ):
        raise CannotDrawError("a number is 0 or negative, which a logarithmic axis cannot show.")
    lines = [title]
    for name, row in table.items():
        told = (f"{what} {shown(each)}" for what, each in zip(measures, row, strict=True))
        lines.append(f"{name}: {', '.join(told)}")
    if mark:
        lines.append(f"for comparison, {mark[0]}: {measures[0]} {shown(mark[1])}")
    return Picture("\n".join(lines), lambda: _sheet(table, measures, title, mark, logarithmic))


def shown(value: float | None) -> str:
    """Return three digits, whole thousands with thin groups: 120 000 000."""
    if value is None:
        return "–"
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace(",", " ").replace("-", "−")
    return number(value, 3)


def _numbers(name: object, found: object, count: int) -> list[float | None]:
    try:
        row = [
            None if each is None else float(each) for each in cast("Sequence[float | None]", found)
        ]
    except (TypeError, ValueError):
        raise CannotDrawError(f"{name} should have a list of numbers.") from None
    if len(row) != count or not all(each is None or math.isfinite(each) for each in row):
        raise CannotDrawError(f"{name} should have {count} finite numbers, not {found}.")
    return row


def _sheet(
    table: Mapping[str, list[float | None]],
    measures: Sequence[str],
    title: str,
    mark: tuple[str, float] | None,
    logarithmic: bool,
) -> Sheet:
    figure = curve_sheet(9.6, HEIGHT * len(table) + 1.3)
    places = list(range(len(table)))
    for column, what in enumerate(measures):
        canvas = figure.add_subplot(1, len(measures), column + 1)
        bars = [(n, row[column]) for n, row in enumerate(table.values())]
        there = [(n, value) for n, value in bars if value is not None]
        largest = max((value for _, value in there), default=1.0)
        smallest = min((value for _, value in there), default=1.0)
        if logarithmic:
            canvas.set_xscale("log")
            canvas.set_xlim(smallest / 3, largest * (largest / smallest) ** 0.35 * 3)
        else:
            canvas.set_xlim(0, 1.25 * largest)
        for place, value in there:
            canvas.barh(place, value, height=0.68, color=COLOURS[column % len(COLOURS)])
            canvas.annotate(
                shown(value),
                (value, place),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=10,
                color=INK,
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.5},
            )
        if mark and column == 0:
            canvas.axvline(mark[1], color=GRADIENT, ls="--", lw=1.6)
            where = (mark[1], len(table) + 0.1)
            look = {"textcoords": "offset points", "fontsize": 10, "color": GRADIENT}
            canvas.annotate(
                f"{mark[0]} {shown(mark[1])}", where, xytext=(4, 4), va="bottom", **look
            )
        canvas.set_yticks(places, list(table) if column == 0 else [""] * len(table), fontsize=10)
        canvas.set_ylim(len(table) + (0.2 if mark else -0.4), -0.6)
        canvas.set_xlabel(what + (", logarithmic" if logarithmic else ""), fontsize=11)
        canvas.grid(axis="x", alpha=0.3)
    figure.suptitle(title, fontsize=12)
    return figure
