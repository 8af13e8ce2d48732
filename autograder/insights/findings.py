"""What stands out in a class's reports: known mistakes, time-outs, damage, cells that failed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograder.explain import STOPPED
from autograder.misconception import Entry
from autograder.report import Report
from autograder.told import UNWRITTEN
from autograder.ungraded import is_no_test

GONE = "A mistake that was known to an earlier version of the course."


@dataclass(frozen=True)
class Mistake:
    """A known mistake in words, and who made it."""

    exercise: str
    name: str
    idea: str
    hint: str
    students: list[str]


@dataclass(frozen=True)
class Explained:
    """How many wrong answers there are, unwritten ones left out; how many have a known cause."""

    wrong: int
    named: int


@dataclass(frozen=True)
class Told:
    """Something to know about one student's notebook: where, and what."""

    student: str
    where: str
    what: str


@dataclass(frozen=True)
class Shared:
    """What is so in the notebooks of some students: where, and what."""

    where: str
    what: str
    students: list[str]


def mistakes(reports: Sequence[Report], bank: Sequence[Entry]) -> list[Mistake]:
    """List the known mistakes that were made, the most frequent first."""
    known = {(entry.exercise, entry.name): entry for entry in bank}
    made: dict[tuple[str, str], list[str]] = {}
    for report in reports:
        for exercise in report.exercises:
            names = {test.misconception for test in exercise.tests if test.misconception}
            for name in sorted(names):
                made.setdefault((exercise.id, name), []).append(report.student)
    found: list[Mistake] = []
    for (exercise, name), students in made.items():
        entry = known.get((exercise, name))
        idea = f"{GONE} ({name})" if entry is None else entry.idea
        hint = "" if entry is None else f"{entry.hint} (See {entry.see}.)"
        found.append(Mistake(exercise, name, idea, hint, students))
    return sorted(found, key=lambda each: (-len(each.students), each.exercise, each.name))


def explained(reports: Sequence[Report]) -> Explained:
    """Count the wrong answers, and those of them for which a known mistake was named."""
    wrong = [
        exercise
        for report in reports
        for exercise in report.exercises
        if exercise.status not in ("passed", "missing")
    ]
    named = [each for each in wrong if any(test.misconception for test in each.tests)]
    return Explained(len(wrong), len(named))


def time_outs(reports: Sequence[Report]) -> list[Told]:
    """List what was stopped for taking too long: cells, and exercises with their tests."""
    found: list[Told] = []
    for report in reports:
        for cell in report.cells_with_errors:
            if cell.error == STOPPED["timeout"]:
                found.append(Told(report.student, _cell(cell.name), "stopped as it ran"))
        for exercise in report.exercises:
            late = sum(test.fault == "timeout" for test in exercise.tests)
            if late:
                count = f"{late} of {len(exercise.tests)} tests"
                found.append(Told(report.student, exercise.id, count))
    return found


def repairs(reports: Sequence[Report]) -> list[Shared]:
    """List what had to be repaired before notebooks could be graded, the most frequent first.

    What brought its grader down, and so could not be graded at all, is among it.
    """
    found = [Told(report.student, "", repair) for report in reports for repair in report.repairs]
    for report in reports:
        messages = {
            test.message for each in report.exercises for test in each.tests if is_no_test(test)
        }
        found += [Told(report.student, "", message) for message in messages]
    return _shared(found)


def failed_cells(reports: Sequence[Report]) -> list[Shared]:
    """List the cells that did not run to their end, the most frequent first.

    Cells handed out that need an answer fail where it is not written; so do unwritten answers,
    which are left out.
    """
    return _shared(
        Told(report.student, _cell(cell.name), cell.error)
        for report in reports
        for cell in report.cells_with_errors
        if cell.error != UNWRITTEN
    )


def _shared(told: Iterable[Told]) -> list[Shared]:
    found: dict[tuple[str, str], list[str]] = {}
    for each in told:
        found.setdefault((each.where, each.what), []).append(each.student)
    return sorted(
        (Shared(where, what, students) for (where, what), students in found.items()),
        key=lambda each: (-len(each.students), each.where, each.what),
    )


def _cell(name: str) -> str:
    """Name a cell for somebody who did not write it."""
    return name.removeprefix("your ")
