"""A training of the playground, one step at a time, by somebody's own functions."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from course.plots.picture import numbers
from course.widgets.playground.data import Floats, Points
from course.widgets.playground.own import Own, Params, pair

KEPT: Final = 400


@dataclass(frozen=True)
class How:
    """What a step depends on besides the network and the points."""

    activation: str
    rule: str
    rate: float
    batch: int
    l2: float


class Chance:
    """Batches of one shuffled pass after the other, the same that the page draws.

    Park and Miller's generator is a line in both languages; NumPy's is not in the page.
    """

    def __init__(self, seed: int) -> None:
        self._state = seed + 1
        self._order: list[int] = []
        self._at = 0
        for _ in range(10):
            self._draw(1)

    def rows(self, n: int, size: int) -> list[int]:
        """Return the places, among n points, of the next batch."""
        if len(self._order) != n or self._at >= n:
            self._order, self._at = list(range(n)), 0
            for i in reversed(range(1, n)):
                j = self._draw(i + 1)
                self._order[i], self._order[j] = self._order[j], self._order[i]
        self._at += size
        return self._order[self._at - size : self._at]

    def _draw(self, below: int) -> int:
        self._state = self._state * 48271 % 2147483647
        return self._state % below


@dataclass
class Run:
    """A training under way: where the network is, and how it came there."""

    params: Params
    seed: int
    steps: int = 0
    every: int = 1
    line: list[tuple[int, float, float]] = field(default_factory=list[tuple[int, float, float]])
    states: list[object] = field(default_factory=list[object])
    chance: Chance | None = None

    def step(self, own: Own, part: Points, how: "How") -> None:
        """Move all weights once; if a function fails they stay where they are."""
        self.chance = self.chance or Chance(self.seed)
        rows = self.chance.rows(len(part.x), how.batch)
        slopes = own.gradients(self.params, Points(part.x[rows], part.labels[rows]), how.activation)
        places = [
            (array, slope + (2 * how.l2 * array if array.ndim == 2 else 0))
            for layer, pulls in zip(self.params, slopes, strict=True)
            for array, slope in zip(layer, pulls, strict=True)
        ]
        states = self.states or [None] * len(places)
        moved: list[Floats] = []
        after: list[object] = []
        for (array, slope), state in zip(places, states, strict=True):
            found, kept = pair(
                own.update(how.rule, array, slope, state, how.rate),
                "an update should return (w, state)",
            )
            moved.append(numbers(found, array.shape, "A weight after the step"))
            after.append(kept)
        self.params = list(zip(moved[::2], moved[1::2], strict=True))
        self.states, self.steps = after, self.steps + 1

    def keep(self, train: float, test: float) -> None:
        """Put a point on the curves; a curve keeps every second when it has grown long."""
        if self.steps % self.every:
            return
        self.line.append((self.steps, train, test))
        if len(self.line) == KEPT:
            self.every *= 2
            self.line = [each for each in self.line if each[0] % self.every == 0]


def first_weights(sizes: list[int], normals: NDArray[np.float32], spread: float) -> Params:
    """Return weights of deviation spread / sqrt(fan_in), float32 numbers, and biases 0."""
    params: Params = []
    used = 0
    for rows, columns in pairwise(sizes):
        part = normals[used : used + rows * columns].astype(float).reshape(rows, columns)
        w = (spread * part / np.sqrt(rows)).astype(np.float32).astype(float)
        params.append((w, np.zeros(columns)))
        used += rows * columns
    return params


def flat(params: Params) -> Floats:
    """Return all numbers in a row: each layer's weights, then its biases."""
    return np.concatenate([array.ravel() for layer in params for array in layer])


def shaped(row: Floats, sizes: list[int]) -> Params:
    """Return the layers that `flat` made a row of."""
    numbers_of: Iterator[Floats] = iter(
        np.split(row, np.cumsum([n for d, m in pairwise(sizes) for n in (d * m, m)])[:-1])
    )
    return [(next(numbers_of).reshape(d, m), next(numbers_of)) for d, m in pairwise(sizes)]
