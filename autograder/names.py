"""The proof that the built notebook uses only names it has: ruff's F821 over what stands so far."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from autograder.answers import AnswerError, find_answer
from autograder.assignment import Assignment
from autograder.notebooks import BuiltCell, notebook_json


class CheckerError(RuntimeError):
    """The checker itself did not run."""


class _Finding(msgspec.Struct, frozen=True):
    filename: str
    cell: int | None
    code: str | None
    message: str


def check_names(assignment: Assignment, cells: Sequence[BuiltCell]) -> None:
    """Check every cell against the cells down to the next visible check.

    Students run the notebook from the top, so an answer may use what stands above its check or in
    it, not what comes below; ruff therefore sees one notebook for each check and one for the rest.

    Raises:
        DirectiveError: a cell uses a name that the notebook does not have by then.
        CheckerError: ruff is missing or fails.
    """
    ends = [number for number, cell in enumerate(cells, 1) if cell.id.startswith("test_")]
    with tempfile.TemporaryDirectory() as folder:
        for end in [*ends, len(cells)]:
            text = notebook_json(cells[:end])
            Path(folder, f"{end:06}.ipynb").write_text(text, encoding="utf-8")
        findings = _undefined_names(folder)
    if findings:
        first = min(findings, key=lambda finding: (finding.filename, finding.cell or 0))
        cell = cells[(first.cell or 1) - 1]
        raise assignment.error(
            cell.line, f"{_owner(cell)}: {_sentence(first)}; {_cure(assignment, cell, first)}"
        )


def _undefined_names(folder: str) -> list[_Finding]:
    arguments = ["check", "--isolated", "--no-cache", "--select", "F821"]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, "--output-format", "json", folder],
        capture_output=True,
        check=False,
    )
    if done.returncode not in (0, 1) or not done.stdout:
        reason = " ".join(done.stderr.decode().split())
        raise CheckerError(f"ruff, which checks the built notebook, did not run: {reason}")
    return msgspec.json.decode(done.stdout, type=list[_Finding])


def _cure(assignment: Assignment, cell: BuiltCell, finding: _Finding) -> str:
    """Say what to do; a private helper of the reference has to reach the students somehow."""
    exercises = {exercise.id: exercise for exercise in assignment.exercises}
    answers = exercises[cell.id].answers if cell.id in exercises else ()
    name = finding.message.split("`")[1] if finding.code == "F821" else ""
    for module in sorted({answer.partition(":")[0] for answer in answers}):
        try:
            helper = find_answer(f"{module}:{name}").spec
        except AnswerError:
            continue
        return (
            f"{helper} is a helper: add it to the exercise's answers, give it to the students "
            "(`given:` in the header, `from given import` in a cell above), or write it inside "
            "the answer"
        )
    return "define or import it in a cell above, or write the answer without it"


def _sentence(finding: _Finding) -> str:
    if finding.code == "F821":
        name = finding.message.split("`")[1]
        return f"uses the name `{name}`, which the notebook does not have by then"
    return f"is not Python ({finding.message})"


def _owner(cell: BuiltCell) -> str:
    if cell.nbgrader is None:
        return "this cell"
    if cell.id.startswith("test_"):
        return f"the visible check of {cell.id.removeprefix('test_')!r}"
    return f"the answer of {cell.id!r}"
