"""Formats: the same reports for machines, for CI services and for people."""

import json
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import report as reports
from autograder.formats import FORMATS
from autograder.formats.as_json import as_json
from autograder.formats.as_junit import as_junit
from autograder.formats.as_table import as_table
from autograder.report import CellError, Exercise, Report
from autograder.sandbox.outputs import readable


def report(student: str = "ada", message: str = "Add.", repairs: tuple[str, ...] = ()) -> Report:
    """Make a report; grading makes texts readable before they are in one."""
    student, message = readable(student), readable(message)
    repairs = tuple(map(readable, repairs))
    tests = [
        reports.Test("test_a", "values", True, ""),
        reports.Test("test_b[1]", "edges", False, message),
        reports.Test("test_c", "edges", False, message),
    ]
    exercises = [
        Exercise("gates", 3.5, 10, "partial", tests),
        Exercise("value_ops", 24, 24, "passed", tests[:1]),
    ]
    errors = [CellError(3, "your cell `gates`", "ValueError")]
    return Report(
        1, "a1_graphs", "x.ipynb", student, 27.5, 34, exercises, errors, list(repairs), 1.25, {}
    )


def test_json_is_an_object_for_one_and_a_list_for_several():
    assert json.loads(as_json([report()]))["student"] == "ada"
    assert [one["student"] for one in json.loads(as_json([report(), report("bob")]))] == [
        "ada",
        "bob",
    ]


def test_junit_counts():
    root = ElementTree.fromstring(as_junit([report(), report("bob")]))
    assert root.tag == "testsuites"
    ada, bob = root
    assert (ada.get("name"), bob.get("name")) == ("a1_graphs/ada", "a1_graphs/bob")
    assert (ada.get("tests"), ada.get("failures"), ada.get("time")) == ("4", "2", "1.250")
    cases = ada.findall("testcase")
    assert [case.get("classname") for case in cases] == [
        *["a1_graphs.gates"] * 3,
        "a1_graphs.value_ops",
    ]
    assert [case.find("failure") is not None for case in cases] == [False, True, True, False]
    failure = cases[1].find("failure")
    assert failure is not None
    assert (failure.get("type"), failure.get("message")) == ("edges", "Add.")
    properties = {p.get("name"): p.get("value") for p in ada.iter("property")}
    assert properties == {"score": "27.5", "max_score": "34"}


HOSTILE = ["<b>&\"'", "]]>", "\x00\x01\x1b[31m", "\ud800", "\ufffe", "a\nb\tc", "‮", "x" * 5_000]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("format", FORMATS)
def test_hostile_texts_break_no_format(format, text):
    written = FORMATS[format]([report(student=text, message=text, repairs=(text,))])
    written.encode()
    assert "\x1b" not in written
    assert "\x00" not in written
    if format == "junit":
        assert len(ElementTree.fromstring(written)) == 1
    if format == "json":
        json.loads(written)


@given(st.text())
def test_any_text_is_well_formed_xml(text):
    ElementTree.fromstring(as_junit([report(student=text, message=text)]))


def test_the_table_says_it_to_people():
    page = as_table([report(repairs=("cell gates was missing",))])
    for piece in (
        "ada · x.ipynb · 27.5 of 34 points",
        "3.5 / 10",
        "partial",
        "Add.",
        "repaired: cell gates was missing",
        "your cell `gates`: ValueError",
    ):
        assert piece in page
    assert page.count("Add.") == 1, "one reason is said once"


def test_many_reasons_are_cut():
    many = report()
    many.exercises[0].tests = [
        reports.Test(f"test_{n}", "edges", False, f"Reason {n}.") for n in range(6)
    ]
    page = as_table([many])
    assert "Reason 2." in page
    assert "Reason 3." not in page
    assert "and 3 more" in page


def test_brackets_in_texts_are_no_markup():
    assert "[red]x[/red]" in as_table([report(message="[red]x[/red]")])


def test_the_table_names_misconceptions_and_counts_their_tests():
    known = report()
    for test in known.exercises[0].tests[1:]:
        test.misconception = "overwrites"
        test.message = "Add."
    assert "2 tests: Add." in as_table([known]), "it is not one of the bank's any more"
    for test in known.exercises[0].tests[1:]:
        test.misconception = "slopes_not_swapped"
    page = " ".join(as_table([known]).replace("│", " ").split())
    assert "2 tests: known mistake: Each factor is given its own value as the slope" in page
    assert "slopes_not_swapped" not in page
