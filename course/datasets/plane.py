"""Points in the plane, in two or three classes: small sets to watch a network learn.

Each function takes how many points, the generator to draw them from, and `noise`, the standard
deviation of the normal step by which each point is moved at last. Each returns `x, labels`: points
(n, 2) float64 and labels (n,) int64. Point i is of class i modulo the number of classes: the
classes are of equal size, and any mini-batch has all of them.

Raises, all of them: `ValueError` or `TypeError`, in a sentence, for other arguments.
"""

from numbers import Integral, Real
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from course.words import named, shown

Points: TypeAlias = tuple[NDArray[np.float64], NDArray[np.int64]]


def moons(n: int, rng: np.random.Generator, noise: float = 0.1) -> Points:
    """Two half circles of radius 1, one arching up (0), the other down (1) and into the first."""
    labels = _classes(n, 2, rng, noise)
    arch = _directions(rng.uniform(0, np.pi, n))
    bowl = (1.0, 0.5) - arch
    return _moved(np.where(labels[:, None] == 0, arch, bowl), rng, noise), labels


def circles(n: int, rng: np.random.Generator, noise: float = 0.05) -> Points:
    """Two rings around the origin: radius 1 (0) and, inside it, radius 1/2 (1)."""
    labels = _classes(n, 2, rng, noise)
    radius, angle = 1 - labels / 2, rng.uniform(0, 2 * np.pi, n)
    return _moved(radius[:, None] * _directions(angle), rng, noise), labels


def spiral(n: int, rng: np.random.Generator, noise: float = 0.02) -> Points:
    """Three arms (0, 1, 2) from the origin out to radius 1, each over two thirds of a turn."""
    labels = _classes(n, 3, rng, noise)
    radius = rng.uniform(0, 1, n)
    angle = 2 * np.pi / 3 * (labels + 2 * radius)
    return _moved(radius[:, None] * _directions(angle), rng, noise), labels


def xor(n: int, rng: np.random.Generator, noise: float = 0.0) -> Points:
    """The square from -1 to 1: coordinates of one sign (0), or of opposite signs (1)."""
    labels = _classes(n, 2, rng, noise)
    x = rng.uniform(-1, 1, (n, 2))
    x[:, 1] = np.copysign(x[:, 1], x[:, 0] * (1 - 2 * labels))
    return _moved(x, rng, noise), labels


def blobs(n: int, rng: np.random.Generator, noise: float = 0.25) -> Points:
    """Three round clouds (0, 1, 2), centred on the circle of radius 1; lines part them."""
    labels = _classes(n, 3, rng, noise)
    centres = _directions(2 * np.pi / 3 * np.arange(3.0))
    return _moved(centres[labels], rng, noise), labels


def _classes(n: object, count: int, rng: object, noise: object) -> NDArray[np.int64]:
    """The labels, once the arguments are found good."""
    if not isinstance(n, Integral) or int(n) < 1:
        raise ValueError(f"n is {shown(n)}; it must be a whole number of points, at least 1.")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng is {named(rng)}; it must be a generator: write rng = np.random.default_rng(0) "
            "and pass rng."
        )
    if not isinstance(noise, Real) or not 0 <= float(noise) < np.inf:
        raise ValueError(f"noise is {shown(noise)}; it must be a finite number from 0 up.")
    return np.arange(int(n), dtype=np.int64) % count


def _directions(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (n, 2) on the circle of radius 1."""
    return np.column_stack([np.cos(angle), np.sin(angle)])


def _moved(x: NDArray[np.float64], rng: np.random.Generator, noise: float) -> NDArray[np.float64]:
    return x + rng.normal(0, noise, x.shape)
