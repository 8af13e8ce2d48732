"""Mistakes are counted and told in words; trouble is put together by what it is."""

from autograder import report
from autograder.assignment import read_assignment
from autograder.insights.findings import explained, failed_cells, mistakes, repairs, time_outs
from autograder.misconception import read_misconceptions
from autograder.report import CellError
from autograder.ungraded import FELLED, SENTENCE
from tests.autograder.insights.a_class import ASSIGNMENT, graded, reports

BANK = [each.entry for each in read_misconceptions(read_assignment(ASSIGNMENT))]
NAMEERROR = CellError(3, "the cell that begins with `x`", "NameError")


def test_mistakes_are_told_in_words_the_most_frequent_first():
    found = mistakes(
        reports(
            graded("ada", {}, {"gates": "slopes_not_swapped"}),
            graded("bela", {}, {"backward_push": "overwrites"}),
            graded("cleo", {}, {"backward_push": "overwrites", "gates": "forgotten_by_now"}),
        ),
        BANK,
    )
    assert [(each.exercise, each.students) for each in found] == [
        ("backward_push", ["bela", "cleo"]),
        ("gates", ["cleo"]),
        ("gates", ["ada"]),
    ]
    assert found[0].idea == "The gradient is overwritten where it must be accumulated."
    assert found[0].hint.endswith("(See W5.)")
    assert "earlier version" in found[1].idea
    assert found[2].idea == "Each factor is given its own value as the slope."


def test_a_mistake_in_several_tests_counts_once():
    one = graded("ada", {}, {"gates": "slopes_not_swapped"})
    one.report.exercises[0].tests *= 3
    assert [each.students for each in mistakes(reports(one), BANK)] == [["ada"]]


def test_wrong_answers_are_counted_without_those_not_written():
    one = graded("ada", {"value_ops": 1.0}, {"gates": "slopes_not_swapped"})
    for exercise in one.report.exercises[3:]:
        exercise.status = "passed" if exercise.id == "value_ops" else "missing"
    found = explained(reports(one))
    assert (found.wrong, found.named) == (3, 1)


def test_time_outs_are_found_in_cells_and_tests():
    hung = CellError(4, "your cell `gates`", "was stopped: it took too long")
    found = time_outs(
        reports(
            graded("ada", {}, errors=[hung, NAMEERROR]), graded("bela", {}, late=["fit_constant"])
        )
    )
    assert [(each.student, each.where, each.what) for each in found] == [
        ("ada", "cell `gates`", "stopped as it ran"),
        ("bela", "fit_constant", "1 of 1 tests"),
    ]


def test_the_same_trouble_is_told_once():
    unwritten = CellError(2, "your cell `gates`", "NotImplementedError")
    found = failed_cells(
        reports(
            graded("ada", {}, errors=[unwritten, NAMEERROR]),
            graded("bela", {}, errors=[NAMEERROR]),
        )
    )
    assert [(each.what, each.students) for each in found] == [("NameError", ["ada", "bela"])]
    torn = reports(graded("ada", {}, repairs=["no kernel", "no cells"]))
    assert [(each.what, each.students) for each in repairs(torn)] == [
        ("no cells", ["ada"]),
        ("no kernel", ["ada"]),
    ]


def test_what_could_not_be_graded_is_among_the_damage():
    one = graded("eve", {})
    for exercise in one.report.exercises:
        exercise.tests = [report.Test(FELLED, "values", False, SENTENCE)]
    assert [(each.what, each.students) for each in repairs(reports(one))] == [(SENTENCE, ["eve"])]
