"""Reports as Gradescope's `results.json`: a test an exercise, as it writes them for students.

The points of hidden tests are rounded over an exercise, so an exercise is what has a score. What
hidden tests found is seen after the due date, since a submission may be repeated at will before;
whether the notebook ran is seen at once. Source: Gradescope's "Autograder Specifications".
"""

import msgspec

from autograder.account import account
from autograder.misconception import entries
from autograder.report import Exercise, Report

VERDICTS, AT_ONCE, INSTRUCTORS = "after_due_date", "visible", "hidden"


def as_gradescope(reports: list[Report]) -> str:
    """Write one object, or a list for several notebooks."""
    results = [_results(report) for report in reports]
    data = msgspec.json.encode(results[0] if len(results) == 1 else results)
    return msgspec.json.format(data, indent=2).decode()


def _results(report: Report) -> dict[str, object]:
    tests = [_test(number, each, report) for number, each in enumerate(report.exercises, 1)]
    return {
        "score": report.score,
        "execution_time": report.duration_s,
        "output": _how_it_ran(report),
        "output_format": "text",
        "test_output_format": "text",
        "stdout_visibility": INSTRUCTORS,
        "tests": tests,
    }


def _test(number: int, exercise: Exercise, report: Report) -> dict[str, object]:
    hints = {
        name: f"{entry.hint} (See {entry.see}.)"
        for (home, name), entry in entries(report.assignment).items()
        if home == exercise.id
    }
    return {
        "number": str(number),
        "name": exercise.id,
        "score": exercise.score,
        "max_score": exercise.max_score,
        "status": "passed" if exercise.status == "passed" else "failed",
        "output": account(exercise, hints),
        "visibility": VERDICTS,
    }


def _how_it_ran(report: Report) -> str:
    """Say what a student may know at once, as it tells nothing of hidden tests."""
    cells = [f"{cell.name}: {cell.error}" for cell in report.cells_with_errors]
    lines = [f"{report.notebook} has been graded; the points are seen after the due date."]
    if cells:
        lines += ["These cells did not run to their end:", *(f"- {cell}" for cell in cells)]
    if report.repairs:
        lines += ["Put right before grading:", *(f"- {repair}" for repair in report.repairs)]
    return "\n".join(lines)
