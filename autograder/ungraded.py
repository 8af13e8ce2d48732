"""The report of a submission that could not be judged, because it brought its grader down twice.

It has no points and says so; nothing that was handed in is run for it.
"""

from autograder.account import account
from autograder.assignment import Assignment
from autograder.grade import SCHEMA, Graded, GradedCell
from autograder.manifest import manifest
from autograder.repair import mend
from autograder.report import Exercise, Receipt, Report, Test
from autograder.sandbox.outputs import readable
from autograder.versions import key, versions

FELLED = "felled_its_grader"
SENTENCE = "This notebook brought down the process that grades it, twice: nothing in it was judged."


def ungraded(
    data: bytes, assignment: Assignment, seed: int, *, notebook: str, student: str
) -> Graded:
    """Return a report without points, in which every exercise has the status "error".

    The arguments are those of `grade`.
    """
    mended = mend(data, manifest(assignment))
    felled = Test(FELLED, "values", False, SENTENCE, fault="error")
    exercises = [
        Exercise(each.id, 0.0, each.points, "error", [felled]) for each in assignment.exercises
    ]
    report = Report(
        schema=SCHEMA,
        assignment=assignment.id,
        notebook=readable(notebook),
        student=readable(student),
        score=0.0,
        max_score=sum(exercise.max_score for exercise in exercises),
        exercises=exercises,
        cells_with_errors=[],
        repairs=mended.repairs,
        duration_s=0.0,
        versions=versions(),
        receipt=Receipt(assignment.id, seed, key(data, assignment.id, seed)),
    )
    accounts = {exercise.id: account(exercise, {}) for exercise in exercises}
    return Graded(report, accounts, [GradedCell(cell) for cell in mended.cells])


def is_ungraded(report: Report) -> bool:
    """Tell whether a report is one of these."""
    return any(test.name == FELLED for each in report.exercises for test in each.tests)
