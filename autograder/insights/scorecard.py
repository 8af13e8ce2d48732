"""The table of a class: one row a student, for a spreadsheet."""

import csv
import io
from collections.abc import Sequence

from autograder.insights.findings import Mistake, Shared, Told
from autograder.insights.gathering import Gathered
from autograder.spreadsheet import as_cell

NUMBERS = ("score", "max_score", "percent")
WORDS = ("known_mistakes", "time_outs", "repairs", "cells_with_errors")


def scorecard(
    gathered: Gathered,
    mistakes: Sequence[Mistake],
    late: Sequence[Told],
    broken: Sequence[Shared],
) -> str:
    """Write each student's points, and in words what was noticed; `receipt` is for `replay`."""
    exercises = [exercise.id for exercise in gathered.reports[0].exercises]
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["student", "notebook", *NUMBERS, *exercises, *WORDS, "receipt"])
    for each in gathered.handed_in:
        report = each.report
        words = [
            [f"{made.exercise}: {made.idea}" for made in mistakes if each.student in made.students],
            [f"{stop.where}: {stop.what}" for stop in late if stop.student == each.student],
            report.repairs,
            [f"{cell.where}: {cell.what}" for cell in broken if each.student in cell.students],
        ]
        percent = round(100 * report.score / report.max_score, 1)
        points = [exercise.score for exercise in report.exercises]
        told = ["; ".join(sentences) for sentences in words]
        named = [*map(as_cell, (report.student, report.notebook))]
        numbers = [report.score, report.max_score, percent, *points]
        table.writerow([*named, *numbers, *map(as_cell, told), each.file.name])
    return file.getvalue()
