"""The only comparisons a hidden test may make; they see plain data, never a student's object."""

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from course.compare import difference


class Mismatch(AssertionError):
    """What came back is not what was wanted; the text is for the instructor alone."""


def close(got: object, wanted: object, rtol: float | None = None) -> None:
    """Compare by value: exact shape, kind of dtype, finite where finite, then a tolerance.

    Tuples and lists are interchangeable. The tolerance is relative to max(1, |wanted|): 1e-6,
    or 1e-4 where `got` is float32, unless `rtol` is given.

    Raises:
        Mismatch: they differ.
    """
    found = difference(got, wanted, rtol)
    if found is not None:
        raise Mismatch(found.sentence)


def equal(got: object, wanted: object) -> None:
    """Compare exactly, types and dtypes included (True is not 1, 1 is not 1.0).

    Raises:
        Mismatch: they differ.
    """
    if not _same(got, wanted):
        raise Mismatch(f"came back {got!r:.200}, wanted {wanted!r:.200}")


def _same(got: object, wanted: object) -> bool:
    if type(got) is not type(wanted):
        return False
    if isinstance(wanted, np.ndarray):
        left, right = cast(NDArray[np.generic], got), cast(NDArray[np.generic], wanted)
        return left.dtype == right.dtype and np.array_equal(left, right)
    if isinstance(wanted, dict):
        pairs, there = cast(dict[object, object], wanted), cast(dict[object, object], got)
        return pairs.keys() == there.keys() and all(_same(there[key], pairs[key]) for key in pairs)
    if isinstance(wanted, list | tuple):
        entries, there = cast(Sequence[object], wanted), cast(Sequence[object], got)
        return len(entries) == len(there) and all(map(_same, there, entries))
    return got == wanted


def holds(condition: bool, sentence: str) -> None:
    """Check a property of observations, computed here from plain data.

    Raises:
        Mismatch: the condition is not True.
    """
    if condition is not True:
        raise Mismatch(sentence)
