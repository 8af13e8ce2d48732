"""Compare what came back with what was expected, and say the difference in words.

The one place where the tolerance stands: 1e-6 relative to max(1, |expected|), 1e-4 as soon as a
float32 takes part, nothing between integers. Tuples and lists are interchangeable and numbers go
by value (an int serves as a float, a 0-d array as a number); extra keys of a dict are no harm.
Arrays need the exact shape and the same kind of dtype; infinity and NaN must stand where they are
expected and nowhere else.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from course.words import apart, named, plural, shown

RTOL = 1e-6
RTOL_FLOAT32 = 1e-4

Array: TypeAlias = NDArray[np.generic]
Floats: TypeAlias = NDArray[np.float64]
Kind: TypeAlias = Literal["type", "shape", "dtype", "value"]

_DTYPE_KINDS = {"f": "floats", "i": "integers", "u": "integers", "b": "truth values"}


@dataclass(frozen=True)
class Difference:
    """The most telling difference between two values.

    `sentence` says it in words. `where` is the part that differs as a Python expression such
    as `result[0]`. `error` is |got - expected| / max(1, |expected|) where that is largest, infinite
    where it cannot be said. `got` and `expected` are float64 arrays of one shape if numbers
    differ, else None.
    """

    kind: Kind
    where: str
    sentence: str
    error: float = float("inf")
    got: Floats | None = field(default=None, repr=False, compare=False)
    expected: Floats | None = field(default=None, repr=False, compare=False)


def difference(
    got: object, expected: object, rtol: float | None = None, where: str = "result"
) -> Difference | None:
    """Return the most telling difference, or None if `got` is as good as `expected`.

    `got` may be anything; `expected` is plain data: None, bool, int, float, str, tuple, list,
    dict, NumPy arrays and scalars of these. `rtol` replaces the tolerance that follows from the
    dtypes, `where` is what the value is called. A wrong type, shape or dtype is told before a
    wrong value.
    """
    found = list(_differences(got, expected, where, rtol))
    if not found:
        return None
    return min(found, key=lambda each: (each.kind == "value", -each.error))


def relative_error(got: Floats, expected: Floats) -> Floats:
    """|got - expected| / max(1, |expected|): 0 where both are the same infinity or both NaN.

    Infinite where only one of them is finite, or both are infinite and differ.
    """
    with np.errstate(all="ignore"):
        error = np.abs(got - expected) / np.maximum(1.0, np.abs(expected))
    same = (got == expected) | (np.isnan(got) & np.isnan(expected))
    both_finite = np.isfinite(got) & np.isfinite(expected)
    return np.where(same, 0.0, np.where(both_finite, error, np.inf))


def _differences(
    got: object, expected: object, where: str, rtol: float | None
) -> Iterator[Difference]:
    if isinstance(expected, tuple | list):
        yield from _in_sequence(got, cast("Sequence[object]", expected), where, rtol)
    elif isinstance(expected, dict):
        yield from _in_dict(got, cast("Mapping[object, object]", expected), where, rtol)
    elif isinstance(expected, str):
        if not isinstance(got, str):
            yield _other_type(got, expected, where)
        elif str.__ne__(got, expected):
            yield Difference("value", where, f"{where} is {shown(got)}, expected {expected!r}.")
    elif expected is None:
        if got is not None:
            yield _other_type(got, expected, where)
    elif not _close(got, expected, RTOL if rtol is None else rtol):
        yield from _in_numbers(got, expected, where, rtol)


def _close(got: object, expected: object, rtol: float) -> bool:
    """Whether both are finite floats within tolerance; long lists of them need no arrays."""
    if type(got) is not float or type(expected) is not float:
        return False
    return abs(got - expected) <= rtol * max(1.0, abs(expected)) < float("inf")


def _in_sequence(
    got: object, expected: Sequence[object], where: str, rtol: float | None
) -> Iterator[Difference]:
    if not isinstance(got, tuple | list):
        yield _other_type(got, expected, where)
        return
    items = cast("Sequence[object]", got)
    if len(items) != len(expected):
        sentence = f"{where} has {plural(len(items), 'value')}, expected {len(expected)}."
        yield Difference("shape", where, sentence)
        return
    for position, (mine, theirs) in enumerate(zip(items, expected, strict=True)):
        yield from _differences(mine, theirs, f"{where}[{position}]", rtol)


def _in_dict(
    got: object, expected: Mapping[object, object], where: str, rtol: float | None
) -> Iterator[Difference]:
    if not isinstance(got, dict):
        yield _other_type(got, expected, where)
        return
    items = cast("dict[object, object]", got)
    missing = [key for key in expected if key not in items]
    if missing:
        sentence = f"{where} has no entry {', '.join(map(shown, missing))}."
        yield Difference("shape", where, sentence)
        return
    for key, theirs in expected.items():
        yield from _differences(items[key], theirs, f"{where}[{shown(key)}]", rtol)


def _in_numbers(
    got: object, expected: object, where: str, rtol: float | None
) -> Iterator[Difference]:
    theirs = _array(expected)
    if theirs is None:
        raise TypeError(f"expected values are plain data, not {named(expected)}")
    mine = _array(got)
    if mine is None:
        yield _other_type(got, expected, where)
    elif mine.shape != theirs.shape:
        if mine.shape and theirs.shape:
            sentence = f"{where} has shape {mine.shape}, expected {theirs.shape}."
        else:
            sentence = f"{where} is {named(got)}, expected {named(expected)}."
        yield Difference("shape", where, sentence)
    elif not _kinds_agree(mine, theirs):
        yield _other_dtype(mine, theirs, where)
    else:
        yield from _in_values(mine, theirs, where, rtol)


def _array(value: object) -> Array | None:
    """A number or an array as a plain ndarray, whatever a subclass pretends; else None."""
    if isinstance(value, np.ndarray | np.number | np.bool_):
        return np.array(cast("Array", value), subok=False)
    if isinstance(value, bool):
        return np.array(value)
    if isinstance(value, int):
        fits = -(2**63) <= int.__int__(value) < 2**63
        return np.array(int.__int__(value) if fits else _as_float(value))
    if isinstance(value, float):
        return np.array(float.__float__(value))
    return None


def _as_float(value: int) -> float:
    try:
        return int.__float__(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _kinds_agree(got: Array, expected: Array) -> bool:
    kinds = [_DTYPE_KINDS.get(each.dtype.kind) for each in (got, expected)]
    if got.ndim == 0 and "truth values" not in kinds and None not in kinds:
        return True
    return kinds[0] == kinds[1] is not None


def _in_values(got: Array, expected: Array, where: str, rtol: float | None) -> Iterator[Difference]:
    exact = got.dtype.kind != "f" and expected.dtype.kind != "f"
    if rtol is None:
        rtol = 0.0 if exact else tolerance(got.dtype, expected.dtype)
    with np.errstate(over="ignore"):  # a longdouble beyond float64 is infinite
        mine, theirs = got.astype(np.float64), expected.astype(np.float64)
    error = relative_error(mine, theirs)
    wrong = int(np.count_nonzero(error > rtol))
    if wrong:
        place = np.unravel_index(int(np.argmax(error)), error.shape)
        worst = float(error[place])
        if expected.dtype.kind == "b":
            sentence = _told(str(bool(mine[place])), str(bool(theirs[place])), where, place)
        else:
            sentence = _in_words(float(mine[place]), float(theirs[place]), worst, where, place)
        if error.ndim:
            sentence += f" {wrong} of {plural(error.size, 'value')} {_differ(wrong)}."
        yield Difference("value", where, sentence, worst, mine, theirs)


def tolerance(*dtypes: np.dtype[np.generic]) -> float:
    """The relative tolerance for results of these dtypes: the coarsest one decides."""
    coarse = any(dtype.kind == "f" and dtype.itemsize < 8 for dtype in dtypes)
    return RTOL_FLOAT32 if coarse else RTOL


def _in_words(
    got: float, expected: float, error: float, where: str, place: Sequence[np.intp]
) -> str:
    back, wanted = apart(got, expected)
    if np.isfinite(error) and expected:
        wanted += f" (relative error {abs(got - expected) / abs(expected):.2g})"
    return _told(back, wanted, where, place)


def _told(back: str, wanted: str, where: str, place: Sequence[np.intp]) -> str:
    if not place:
        return f"{where} is {back}, expected {wanted}."
    index = ", ".join(map(str, place))
    return f"{where} differs most at [{index}]: {back} came back, expected {wanted}."


def _differ(count: int) -> str:
    return "differs" if count == 1 else "differ"


def _other_type(got: object, expected: object, where: str) -> Difference:
    return Difference("type", where, f"{where} is {named(got)}, expected {named(expected)}.")


def _other_dtype(got: Array, expected: Array, where: str) -> Difference:
    mine, theirs = (_DTYPE_KINDS.get(each.dtype.kind, "neither") for each in (got, expected))
    if not got.ndim:
        return _other_type(got[()], expected[()], where)
    sentence = f"{where} is an array of dtype {got.dtype}, expected {theirs} ({expected.dtype})."
    if mine == "integers" and theirs == "floats":
        sentence += " An integer array cuts off decimals: make it with dtype=float."
    return Difference("dtype", where, sentence)
