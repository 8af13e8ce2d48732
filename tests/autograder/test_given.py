"""Two assignments: the second is handed what the first built."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.assignment import Limits, read_assignment
from autograder.build import build
from autograder.commands import command_env
from autograder.companions import companions
from autograder.flaws import DirectiveError
from autograder.given import given_source
from autograder.program import Program
from autograder.rooms import PROJECT
from autograder.sandbox.replies import Fault
from autograder.sandbox.submission import Submission
from autograder.sandbox.wall import Wall

LINES = '''"""Lines between pairs."""

import math
from collections.abc import Sequence
from math import hypot as straight
from typing import TypeAlias

from reference.tiny import Pair, distance

Path: TypeAlias = "Sequence[Pair]"
START = Pair(0.0, 0.0)


def _steps(path: Path) -> list[float]:
    return [distance(p, q) for p, q in zip(path, path[1:])]


def length(path: Path, unit: float = 1e-0) -> float:
    """Return the length of a path."""
    return sum(_steps(path)) / unit  # in units


def angle(p: Pair) -> float:
    """Return the angle of a pair."""
    distance: float = straight(p.a - START.a, p.b)
    return math.acos(p.a / distance)


def turn(p: Pair, q: Pair) -> float:
    """Return the angle between pairs."""
    return angle(q) - angle(p)
'''
TEXT = """# ---
# jupyter:
#   course:
#     title: Lines
#     cell_seconds: 10
#     notebook_seconds: 60
#     call_seconds: 5
#     given: ["reference.lines:length", "reference.lines:START", "reference.tiny:Pair"]
# ---

# %%
from course import check
from given import START, Pair, length

import math
from math import hypot as straight

# %% exercise="turn" points=100 answer=["reference.lines:angle", "reference.lines:turn"]
"""
SUITE = '''import pytest

from autograder import expect
from autograder.program import public
from reference.lines import length, turn
from reference.tiny import Pair


@public(1.0, 2.0)
def turned(a: float, b: float) -> object:
    """How far to turn."""
    return turn(Pair(a, b), Pair(1.0, 0.0)), length([Pair(a, b), Pair(b, a)])
'''


class Lines:
    """The assignment that comes after `tiny`."""

    def __init__(self, tiny) -> None:
        self.tiny, self.rooms = tiny, tiny.rooms
        self.text = self.rooms.text("tiny_lines")
        self.reference = tiny.reference.parent / "lines.py"
        self.suite = self.rooms.suite("tiny_lines", "turn")
        hidden = tiny.rooms.suite("tiny", "pair").read_text().partition("import expect")[2]
        hidden = hidden.replace("added", "turned")
        for file, text in (
            (self.text, TEXT),
            (self.suite, SUITE + hidden),
            (self.reference, LINES),
        ):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        answer = "reference.tiny:distance"
        tiny.edit(tiny.text, f'["{answer}", "reference.tiny:unit"]', '"reference.tiny:unit"')
        directions = tiny.rooms.suite("tiny", "directions")
        tiny.edit(directions, ", distance(there, there)", "")
        tiny.edit(directions, "Pair, distance, unit", "Pair, unit")

    def given(self) -> str:
        """What is given."""
        return given_source(read_assignment("tiny_lines", self.rooms)) or ""


@pytest.fixture
def lines(tiny) -> Iterator[Lines]:
    yield Lines(tiny)
    sys.modules.pop("reference.lines", None)


def test_what_is_given_works_alone(lines):
    names: dict[str, object] = {"__name__": "given"}
    exec(compile(lines.given(), "given.py", "exec"), names)
    pair, length = names["Pair"], names["length"]
    assert length([pair(0.0, 0.0), pair(3.0, 4.0)], 2.0) == 2.5


def test_helpers_and_imports_come_along_and_nothing_else(lines):
    text = lines.given()
    assert "def _steps(path):" in text
    assert "def distance(p, q, power=2.0):" in text
    assert "import math\n" in text
    assert "return sum(_steps(path)) / unit  # in units" in text
    for absent in ("angle", "hypot", "TypeAlias", "letter", "reference"):
        assert absent not in text


def test_a_local_name_does_not_ask_for_its_namesake(lines):
    lines.tiny.edit(lines.text, '"reference.lines:angle", ', "")
    lines.tiny.edit(lines.text, '"reference.lines:length", "reference.lines:START"', "X")
    lines.tiny.edit(lines.text, "X", '"reference.lines:angle"')
    text = lines.given()
    assert "START = Pair(0.0, 0.0)" in text
    assert "from math import hypot as straight" in text
    assert "def distance" not in text


def test_an_assignment_without_given_has_no_such_file(tiny):
    assert given_source(read_assignment("tiny", tiny.rooms)) is None
    assert set(companions(read_assignment("tiny", tiny.rooms))) == {"quiz.json"}


WRONG = {
    "own answer": ("lines:length", "lines:turn", "lines:turn is an answer of tiny_lines/turn"),
    "needs own answer": ("lines:length", "lines:around", "lines:angle is an answer of tiny_lines"),
    "absent": ("lines:length", "lines:width", "does not define 'width'"),
    "no module": ("lines:length", "circles:length", "no module 'reference.circles'"),
    "a method": ("tiny:Pair", "tiny:Pair.norm", "not of the form `reference.module:name`"),
    "elsewhere": ("reference.lines:length", "os:path", "not of the form"),
    "another with its name": ("lines:length", "lines:other", "have the same name; rename one"),
    "renamed import": ("lines:length", "lines:renamed", "without `as`, in the reference"),
}
MORE = """

def around(p):
    return angle(p)


def unit(p):
    return p


def other(p):
    from reference.tiny import letter
    return unit(p), alike(p)


from reference.alike import alike
from reference.tiny import letter as L


def renamed(p):
    return L
"""


@pytest.mark.parametrize(("old", "new", "sentence"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_given_is_told_at_its_line(lines, old, new, sentence):
    lines.reference.write_text(LINES + MORE)
    (lines.reference.parent / "alike.py").write_text("def unit(): ...\ndef alike(p): unit()\n")
    lines.tiny.edit(lines.text, old + '"', new + '"')
    with pytest.raises(DirectiveError) as told:
        lines.given()
    assert sentence in str(told.value)
    assert str(told.value).startswith("source_notebooks/tiny_lines/tiny_lines.py:8: given: ")


def test_an_answer_of_a_later_assignment_cannot_be_given(lines):
    course = 'course: {title: "Pairs", '
    lines.tiny.edit(lines.tiny.text, course, f'{course}given: ["reference.lines:angle"], ')
    with pytest.raises(DirectiveError, match="angle is an answer of tiny_lines/turn"):
        build(["tiny"], Path("nowhere"), lines.rooms)


def test_a_class_with_a_method_still_to_be_written_cannot_be_given(lines):
    old = '["reference.lines:angle", "reference.lines:turn"]'
    lines.tiny.edit(lines.text, old, '"reference.tiny:Pair.scale"')
    with pytest.raises(DirectiveError, match="tiny:Pair is an answer of tiny_lines/turn"):
        lines.given()


def test_the_notebook_imports_what_is_given_alone(lines, tmp_path):
    lines.tiny.edit(lines.text, "START, Pair, length", "START, Pair, unit")
    with pytest.raises(DirectiveError, match=r"tiny_lines\.py:13: unit is imported from given"):
        build(["tiny_lines"], tmp_path, lines.rooms)


def test_a_program_uses_what_the_notebook_has(lines, tmp_path):
    lines.tiny.edit(lines.text, "START, Pair, length", "START, Pair")
    with pytest.raises(DirectiveError, match="the program turned uses length, which is neither"):
        build(["tiny_lines"], tmp_path, lines.rooms)


def test_what_is_given_is_released(lines, tmp_path):
    build(["tiny", "tiny_lines"], tmp_path, lines.rooms)
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", "tiny_lines"],
        cwd=PROJECT,
        env={**command_env(), "COURSE_ROOT": str(tmp_path)},
        check=True,
        capture_output=True,
    )
    shipped = tmp_path / "release" / "tiny_lines"
    assert {file.name for file in shipped.iterdir()} == {
        *("checks.json", "given.py", "tiny_lines.ipynb")
    }
    assert (shipped / "given.py").read_text() == lines.given()


def behind(wall: Wall, lines: Lines, *cells: str) -> Submission:
    files = companions(read_assignment("tiny_lines", lines.rooms))
    return Submission(wall, dict(enumerate(cells)), files, Limits(10, 60, 5))


def test_what_is_given_lies_behind_the_wall(lines, wall: Wall):
    cells = "from given import Pair, length", "length([Pair(0, 0), Pair(3, 4)])"
    with behind(wall, lines, *cells) as submission:
        runs = submission.run()
    assert [run.fate for run in runs.values()] == ["ok", "ok"]
    assert runs[1].outputs[0].data["text/plain"] == "5.0"


def turned() -> Program:
    """A program of names that the answer and `given.py` have."""
    source = "def turned(a, b):\n    return turn(Pair(a, b), Pair(b, a)), length([START, START])\n"
    return Program("turned", "", source, ("Pair", "START", "length", "turn"))


def test_a_program_finds_what_is_given_where_the_import_is_gone(lines, wall: Wall):
    with behind(wall, lines, "def turn(p, q): return p.a - q.a") as submission:
        submission.run()
        assert submission.call(turned(), [(3.0, 1.0)]) == [(2.0, 0.0)]


def test_a_notebooks_own_definition_goes_before_what_is_given(lines, wall: Wall):
    own = "def turn(p, q): return 1.0\n\n\ndef length(path): return 7.0"
    with behind(wall, lines, own) as submission:
        submission.run()
        assert submission.call(turned(), [(3.0, 1.0)]) == [(1.0, 7.0)]


def test_what_nobody_defines_is_missing(lines, wall: Wall):
    with behind(wall, lines, "1") as submission:
        submission.run()
        with pytest.raises(Fault, match="missing turn"):
            submission.call(turned(), [(3.0, 1.0)])
