"""The lessons as text: what a reader can count on in every one of them."""

import json
import re

import pytest

from autograder.assignment import read_assignment
from autograder.directives import Prose
from autograder.rooms import Rooms

ROOMS = Rooms()
EXAMPLE = re.compile(r"^(?:### Example|\*\*Example) W(\d+)", re.MULTILINE)
every_lesson = pytest.mark.parametrize("lesson", ROOMS.known())
every_quiz = pytest.mark.parametrize(
    "lesson", [name for name in ROOMS.known() if (ROOMS.folder(name) / "quiz.json").exists()]
)


@every_lesson
def test_worked_examples_come_in_their_order(lesson: str):
    prose = [cell.source for cell in read_assignment(lesson).cells if isinstance(cell, Prose)]
    numbers = [int(number) for number in EXAMPLE.findall("\n".join(prose))]
    assert numbers
    assert numbers == sorted(set(numbers))


@every_quiz
def test_right_answers_stand_in_different_places(lesson: str):
    questions = json.loads((ROOMS.folder(lesson) / "quiz.json").read_text(encoding="utf-8"))
    choices = [question["answers"] for question in questions if "choice" in question["type"]]
    places = [[answer["correct"] for answer in answers].index(True) for answers in choices]
    assert all(places.count(place) <= (len(places) + 1) // 2 for place in places)
    assert len(set(places)) >= min(3, len(places))
