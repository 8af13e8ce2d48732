"""Reports as Markdown, as code hosts show it: a table of the class, then what was found."""

import html
import re
from collections.abc import Iterator

from autograder.formats.reasons import put_right, reasons
from autograder.report import Report

MARKS = re.compile(r"([\\`*_\[\]{}|~#])")


def as_markdown(reports: list[Report]) -> str:
    """Write a row for each notebook, then a section for each with its exercises."""
    lines = ["| student | notebook | points | passed |", "| --- | --- | ---: | ---: |"]
    lines += [_row(report) for report in reports]
    for report in reports:
        lines += ["", *_section(report)]
    return "\n".join(lines)


def _row(report: Report) -> str:
    passed = sum(exercise.status == "passed" for exercise in report.exercises)
    points = f"{report.score:g} of {report.max_score:g}"
    names = f"{_plain(report.student)} | {_plain(report.notebook)}"
    return f"| {names} | {points} | {passed} of {len(report.exercises)} |"


def _section(report: Report) -> Iterator[str]:
    yield f"## {_plain(report.student)}: {_plain(report.assignment)}"
    yield ""
    yield "| exercise | points | why |"
    yield "| --- | ---: | --- |"
    for exercise in report.exercises:
        points = f"{exercise.score:g} of {exercise.max_score:g}"
        why = map(_plain, [*put_right(exercise), *reasons(exercise, report.assignment)])
        yield f"| {_plain(exercise.id)} | {points} | {'<br>'.join(why)} |"
    said = [f"repaired: {repair}" for repair in report.repairs]
    said += [f"{cell.name}: {cell.error}" for cell in report.cells_with_errors]
    if said:
        yield ""
        yield from (f"- {_plain(sentence)}" for sentence in said)


def _plain(text: str) -> str:
    """Write what comes from notebooks so that it is shown as it is: one line, no marks, no HTML."""
    return MARKS.sub(r"\\\1", html.escape(" ".join(text.split()), quote=False))
