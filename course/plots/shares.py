"""The gradient that comes back along each line of a fork, written where it covers no other."""

from collections.abc import Iterable

from course.plots.canvas import Canvas
from course.plots.strokes import GRADIENT, Leg, number

WAY_ALONG = (0.5, 0.36, 0.64, 0.25, 0.75, 0.15, 0.85)
LETTER, LINE = 0.075, 0.15


def draw_shares(canvas: Canvas, shares: Iterable[tuple[Leg, float]]) -> None:
    """Write each share on the first leg of its wire, flat legs first: they have least choice."""
    taken: list[tuple[float, float, float]] = []
    for leg, share in sorted(shares, key=lambda pair: pair[0].climb):
        says = number(share, 4 if abs(share) >= 1000 else 3)
        width = LETTER * len(says)
        places = [(*leg.at(way), width) for way in WAY_ALONG]
        free = [place for place in places if not any(_meet(place, other) for other in taken)]
        x, y, _ = place = (free or places)[0]
        taken.append(place)
        back = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
        put = {"ha": "center", "va": "center", "fontsize": 8, "zorder": 5}
        canvas.text(x, y, says, color=GRADIENT, bbox=back, **put)


def _meet(one: tuple[float, float, float], other: tuple[float, float, float]) -> bool:
    return abs(one[0] - other[0]) < (one[2] + other[2]) / 2 and abs(one[1] - other[1]) < LINE
