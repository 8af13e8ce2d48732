"""What a student is told of an exception from behind the wall, and how much that can carry out.

Code behind the wall sees the inputs of hidden tests, and chooses what it raises and where: told in
full, type and line would be a way out for these inputs. So the type is told if Python or NumPy
defines it (at most 128 of them, 7 bits), the place if it lies among the first 4 096 lines of the
notebook's code (12 bits), and both once for an exercise: of a second exception, raised elsewhere,
it is only said that there was one (`judge.say_once`). "Not written yet." is an outcome of its own.

What one submission can learn at most is thus 19 bits an exercise, and for each test which of some
16 outcomes it had (4 bits): passed, wrong, nothing returned, too much, out of time, ended, raised,
not written, which name is missing, which known misconception fits. An assignment of 10 exercises
and 110 tests: 630 bits, about ten numbers in full precision. Expected values are not among them:
those never go behind the wall.

Code that is run once more (see `sharing`) can notice it, and so learn that its first answer was
wrong: where it hesitates between two answers, it can give both. A fork that is kept tells that the
last test was passed; code that keeps notes on that can try as many answers as an exercise has tests
of values, one of which must pass, and loses a test by each that was wrong.
"""

import builtins
from collections.abc import Mapping
from typing import cast

import numpy as np

SOME = "an exception"
UNWRITTEN = "NotImplementedError"
TOLD_LINES = 4_096
TYPES = frozenset(
    name
    for module in (builtins, np.exceptions, np.linalg)
    for name, value in cast(dict[str, object], vars(module)).items()
    if isinstance(value, type) and issubclass(value, BaseException)
)


def told_type(name: str) -> str:
    """Return an exception's type as a student may read it."""
    return name if name in TYPES else SOME


def told_place(place: tuple[int, int] | None, cells: Mapping[int, str]) -> tuple[int, int] | None:
    """Return a cell and a line of it, from 1, if it is one that may be told."""
    if place is None or place[0] not in cells:
        return None
    index, line = place
    before = sum(_lines(source) for number, source in cells.items() if number < index)
    known = 1 <= line <= _lines(cells[index]) and before + line <= TOLD_LINES
    return place if known else None


def _lines(source: str) -> int:
    return source.count("\n") + 1
