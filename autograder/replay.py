"""Replay hidden tests of a report on a notebook, with the report's own seed: for instructors."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import Assignment
from autograder.carry import judge_with
from autograder.classroom import classroom
from autograder.companions import companions
from autograder.diagnosis import diagnose
from autograder.grade import to_run
from autograder.grader import prepared
from autograder.handed_in import handed_in
from autograder.judge import judge
from autograder.manifest import manifest
from autograder.misconception import Entry, read_misconceptions
from autograder.receipts import of_notebook, read_reports, since, tests_of
from autograder.repair import Cell, mend
from autograder.report import Report, Test
from autograder.sandbox.proven import Sandbox, proven_wall
from autograder.sandbox.submission import Submission
from autograder.verdict import TestId, Verdict

ANEW = "another version made the report, or somebody made it up; grade the notebook again"


@dataclass(frozen=True)
class Replayed:
    """One hidden test, run once more: what the report says of it, and what became of it now.

    `cause` is the known mistake behind its failure, `found` whether the report named it or it
    was found just now.
    """

    verdict: Verdict
    reported: Test | None
    cause: Entry | None = None
    found: str = ""


@dataclass(frozen=True)
class Replay:
    """What was replayed: the report, the seed, what changed since, the notebook's cells, the tests.

    `changes` are sentences; there is none where the notebook and all versions are the report's.
    """

    report: Report
    seed: int
    changes: list[str]
    repairs: list[str]
    cells: list[Cell]
    tests: list[Replayed]
    duration_s: float


def replay(receipt: Path, notebook: Path, test: str | None, sandbox: Sandbox) -> Replay:
    """Run one hidden test of a report, or all that failed, on a notebook behind the wall.

    Args:
        receipt: a JSON report, or a report of the store.
        notebook: what is asked; it need not be the one that was graded.
        test: its name, after `exercise/` where two exercises have one of that name; without it,
            the tests that failed.
        sandbox: as for grading.

    Raises:
        OSError: a file cannot be read.
        ValueError: the file is no report, is not of this notebook alone, or has no such test.
        RuntimeError: there is no wall, or the suite is at fault.
    """
    if not notebook.is_file():
        raise FileNotFoundError(f"no such notebook: {notebook}; give the path of a file")
    data = handed_in(notebook)
    report = of_notebook(read_reports(receipt), data, notebook, receipt)
    assignment = prepared(report.assignment)
    wanted = tests_of(report, test)
    _check_carried(report, assignment)
    drawn, changes = since(report, data)
    began = time.monotonic()
    cells = manifest(assignment)
    mended = mend(data, cells)
    code = to_run(mended.cells, cells)
    with (
        proven_wall(sandbox, classroom()) as wall,
        Submission(wall, code, companions(assignment), assignment.limits) as submission,
    ):
        submission.run()
        verdicts = _judged(report, assignment, submission, drawn, wanted)
    named = {(each.exercise, each.name): each for each in verdicts}
    gone = [name for exercise, name in wanted if (exercise, name) not in named]
    if gone:
        raise ValueError(f"the suite of {assignment.id} has no {', '.join(gone)} any more: {ANEW}")
    chosen = [named[test] for test in wanted]
    same = report.receipt is not None and not changes
    tests = _with_causes(report, assignment, chosen, same)
    spent = time.monotonic() - began
    return Replay(report, drawn, changes, mended.repairs, mended.cells, tests, round(spent, 1))


def _check_carried(report: Report, assignment: Assignment) -> None:
    """See that the exercises which the report had put right are some that can be."""
    builds_on = {exercise.id: exercise.builds_on for exercise in assignment.exercises}
    for exercise in report.exercises:
        strange = [name for name in exercise.carried if name not in builds_on.get(exercise.id, ())]
        if strange:
            raise ValueError(
                f"the report has {exercise.id} judged with a right {', '.join(strange)}, on which "
                f"it does not build in {assignment.id}: {ANEW}"
            )


def _judged(
    report: Report,
    assignment: Assignment,
    submission: Submission,
    drawn: int,
    wanted: Sequence[TestId],
) -> list[Verdict]:
    """Run tests as the report's were run: where exercises were put right for them, so again."""
    carried = {each.id: each.carried for each in report.exercises if each.carried}
    ordinary = [test for test in wanted if test[0] not in carried]
    verdicts = judge(assignment.id, submission, drawn, only=ordinary)
    for exercise, right in carried.items():
        tests = [test for test in wanted if test[0] == exercise]
        if tests:
            verdicts += judge_with(assignment, right, submission, drawn, tests)
    return verdicts


def _with_causes(
    report: Report, assignment: Assignment, verdicts: Sequence[Verdict], same: bool
) -> list[Replayed]:
    """Put to each verdict what the report says, and its known mistake.

    The report's diagnosis saw all the tests of the exercise, so it counts where nothing changed.
    """
    bank = {
        (each.entry.exercise, each.entry.name): each for each in read_misconceptions(assignment)
    }
    reported = {(ex.id, test.name): test for ex in report.exercises for test in ex.tests}
    replayed: list[Replayed] = []
    for verdict in verdicts:
        test = reported.get((verdict.exercise, verdict.name))
        named = test.misconception if same and test is not None else None
        known = bank.get((verdict.exercise, named)) if named is not None else None
        if known is not None:
            replayed.append(Replayed(verdict, test, known.entry, "as the report says"))
            continue
        own = [each for each in verdicts if each.exercise == verdict.exercise]
        causes: Mapping[str, Entry] = {}
        if not same:
            suspects = [each for (home, _), each in bank.items() if home == verdict.exercise]
            causes = diagnose(own, suspects)
        cause = causes.get(verdict.name)
        found = "found now, from the replayed tests alone" if cause else ""
        replayed.append(Replayed(verdict, test, cause, found))
    return replayed
