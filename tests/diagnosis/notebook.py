"""What the notebook says of an answer: the hints of its visible checks."""

import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from autograder.assignment import read_assignment
from autograder.fixtures import checks_json
from autograder.misconception import read_misconceptions
from course.checks_file import VisibleExercise, load_exercise
from course.hints import hint_for
from course.running import run_case
from tests.autograder.suites.rights import parts

SECONDS = 0.5  # for a call, of what never ends


@cache
def visible(assignment: str) -> dict[str, VisibleExercise]:
    """Return the visible checks as a release has them, by exercise."""
    read, known = read_assignment(assignment), parts(assignment)
    with tempfile.TemporaryDirectory() as folder:
        text = checks_json(read, known.values(), read_misconceptions(read))
        (Path(folder) / "checks.json").write_text(text)
        return {exercise: load_exercise(exercise, Path(folder)) for exercise in known}


def hinted(assignment: str, names: Mapping[str, object], only: str | None = None) -> set[str]:
    """Return the hints for these definitions as `exercise: hint`, of all exercises or only one."""
    return {
        f"{exercise}: {hint}"
        for exercise, checks in visible(assignment).items()
        if only in (None, exercise)
        for hint in _hints(checks, names)
    }


def _hints(checks: VisibleExercise, names: Mapping[str, object]) -> set[str]:
    objects = {name: names[name] for name in checks.names if name in names}
    runs = [
        run_case(program, case, objects, SECONDS)
        for program in checks.programs
        for case in program.cases
    ]
    found = {hint_for(run, runs) for run in runs if not run.passed}
    return {hint for hint in found if hint is not None}
