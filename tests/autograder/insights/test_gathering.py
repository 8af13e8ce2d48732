"""Of each student the newest report counts; what does not fit is named and not counted."""

import os
from pathlib import Path

import msgspec
import pytest

from autograder.assignment import read_assignment
from autograder.insights.gathering import gather
from tests.autograder.insights.a_class import ASSIGNMENT, graded, keep


def test_the_newest_report_of_each_student_counts(tmp_path: Path):
    first = graded("ada", {"gates": 1.0}, key="z first")
    second = graded("ada", {"gates": 0.5}, key="a second")
    store = keep(tmp_path, graded("zoe", {}), second, first)
    for number, key in enumerate(("z first", "a second")):
        os.utime(store.path(ASSIGNMENT, key), ns=(number, number))
    found = gather(tmp_path, read_assignment(ASSIGNMENT))
    assert [each.student for each in found.handed_in] == ["ada", "zoe"]
    assert found.reports[0] == second.report
    assert found.handed_in[0].file == store.path(ASSIGNMENT, "a second")
    assert (found.older, found.other, found.damaged) == (1, [], 0)


def test_damaged_files_and_other_editions_are_counted_apart(tmp_path: Path):
    other = graded("bela", {"gates": 1.0})
    other.report.exercises[0].max_score += 1
    store = keep(tmp_path, graded("ada", {}), other)
    store.path(ASSIGNMENT, "torn").write_text("{")
    found = gather(tmp_path, read_assignment(ASSIGNMENT))
    assert [each.student for each in found.handed_in] == ["ada"]
    assert (found.older, found.other, found.damaged) == (0, ["bela"], 1)


def test_code_is_what_ran_without_the_tests(tmp_path: Path):
    one = graded("ada", {}, code=["x = 1", "", "y = 2"])
    one.cells[2] = msgspec.structs.replace(
        one.cells[2], cell=msgspec.structs.replace(one.cells[2].cell, grade_id="test_gates")
    )
    keep(tmp_path, one)
    assert gather(tmp_path, read_assignment(ASSIGNMENT)).handed_in[0].code == ["x = 1"]


def test_without_reports_it_says_what_to_do(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="run `autograder grade a1_graphs` first"):
        gather(tmp_path, read_assignment(ASSIGNMENT))
