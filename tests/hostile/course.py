"""A course of one small assignment, whose secrets are words and numbers that are easily found.

A submission to it costs a tenth of a second. Whatever may not leave the grader stands in `SECRETS`:
hidden inputs and what is expected for them, words of the answers and of the hidden tests, the
grader's environment, and another student's text.
"""

import base64
import struct
from pathlib import Path

from autograder.assignment import Assignment, read_assignment
from autograder.rooms import Rooms

NAME = "small"
INPUTS = (8417.3125, 6203.6875, 7759.8125, 5381.4375)
EXPECTED = (16834.625, 12407.375, 15519.625, 10762.875)
ANSWER, SUITE = "marigoldine", "thistlewick"
ENVIRONMENT = ("COURSE_WORD", "foxglove-of-the-environment")
NEIGHBOUR = "bluebell of another student"
SEED = 7350918264

REFERENCE = f'''"""A reference of a screen."""

import numpy as np


def double(x: np.ndarray) -> np.ndarray:
    """Return twice the array."""
    {ANSWER} = 2.0 * x
    return {ANSWER}


def square_forward(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the squares, and what the way back needs."""
    {ANSWER}_squares = x * x
    return {ANSWER}_squares, x


def square_backward(dout: np.ndarray, cache: np.ndarray) -> np.ndarray:
    """Return the gradient of what was squared."""
    {ANSWER}_slope = 2.0 * cache * dout
    return {ANSWER}_slope


class Tally:
    """A sum that grows."""

    def __init__(self) -> None:
        self.total = 0.0

    def add(self, number: float) -> float:
        """Add a number and return the total."""
        {ANSWER}_total = self.total + number
        self.total = {ANSWER}_total
        return self.total


letter = "D"
'''

TEXT = """# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   course: {title: "Small", cell_seconds: 20, notebook_seconds: 60, call_seconds: 10}
# ---

# %% [markdown]
# # Small
#
# Twice, squared, counted (W1).

# %%
import numpy as np

from course import check

# %% exercise="double" points=40 answer="reference.small:double"

# %% exercise="square" points=30 answer=["{0}_forward", "{0}_backward"]

# %% exercise="tally" points=20 answer="reference.small:Tally" given=["__init__"]

# %% exercise="quiz" points=10 answer="reference.small:letter" choices="ABCDE"

# %% [markdown] essay="essay" points=5
""".replace("{0}", "reference.small:square")

HEAD = f'''"""The hidden tests; {SUITE}."""

import numpy as np
import pytest

from autograder import expect
from autograder.program import public

HIDDEN = np.array({list(INPUTS)})
'''

SUITES = {
    "double": '''
from reference.small import double

@public(np.array([1.0, 2.0]))
def doubled(x):
    """Twice of everything."""
    return double(x)

@pytest.mark.category("values")
def test_values(student):
    """Numbers of any size."""
    expect.close(student(doubled, HIDDEN), doubled(HIDDEN))

@pytest.mark.category("edges")
def test_nothing(student):
    """An array without entries."""
    expect.close(student(doubled, HIDDEN[:0]), doubled(HIDDEN[:0]))
''',
    "square": '''
from reference.small import square_backward, square_forward

@public(np.array([3.0]), np.array([1.0]))
def slopes(x, dout):
    """There and back."""
    out, cache = square_forward(x)
    return out, square_backward(dout, cache)

@pytest.mark.category("values")
def test_values(student):
    """There and back, on several numbers."""
    expect.close(student(slopes, HIDDEN, HIDDEN / 3), slopes(HIDDEN, HIDDEN / 3))

@pytest.mark.category("scale")
@pytest.mark.required
def test_infinite(student):
    """A number that is infinite: slopes are worked out, and never measured by nudging."""
    case = np.array([np.inf, 1.0, -2.0]), np.array([1.0, 3.0, 0.5])
    expect.close(student(slopes, *case), slopes(*case))
''',
    "tally": '''
from reference.small import Tally

@public([1.0, 2.0])
def counted(numbers):
    """The totals on the way."""
    tally = Tally()
    return [tally.add(number) for number in numbers]

@pytest.mark.category("values")
def test_values(student):
    """Totals of several numbers."""
    expect.close(student(counted, HIDDEN.tolist()), counted(HIDDEN.tolist()))
''',
    "quiz": """
from reference.small import letter

def chosen():
    return letter

@pytest.mark.category("values")
def test_letter(student):
    "The letter."
    expect.equal(student(chosen), chosen())
""",
}

MISCONCEPTIONS = """
[[misconception]]
exercise = "double"
name = "halves"
old = "2.0 * x\\n"
new = "0.5 * x\\n"
idea = "It halves."
hint = "Is it more or less than before?"
see = "W1"

[[misconception]]
exercise = "tally"
name = "forgets"
old = "self.total + number"
new = "number"
idea = "The total is forgotten."
hint = "What was there before?"
see = "W1"
"""


def write(root: Path) -> Assignment:
    """Write the course into a folder and read its assignment; `reference` has to find it there."""
    rooms = Rooms(root)
    _write(root / "reference" / f"{NAME}.py", REFERENCE)
    _write(rooms.text(NAME), TEXT)
    _write(rooms.misconceptions(NAME), MISCONCEPTIONS)
    for exercise, suite in SUITES.items():
        _write(rooms.suite(NAME, exercise), HEAD + suite)
    return read_assignment(NAME, rooms)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def _spellings(number: float) -> list[str]:
    """How a number might be written down by somebody who smuggles it."""
    packed = struct.pack("<d", number)
    return [f"{number}", packed.hex(), number.hex(), base64.b64encode(packed).decode()[:9]]


WORDS = (ANSWER, SUITE, ENVIRONMENT[1], NEIGHBOUR, str(SEED))
SECRETS = (*WORDS, *(way for number in (*INPUTS, *EXPECTED) for way in _spellings(number)))


def leaks(text: str) -> list[str]:
    """Return the secrets that a text tells, forward or backward."""
    return [secret for secret in SECRETS if secret in text or secret[::-1] in text]
