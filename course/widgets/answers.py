"""A student's result beside the expected one: which entries differ, and a sentence on it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from course.plots.strokes import number
from course.words import apart, plural

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Answer:
    """What came back under a name, and the least and largest values that are right."""

    what: str
    found: Array
    least: Array
    most: Array

    @property
    def wrong(self) -> Indices:
        """The flat indices of the entries that differ."""
        slack = TOLERANCE * np.maximum(1.0, np.maximum(np.abs(self.least), np.abs(self.most)))
        off = (self.found < self.least - slack) | (self.found > self.most + slack)
        return np.flatnonzero(off)

    def told(self) -> str:
        """Return the verdict as a sentence."""
        wrong = self.wrong
        if not wrong.size:
            return f"{self.what} agrees ({plural(self.found.size, 'value')})."
        place = np.unravel_index(int(wrong[0]), self.found.shape)
        got, low, high = (float(each[place]) for each in (self.found, self.least, self.most))
        if high - low > TOLERANCE:
            given, expected = number(got), f"{number(low)} to {number(high)} (a tie)"
        else:
            given, expected = apart(got, low)
        where = ", ".join(str(int(index)) for index in place)
        return (
            f"{self.what} differs in {wrong.size} of {plural(self.found.size, 'value')}: at "
            f"[{where}] it is {given}, expected {expected}."
        )


def exactly(what: str, found: Array, expected: Array) -> Answer:
    """Return the answer where one value is right for each entry."""
    return Answer(what, found, expected, expected)


def float_bytes(array: Array) -> bytes:
    """Return an array as the browser takes it."""
    return array.astype("<f4").tobytes()
