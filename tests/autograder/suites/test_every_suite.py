"""Every hidden suite tells right answers from wrong ones, whoever wrote them."""

import inspect
import math
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FunctionType

import numpy as np
import pytest

from autograder.answers import find_answer
from autograder.assignment import read_assignment
from autograder.judge import collect, judge, one_by_one
from autograder.misconception import Misconception, mutant, read_misconceptions
from autograder.program import program_of
from autograder.rooms import Rooms
from autograder.verdict import Verdict
from tests.autograder.suites.peers import LocalPeer
from tests.autograder.suites.rights import (
    answered,
    failed,
    judged_fairly,
    parts,
    passed_values,
    reference,
    solution,
    solutions,
    visible_failures,
)

Assess = Callable[[str, str, Mapping[str, object], int], list[Verdict]]
ASSIGNMENTS = Rooms().known()
MOST_LINES = 16
MOST_CALLS = 150
SOLUTIONS = [(name, file) for name in ASSIGNMENTS for file in solutions(name)]
MISCONCEPTIONS = [
    (assignment, entry["exercise"], entry["name"])
    for assignment in ASSIGNMENTS
    for entry in tomllib.loads(Rooms().misconceptions(assignment).read_text())["misconception"]
]
every_assignment = pytest.mark.parametrize("assignment", ASSIGNMENTS)
every_solution = pytest.mark.parametrize(
    ("assignment", "file"), SOLUTIONS, ids=[f"{name}-{file.stem}" for name, file in SOLUTIONS]
)


@every_assignment
@pytest.mark.parametrize("seed", [0, 1, 2**62 + 5])
def test_the_reference_has_full_marks(local_peer, assignment: str, seed: int):
    peer = local_peer(assignment, reference(assignment))
    assert failed(judge(assignment, peer, seed)) == []
    assert peer.calls <= MOST_CALLS


@every_solution
@pytest.mark.parametrize("seed", [3, pytest.param(4, marks=pytest.mark.thorough)])
def test_other_right_answers_have_full_marks(local_peer, assignment: str, file, seed: int):
    names = solution(file)
    assert judged_fairly(assignment, names, local_peer(assignment, names), seed) == []


@every_solution
def test_other_right_answers_pass_the_visible_checks(assignment: str, file):
    names = solution(file)
    for exercise in answered(assignment, names):
        assert list(visible_failures(parts(assignment)[exercise].programs, names)) == []


@every_assignment
def test_there_are_three_other_right_answers_to_nearly_all_exercises(assignment: str):
    shares = [
        len(answered(assignment, solution(file))) / len(parts(assignment))
        for file in solutions(assignment)
    ]
    assert len(shares) >= 3
    assert min(shares) > 0.8


@every_assignment
def test_visible_programs_can_be_read_at_a_glance(assignment: str):
    lines = {
        program.__name__: len(program_of(program).source.splitlines())
        for part in parts(assignment).values()
        for program in part.programs
    }
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def replaced(value: object, number: float) -> object:
    """The same structure, with every number replaced."""
    if isinstance(value, tuple | list):
        return type(value)(replaced(each, number) for each in value)
    if isinstance(value, dict):
        return {key: replaced(each, number) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        return np.full_like(value, number, float)
    if isinstance(value, int | float | np.number):
        return number
    return type(value)(replaced(value.data, number)) if hasattr(value, "grad") else None


def null_like(number: float) -> Callable[[Callable[..., object]], Callable[..., object]]:
    def of(right: Callable[..., object]) -> Callable[..., object]:
        return lambda *args, **kwargs: replaced(right(*args, **kwargs), number)

    return of


def first_argument(right: Callable[..., object]) -> Callable[..., object]:
    def answer(*args: object, **kwargs: object) -> object:
        result = right(*args, **kwargs)
        return (args[0],) * len(result) if isinstance(result, tuple) else args[0]

    return answer


def fails(*args: object, **kwargs: object) -> object:
    raise NotImplementedError


NULLS: dict[str, Callable[[Callable[..., object]], Callable[..., object]]] = {
    "none": lambda right: lambda *args, **kwargs: None,
    "zero": lambda right: lambda *args, **kwargs: 0.0,
    "first": lambda right: lambda *args, **kwargs: args[0],
    "last": lambda right: lambda *args, **kwargs: args[-1],
    "raises": lambda right: fails,
    "zeros": null_like(0.0),
    "ones": null_like(1.0),
    "nans": null_like(math.nan),
    "first_arguments": first_argument,
    "itself": lambda right: lambda *args, **kwargs: [args[0]],
}


def functions(assignment: str) -> Iterator[tuple[str, list[str]]]:
    """The exercises whose answers are all functions that return something, and these."""
    for exercise in read_assignment(assignment).exercises:
        found = [find_answer(spec) for spec in exercise.answers]
        names = reference(assignment)
        rights = [names[each.name] for each in found if each.owner is None and each.name in names]
        returns = [
            inspect.signature(right).return_annotation not in (None, "None")
            for right in rights
            if isinstance(right, FunctionType)
        ]
        if len(returns) == len(found) and all(returns):
            yield exercise.id, [each.name for each in found]


@every_assignment
@pytest.mark.parametrize("null", NULLS)
def test_null_functions_score_nothing(local_peer, assignment: str, null: str):
    names = reference(assignment)
    emptied = dict(functions(assignment))
    for name in (name for answers in emptied.values() for name in answers):
        names[name] = NULLS[null](names[name])  # none sees another's null
    tests = {test.id for test in collect(assignment).tests if test.id[0] in emptied}
    verdicts = judge(assignment, local_peer(assignment, names), 5, only=tests)
    assert {verdict.exercise for verdict in verdicts} == set(emptied)
    assert passed_values(verdicts) == []


@pytest.fixture(scope="module")
def mistakes() -> dict[tuple[str, str, str], Misconception]:
    return {
        (assignment, each.entry.exercise, each.entry.name): each
        for assignment in ASSIGNMENTS
        for each in read_misconceptions(read_assignment(assignment))
    }


@pytest.mark.filterwarnings("ignore:invalid value encountered", "ignore:divide by zero")
@pytest.mark.parametrize("key", MISCONCEPTIONS, ids="-".join)
def test_misconceptions_are_found(
    suite_of: Callable[[str, str], Path],
    mistakes: Mapping[tuple[str, str, str], Misconception],
    key: tuple[str, str, str],
):
    assignment, exercise, _ = key
    names = {**reference(assignment), **mutant(mistakes[key])}
    peer = LocalPeer(assignment, names)
    verdicts = one_by_one(assignment, peer, 7, suite_of(assignment, exercise))
    assert not all(verdict.passed for verdict in verdicts), "the hidden suite does not see it"
    if programs := parts(assignment)[exercise].programs:
        assert any(visible_failures(programs, names)), "the visible checks do not see it"


@every_assignment
def test_every_exercise_has_its_misconceptions(assignment: str):
    known = {exercise for where, exercise, _ in MISCONCEPTIONS if where == assignment}
    assert known == set(parts(assignment))
