"""Diagnosis: a known mistake is named where it gives just what came back, and nowhere else."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from autograder.assignment import read_assignment
from autograder.diagnosis import diagnose
from autograder.exercise import parts_of
from autograder.misconception import read_misconceptions
from autograder.verdict import Asked, Verdict

TWIN = """
[[misconception]]
exercise = "pair"
name = "twin"
old = "total = (self.a + other.a, self.b + other.b)"
new = "total = (self.a + other.a, self.b)"
idea = "The same mistake by another name."
hint = "?"
see = "W1"
"""
HANGS = """
[[misconception]]
exercise = "pair"
name = "hangs"
old = "return Pair(*total)"
new = "return self + other"
idea = "It calls itself."
hint = "?"
see = "W1"
"""

ALIKE = '''
@public(1.0, 2.0)
def alike(a: float, b: float) -> object:
    """Both entries are the same."""
    total = Pair(a, b) + Pair(b, a)
    return {"same": total.a == total.b}
'''

Verdicts = Callable[..., Verdict]


@pytest.fixture
def programs(tiny):
    """The public programs `added(a, b)` and `alike(a, b)` of the exercise `pair`."""
    suite = tiny.rooms.suite("tiny", "pair")
    suite.write_text(suite.read_text() + ALIKE)
    (part,) = [p for p in parts_of(read_assignment("tiny", tiny.rooms)) if p.exercise.id == "pair"]
    return part.programs


@pytest.fixture
def program(programs):
    return programs[0]


@pytest.fixture
def verdict(program) -> Verdicts:
    def make(
        name: str, *results: object, category: str = "values", error: str = "", passed: bool = False
    ) -> Verdict:
        cases = [(1.0, 2.0), (0.5, -2.0)]
        asked = Asked(program, cases, None if error else list(results), error)
        return Verdict("pair", name, category, 1, "Add.", passed, asked=[asked])

    return make


@pytest.fixture
def named(tiny):
    """Diagnose, and return the misconceptions' names by the tests'."""

    def run(*verdicts: Verdict, single: bool = False) -> dict[str, str]:
        known = read_misconceptions(read_assignment("tiny", tiny.rooms))
        mine = [replace(each, single=single) for each in known if each.entry.exercise == "pair"]
        return {name: entry.name for name, entry in diagnose(verdicts, mine).items()}

    return run


RIGHT = ((3.0, 3.0), (-1.5, -1.5))
MISTAKEN = ((3.0, 2.0), (-1.5, -2.0))


def test_the_same_values_name_the_mistake(named, verdict):
    assert named(verdict("t", *MISTAKEN)) == {"t": "keeps-b"}


def test_other_values_name_nothing(named, verdict):
    assert named(verdict("t", (0.0, 0.0), (0.0, 0.0))) == {}
    assert named(verdict("t", MISTAKEN[0], RIGHT[1])) == {}


def test_right_values_in_a_failed_test_name_nothing(named, verdict):
    assert named(verdict("t", *RIGHT)) == {}


def test_a_passed_test_is_not_diagnosed(named, verdict):
    assert named(verdict("t", *MISTAKEN, passed=True)) == {}


@pytest.mark.parametrize("error", ["", "ValueError", "NotImplementedError"])
def test_calls_without_a_value_name_nothing_here(named, program, error):
    asked = Asked(program, [(1.0, 2.0)], None, error)
    assert named(Verdict("pair", "t", "values", 1, "Add.", asked=[asked])) == {}


def test_the_same_exception_names_the_mistake(tiny, named, verdict):
    tiny.misconceptions.write_text(tiny.misconceptions.read_text() + HANGS)
    assert named(verdict("t", error="RecursionError")) == {"t": "hangs"}
    assert named(verdict("t", error="ValueError")) == {}


def test_an_edge_alone_proves_nothing_where_values_tell_otherwise(named, verdict):
    edge = verdict("edge", *MISTAKEN, category="edges")
    assert named(edge) == {"edge": "keeps-b"}
    assert named(edge, verdict("other", (0.0, 0.0), (0.0, 0.0))) == {}
    both = {"edge": "keeps-b", "t": "keeps-b"}
    assert named(edge, verdict("t", *MISTAKEN)) == both


def test_yes_or_no_proves_nothing_where_numbers_tell_otherwise(programs, named, verdict):
    alike = Asked(programs[1], [(1.0, 2.0), (0.5, -2.0)], [{"same": False}] * 2)
    told = Verdict("pair", "same", "values", 1, "Add.", asked=[alike])
    assert named(told) == {"same": "keeps-b"}
    assert named(told, verdict("other", (0.0, 0.0), (0.0, 0.0))) == {}
    assert named(told, verdict("t", *MISTAKEN)) == {"same": "keeps-b", "t": "keeps-b"}


def test_nothing_that_failed_may_have_come_out_otherwise(named, verdict):
    assert named(verdict("t", *MISTAKEN), verdict("u", (0.0, 0.0), (0.0, 0.0))) == {}
    assert named(verdict("t", *MISTAKEN), verdict("u", error="ValueError")) == {}


@pytest.mark.parametrize("passed", [True, False])
def test_where_the_mistake_changes_nothing_nothing_speaks_against_it(
    named, program, verdict, passed
):
    """As at a kink, where a student may choose."""
    asked = Asked(program, [(0.0, 5.0)], [(5.0, 4.0)])
    chosen = Verdict("pair", "kink", "edges", 1, "Add.", passed, asked=[asked])
    assert named(verdict("t", *MISTAKEN), chosen) == {"t": "keeps-b"}
    felt = Asked(program, [(0.0, 5.0), (5.0, 0.0)], [(5.0, 4.0), (5.0, 4.0)])
    other = Verdict("pair", "kink", "edges", 1, "Add.", passed, asked=[felt])
    assert named(verdict("t", *MISTAKEN), other) == {}


def test_what_is_about_one_definition_alone_is_explained_by_one_mistake(named, program, verdict):
    unfelt = Asked(program, [(0.0, 5.0)], [(5.0, 4.0)])
    tests = verdict("t", *MISTAKEN), Verdict("pair", "u", "values", 1, "Add.", asked=[unfelt])
    assert named(*tests) == {"t": "keeps-b"}
    assert named(*tests, single=True) == {}


def test_two_mistakes_that_explain_as_much_are_both_left_out(tiny, named, verdict):
    tiny.misconceptions.write_text(tiny.misconceptions.read_text() + TWIN)
    assert named(verdict("t", *MISTAKEN)) == {}


def test_a_mistake_that_never_ends_is_stopped(tiny, named, verdict):
    text = tiny.misconceptions.read_text() + HANGS.replace(
        "return self + other", "\\n        while True: pass"
    )
    tiny.misconceptions.write_text(text)
    began = time.process_time()
    assert named(verdict("t", *MISTAKEN)) == {"t": "keeps-b"}
    assert time.process_time() - began < 5
