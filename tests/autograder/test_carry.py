"""What builds on a wrong answer is judged again with a right one, and nothing else changes."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.assignment import read_assignment
from autograder.carry import answers
from autograder.directives import Prose
from autograder.formats import FORMATS
from autograder.formats.as_json import as_json
from autograder.grade import Graded, grade
from autograder.replay import replay
from autograder.replayed import in_words
from autograder.rooms import Rooms
from autograder.sandbox.inside import wire
from autograder.sandbox.wall import Wall
from autograder.seeds import second
from autograder.signature import sign
from tests.autograder.conftest import Classroom
from tests.hostile.exam import Paper

A5, SEED = "a5_convolution", 7
UNWRITTEN = "def zero_pad(x, pad):\n    raise NotImplementedError"
SIZE_IS_THREE = "def output_size(n, kernel, stride=1, pad=0):\n    return 3"
WINDOWS = "def avgpool2d_forward(x, size, stride=None):\n    return x, output_size(4, 2)"

Hand = Callable[..., Graded]


def handed_in(changed: Mapping[str, str]) -> bytes:
    """Return a notebook with right answers, but for these cells."""
    notebook = Paper(read_assignment(A5)).notebook(("*",))
    cells = notebook["cells"]
    assert isinstance(cells, list)
    for cell in cells:
        cell["source"] = changed.get(cell["id"], cell["source"])
    return json.dumps(notebook).encode()


@pytest.fixture(scope="module")
def hand_in(wall: Wall) -> Hand:
    def graded(**changed: str) -> Graded:
        data = handed_in(changed)
        return grade(data, read_assignment(A5), SEED, wall=wall, notebook="x.ipynb", student="eve")

    return graded


@pytest.fixture(scope="module")
def carried(hand_in: Hand) -> Graded:
    """Two earlier exercises are wrong, and one that builds on them is as well, by itself."""
    return hand_in(zero_pad=UNWRITTEN, output_size=SIZE_IS_THREE, avgpool2d=WINDOWS)


def test_a_mistake_costs_its_own_exercise_alone(carried: Graded):
    lost = {each.id for each in carried.report.exercises if each.score < each.max_score}
    assert lost == {"zero_pad", "output_size", "avgpool2d"}
    assert carried.report.score == 100 - 4 - 4 - 8


def test_the_report_says_what_was_put_right(carried: Graded):
    right = {each.id: each.carried for each in carried.report.exercises if each.carried}
    assert right == {
        "correlate2d": ["zero_pad"],
        "conv2d_forward": ["zero_pad", "output_size"],
        "conv2d_backward": ["zero_pad", "output_size"],
        "maxpool2d": ["output_size"],
    }
    sentence = "Judged with `zero_pad` put right: what is wrong there costs nothing here."
    assert sentence in carried.accounts["correlate2d"]
    assert sentence[:32] in FORMATS["table"]([carried.report])  # it is broken into lines there
    assert sentence.replace("`", "\\`").replace("_", "\\_") in FORMATS["markdown"]([carried.report])


def test_who_made_no_earlier_mistake_is_judged_once(hand_in: Hand, monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object) -> object:
        raise AssertionError("judged again")

    monkeypatch.setattr("autograder.carry.one_by_one", refused)
    graded = hand_in(avgpool2d=WINDOWS)
    assert graded.report.score == 92
    assert not any(each.carried for each in graded.report.exercises)


def test_what_is_not_written_is_not_judged_again(hand_in: Hand, monkeypatch: pytest.MonkeyPatch):
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr("autograder.carry._better", lambda *words: asked.append(words))
    body = "raise NotImplementedError"
    hand_in(
        zero_pad=UNWRITTEN,
        correlate2d=f"def correlate2d(*a, **k):\n    {body}\ndef convolve2d(*a):\n    {body}",
        conv2d_forward=f"def conv2d_forward(x, w, b, stride=1, pad=0):\n    {body}",
    )
    assert [exercise.id for _, exercise, *_ in asked] == ["conv2d_backward"]


def test_a_replay_runs_what_the_report_ran(
    carried: Graded, tmp_path: Path, classroom: Classroom, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COURSE_ROOT", str(classroom.root))
    notebook, receipt = tmp_path / "x.ipynb", tmp_path / "report.json"
    notebook.write_bytes(
        handed_in({"zero_pad": UNWRITTEN, "output_size": SIZE_IS_THREE, "avgpool2d": WINDOWS})
    )
    sign(carried.report, classroom.root)
    receipt.write_text(as_json([carried.report], receipts=True))
    exercise = next(each for each in carried.report.exercises if each.id == "correlate2d")
    again = replay(receipt, notebook, f"correlate2d/{exercise.tests[0].name}", "auto")
    assert again.changes == []
    assert "passed, as in the report" in in_words(again)
    failing = replay(receipt, notebook, None, "auto")
    assert {test.verdict.exercise for test in failing.tests} == {
        "zero_pad",
        "output_size",
        "avgpool2d",
    }
    assert all(not test.verdict.passed for test in failing.tests)


def test_the_second_time_draws_other_inputs():
    assert second(SEED) != SEED
    assert second(SEED) == second(7) != second(8)
    assert 0 <= second(2**62) < 2**63


@pytest.mark.parametrize("name", Rooms().known())
def test_the_prose_says_what_is_carried_and_what_is_not(name: str):
    assignment = read_assignment(name)
    prose = "\n".join(cell.source for cell in assignment.cells if isinstance(cell, Prose))
    exercises = assignment.exercises
    uses = sum(bool(each.needs) for each in exercises)
    assert prose.count("as written: what is wrong there counts here too.") == uses
    built = sum(bool(each.builds_on) for each in exercises)
    assert prose.count("What you have wrong there costs nothing here") == built
    named = {name for each in exercises for name in (*each.builds_on, *each.needs)}
    assert all(f"`{name}`" in prose for name in named)


def test_what_is_served_can_cross():
    """The caches of functions that are served are plain data, or nobody could hand them back."""
    x, w = np.ones((2, 1, 4, 4)), np.ones((4, 4))
    inputs = {
        "linear_forward": (w, w, w[0]),
        "maxout_forward": (w, w, w[0], w, w[0]),
        "zero_pad": (x, 1),
        "output_size": (4, 2),
        "unbroadcast": (w, (4,)),
        "flatten_forward": (x,),
        **{f"{gate}_forward": (1.0, 2.0) for gate in ("add", "multiply", "max")},
        **{f"{name}_forward": (w,) for name in ("sigmoid", "tanh", "relu", "leaky_relu")},
    }
    for name in Rooms().known():
        assignment = read_assignment(name)
        for exercise in assignment.exercises:
            for function, served in answers(assignment, exercise.builds_on).items():
                if function.endswith("_backward"):
                    continue
                given = (1.0,) if (name, function) == ("a1_graphs", "sigmoid_forward") else None
                result = served(*(given or inputs[function]))
                assert "object of type" not in repr(wire.unpack(wire.pack(result))), function
