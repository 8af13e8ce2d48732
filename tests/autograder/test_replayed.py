"""Values in full and the first entry that differs, whatever came from behind the wall."""

import math

import numpy as np
import pytest

from autograder.repair import Cell
from autograder.replay import Replay, Replayed
from autograder.replayed import first_difference, in_words, written
from autograder.report import Report
from autograder.sandbox.replies import Fault
from autograder.verdict import Asked, Verdict


@pytest.mark.parametrize(
    ("got", "expected", "where"),
    [
        ([1.0, 2.0, 9.0], [1.0, 5.0, 3.0], "result[1]"),
        (((1.0, [2.0]), 3.0), ((1.0, [4.0]), 9.0), "result[0][1][0]"),
        ({"b": 1.0, "a": 2.0}, {"a": 5.0, "b": 9.0}, "result['a']"),
        (np.array([[1.0, 2.0], [3.0, 0.0]]), np.array([[1.0, 7.0], [99.0, 0.0]]), "result[0, 1]"),
        (np.array([1, 2, 3]), np.array([1, 2, 4]), "result[2]"),
        ((1.0, np.zeros(3)), (1.0, np.ones((3, 1))), "result[1]"),
        ([1.0], [1.0, 2.0], "result"),
        (None, 3.0, "result"),
        ([math.nan, 1.0], [math.nan, 2.0], "result[1]"),
        (np.array([1.0, math.inf]), np.array([1.0, 2.0]), "result[1]"),
    ],
)
def test_the_first_difference_in_the_order_of_writing(got: object, expected: object, where: str):
    found = first_difference(got, expected)
    assert found is not None
    assert found.where == where


@pytest.mark.parametrize(
    "value", [1.0, [1.0, (2, 3)], {"a": np.ones(3)}, np.array(["x"]), np.zeros((0, 2)), "text"]
)
def test_what_is_alike_has_no_difference(value: object):
    if isinstance(value, np.ndarray) and value.dtype.kind == "U":
        value = value.tolist()
    assert first_difference(value, value) is None


def test_float32_is_compared_as_coarsely_as_it_is_judged():
    got, expected = np.array([1.00005, 2.0], np.float32), np.array([1.0, 3.0])
    found = first_difference(got, expected)
    assert found is not None
    assert found.where == "result[1]"


def test_values_are_written_in_full():
    assert written([0.1 + 0.2, {"x": 1}]) == "[0.30000000000000004, {'x': 1}]"
    assert written(np.arange(150)).count(",") == 149
    assert "more characters" in written(["word" * 10] * 500)
    assert len(written(["word" * 10] * 500)) < 3_100


def test_what_cannot_be_written_is_named():
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert written(10**10_000) == "<int too large to write>"
    assert written(deep) == "<list too large to write>"
    while deep:  # a list so deep cannot be freed at once
        (deep,) = deep


def shown(verdict: Verdict, *cells: Cell) -> str:
    report = Report(1, "a1", "n.ipynb", "eve\x1b[2J", 0, 1, [], [], [], 0, {})
    return in_words(Replay(report, 7, [], [], list(cells), [Replayed(verdict, None)], 0.5))


def double(x: float) -> object:
    """Twice a number."""
    return 2 * x


def verdict(asked: list[Asked], **more: object) -> Verdict:
    return Verdict("gates", "test_double", "values", 1.0, "It doubles.", asked=asked, **more)


def test_of_many_cases_the_first_wrong_one_is_shown():
    said = shown(verdict([Asked(double, [(1.0,), (2.5,), (3.0,)], [2.0, 5.5, 7.0])]))
    for line in (
        "a1 · n.ipynb · eve · seed 7",
        "def double(x: float) -> object:",
        "inputs (case 2 of 3): x = 2.5",
        "came back:         5.5",
        "expected:          5.0",
        "result is 5.5, expected 5 (relative error 0.1).",
    ):
        assert line in said, said
    assert "\x1b" not in said


def test_no_answer_is_told_with_the_line_that_failed():
    fault = Fault("error", "ZeroDivisionError", (0, 2))
    cell = Cell("code", "def f(x):\n    return x / 0", grade_id="gates")
    asked = Asked(double, [(1.0,)], error="ZeroDivisionError")
    said = shown(verdict([asked], faults=[fault]), cell)
    assert "raised ZeroDivisionError in cell gates, line 2: return x / 0" in said
    assert "expected:          2.0" in said
    for kind, words in (("timeout", "nothing in time"), ("missing", "f is not defined")):
        fault = Fault(kind, "f")
        assert words in shown(verdict([asked], faults=[fault]), cell)
    lost = Fault("error", "ValueError", (5, 99))
    assert "raised ValueError\n" in shown(verdict([asked], faults=[lost]), cell)


def test_a_program_is_shown_once():
    asked = verdict([Asked(double, [(1.0,)], [3.0])])
    report = Report(1, "a1", "n.ipynb", "eve", 0, 1, [], [], [], 0, {})
    said = in_words(Replay(report, 7, [], [], [], [Replayed(asked, None)] * 2, 0.5))
    assert said.count("def double") == 1
    assert "double, as above" in said
    assert "2 of 2 replayed tests failed" in said


def test_a_test_that_asked_nothing_is_told():
    assert "It made no call." in shown(verdict([]))
