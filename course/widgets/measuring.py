"""Measuring a claimed gradient against numerical ones, for many steps eps."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Final

import numpy as np
from numpy.typing import NDArray

from course.derivatives import centred
from course.plots.picture import CannotDrawError, numbers, run

Array = NDArray[np.float64]
POWERS: Final = np.arange(-14, 0.125, 0.25)  # of ten
DEFAULT: Final = int(np.argmin(np.abs(POWERS + 5)))
SECONDS: Final = 1.5  # what all steps together may take; else fewer are measured
AGREE: Final = 1e-6  # times max(1, |slope|): below it, what remains is measuring


@dataclass(frozen=True)
class Measured:
    """A claimed gradient like x, and the numerical ones, (steps, *x.shape), NaN where none."""

    claimed: Array
    numeric: Array

    @property
    def difference(self) -> Array:
        """Claimed minus numeric, for every step."""
        return self.claimed - self.numeric

    @property
    def errors(self) -> Array:
        """The largest difference for every step, NaN where nothing was measured."""
        return np.abs(self.difference).reshape(len(POWERS), -1).max(axis=1)

    @property
    def best(self) -> int:
        """The step at which the two are nearest."""
        return int(np.nanargmin(self.errors))

    @property
    def agrees(self) -> bool:
        """Whether there is a step at which no entry differs by more than measuring explains."""
        large = np.maximum(1.0, np.abs(self.claimed))
        return bool((np.abs(self.difference[self.best]) <= AGREE * large).all())


def measured(
    f: Callable[..., object],
    grad_f: Callable[..., object],
    x: Array,
    numerical: Callable[..., object] | None,
) -> Measured:
    """Call the claimed gradient once and the numerical one for as many steps as time allows.

    Raises CannotDrawError with a sentence where a function fails, or returns no numbers like x;
    a step at which only the numerical gradient fails is left out, unless it is 1e-5.
    """

    def scalar(at: Array) -> float:
        return float(numbers(run(f, at), (), "The function"))

    claimed = numbers(run(grad_f, x.copy()), x.shape, "The gradient")
    if numerical is None:
        raise CannotDrawError("numerical gradients need SciPy, which is not here.")

    def measure_at(step: int) -> Array:
        eps = float(10.0 ** POWERS[step])
        return numbers(run(numerical, scalar, x.copy(), eps), x.shape, "The numerical gradient")

    numeric = np.full((len(POWERS), *x.shape), np.nan)
    numeric[DEFAULT] = measure_at(DEFAULT)
    start = time.perf_counter()
    measure_at(DEFAULT)  # the second call shows how long one takes, the first may load something
    needed = (time.perf_counter() - start) * len(POWERS)
    stride = int(np.ceil(needed / SECONDS)) or 1
    for step in range(DEFAULT % stride, len(POWERS), stride):
        try:
            numeric[step] = measure_at(step)
        except CannotDrawError:  # a large step may leave the function's domain
            continue
    return Measured(claimed, numeric)


def by_scipy() -> Callable[..., object] | None:
    """Return SciPy's centred differences, `numerical(f, x, eps)`; None where there is no SciPy."""
    if find_spec("scipy") is None:
        return None
    import_module("scipy.differentiate")  # slow, so not while somebody's function is timed
    return centred
