"""The account of an exercise: one line for one cause, most tests first."""

from autograder import report
from autograder.account import account
from autograder.report import Exercise

HINTS = {"overwrites": "What happens to the first one? (See W5.)"}


def failed(
    name: str, message: str, category: str = "values", mistake: str | None = None
) -> report.Test:
    return report.Test(name, category, False, message, mistake)


def told(score: float, *tests: report.Test) -> list[str]:
    return account(Exercise("gates", score, 10, "partial", list(tests)), HINTS).splitlines()


PASSED = report.Test("test_p", "values", True, "")


def test_all_passed():
    assert told(10, PASSED) == ["gates: 10 of 10 points, 1 of 1 hidden tests passed."]


def test_one_cause_is_one_line_with_a_count_and_the_largest_comes_first():
    tests = [failed("a", "Add."), failed("b", "Far."), failed("c", "Far.", "scale")]
    assert told(2.5, PASSED, *tests)[1:] == [
        "  ✗ 2 tests: Far. [values, scale]",
        "  ✗ Add. [values]",
    ]


def test_tests_that_fail_for_one_reason_are_one_line_whatever_they_try():
    tests = [
        report.Test(name, "values", False, f"{name}. Too slow.", None, reason="Too slow.")
        for name in ("Add", "Far")
    ]
    assert told(5, PASSED, *tests)[1:] == ["  ✗ 2 tests: Add. Too slow. [values]"]


def test_a_cause_of_everything_needs_no_count():
    assert told(0, failed("a", "Not written yet."), failed("b", "Not written yet.", "edges"))[
        1:
    ] == ["  ✗ Not written yet."]


def test_the_hint_of_a_known_mistake_is_given_once():
    tests = [failed("a", "Add.", mistake="overwrites"), failed("b", "Far.", mistake="overwrites")]
    assert told(5, PASSED, *tests)[1:] == [
        "  ✗ 2 tests seem to fail for one reason. [values]",
        "    One of them: Add.",
        "    Hint: What happens to the first one? (See W5.)",
    ]
    assert told(5, PASSED, tests[0])[1:] == [
        "  ✗ Add. [values]",
        "    Hint: What happens to the first one? (See W5.)",
    ]


def test_without_a_passed_test_of_values_it_says_why_there_are_no_points():
    edge = report.Test("e", "edges", True, "")
    assert told(0, edge, failed("a", "Add."))[-1] == (
        "There are no points before a test of values passes."
    )


def test_a_required_test_is_named_as_such():
    nudged = report.Test("s", "scale", False, "One infinite weight.", required=True)
    ending = "There are no points before the test of scale passes: it is required."
    assert told(0, PASSED, nudged)[-2:] == ["", ending]
    assert told(0, report.Test("e", "edges", True, ""), failed("a", "Add."), nudged)[-2:] == [
        "There are no points before a test of values passes.",
        ending,
    ]


def test_long_lines_are_wrapped():
    assert max(map(len, told(0, failed("a", "word " * 60)))) <= 92
