"""The points of the playground: sets in the plane, and those that somebody draws."""

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from course.datasets import plane

Floats: TypeAlias = NDArray[np.float64]
Labels: TypeAlias = NDArray[np.int64]
Dot: TypeAlias = tuple[float, float, int]

POINTS: Final = 400
MOST_CLASSES: Final = 4
DRAWN: Final = "drawn by hand"
SETS: Final = {
    "moons": plane.moons,
    "circles": plane.circles,
    "spiral": plane.spiral,
    "xor": plane.xor,
    "blobs": plane.blobs,
}
CLASSES: Final = {"moons": 2, "circles": 2, "spiral": 3, "xor": 2, "blobs": 3}
WINDOWS: Final = {
    "moons": (0.5, 0.25, 2.0),
    "circles": (0.0, 0.0, 1.6),
    "spiral": (0.0, 0.0, 1.4),
    "xor": (0.0, 0.0, 1.4),
    "blobs": (0.0, 0.0, 2.0),
    DRAWN: (0.0, 0.0, 1.4),
}
# Sharing by the golden section: of any points in a row, about the share asked for is taken, and a
# point stays where it is when others are added.
_GOLDEN = (5**0.5 - 1) / 2


class Points(NamedTuple):
    """Points (n, 2) of the plane, and their classes (n,)."""

    x: Floats
    labels: Labels


def ingredients(seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the points without noise, and what noise 1 adds, (sets, POINTS, 2) both.

    Noise s moves the points by s times the second: the page does that as a slider is dragged.
    """
    clean = [make(POINTS, np.random.default_rng(seed), 0.0)[0] for make in SETS.values()]
    moved = [make(POINTS, np.random.default_rng(seed), 1.0)[0] for make in SETS.values()]
    first = np.array(clean)
    return first.astype("<f4"), (np.array(moved) - first).astype("<f4")


def points(name: str, seed: int, noise: float, drawn: Sequence[Dot]) -> Points:
    """Return the set of that name with its noise; what is drawn is taken as it is."""
    if name == DRAWN:
        x = np.array([dot[:2] for dot in drawn], float).reshape(-1, 2)
        return Points(x, np.array([dot[2] for dot in drawn], np.int64))
    place = list(SETS).index(name)
    clean, moves = (each[place].astype(float) for each in ingredients(seed))
    return Points(clean + noise * moves, np.arange(POINTS) % CLASSES[name])


def parted(found: Points, share: float) -> tuple[Points, Points]:
    """Return the training part, which has about that share of the points, and the test part."""
    learnt = (np.arange(len(found.x)) * _GOLDEN) % 1 < share
    return Points(found.x[learnt], found.labels[learnt]), Points(
        found.x[~learnt], found.labels[~learnt]
    )


def class_count(name: str, drawn: Sequence[Dot]) -> int:
    """Return how many classes there are: in a drawing as many as were used, at least two."""
    return CLASSES.get(name) or max(2, 1 + max((dot[2] for dot in drawn), default=0))


def nodes(name: str, side: int) -> Floats:
    """Return side * side points that cover the window of a set, from the top left, row by row."""
    x, y, reach = WINDOWS[name]
    ticks = np.linspace(-1, 1, side)
    across, up = np.meshgrid(x + reach * ticks, y - reach * ticks)
    return np.column_stack([across.ravel(), up.ravel()])
