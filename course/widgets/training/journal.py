"""What a training says of itself, step by step: losses, accuracies, and how fast it goes."""

import time
from collections import deque
from typing import cast

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
KINDS = ("loss", "test_loss", "accuracy", "test_accuracy")
MOST = 300  # points of a curve: more would not be seen
RECENT = 3.0  # seconds over which the speed is taken


class Journal:
    """The points of the curves and a clock.

    Attributes:
        points: for each kind the list of `(step, value)`.
        steps, images: how many there have been.
    """

    def __init__(self) -> None:
        self.points: dict[str, list[tuple[float, float]]] = {kind: [] for kind in KINDS}
        self.steps = self.images = 0
        self._marks: deque[tuple[float, int, int]] = deque()
        self.go_on()

    def go_on(self) -> None:
        """Start the clock again; a pause is no time of training."""
        self._marks.clear()
        self._marks.append((time.perf_counter(), self.steps, self.images))

    def step(self, images: int) -> None:
        """Count a step over so many images."""
        self.steps += 1
        self.images += images
        now = time.perf_counter()
        self._marks.append((now, self.steps, self.images))
        while len(self._marks) > 2 and self._marks[1][0] < now - RECENT:
            self._marks.popleft()

    def speed(self) -> tuple[float, float]:
        """Return steps and images a second, of late; 0 before the first step."""
        (began, steps, images), (ended, steps_now, images_now) = self._marks[0], self._marks[-1]
        if ended == began:
            return 0.0, 0.0
        return (steps_now - steps) / (ended - began), (images_now - images) / (ended - began)

    def latest(self, kind: str) -> float | None:
        """Return the last value of that kind, if any."""
        return self.points[kind][-1][1] if self.points[kind] else None

    def curve(self, kind: str) -> Array:
        """Return `(n, 2)`, step and value; where there are many, means of some in a row."""
        points = np.array(self.points[kind], dtype=float).reshape(-1, 2)
        if len(points) <= MOST:
            return points
        starts = np.arange(MOST) * len(points) // MOST
        sizes = np.diff(np.append(starts, len(points)))
        return np.add.reduceat(points, starts, axis=0) / sizes[:, None]


def images_of(step: object) -> int:
    """Return how many images a step is about, if it is a pair of arrays, (images, labels)."""
    pair = cast("tuple[object, ...]", step) if isinstance(step, tuple) else ()
    whole = len(pair) == 2 and all(isinstance(part, np.ndarray) for part in pair)
    return len(cast("tuple[Array, Array]", pair)[0]) if whole else 0
