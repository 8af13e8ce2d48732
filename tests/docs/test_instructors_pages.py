"""The instructors' pages of the lessons: their tables have the lessons' points."""

import re

import pytest

from autograder.assignment import read_assignment
from autograder.rooms import PROJECT, Rooms


@pytest.mark.parametrize("assignment", Rooms().known())
def test_the_table_has_the_points_of_the_lesson(assignment: str):
    page = (PROJECT / "docs" / "instructors" / f"{assignment}.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"`(\w+)` \((\d+)[,)]", page))
    lesson = read_assignment(assignment)
    assert told == {each.id: f"{each.points:g}" for each in (*lesson.exercises, *lesson.essays)}
