"""Networks trained with somebody's own functions and measured on the way, layer by layer."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import numpy as np
from numpy.typing import NDArray

from course.plots.picture import CannotDrawError, numbers

Array = NDArray[np.float64]
Labels = NDArray[np.int64]
Params = list[tuple[Array, Array]]
Initialise = Callable[[tuple[int, ...], str, np.random.Generator], object]
Forward = Callable[[Array, Params, str], object]
Backward = Callable[[Array, object], object]
Loss = Callable[[Array, Labels], object]

LOW, HIGH = -12, 2  # powers of ten between which single entries of a gradient are counted
BINS = 2 * (HIGH - LOW)


@dataclass(frozen=True)
class Functions:
    """What the student wrote: `initialise`, `mlp_forward`, `mlp_backward` and a loss."""

    initialise: Initialise
    forward: Forward
    backward: Backward
    loss: Loss


@dataclass(frozen=True)
class Frame:
    """What is measured of a network before a step: `(L,)` arrays, first layer first.

    `norms` are those of the weights' gradients; `ratios` are the norms of the updates over those
    of the weights; `shares` (L, BINS) counts entries of the gradient by their power of ten.
    """

    loss: float
    norms: Array
    ratios: Array
    shares: Array

    @property
    def finite(self) -> bool:
        """Whether all numbers are still within the range of floats."""
        return bool(np.isfinite(self.norms).all() and np.isfinite(self.loss))


class Network:
    """A perceptron with an activation, drawn by a scheme; each weight is multiplied by `gain`."""

    def __init__(
        self, own: Functions, sizes: list[int], activation: str, scheme: str, gain: float
    ) -> None:
        self._own, self._activation = own, activation
        self._gradients: list[Array] = []
        self._biases: list[Array] = []
        self._loss = math.nan
        rng = np.random.default_rng(0)
        self.params: Params = []
        for shape in pairwise(sizes):
            drawn = numbers(own.initialise(shape, scheme, rng), shape, f"initialise({shape}, …)")
            self.params.append((gain * drawn, np.zeros(shape[1])))

    def measure(self, rate: float) -> Frame:
        """Return what the last batch said; `rate` is that of the step to come."""
        with np.errstate(all="ignore"):
            norms = np.array([np.linalg.norm(dw) for dw in self._gradients], dtype=np.float64)
            weights = np.array([np.linalg.norm(w) for w, _ in self.params])
            ratios = np.divide(rate * norms, weights, out=np.zeros_like(norms), where=weights > 0)
            shares = np.array([_shares(dw) for dw in self._gradients])
        return Frame(self._loss, norms, ratios, shares)

    def step(self, rate: float) -> None:
        """Go down the gradient of the last batch."""
        with np.errstate(all="ignore"):
            self.params = [
                (w - rate * dw, b - rate * db)
                for (w, b), dw, db in zip(self.params, self._gradients, self._biases, strict=True)
            ]

    def read(self, x: Array, labels: Labels) -> None:
        """Pass a batch forward and back, and keep its gradient."""
        with np.errstate(all="ignore"):  # numbers that run away are what is to be seen
            found = self._own.forward(x.copy(), list(self.params), self._activation)
            scores, cache = _pair(found, "mlp_forward", "(scores, cache)")
            _like(scores, (len(x), len(self.params[-1][1])), "what mlp_forward returned")
            found = self._own.loss(cast("Array", scores), labels)
            loss, dscores = _pair(found, "the loss", "(loss, gradient)")
            layers = self._own.backward(cast("Array", dscores), cache)
        self._keep(layers)
        self._loss = float(_like(loss, (), "the loss"))

    def _keep(self, layers: object) -> None:
        """Look whether there is a pair like each layer's."""
        if not isinstance(layers, list | tuple):
            missing = "; is a `return` missing?" if layers is None else "."
            raise CannotDrawError(f"mlp_backward should return a list of (dw, db){missing}")
        pairs = cast("list[object]", layers)
        if len(pairs) != len(self.params):
            raise CannotDrawError(
                f"mlp_backward returned {len(pairs)} pairs for {len(self.params)} layers."
            )
        self._gradients, self._biases = [], []
        for place, ((w, b), pair) in enumerate(zip(self.params, pairs, strict=True), start=1):
            dw, db = _pair(pair, "mlp_backward", "(dw, db) for each layer")
            self._gradients.append(_like(dw, w.shape, f"dw of layer {place}"))
            self._biases.append(_like(db, b.shape, f"db of layer {place}"))


def _pair(found: object, who: str, what: str) -> tuple[object, object]:
    if not isinstance(found, tuple | list) or len(cast("list[object]", found)) != 2:
        missing = "; is a `return` missing?" if found is None else "."
        raise CannotDrawError(f"{who} should return {what}{missing}")
    first, second = cast("tuple[object, object]", found)
    return first, second


def _like(found: object, shape: tuple[int, ...], what: str) -> Array:
    """Return an array of that shape; unlike `numbers`, let pass what is infinite."""
    try:
        array = np.asarray(found, dtype=float)
    except (TypeError, ValueError):
        raise CannotDrawError(f"{what} is no array of numbers.") from None
    if array.shape != shape:
        raise CannotDrawError(f"{what} has the shape {array.shape}; it should be {shape}.")
    return array


def _shares(gradient: Array) -> Array:
    """Return the share of the entries in each half of a power of ten; those that are 0 in none."""
    sizes = np.abs(gradient[np.isfinite(gradient) & (gradient != 0)])
    powers = np.clip(np.log10(sizes), LOW, HIGH - 1e-9)
    return np.histogram(powers, BINS, (LOW, HIGH))[0] / gradient.size
