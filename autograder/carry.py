"""Errors are not carried forward: what builds on a wrong answer is judged again with a right one.

An exercise that lost points, while one that it `builds_on` is wrong as well, is
judged a second time: after all ordinary verdicts, in a fresh process behind the wall, on other
inputs. The functions of the wrong exercise are then answered from here (see `sandbox.serving`), so
that no answer's code comes near the student's. The better result counts, for this exercise alone.
Only functions of plain data can be served; what an exercise uses besides are its `needs`, and an
error there counts in both.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from importlib import import_module

from autograder.assignment import Assignment
from autograder.directives import Exercise
from autograder.judge import collect, judge
from autograder.repair import Cell
from autograder.sandbox.serving import Functions
from autograder.sandbox.submission import Submission
from autograder.seeds import second
from autograder.told import UNWRITTEN
from autograder.verdict import TestId, Verdict


@dataclass(frozen=True)
class Second:
    """What an exercise's tests gave the second time, and which exercises were put right for it."""

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
        The second results by exercise.

    Raises:
        WallError: the wall fell.
        JudgeError: the suite is at fault.
    """
    failed: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        if not verdict.passed:
            failed.setdefault(verdict.exercise, []).append(verdict)
    due = {
        exercise: right
        for exercise in assignment.exercises
        if (right := tuple(name for name in exercise.builds_on if name in failed))
        and not _unwritten(failed.get(exercise.id, ()), exercise, cells)
    }
    if not due:
        return {}
    found: dict[str, Second] = {}
    with fresh() as submission:
        submission.run()
        for exercise, right in due.items():
            tests = {t.id for t in collect(assignment.id).tests if t.id[0] == exercise.id}
            judged = judge_with(assignment, right, submission, seed, tests)
            found[exercise.id] = Second(right, judged)
    return found


def judge_with(
    assignment: Assignment,
    right: Sequence[str],
    submission: Submission,
    seed: int,
    tests: Collection[TestId],
) -> list[Verdict]:
    """Run tests a second time while the answers to the exercises `right` are served."""
    submission.serve(answers(assignment, right))
    return judge(assignment.id, submission, second(seed), only=tests)


def answers(assignment: Assignment, exercises: Sequence[str]) -> Functions:
    """Return the functions that answer exercises, by name."""
    specs = [spec.split(":") for name in exercises for spec in assignment.exercise(name).answers]
    return {name: getattr(import_module(module), name) for module, name in specs}


def _unwritten(failed: Sequence[Verdict], exercise: Exercise, cells: Sequence[Cell]) -> bool:
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
        for verdict in failed
    )
