"""Numerical derivatives of a scalar function of an array, by SciPy, aware of kinks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from course.compare import Floats, relative_error

Places: TypeAlias = NDArray[np.intp]
Scalar: TypeAlias = Callable[[Floats], float]

# How far the samples reach: wide against rounding, narrow beside a kink or a pole.
_STEPS = (1e-2, 1e-4, 1e-6)
_STEPS_FLOAT32 = (0.1, 0.02)
_SETTLED = 1e-8
_KINK = 1e-4
_DECIMALS = 9  # beyond, there is only noise: a zero should read 0


@dataclass(frozen=True)
class Slopes:
    """Derivatives by some entries of an array: `low` and `high` differ at a kink only."""

    low: Floats
    high: Floats

    def nearest(self, gradient: Floats) -> Floats:
        """Of the slopes that are right at each place, those closest to `gradient`."""
        return np.where(np.isnan(gradient), self.low, np.clip(gradient, self.low, self.high))

    @property
    def kinks(self) -> int:
        """At how many of the places the slopes from the left and from the right differ."""
        return int(np.count_nonzero(self.low != self.high))


def slopes(f: Scalar, x: Floats, places: Places, gradient: Floats, coarse: bool) -> Slopes:
    """Differentiate `f` at `x` by the entries `places` (flat indices).

    `gradient`, one number a place, is what will be compared: where it agrees with the two-sided
    derivative, the slopes of one side are not asked for. `coarse` says that `f` rounds to float32.
    """
    middle = _derivatives(f, x, places, 0, coarse)
    low, high = middle.copy(), middle.copy()
    doubtful = ~(relative_error(gradient, middle) <= (1e-3 if coarse else 1e-7))
    if doubtful.any():
        left, right = (_derivatives(f, x, places[doubtful], side, coarse) for side in (-1, 1))
        kink = relative_error(left, right) > (0.1 if coarse else _KINK)
        low[doubtful] = np.where(kink, np.minimum(left, right), middle[doubtful])
        high[doubtful] = np.where(kink, np.maximum(left, right), middle[doubtful])
    return Slopes(low, high)


def centred(f: Scalar, x: Floats, eps: float) -> Floats:
    """Return centred differences with the step `eps` by every entry of x, by SciPy."""
    from scipy import differentiate  # slow to import, and only needed here

    found = cast("_SciPy", differentiate).derivative(
        _along(f, x), x.ravel(), args=(np.arange(x.size),), initial_step=eps, order=2, maxiter=1
    )
    return found.df.reshape(x.shape)


class _Result(Protocol):
    """What is used of SciPy's result, which has no types of its own."""

    df: Floats
    error: Floats


class _SciPy(Protocol):
    """The same of `scipy.differentiate`."""

    def derivative(self, f: Callable[..., Floats], x: Floats, /, **how: object) -> _Result: ...


def _derivatives(f: Scalar, x: Floats, places: Places, side: int, coarse: bool) -> Floats:
    """SciPy's derivatives, for each place with the first step at which they settle."""
    from scipy import differentiate  # slow to import, and only needed here

    along = _along(f, x)
    best = np.full(places.shape, np.nan)
    doubt = np.full(places.shape, np.inf)
    for step in _STEPS_FLOAT32 if coarse else _STEPS:
        rough = ~(doubt <= _SETTLED * np.maximum(1.0, np.abs(best)))
        if not rough.any():
            break
        found = cast("_SciPy", differentiate).derivative(
            along, x.flat[places[rough]], args=(places[rough],), initial_step=step,
            step_direction=side, maxiter=2, order=4 if coarse else 8,
        )  # fmt: skip
        better = found.error < doubt[rough]
        chosen = np.flatnonzero(rough)[better]
        best[chosen], doubt[chosen] = found.df[better], found.error[better]
    return best.round(_DECIMALS)


def _along(f: Scalar, x: Floats) -> Callable[[Floats, Places], Floats]:
    """Return `f` of x with single entries moved, as SciPy asks for it."""

    def along(values: Floats, moved: Places) -> Floats:
        values, moved = np.broadcast_arrays(values, moved)
        pairs = zip(values.flat, moved.flat, strict=True)
        return np.array([_at(f, x, value, int(place)) for value, place in pairs]).reshape(
            values.shape
        )

    return along


def _at(f: Scalar, x: Floats, value: float, place: int) -> float:
    moved = x.copy()
    moved.flat[place] = value
    return f(moved)
