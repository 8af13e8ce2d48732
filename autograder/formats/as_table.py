"""Reports as tables for a terminal."""

import io

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.formats.reasons import put_right, reasons
from autograder.report import Report

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
        why = list(reasons(exercise, report.assignment))
        more = [f"and {len(why) - SHOWN} more"] if len(why) > SHOWN else []
        table.add_row(
            exercise.id,
            f"{exercise.score:g} / {exercise.max_score:g}",
            exercise.status,
            Text("\n".join(put_right(exercise) + why[:SHOWN] + more)),
        )
    return table
