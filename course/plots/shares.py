"""The gradient that comes back along each line of a fork, written where it covers no other."""

from collections.abc import Iterable, Sequence

from course.plots.canvas import Canvas
from course.plots.strokes import GRADIENT, Leg, number

WAY_ALONG = (0.5, 0.36, 0.64, 0.25, 0.75, 0.15, 0.85)
LETTER, LINE = 0.075, 0.15


def draw_shares(canvas: Canvas, shares: Iterable[tuple[Leg, float]]) -> None:
    """Write each share on the first leg of its wire."""
    written = [(leg, number(share, 4 if abs(share) >= 1000 else 3)) for leg, share in shares]
    spots = spread([(leg, LETTER * len(says)) for leg, says in written])
    for (_, says), (x, y) in zip(written, spots, strict=True):
        back = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
        put = {"ha": "center", "va": "center", "fontsize": 8, "zorder": 5}
        canvas.text(x, y, says, color=GRADIENT, bbox=back, **put)


def spread(legs: Sequence[tuple[Leg, float]]) -> list[tuple[float, float]]:
    """Return where on each leg a text of that width stands; flat legs have least choice."""
    taken: list[tuple[float, float, float]] = []
    spots: dict[int, tuple[float, float]] = {}
    for index, (leg, width) in sorted(enumerate(legs), key=lambda each: each[1][0].climb):
        places = [(*leg.at(way), width) for way in WAY_ALONG]
        free = [place for place in places if not any(_meet(place, other) for other in taken)]
        place = (free or places)[0]
        taken.append(place)
        spots[index] = place[:2]
    return [spots[index] for index in range(len(legs))]


def _meet(one: tuple[float, float, float], other: tuple[float, float, float]) -> bool:
    return abs(one[0] - other[0]) < (one[2] + other[2]) / 2 and abs(one[1] - other[1]) < LINE
