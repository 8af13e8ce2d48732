"""Grade one notebook: mend it, run it behind the wall, judge it from outside, write the report.

A function of the notebook, the assignment and the seed; it reads and writes nothing else.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from autograder.account import account
from autograder.assignment import Assignment
from autograder.carry import Second, judge_again
from autograder.companions import companions
from autograder.diagnosis import diagnose_all
from autograder.directives import Exercise as Directive
from autograder.explain import STOPPED, Ran, cell_trouble, explain, kind_of, name_cell
from autograder.judge import judge
from autograder.manifest import ManifestCell, manifest
from autograder.misconception import Entry
from autograder.points import points
from autograder.repair import Cell, mend
from autograder.report import CellError, Exercise, Failure, Receipt, Report, Status, Test
from autograder.sandbox.outputs import Output, readable
from autograder.sandbox.replies import CellRun
from autograder.sandbox.submission import Submission
from autograder.sandbox.wall import Wall
from autograder.verdict import Verdict
from autograder.versions import key, versions

SCHEMA = 1


class GradedCell(msgspec.Struct, omit_defaults=True):
    """A cell as it was graded, with its outputs."""

    cell: Cell
    outputs: list[Output] = []


@dataclass(frozen=True)
class _Counted:
    """What counts of an exercise: its verdicts, and which exercises were put right for them."""

    exercise: Directive
    verdicts: list[Verdict]
    carried: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        return points(self.exercise.points, self.verdicts)


class Graded(msgspec.Struct):
    """All that grading gives: the report, each exercise's account, and the notebook as it ran.

    `fault` is the traceback of a mistake of the autograder's own, for whoever mends it.
    """

    report: Report
    accounts: dict[str, str]
    cells: list[GradedCell]
    fault: str = ""


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
    code, beside = to_run(mended.cells, cells), companions(assignment)

    def fresh() -> Submission:
        return Submission(wall, code, beside, assignment.limits)

    with fresh() as submission:
        runs = submission.run()
        verdicts = judge(assignment.id, submission, seed)
    again = judge_again(assignment, verdicts, mended.cells, fresh, seed)
    questions = [exercise.id for exercise in assignment.exercises if exercise.is_question]
    homes, theirs = _homes(assignment), mended.readable
    ran = Ran(mended.cells, runs, homes, questions, assignment.limits, theirs)
    counted = [_counted(exercise, verdicts, again) for exercise in assignment.exercises]
    tried = {each.exercise.id: (each.verdicts, each.carried) for each in counted}
    causes = diagnose_all(assignment, tried)
    judged = [_judged(each, ran, causes[each.exercise.id]) for each in counted]
    exercises = [exercise for exercise, _ in judged]
    made_by = versions()
    report = Report(
        schema=SCHEMA,
        assignment=assignment.id,
        notebook=readable(notebook),
        student=readable(student),
        score=sum(exercise.score for exercise in exercises),
        max_score=sum(exercise.max_score for exercise in exercises),
        exercises=exercises,
        cells_with_errors=list(_errors(ran)),
        repairs=mended.repairs,
        duration_s=round(time.monotonic() - began, 3),
        versions=made_by,
        receipt=Receipt(assignment.id, seed, key(data, assignment.id, seed, made_by)),
    )
    shown = [GradedCell(cell, _outputs(index, ran)) for index, cell in enumerate(mended.cells)]
    return Graded(report, {exercise.id: text for exercise, text in judged}, shown)


def to_run(cells: Sequence[Cell], known: Sequence[ManifestCell]) -> dict[int, str]:
    """Return the code that is run, by its cell's index: all of it but the test cells."""
    tests = {cell.grade_id for cell in known if cell.kind == "test"}
    return {
        index: cell.source
        for index, cell in enumerate(cells)
        if cell.cell_type == "code" and cell.grade_id not in tests and cell.source.strip()
    }


def _homes(assignment: Assignment) -> dict[str, str]:
    """Return in which exercise's cell a name has to be defined; methods are no names."""
    answers = [
        (spec.split(":")[1], each.id) for each in assignment.exercises for spec in each.answers
    ]
    return {name: exercise for name, exercise in answers if "." not in name}


def _errors(ran: Ran) -> Iterable[CellError]:
    for index, run in sorted(ran.runs.items()):
        if run.fate != "ok":
            kinds = [output.ename for output in run.outputs if output.output_type == "error"]
            error = STOPPED.get(run.fate) or (kinds[-1] if kinds else "") or "raised an exception"
            yield CellError(index + 1, name_cell(ran.cells[index]), error)


def _outputs(index: int, ran: Ran) -> list[Output]:
    """Return a cell's outputs; a cell that was stopped has none of its own, so it is said there."""
    run = ran.runs.get(index, CellRun("ok"))
    if run.fate not in STOPPED:
        return run.outputs
    return [*run.outputs, Output("stream", name="stderr", text=cell_trouble(index, ran) + "\n")]


def _counted(
    exercise: Directive, verdicts: Sequence[Verdict], again: Mapping[str, Second]
) -> _Counted:
    if exercise.id in again:
        return _Counted(exercise, again[exercise.id].verdicts, again[exercise.id].right)
    return _Counted(exercise, [each for each in verdicts if each.exercise == exercise.id])


def _judged(each: _Counted, ran: Ran, causes: Mapping[str, Entry]) -> tuple[Exercise, str]:
    """Return an exercise's part of the report, and the account that its author reads."""
    exercise, own = each.exercise, each.verdicts
    explanations = explain(own, ran)
    tests = [
        Test(
            name=v.name,
            category=v.category,
            passed=v.passed,
            message=said.message,
            misconception=causes[v.name].name if v.name in causes else None,
            required=v.required,
            fault=None if v.passed else kind_of(v, ran),
            reason=said.reason,
        )
        for v, said in zip(own, explanations, strict=True)
    ]
    how = status(each.score, exercise.points, own, ran)
    found = Exercise(exercise.id, each.score, exercise.points, how, tests, list(each.carried))
    hints = {entry.name: f"{entry.hint} (See {entry.see}.)" for entry in causes.values()}
    return found, account(found, hints)


def status(score: float, maximum: float, verdicts: list[Verdict], ran: Ran) -> Status:
    """Say in one word how an exercise went."""
    if score == maximum and all(v.passed for v in verdicts):
        return "passed"
    if score > 0:
        return "partial"
    kinds: set[Failure] = {kind_of(verdict, ran) for verdict in verdicts if not verdict.passed}
    return kinds.pop() if len(kinds) == 1 else "failed"
