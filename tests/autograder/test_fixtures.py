import json
import signal

import pytest

from autograder import fixtures
from autograder.assignment import read_assignment
from autograder.exercise import parts_of
from autograder.fixtures import checks_json
from autograder.flaws import DirectiveError
from autograder.misconception import read_misconceptions
from course.plain import decode


def checks(tiny) -> dict:
    assignment = read_assignment("tiny", tiny.rooms)
    parts = parts_of(assignment)
    return json.loads(checks_json(assignment, parts, read_misconceptions(assignment)))


def test_a_public_program_travels_with_its_inputs_and_expected_values(tiny):
    content = checks(tiny)
    assert (content["schema"], content["assignment"]) == (1, "tiny")
    assert list(content["exercises"]) == ["pair", "norm", "directions", "quiz"]
    (program,) = content["exercises"]["norm"]["programs"]
    assert program["name"] == "length"
    assert program["says"] == "The length of a pair."
    assert program["source"] == "def length(a, b):\n    return Pair(a, b).norm\n"
    assert program["names"] == ["Pair"]
    cases = program["cases"]
    assert [[decode(value) for value in case["inputs"]] for case in cases] == [[3.0, 4.0], [0, 0]]
    assert [decode(case["expected"]) for case in cases] == [5.0, 0.0]


def test_only_programs_marked_public_are_shown(tiny):
    (program,) = checks(tiny)["exercises"]["directions"]["programs"]
    assert program["name"] == "direction"
    assert checks(tiny)["exercises"]["directions"]["names"] == ["Pair", "distance", "unit"]


def test_a_literal_is_described_by_its_choices_alone(tiny):
    assert checks(tiny)["exercises"]["quiz"] == {
        "names": ["letter"],
        "literal": {"kind": "choice", "names": ["A", "B", "C"]},
        "programs": [],
    }


def test_a_misconception_is_there_where_it_differs(tiny):
    three_four, nothing = checks(tiny)["exercises"]["norm"]["programs"][0]["cases"]
    fails = {"hint": "Divided by nothing?", "see": "W2", "raises": "ZeroDivisionError"}
    assert three_four["misconceptions"] == [
        {"hint": "Is a length of 3 and 4 really 25?", "see": "W2", "value": 25.0},
        fails,
    ]
    assert nothing["misconceptions"] == [fails]


def test_a_misconception_that_never_ends_is_stopped(tiny, monkeypatch):
    monkeypatch.setattr(fixtures, "MISTAKE_SECONDS", 0.05)
    endless = '"""\nwhile True:\n            pass\n        squares = 0"""'
    tiny.edit(tiny.misconceptions, '"squares = 1 / (self.a - self.a)"', endless)
    before = signal.getsignal(signal.SIGVTALRM), signal.getitimer(signal.ITIMER_VIRTUAL)
    case = checks(tiny)["exercises"]["norm"]["programs"][0]["cases"][0]
    assert case["misconceptions"][1] == {
        "hint": "Divided by nothing?",
        "see": "W2",
        "raises": "TookTooLong",
    }
    after = signal.getsignal(signal.SIGVTALRM), signal.getitimer(signal.ITIMER_VIRTUAL)
    assert after == before


def test_a_misconception_that_gives_no_plain_value_is_left_out(tiny):
    tiny.edit(tiny.misconceptions, '"squares"', '"self"')
    case = checks(tiny)["exercises"]["norm"]["programs"][0]["cases"][0]
    assert [each["hint"] for each in case["misconceptions"]] == ["Divided by nothing?"]


def test_the_time_of_a_call_is_told(tiny):
    assert checks(tiny)["call_seconds"] == 5


def test_a_program_may_spoil_its_inputs(tiny):
    suite = tiny.rooms.suite("tiny", "directions")
    tiny.edit(suite, "    there = unit", "    entries *= 2\n    there = unit")
    case = checks(tiny)["exercises"]["directions"]["programs"][0]["cases"][0]
    assert decode(case["inputs"][0]).tolist() == [3.0, 4.0]


BROKEN = {
    "fails": ("return Pair(a, b).norm", "return Pair(a, b).nrm", "fails on the reference"),
    "not data": ("return Pair(a, b).norm", "return Pair(a, b)", "Pair is not a plain value"),
}


@pytest.mark.parametrize(("old", "new", "sentence"), BROKEN.values(), ids=BROKEN.keys())
def test_a_public_program_that_cannot_be_shown_is_told(tiny, line_of, old, new, sentence):
    tiny.edit(tiny.rooms.suite("tiny", "norm"), old, new)
    with pytest.raises(DirectiveError, match=sentence) as told:
        checks(tiny)
    assert f"tiny.py:{line_of('Pair.norm')}: exercise 'norm'" in str(told.value)
