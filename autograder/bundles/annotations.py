"""Annotations for GitHub: an error at the student's line for each exercise that lost points.

`python -m autograder.bundles.annotations REPORT FOLDER` reads a JSON report, and the notebooks in a
folder `<student>/<assignment>/<notebook>` as it was handed in, and prints workflow commands.
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from autograder.account import by_cause, how_many
from autograder.handed_in import handed_in
from autograder.report import Exercise, Report

SOURCE = '"source": '
OWN_LINE = re.compile(r"line (\d+): `")


def annotations(report: Report, folder: Path) -> Iterator[str]:
    """Yield a command for each exercise of a report that did not pass."""
    file = folder / report.student / report.assignment / report.notebook
    try:
        text = handed_in(file).decode(errors="replace")
    except OSError:
        text = ""
    for exercise in report.exercises:
        if exercise.status == "passed":
            continue
        title = f"{report.student}: {exercise.id}, {exercise.score:g} of {exercise.max_score:g}"
        place = f"file={_property(str(file))},line={line_of(exercise, text)}"
        yield f"::error {place},title={_property(title)}::{_data(_why(exercise))}"


def line_of(exercise: Exercise, notebook: str) -> int:
    """Return the line of the notebook's file where an answer begins or fails, 1 if unknown.

    Args:
        exercise: its part of the report.
        notebook: the file's text, as Jupyter writes it: each line of code on a line of its own.
    """
    cell = notebook.find(f'"grade_id": {json.dumps(exercise.id)}')
    begins = notebook.find(SOURCE, cell)
    if cell < 0 or begins < 0:
        return 1
    first = notebook.count("\n", 0, begins) + 1
    if not notebook.startswith("[\n", begins + len(SOURCE)):
        return first  # all of it stands in this line
    named = OWN_LINE.search(_why(exercise))
    further = int(named[1]) if named and f"cell `{exercise.id}`" in _why(exercise) else 1
    return first + further


def _why(exercise: Exercise) -> str:
    causes = by_cause(exercise)
    return "\n".join(how_many(tests, exercise) + tests[0].message for tests in causes)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def main(words: Sequence[str]) -> None:
    """Print the annotations of all reports in a file."""
    data = Path(words[0]).read_bytes()
    read = msgspec.json.decode(data, type=list[Report] | Report)
    for report in [read] if isinstance(read, Report) else read:
        for command in annotations(report, Path(words[1])):
            print(command)


if __name__ == "__main__":
    main(sys.argv[1:])
