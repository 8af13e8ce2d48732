"""Every assignment goes the whole road: what is built has full marks, what is released has none."""

import shutil
import sqlite3

import pytest

from autograder.assignment import read_assignment
from autograder.build import build
from autograder.bundles.order import gives_away
from autograder.rooms import PROJECT, Rooms
from autograder.store import Store
from tests.autograder.conftest import Classroom
from tests.autograder.test_leaks import leaks, solution_statements

SCORES = """
    select submitted_assignment.student_id, sum(grade.auto_score)
    from grade
    join submitted_notebook on submitted_notebook.id = grade.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    join assignment on assignment.id = submitted_assignment.assignment_id
    where assignment.name = ?
    group by submitted_assignment.student_id
"""
ASSIGNMENTS = Rooms().known()
KIT = (PROJECT / "course", PROJECT / "autograder" / "edition")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """Build all assignments, and release them with nbgrader's own command."""
    room = Classroom(tmp_path_factory.mktemp("room"))
    build(ASSIGNMENTS, room.root)
    for assignment in ASSIGNMENTS:
        room.run("nbgrader", "generate_assignment", assignment)
    return room


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_whole_road(assignment: str, released: Classroom):
    for student, place in (("full", "source"), ("none", "release")):
        work = released.root / "submitted" / student / assignment
        shutil.copytree(released.root / place / assignment, work)
    released.run("nbgrader", "autograde", assignment)
    with sqlite3.connect(released.root / "gradebook.db") as gradebook:
        scores = dict(gradebook.execute(SCORES, [assignment]))
    assert scores == {"full": 100, "none": 0}
    store = Store(released.root)
    files = (released.root / "reports" / assignment).glob("*.json")
    kept = [store.get(assignment, file.stem) for file in files]
    reports = [each.report for each in kept if each is not None]
    assert sorted((each.score, each.max_score) for each in reports) == [(0, 100), (100, 100)]


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_no_answers_are_given_away_but_those_that_are_said_to_be(assignment, released):
    statements: dict[str, str] = {}
    for name in set(ASSIGNMENTS) - gives_away(read_assignment(assignment)).keys():
        statements |= solution_statements(name, Rooms())
    assert len(statements) > 20
    assert leaks(statements, [released.root / "release" / assignment, *KIT]) == []
