"""What exercises build on: declared once, and what the reference's answers really use."""

import ast
import inspect
import sys
from types import ModuleType

import pytest

from autograder.assignment import Assignment, read_assignment
from autograder.carry import answers
from autograder.exercise import load_suite, parts_of
from autograder.program import reference_names
from autograder.rooms import Rooms

every_assignment = pytest.mark.parametrize("name", Rooms().known())


@every_assignment
def test_an_exercise_names_what_its_answer_and_its_suite_use(name: str):
    """By their names; methods, and what other modules do with them, are the author's to name."""
    assignment = read_assignment(name)
    homes = {spec.split(":")[1]: each.id for each in assignment.exercises for spec in each.answers}
    for parts in parts_of(assignment):
        used = {
            homes[known] for answer in parts.answers for known in _names(answer.node) & homes.keys()
        }
        if parts.form is None:
            in_suite = _of_suite(assignment, parts.exercise.id)
            used |= {homes[known] for known in in_suite & homes.keys()}
        named = {*parts.exercise.builds_on, *parts.exercise.needs}
        left_out = used - {parts.exercise.id} - named
        assert left_out == set(), f"{parts.exercise.id} uses these: name them in builds_on or needs"


@every_assignment
def test_what_is_built_on_is_served_in_the_suites_own_terms(name: str):
    """Functions alone, of the module's top: nothing else can be answered from outside."""
    assignment = read_assignment(name)
    for exercise in assignment.exercises:
        served = answers(assignment, exercise.builds_on)
        assert all(map(inspect.isfunction, served.values())), exercise.id


def _names(node: ast.AST) -> set[str]:
    """Return the names that a definition reads, but for those of its annotations."""
    notes = {
        id(part)
        for each in ast.walk(node)
        for note in (getattr(each, "annotation", None), getattr(each, "returns", None))
        if note is not None
        for part in ast.walk(note)
    }
    if isinstance(node, ast.ClassDef):  # its methods may be other exercises' answers
        return set()
    return {
        part.id for part in ast.walk(node) if isinstance(part, ast.Name) and id(part) not in notes
    }


def _of_suite(assignment: Assignment, exercise: str) -> frozenset[str]:
    module: ModuleType = load_suite(assignment.rooms.suite(assignment.id, exercise))
    assert module.__name__ in sys.modules
    return reference_names(module.__name__)
