"""A class of invented reports on a1_graphs: what the page is made of, without grading anything."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.assignment import read_assignment
from autograder.grade import Graded, GradedCell
from autograder.repair import Cell
from autograder.report import CellError, Exercise, Receipt, Report, Status, Test
from autograder.store import Store
from autograder.versions import versions

ASSIGNMENT = "a1_graphs"
HOSTILE = '<b onclick=x>eve&"\u202e'
"""A name that would be markup; what turns the direction of writing is to be taken out."""


def graded(
    student: str,
    shares: Mapping[str, float],
    mistakes: Mapping[str, str] | None = None,
    late: Sequence[str] = (),
    code: Sequence[str] = (),
    repairs: Sequence[str] = (),
    errors: Sequence[CellError] = (),
    key: str = "",
) -> Graded:
    """One student's report: shares of the points by exercise, 0 where none is given."""
    exercises: list[Exercise] = []
    for exercise in read_assignment(ASSIGNMENT).exercises:
        share = shares.get(exercise.id, 0.0)
        status: Status = "passed" if share == 1 else "partial" if share else "failed"
        failed = Test(
            "test_it",
            "values",
            share == 1,
            "" if share == 1 else "Two numbers are added.",
            (mistakes or {}).get(exercise.id),
            fault=None if share == 1 else "timeout" if exercise.id in late else "failed",
        )
        exercises.append(
            Exercise(exercise.id, share * exercise.points, exercise.points, status, [failed])
        )
    report = Report(
        schema=1,
        assignment=ASSIGNMENT,
        notebook=f"{ASSIGNMENT}.ipynb",
        student=student,
        score=sum(exercise.score for exercise in exercises),
        max_score=sum(exercise.max_score for exercise in exercises),
        exercises=exercises,
        cells_with_errors=list(errors),
        repairs=list(repairs),
        duration_s=0.5,
        versions=versions(),
        receipt=Receipt(ASSIGNMENT, 7, key or f"key of {student}".replace("/", "")),
    )
    return Graded(report, {}, [GradedCell(Cell("code", source)) for source in code])


def reports(*all_graded: Graded) -> list[Report]:
    return [each.report for each in all_graded]


def the_class() -> list[Graded]:
    """Twelve students with something of everything that the page tells."""
    ids = [exercise.id for exercise in read_assignment(ASSIGNMENT).exercises]
    students = [
        graded(
            f"student {number:02}",
            dict.fromkeys(ids[: 1 + number], 1.0),
            {"backward_push": "overwrites"} if number < 6 else None,
            code=[f"def answer_{number}(x):\n    return x + {number}\n" * 30],
        )
        for number in range(9)
    ]
    trouble = CellError(7, "the cell that begins with `<script>`", "was stopped: it took too long")
    return [
        *students,
        graded(HOSTILE, {}, {"gates": "slopes_not_swapped"}, errors=[trouble]),
        graded("late", {"gates": 0.5}, late=["gates"]),
        graded("torn", {}, repairs=["cell `<i>gates</i>` was missing"]),
    ]


def keep(classroom: Path, *all_graded: Graded) -> Store:
    """Put reports into the store of a classroom, as `grade` does."""
    store = Store(classroom)
    for each in all_graded:
        store.put(each)
    return store
