"""Reports as tables for a terminal."""

import io

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.account import by_cause, carried_in_words, how_many
from autograder.misconception import entries
from autograder.report import Exercise, Report, Test

WIDTH = 110
SHOWN = 3


def as_table(reports: list[Report]) -> str:
    """Write one table a report, and a line for what was repaired or raised."""
    page = Console(file=io.StringIO(), width=WIDTH)
    for report in reports:
        page.print(_table(report))
        for repair in report.repairs:
            page.print(Text(f"repaired: {repair}"))
        for cell in report.cells_with_errors:
            page.print(Text(f"{cell.name}: {cell.error}"))
    assert isinstance(page.file, io.StringIO)
    return page.file.getvalue().rstrip()


def _table(report: Report) -> Table:
    title = (
        f"{report.student} · {report.notebook} · {report.score:g} of {report.max_score:g} points"
    )
    table = Table(title=Text(title), title_justify="left")
    for heading in ("exercise", "points", "status", "why"):
        table.add_column(heading, justify="right" if heading == "points" else "left")
    for exercise in report.exercises:
        reasons = [_reason(tests, exercise, report.assignment) for tests in by_cause(exercise)]
        carried = [carried_in_words(exercise)] if exercise.carried else []
        more = [f"and {len(reasons) - SHOWN} more"] if len(reasons) > SHOWN else []
        table.add_row(
            exercise.id,
            f"{exercise.score:g} / {exercise.max_score:g}",
            exercise.status,
            Text("\n".join(carried + reasons[:SHOWN] + more)),
        )
    return table


def _reason(tests: list[Test], exercise: Exercise, assignment: str) -> str:
    """Say what went wrong: the idea of the known mistake, if it is one."""
    known = entries(assignment).get((exercise.id, tests[0].misconception or ""))
    reason = tests[0].message if known is None else f"known mistake: {known.idea}"
    return how_many(tests, exercise) + reason
