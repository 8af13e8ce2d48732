"""A course of one tiny assignment, written into a temporary folder; a wall; a real classroom."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import reference
from autograder.assignment import read_assignment
from autograder.build import build
from autograder.commands import command_env
from autograder.demo.samples import Notebook, Samples
from autograder.rooms import PROJECT, Rooms
from autograder.sandbox.wall import Wall

REFERENCE = '''"""A reference of a screen."""

import math


class Pair:
    """Two numbers."""

    size = 2

    def __init__(self, a: float, b: float) -> None:
        self.a = a
        self.b = b

    # How pairs add.
    def __add__(self, other: "Pair") -> "Pair":
        """Return the sum."""
        # entry by entry
        total = (self.a + other.a, self.b + other.b)
        return Pair(*total)
        # so that pairs are vectors

    # What follows is the norm's.
    # It is graded on its own.
    @property
    def norm(self) -> float:
        """Return the length.

        It is not negative.
        """
        squares = self.a**2 + self.b**2
        return math.sqrt(squares)

    def scale(
        self,
        factor: float,
    ) -> "Pair":  # both entries

        return Pair(factor * self.a, factor * self.b)

    __radd__ = __add__


def distance(p: Pair, q: Pair, power: float = 2.0) -> float:
    """Return how far apart the points are."""

    def gap(left: float, right: float) -> float:
        return abs(left - right) ** power

    return (gap(p.a, q.a) + gap(p.b, q.b)) ** (1 / power)


def unit(p: Pair) -> Pair:
    """Return the pair of length 1 in the same direction."""
    return p.scale(1 / p.norm)


letter = "B"
'''

TEXT = """# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   course: {title: "Pairs", cell_seconds: 10, notebook_seconds: 60, call_seconds: 5}
# ---

# %% [markdown]
# # Pairs
#
# A pair is a vector (W1, W2).

# %%
import math

from course import check

# %% exercise="pair" points=40 answer="reference.tiny:Pair" given=["__init__"]

# %% exercise="norm" points=20 answer="reference.tiny:Pair.norm"

# %% exercise="directions" points=30 answer=["reference.tiny:distance", "reference.tiny:unit"]

# %% [markdown]
# Which letter?

# %% exercise="quiz" points=10 answer="reference.tiny:letter" choices="ABC"

# %% [markdown] essay="essay" points=5
"""

SUITES = {
    "pair": '''
from autograder.program import public
from reference.tiny import Pair

@public(1.0, 2.0)
@public(0.5, -2.0)
def added(a: float, b: float) -> object:
    """Pairs add entry by entry."""
    total = Pair(a, b) + Pair(b, a)
    return total.a, total.b
''',
    "norm": '''
from autograder.program import public
from reference.tiny import Pair

@public(3.0, 4.0)
@public(0.0, 0.0)
def length(a: float, b: float) -> object:
    """The length of a pair."""
    return Pair(a, b).norm
''',
    "directions": '''
import numpy as np
from autograder.program import public
from reference.tiny import Pair, distance, unit

@public(np.array([3.0, 4.0]))
def direction(entries: object) -> object:
    """A pair of length 1."""
    there = unit(Pair(*entries))
    return there.a, there.b, distance(there, there)

def hidden() -> object:
    """Not among the visible checks."""
    return unit(Pair(1.0, 1.0)).a
''',
    "quiz": """
from reference.tiny import letter

def given_letter() -> object:
    return letter
""",
}

HIDDEN = """
import pytest
from autograder import expect

""" + "".join(
    f'''
@pytest.mark.category("{category}")
def test_{category}(student):
    """Inputs of the kind that is called {category}."""
    expect.close(student(PROGRAM, *INPUTS), PROGRAM(*INPUTS))
'''
    for category in ("values", "shapes", "edges", "reuse", "scale")
)
ASKED = {
    "pair": ("added", "(1.0, 2.0)"),
    "norm": ("length", "(3.0, 4.0)"),
    "directions": ("direction", "(np.array([3.0, 4.0]),)"),
    "quiz": ("given_letter", "()"),
}

MISCONCEPTIONS = """
[[misconception]]
exercise = "pair"
name = "keeps-b"
old = "self.b + other.b"
new = "self.b"
idea = "Only the first entries are added."
hint = "What happens to the second entries?"
see = "W1"

[[misconception]]
exercise = "norm"
name = "forgets-the-root"
old = "math.sqrt(squares)"
new = "squares"
idea = "The square of the length is returned."
hint = "Is a length of 3 and 4 really 25?"
see = "W2"

[[misconception]]
exercise = "norm"
name = "fails"
old = "squares = self.a**2"
new = "squares = 1 / (self.a - self.a)"
idea = "It cannot be computed."
hint = "Divided by nothing?"
see = "W2"
"""


class Tiny:
    """The folders of a course with the assignment `tiny`, and ways to spoil it."""

    def __init__(self, root: Path) -> None:
        self.rooms = Rooms(root)
        self.text = self.rooms.text("tiny")
        self.reference = root / "reference" / "tiny.py"
        self.misconceptions = self.rooms.misconceptions("tiny")
        _write(self.reference, REFERENCE)
        _write(self.text, TEXT)
        _write(self.text.parent / "quiz.json", "[]\n")
        _write(self.misconceptions, MISCONCEPTIONS)
        for exercise, suite in SUITES.items():
            program, inputs = ASKED[exercise]
            hidden = HIDDEN.replace("PROGRAM", program).replace("INPUTS", inputs)
            _write(self.rooms.suite("tiny", exercise), suite + hidden)

    def edit(self, file: Path, old: str, new: str) -> None:
        """Replace what stands once in a file."""
        text = file.read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file.name}"
        file.write_text(text.replace(old, new))


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tiny]:
    course = Tiny(tmp_path / "course")
    folders = [*reference.__path__, str(course.reference.parent)]
    monkeypatch.setattr(reference, "__path__", folders)
    yield course
    sys.modules.pop("reference.tiny", None)


@pytest.fixture
def line_of(tiny: Tiny) -> Callable[[str], int]:
    """Say in which line of the text notebook a piece of it stands."""

    def find(piece: str) -> int:
        lines = tiny.text.read_text().splitlines()
        (number,) = [number for number, line in enumerate(lines, 1) if piece in line]
        return number

    return find


@pytest.fixture(scope="session")
def wall() -> Iterator[Wall]:
    """The wall that the tests of one process share."""
    with Wall("bwrap") as raised:
        yield raised


@dataclass(frozen=True)
class Classroom:
    """A classroom of nbgrader's, and ways to work on it."""

    root: Path

    @property
    def env(self) -> dict[str, str]:
        """The environment for commands that work on it."""
        return {**command_env(), "COURSE_ROOT": str(self.root)}

    def run(self, *words: str, ends: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m ...` on it, and see that it ends as it should, without a traceback."""
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=PROJECT,
            env={**self.env, **env},
            capture_output=True,
            text=True,
            timeout=240,
        )
        said = done.stdout + done.stderr
        assert done.returncode == ends, said[-3_000:]
        assert "Traceback (most recent call last)" not in said, said[-3_000:]
        return done

    def hand_in(self, student: str, notebook: Notebook | bytes) -> Path:
        """Put a notebook where nbgrader collects it."""
        file = self.root / "submitted" / student / "a1_graphs" / "a1_graphs.ipynb"
        file.parent.mkdir(parents=True, exist_ok=True)
        data = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
        file.write_bytes(data)
        return file


@pytest.fixture(scope="session")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """Build and release a1_graphs once for each process of tests."""
    room = Classroom(tmp_path_factory.mktemp("classroom"))
    build(["a1_graphs"], room.root)
    room.run("nbgrader", "generate_assignment", "a1_graphs")
    return room


@pytest.fixture(scope="session")
def samples(classroom: Classroom) -> Samples:
    """Sample submissions made from that release."""
    notebook = Path("a1_graphs", "a1_graphs.ipynb")
    files = (classroom.root / "release" / notebook, classroom.root / "source" / notebook)
    return Samples(read_assignment("a1_graphs"), *files)
