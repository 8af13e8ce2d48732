"""Errors are not carried forward: what builds on a wrong answer is judged again with a right one.

An exercise that lost points, while one that it `builds_on` is wrong as well, is judged a second
time: after all ordinary verdicts, in a fresh process behind the wall, on other inputs. The
functions of the wrong exercise are then answered from here (see `sandbox.serving`), so that no
answer's code comes near the student's. The better result counts, for this exercise alone. Only
functions of plain data can be served; what an exercise uses besides are its `needs`, and an error
there counts in both.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from importlib import import_module

from autograder.assignment import Assignment
from autograder.directives import Exercise
from autograder.judge import judge, one_by_one, say_once
from autograder.points import points
from autograder.repair import Cell
from autograder.sandbox.serving import Functions
from autograder.sandbox.submission import Submission
from autograder.seeds import second
from autograder.told import UNWRITTEN
from autograder.verdict import TestId, Verdict


@dataclass(frozen=True)
class Second:
    """Better verdicts on an exercise, and which exercises were put right for them."""

    right: tuple[str, ...]
    verdicts: list[Verdict]


def judge_again(
    assignment: Assignment,
    verdicts: Sequence[Verdict],
    cells: Sequence[Cell],
    fresh: Callable[[], Submission],
    seed: int,
) -> dict[str, Second]:
    """Judge a second time what may have failed for an earlier exercise's sake.

    Args:
        assignment: whose exercises.
        verdicts: the ordinary ones, of all tests.
        cells: the notebook's.
        fresh: makes the submission anew.
        seed: that of the ordinary verdicts.

    Returns:
        What came out better, by exercise.

    Raises:
        WallError: the wall fell.
        JudgeError: the suite is at fault.
    """
    by_exercise: dict[str, list[Verdict]] = {each.id: [] for each in assignment.exercises}
    for verdict in verdicts:
        by_exercise[verdict.exercise].append(verdict)
    wrong = {name for name, own in by_exercise.items() if not all(each.passed for each in own)}
    due = [
        (exercise, right)
        for exercise in assignment.exercises
        if (right := tuple(name for name in exercise.builds_on if name in wrong))
        and not _unwritten(by_exercise[exercise.id], exercise, cells)
    ]
    if not due:
        return {}
    found: dict[str, Second] = {}
    with fresh() as submission:
        submission.run()
        for exercise, right in due:
            submission.serve(answers(assignment, right))
            better = _better(assignment, exercise, by_exercise[exercise.id], submission, seed)
            if better is not None:
                found[exercise.id] = Second(right, better)
    return found


def _better(
    assignment: Assignment,
    exercise: Exercise,
    first: Sequence[Verdict],
    submission: Submission,
    seed: int,
) -> list[Verdict] | None:
    """Judge an exercise again, until it cannot come out better than the first time any more."""
    hoped = {verdict.name: replace(verdict, passed=True) for verdict in first}
    tests = {(exercise.id, name) for name in hoped}
    least = points(exercise.points, first)
    for verdict in one_by_one(assignment.id, submission, second(seed), only=tests):
        hoped[verdict.name] = verdict
        if points(exercise.points, [*hoped.values()]) <= least:
            return None
    found = [*hoped.values()]
    say_once(found)
    return found


def judge_with(
    assignment: Assignment,
    right: Sequence[str],
    submission: Submission,
    seed: int,
    tests: Collection[TestId],
) -> list[Verdict]:
    """Run tests as the second time, while the answers to the exercises `right` are served."""
    submission.serve(answers(assignment, right))
    return judge(assignment.id, submission, second(seed), only=tests)


def answers(assignment: Assignment, exercises: Sequence[str]) -> Functions:
    """Return the functions that answer exercises, by name."""
    specs = [spec.split(":") for name in exercises for spec in assignment.exercise(name).answers]
    return {name: getattr(import_module(module), name) for module, name in specs}


def _unwritten(verdicts: Sequence[Verdict], exercise: Exercise, cells: Sequence[Cell]) -> bool:
    """Tell whether nothing failed, or all of it in this exercise's own cell, still as handed out.

    An exercise that calls another which is not written fails in that one's cell.
    """
    return all(
        any(
            fault.error == UNWRITTEN
            and fault.place is not None
            and cells[fault.place[0]].grade_id == exercise.id
            for fault in verdict.faults
        )
        for verdict in verdicts
        if not verdict.passed
    )
