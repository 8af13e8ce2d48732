"""What exercises build on: declared once, and what the reference's answers really use."""

import ast
import inspect
import sys
from types import ModuleType

import pytest

from autograder.assignment import Assignment, read_assignment
from autograder.carry import answers
from autograder.directives import Exercise
from autograder.exercise import load_suite, parts_of
from autograder.grounds import grounds
from autograder.program import reference_names
from autograder.rooms import Rooms

every_assignment = pytest.mark.parametrize("name", Rooms().known())


def exercise(name: str, builds_on: tuple[str, ...] = (), needs: tuple[str, ...] = ()) -> Exercise:
    return Exercise(name, 1, (), (), None, None, 1, builds_on, needs)


def test_what_is_built_on_through_others_counts_in_the_order_of_the_exercises():
    found = grounds(
        [
            exercise("pad"),
            exercise("size"),
            exercise("conv", ("size", "pad")),
            exercise("back", ("size",), ("conv",)),
            exercise("train", (), ("back",)),
            exercise("other"),
        ]
    )
    assert found["conv"] == found["back"] == found["train"] == ("pad", "size")
    assert found["pad"] == found["other"] == ()


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
            used |= {homes[known] for known in _of_suite(assignment, parts.exercise) & homes.keys()}
        named = {*parts.exercise.builds_on, *parts.exercise.needs}
        assert used - {parts.exercise.id} <= named, parts.exercise.id


@every_assignment
def test_what_is_built_on_is_served_in_the_suites_own_terms(name: str):
    """Functions alone, of the module's top: nothing else can be answered from outside."""
    assignment = read_assignment(name)
    for right in grounds(assignment.exercises).values():
        assert all(inspect.isfunction(function) for function in answers(assignment, right).values())


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


def _of_suite(assignment: Assignment, exercise: Exercise) -> frozenset[str]:
    module: ModuleType = load_suite(assignment.rooms.suite(assignment.id, exercise.id))
    assert module.__name__ in sys.modules
    return reference_names(module.__name__)
