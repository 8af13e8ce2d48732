# pyright: basic
# (nbgrader is untyped)
"""nbgrader's own autograde, for one student at a time: nbgrader alone writes the gradebook.

What passes, such as another program that holds the gradebook for a moment, is waited for.
"""

import contextlib
import logging
import os
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from autograder.environment import command_env
from autograder.rooms import PROJECT

Write = Callable[[str, str], str | None]
PAUSES = (0.5, 1.0, 2.0, 4.0)
# What nbgrader says somewhere in its log, and what it means; the first may pass.
LOCKED = "database is locked"
MEANINGS = {
    LOCKED: "another program holds the gradebook: close what works on it, such as formgrader",
    "readonly database": "the gradebook may not be written: make it and its folder writable",
    "disk is full": "the disk is full: make room",
    "No space left on device": "the disk is full: make room",
}


PATTERN = set("*?[")


class Unwritable(OSError):
    """The gradebook takes nothing at present, whoever's it is; the text says what to do."""


def unfit(classroom: Path, assignment: str, student: str) -> str | None:
    """Say why nbgrader could not write this student's report, None if nothing is known against it.

    It takes the names of folders for patterns, and what `timestamp.txt` holds for a time.
    """
    marks = sorted(PATTERN & set(student))
    if marks:
        return f"nbgrader takes {' '.join(marks)} in a name for a pattern: rename the folder"
    file = classroom / "submitted" / student / assignment / "timestamp.txt"
    if not file.is_file():
        return None
    from nbgrader.utils import parse_utc

    try:
        parse_utc(file.read_text(encoding="utf-8").strip())
    except (ValueError, OverflowError):
        return (
            "its timestamp.txt holds no time: write one such as 2026-01-31 23:59:00 UTC, or remove "
            "the file"
        )
    return None


def gradebook_writer() -> Write:
    """Return what writes a student's reports into the gradebook; it answers None, or what failed.

    It raises Unwritable where that would befall every other student's report as well.

    nbgrader is imported here, and not with this module: it takes as long as grading a notebook.
    """
    from nbgrader.apps import NbGraderAPI
    from nbgrader.apps.baseapp import NbGrader

    os.environ.update(command_env())
    logging.getLogger("traitlets").setLevel(logging.CRITICAL)
    app = NbGrader()
    app.log.setLevel(logging.CRITICAL)
    with contextlib.chdir(PROJECT):
        app.load_config_file()
    api = NbGraderAPI(config=app.config, parent=None)

    def once(assignment: str, student: str) -> str | None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SQLAlchemy's, about nbgrader's own sessions
            answer = api.autograde(assignment, student, force=True)
        if answer["success"]:
            return None
        if "KeyboardInterrupt" in str(answer["error"]):  # nbgrader takes it for an error
            raise KeyboardInterrupt
        said = [*str(answer.get("log", "")).splitlines(), *str(answer["error"]).split("\n")]
        known = (line for line in said if any(key in line for key in MEANINGS))
        errors = (line for line in said if "[ERROR]" in line)
        return next(known, None) or next(errors, "it did not say why")

    return lambda assignment, student: patiently(once, assignment, student)


def patiently(once: Write, assignment: str, student: str) -> str | None:
    """Write again and again while another program holds the gradebook, for some seconds.

    Raises:
        Unwritable: it takes nothing at present.
    """
    problem = once(assignment, student)
    for pause in PAUSES:
        if problem is None or LOCKED not in problem:
            break
        time.sleep(pause)
        problem = once(assignment, student)
    meanings = (meaning for known, meaning in MEANINGS.items() if known in (problem or ""))
    meaning = next(meanings, None)
    if meaning is not None:
        raise Unwritable(meaning)
    return problem
