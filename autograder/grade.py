"""Grade one notebook: mend it, run it behind the wall, judge it from outside, write the report.

A function of the notebook, the assignment and the seed; it reads and writes nothing else.
"""

import hashlib
import platform
import time
from collections.abc import Iterable
from importlib import metadata

import msgspec
import numpy as np

from autograder.assignment import Assignment
from autograder.judge import Verdict, judge
from autograder.manifest import ManifestCell, manifest
from autograder.repair import Cell, Mended, mend
from autograder.report import CellError, Exercise, Receipt, Report, Status, Test
from autograder.rooms import PROJECT
from autograder.sandbox.outputs import Output, readable
from autograder.sandbox.submission import CellRun, Fault, Submission
from autograder.sandbox.wall import Wall

SCHEMA = 1
ROOMS = ("reference", "course", "autograder", "source_notebooks")
UNWRITTEN = "NotImplementedError"


class GradedCell(msgspec.Struct, omit_defaults=True):
    """A cell as it was graded, with its outputs."""

    cell: Cell
    outputs: list[Output] = []


class Graded(msgspec.Struct):
    """All that grading gives: the report, and the notebook as it ran."""

    report: Report
    cells: list[GradedCell]


def grade(
    data: bytes, assignment: Assignment, seed: int, *, wall: Wall, notebook: str, student: str
) -> Graded:
    """Grade what was handed in; whatever it is, the answer is a report.

    Args:
        data: the bytes of the file.
        assignment: what it should answer.
        seed: draws the inputs of the hidden tests.
        wall: where the student's code runs.
        notebook: the file's name, for the report.
        student: whose it is, for the report.

    Raises:
        WallError: the wall fell; there is no report.
        JudgeError: the hidden suite is at fault; there is no report.
    """
    began = time.monotonic()
    cells = manifest(assignment)
    mended = mend(data, cells)
    tests = {cell.grade_id for cell in cells if cell.kind == "test"}
    code = {
        index: cell.source
        for index, cell in enumerate(mended.cells)
        if cell.cell_type == "code" and cell.grade_id not in tests and cell.source.strip()
    }
    with Submission(wall, code, companions(assignment), assignment.limits) as submission:
        runs = submission.run()
        verdicts = judge(assignment.id, submission, seed)
    exercises = [
        _exercise(cell, [v for v in verdicts if v.exercise == cell.exercise], mended, assignment)
        for cell in cells
        if cell.kind == "test"
    ]
    report = Report(
        schema=SCHEMA,
        assignment=assignment.id,
        notebook=readable(notebook),
        student=readable(student),
        score=sum(exercise.score for exercise in exercises),
        max_score=sum(exercise.max_score for exercise in exercises),
        exercises=exercises,
        cells_with_errors=list(_errors(runs)),
        repairs=mended.repairs,
        duration_s=round(time.monotonic() - began, 3),
        versions=versions(),
        receipt=Receipt(assignment.id, seed, key(data, assignment.id, seed)),
    )
    nothing = CellRun("ok")
    outputs = [runs.get(index, nothing).outputs for index in range(len(mended.cells))]
    return Graded(report, list(map(GradedCell, mended.cells, outputs)))


def companions(assignment: Assignment) -> dict[str, bytes]:
    """Return what lies beside the notebook in the release; its cells may read it."""
    folder = assignment.rooms.folder(assignment.id)
    return {
        file.name: file.read_bytes()
        for file in sorted(folder.iterdir())
        if file.is_file() and file.suffix != ".py"
    }


def key(data: bytes, assignment: str, seed: int) -> str:
    """Return the hash of all that a report depends on."""
    parts = [hashlib.sha256(data).hexdigest(), assignment, str(seed), *versions().values()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def versions() -> dict[str, str]:
    """Return what else a report depends on: the programs, and the course itself."""
    return {
        "autograder": metadata.version("backprop-course"),
        "course": course_hash(),
        "numpy": np.__version__,
        "python": platform.python_version(),
    }


def course_hash() -> str:
    """Return a hash of the course as it is now: answers, kit, grader and texts."""
    digest = hashlib.sha256()
    for room in ROOMS:
        for file in sorted((PROJECT / room).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(PROJECT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _errors(runs: dict[int, CellRun]) -> Iterable[CellError]:
    words = {
        "timeout": "was stopped: it took too long",
        "died": "ended the process",
        "memory": "was stopped: it took too much memory",
    }
    for index, run in sorted(runs.items()):
        if run.fate == "error":
            last = next((o.ename for o in reversed(run.outputs) if o.output_type == "error"), "")
            yield CellError(index + 1, last or "raised an exception")
        elif run.fate != "ok":
            yield CellError(index + 1, words[run.fate])


def _exercise(
    cell: ManifestCell, verdicts: list[Verdict], mended: Mended, assignment: Assignment
) -> Exercise:
    score = points(cell.points, verdicts)
    tests = [
        Test(v.name, v.category, v.passed, "" if v.passed else explain(v, mended, assignment))
        for v in verdicts
    ]
    return Exercise(cell.exercise, score, cell.points, status(score, cell.points, verdicts), tests)


def points(maximum: float, verdicts: list[Verdict]) -> float:
    """Return points x passed weight / total weight, to 0.5; 0 unless a `values` test passes."""
    if not any(v.passed and v.category == "values" for v in verdicts):
        return 0.0
    share = sum(v.weight for v in verdicts if v.passed) / sum(v.weight for v in verdicts)
    return int(2 * maximum * share + 0.5) / 2


def status(score: float, maximum: float, verdicts: list[Verdict]) -> Status:
    """Say in one word how an exercise went."""
    if score == maximum and all(v.passed for v in verdicts):
        return "passed"
    if score > 0:
        return "partial"
    kinds: set[Status] = {_kind(v) for v in verdicts if not v.passed}
    if len(kinds) == 1:
        return kinds.pop()
    return "failed"


def _kind(verdict: Verdict) -> Status:
    if not verdict.faults:
        return "failed"
    fault = verdict.faults[0]
    if fault.kind == "missing" or fault.error == UNWRITTEN:
        return "missing"
    return "timeout" if fault.kind == "timeout" else "error"


def explain(verdict: Verdict, mended: Mended, assignment: Assignment) -> str:
    """Say why a test failed, as far as a student may know."""
    if not verdict.faults:
        return verdict.says
    fault = verdict.faults[0]
    match fault.kind:
        case "missing":
            return f"{fault.error} is not defined: its cell is missing or raised an error."
        case "error" if fault.error == UNWRITTEN:
            return "Not written yet."
        case "error":
            return f"{verdict.says} Your code raised {fault.error}{_place(fault, mended)}."
        case "timeout":
            seconds = assignment.limits.call_seconds
            return f"{verdict.says} Your code had not finished after {seconds:g} seconds."
        case _:
            return f"{verdict.says} Your code ended its process before it answered."


def _place(fault: Fault, mended: Mended) -> str:
    """Quote the student's own line, from the notebook and not from what came back."""
    if fault.place is None or not 0 <= fault.place[0] < len(mended.cells):
        return ""
    index, line = fault.place
    lines = mended.cells[index].source.split("\n")
    if not 1 <= line <= len(lines):
        return ""
    return f" in cell {index + 1}, line {line}: {readable(lines[line - 1].strip()[:160])}"
