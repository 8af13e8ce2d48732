"""Every assignment goes the whole road: what is built has full marks, what is released has none."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from autograder.build import build
from autograder.rooms import Rooms
from tests.autograder.conftest import Classroom

SCORES = """
    select submitted_assignment.student_id, sum(grade.auto_score)
    from grade
    join submitted_notebook on submitted_notebook.id = grade.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    group by submitted_assignment.student_id
"""


@pytest.mark.parametrize("assignment", Rooms().known())
def test_the_whole_road(assignment: str, tmp_path: Path):
    room = Classroom(tmp_path / "room")
    build([assignment], room.root)
    room.run("nbgrader", "generate_assignment", assignment)
    for student, place in (("full", "source"), ("none", "release")):
        work = room.root / "submitted" / student / assignment
        shutil.copytree(room.root / place / assignment, work)
    room.run("nbgrader", "autograde", assignment)
    with sqlite3.connect(room.root / "gradebook.db") as gradebook:
        assert dict(gradebook.execute(SCORES)) == {"full": 100, "none": 0}
    folders = (room.root / "submitted" / student / assignment for student in ("full", "none"))
    files = [str(folder / f"{assignment}.ipynb") for folder in folders]
    words = ("grade", *files, "--assignment", assignment, "--format", "json")
    reports = json.loads(room.run("autograder", *words).stdout)
    assert [(each["score"], each["max_score"]) for each in reports] == [(100, 100), (0, 100)]
