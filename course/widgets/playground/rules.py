"""What may be set in the playground, and the sentence for what may not."""

from collections.abc import Callable, Sequence
from math import inf
from typing import Final, cast

from traitlets import TraitError

from course.widgets.playground.data import DRAWN, MOST_CLASSES, POINTS, SETS

MOST_UNITS: Final = 16
MOST_LAYERS: Final = 4
CHOICES: Final[dict[str, list[str]]] = {
    "data": [*SETS, DRAWN],
    "activation": ["relu", "tanh", "sigmoid", "linear"],
    "loss": ["cross-entropy", "hinge", "squared error"],
    "optimiser": ["sgd", "momentum", "adagrad", "rmsprop", "adam"],
}
# From, to, and how the numbers in between are called.
RANGES: Final[dict[str, tuple[float, float, str]]] = {
    "noise": (0, 1, "a deviation"),
    "share": (0.1, 0.9, "a share of the points"),
    "spread": (0, 10, "a deviation"),
    "rate": (0, 100, "a learning rate"),
    "batch": (1, POINTS, "a number of points"),
    "l2": (0, 10, "a strength"),
    "seed": (0, 1_000_000, "a seed"),
}
SETTINGS: Final = (*CHOICES, *RANGES, "drawn", "hidden", "engine", "unit")


def good(name: str, value: object, engines: Sequence[str], sizes: Sequence[int]) -> object:
    """Return the value for the setting of that name; raises TraitError with a sentence."""
    if name in CHOICES or name == "engine":
        allowed = CHOICES.get(name, list(engines))
        if value in allowed:
            return value
        more = " ('yours' needs your functions)" if value == "yours" else ""
        raise TraitError(f"There is no {name} {value!r} here: choose from {allowed}{more}.")
    if name in RANGES:
        low, high, what = RANGES[name]
        # Written so that NaN, which is neither, fails too.
        if low <= cast("float", value) <= high:
            return value
        raise TraitError(f"{name} is {value!r}; it must be {what} from {low:g} to {high:g}.")
    made = _LISTS[name](cast("list[object]", value), sizes)
    if made is None:
        raise TraitError(f"{name} is {value!r}; {_SENTENCES[name]}")
    return made


def _hidden(value: list[object], sizes: Sequence[int]) -> list[object] | None:
    fits = len(value) <= MOST_LAYERS
    return value if fits and all(1 <= cast("int", n) <= MOST_UNITS for n in value) else None


def there(unit: Sequence[int], sizes: Sequence[int]) -> bool:
    """Tell whether a network of these sizes has the unit [layer, unit]; [] is always there."""
    if len(unit) != 2:
        return not unit
    return 1 <= unit[0] < len(sizes) and 1 <= unit[1] <= sizes[unit[0]]


def _unit(value: list[object], sizes: Sequence[int]) -> list[object] | None:
    return value if there(cast("list[int]", value), sizes) else None


def _drawn(value: list[object], sizes: Sequence[int]) -> list[object] | None:
    try:
        dots = [
            (float(x), float(y), int(label)) for x, y, label in cast("list[list[float]]", value)
        ]
    except (TypeError, ValueError):
        return None
    within = all(-inf < x < inf and -inf < y < inf for x, y, _ in dots)
    known = all(0 <= label < MOST_CLASSES for _, _, label in dots)
    return list(dots) if within and known and len(dots) <= POINTS else None


_LISTS: Final[dict[str, Callable[[list[object], Sequence[int]], list[object] | None]]] = {
    "hidden": _hidden,
    "unit": _unit,
    "drawn": _drawn,
}
_SENTENCES: Final = {
    "hidden": f"it must list at most {MOST_LAYERS} layers of 1 to {MOST_UNITS} units.",
    "unit": "it must be [] or [layer, unit], counted from 1, of a layer that is there.",
    "drawn": (
        f"it must list at most {POINTS} points [x, y, class], with class 0 to {MOST_CLASSES - 1}."
    ),
}
