# pyright: basic
# (nbgrader is untyped)
"""nbgrader's own autograde, for one student at a time: nbgrader alone writes the gradebook.

What passes, such as another program that holds the gradebook for a moment, is waited for.
"""

import logging
import os
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path

from autograder.classroom import classroom
from autograder.commands import command_env
from autograder.database import DatabaseError, database, trouble_in
from autograder.handed_in import handed_in_at

Write = Callable[[str, str], str | None]
PAUSES = (0.5, 1.0, 2.0, 4.0)
PATTERN = set("*?[")
NAMED = 5
ENDED = "SystemExit: "  # set_aside ends nbgrader in this way


def unfit(classroom: Path, assignment: str, student: str) -> str | None:
    """Say why nbgrader could not write this student's report, None if nothing is known against it.

    It takes the names of folders for patterns, and what `timestamp.txt` holds for a time.
    """
    if student != student.encode(errors="replace").decode():
        return (
            "the folder's name is no text, so that the gradebook cannot hold it: rename the folder"
        )
    marks = sorted(PATTERN & set(student))
    if marks:
        return f"nbgrader takes {' '.join(marks)} in a name for a pattern: rename the folder"
    when = handed_in_at(classroom / "submitted" / student / assignment)
    if when is None:
        return None
    from nbgrader.utils import parse_utc

    try:
        parse_utc(when)
    except (ValueError, OverflowError):
        return (
            "its timestamp.txt holds no time: write one such as 2026-01-31 23:59:00 UTC, or remove "
            "the file"
        )
    return None


def gradebook_writer() -> Write:
    """Return what writes a student's reports into the gradebook; it answers None, or what failed.

    It raises DatabaseError where that would befall every other student's report as well.

    nbgrader is imported here, and not with this module: it takes as long as grading a notebook.
    """
    from nbgrader.apps import NbGraderAPI

    from autograder.configuration import configuration

    os.environ.update(command_env())
    name = database(classroom()).name
    logging.getLogger("traitlets").setLevel(logging.CRITICAL)
    api = NbGraderAPI(config=configuration(classroom()), parent=None)

    def once(assignment: str, student: str) -> str | None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SQLAlchemy's, about nbgrader's own sessions
            answer = api.autograde(assignment, student, force=True)
        if answer["success"]:
            return None
        if "KeyboardInterrupt" in str(answer["error"]):  # nbgrader takes it for an error
            raise KeyboardInterrupt
        said = [*str(answer.get("log", "")).splitlines(), *str(answer["error"]).split("\n")]
        known = (line for line in said if trouble_in(line))
        errors = (line for line in said if "[ERROR]" in line)
        ends = (line.partition(ENDED)[2] for line in said if line.startswith(ENDED))
        return next(known, None) or next(errors, None) or next(ends, "it did not say why")

    return lambda assignment, student: patiently(once, name, assignment, student)


def patiently(once: Write, name: str, assignment: str, student: str) -> str | None:
    """Write again and again, for some seconds, while what is in the way may pass.

    Args:
        once: writes a student's reports.
        name: what the gradebook is called.
        assignment: the assignment's id.
        student: whose reports.

    Raises:
        DatabaseError: the gradebook takes nothing at present, whoever's it is.
    """
    problem = once(assignment, student)
    for pause in PAUSES:
        trouble = trouble_in(problem or "")
        if trouble is None or not trouble.passes:
            break
        time.sleep(pause)
        problem = once(assignment, student)
    trouble = trouble_in(problem or "")
    if trouble is not None:
        raise DatabaseError(name, trouble)
    return problem


def told_by_problem(problems: Iterable[tuple[str, str]]) -> str:
    """Name the students of each problem; of many, the first ones."""
    students: dict[str, list[str]] = {}
    for student, problem in problems:
        students.setdefault(problem, []).append(student)
    return "; ".join(f"{_some(names)} ({problem})" for problem, names in students.items())


def _some(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
