"""The report of a submission that could not be judged: it brought its grader down twice, or a
mistake of the autograder's own came to light.

It has no points and says so; nothing that was handed in is run for it.
"""

from autograder.account import account
from autograder.assignment import Assignment
from autograder.grade import SCHEMA, Graded, GradedCell
from autograder.manifest import ManifestCell, manifest
from autograder.repair import Mended, mend
from autograder.report import Exercise, Receipt, Report, Test
from autograder.sandbox.outputs import readable
from autograder.versions import key, versions

FELLED = "felled_its_grader"
SENTENCE = "This notebook brought down the process that grades it, twice: nothing in it was judged."
FAULTY = "autograder_failed"
APOLOGY = "The autograder itself failed on this notebook, by no fault of yours: nothing was judged."


def ungraded(
    data: bytes, assignment: Assignment, seed: int, *, notebook: str, student: str, fault: str = ""
) -> Graded:
    """Return a report without points, in which every exercise has the status "error".

    The arguments are those of `grade`; `fault` is the traceback of the autograder's own mistake.
    """
    mended = _mended(data, manifest(assignment))
    name, sentence = (FAULTY, APOLOGY) if fault else (FELLED, SENTENCE)
    why = Test(name, "values", False, sentence, fault="error")
    exercises = [
        Exercise(each.id, 0.0, each.points, "error", [why]) for each in assignment.exercises
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
    return Graded(report, accounts, [GradedCell(cell) for cell in mended.cells], fault)


def _mended(data: bytes, cells: tuple[ManifestCell, ...]) -> Mended:
    try:
        return mend(data, cells)
    except Exception:  # mending may be where the mistake is
        return mend(b"", cells)


def is_ungraded(report: Report) -> bool:
    """Tell whether a report is one of these."""
    return any(is_no_test(test) for each in report.exercises for test in each.tests)


def is_faulty(report: Report) -> bool:
    """Tell whether the autograder failed on a notebook."""
    return any(test.name == FAULTY for each in report.exercises for test in each.tests)


def is_no_test(test: Test) -> bool:
    """Tell whether it stands in the place of tests that were not run."""
    return test.name in (FELLED, FAULTY)
