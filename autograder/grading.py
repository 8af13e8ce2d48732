"""Grade many: notebooks by name, or a classroom into nbgrader's gradebook."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from autograder.classroom import classroom
from autograder.database import DatabaseError
from autograder.ending import tell, trace_file
from autograder.gradebook import Write, gradebook_writer, told_by_problem, unfit
from autograder.grader import Task, prepared
from autograder.handed_in import handed_in
from autograder.manifest import manifest
from autograder.pool import Graders, Outcome
from autograder.raw_notebook import Unreadable, read_notebook
from autograder.released import check_before_grading
from autograder.report import Report, folded, unfolded
from autograder.rooms import Rooms
from autograder.running import Run
from autograder.sandbox.outputs import readable
from autograder.sandbox.proven import Sandbox
from autograder.seeds import course_key, seed
from autograder.signature import sign
from autograder.store import Store
from autograder.ungraded import is_ungraded
from autograder.written import check_writable, written


class Way(NamedTuple):
    """How to grade.

    Attributes:
        sandbox: "auto", "bwrap" or "none".
        jobs: how many processes.
        regrade: whether to grade again what the store and the gradebook have.
        log: a file for events, see `running`.
        scheduler: a cluster's, whose workers grade in the place of processes here.
    """

    sandbox: Sandbox
    jobs: int
    regrade: bool = False
    log: Path | None = None
    scheduler: str | None = None


def grade_notebooks(
    files: list[Path], assignment: str, way: Way, fixed_seed: int | None
) -> list[Report]:
    """Grade notebooks one by one, without a gradebook.

    Args:
        files: the notebooks; their student is the folder above `<assignment>/`, else their name.
        assignment: what they answer.
        way: how to grade; nothing is kept, so all is graded again.
        fixed_seed: draws the hidden inputs; without it the course key and the student do.

    Raises:
        FileNotFoundError: a notebook is not there.
        ValueError: none of the files is a notebook.
        DirectiveError: there is no such assignment, or it cannot be built.
        RuntimeError: there is no wall, or the suite is at fault.
    """
    if assignment not in Rooms().known():
        prepared(assignment)  # it says what is wrong; else those who grade read it
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        raise FileNotFoundError(f"no such notebook: {', '.join(missing)}; give the path of a file")
    if files and (reasons := _why_none_can_be_graded(files)):
        raise ValueError(f"nothing could be graded: {'; '.join(reasons)}")
    tasks = [
        _task(file.resolve(), assignment, _student(file, assignment), fixed_seed) for file in files
    ]
    reports: dict[int, bytes] = {}
    with (
        Run(len(tasks), way.log) as run,
        _graders(classroom(), tasks, way, keep=False) as graders,
    ):
        run.tell("start", assignment=assignment, submissions=len(tasks), jobs=graders.jobs)
        for outcome in graders.grade_all(tasks):
            report = _told(outcome, run)
            sign(report, classroom())
            reports[outcome.number] = folded(report)
            run.advance()
    return _in_order(reports)


def grade_classroom(assignment: str, way: Way, fixed_seed: int | None) -> list[Report]:
    """Grade all submissions of an assignment into the store, then let nbgrader write the gradebook.

    Killed at any moment, it goes on from there when it is called again.

    Raises:
        FileNotFoundError: there is no submission.
        OSError: the gradebook may not be written, or cannot be reached.
        ValueError: a seed was given (the gradebook's seeds come from the course key), or the
            gradebook does not hold the assignment as it now is.
        Unwritten: nbgrader failed for some.
        RuntimeError: there is no wall, or the suite is at fault.
    """
    cells = manifest(prepared(assignment))
    if fixed_seed is not None:
        raise ValueError("--seed goes with --assignment; a classroom's seeds come from its key")
    root = classroom()
    check_writable(root)
    check_before_grading(root, assignment, {cell.grade_id: cell.points for cell in cells})
    found = sorted((root / "submitted").glob(f"*/{assignment}/{assignment}.ipynb"))
    files = [file for file in found if _readable(file)]
    if not files:
        place = root / "submitted" / "<student>" / assignment / f"{assignment}.ipynb"
        raise FileNotFoundError(f"no submissions of {assignment}: none lies at {place}")
    Store(root).forget_drafts(assignment)
    tasks = [_task(file, assignment, file.parent.parent.name, None) for file in files]
    for sentence in left_out(root, assignment):
        tell(sentence)
    with Run(len(tasks), way.log) as run:
        reports, problems = _into_gradebook(root, tasks, way, run)
    if problems:
        raise Unwritten(
            f"nbgrader could not write the gradebook for {told_by_problem(problems)}; "
            "the reports are kept, so that the same command goes on from here",
            reports,
        )
    return reports


class Unwritten(RuntimeError):
    """All is graded, but not all is in the gradebook."""

    def __init__(self, sentence: str, reports: list[Report]) -> None:
        super().__init__(sentence)
        self.reports = reports


def _into_gradebook(
    root: Path, tasks: list[Task], way: Way, run: Run
) -> tuple[list[Report], list[tuple[str, str]]]:
    """Grade and write; return the reports in order, and whose was not written, with the reason."""
    assignment = tasks[0].assignment
    reports: dict[int, bytes] = {}
    problems: list[tuple[str, str]] = []
    given_up = ""
    before = written(root, assignment)
    with _graders(root, tasks, way, keep=True) as graders:
        run.tell("start", assignment=assignment, submissions=len(tasks), jobs=graders.jobs)
        write: Write | None = None
        for outcome in graders.grade_all(tasks):
            task, report = tasks[outcome.number], _told(outcome, run)
            reports[outcome.number] = folded(report)
            if not (outcome.kept and before.has(task.student, report)):
                # nbgrader is imported while the processes grade.
                write = write or gradebook_writer()
                try:
                    problem = given_up or unfit(root, assignment, task.student)
                    problem = problem or write(assignment, task.student)
                except DatabaseError as error:
                    problem = given_up = str(error)
                if problem is None:
                    before.note(task.student, report)
                    run.tell("written", student=report.student)
                else:
                    problems.append((readable(task.student), problem))
                    run.tell("unwritten", student=report.student, problem=problem)
            run.advance()
    return _in_order(reports), problems


def _in_order(reports: Mapping[int, bytes]) -> list[Report]:
    return [unfolded(report) for _, report in sorted(reports.items())]


def _graders(root: Path, tasks: list[Task], way: Way, keep: bool) -> Graders:
    jobs = min(way.jobs, len(tasks))
    return Graders(root, way.sandbox, jobs, keep, "fork", way.regrade, way.scheduler)


def _told(outcome: Outcome, run: Run) -> Report:
    """Record an outcome and return its report."""
    report = outcome.graded.report
    run.tell(
        "graded",
        student=report.student,
        notebook=report.notebook,
        score=report.score,
        max_score=report.max_score,
        seconds=report.duration_s,
        kept=outcome.kept,
    )
    if trace := outcome.graded.fault:
        run.tell("faulty", student=report.student, trace=trace)
        tell(
            f"not judged: this is a fault of the autograder ({trace.splitlines()[-1]}), for which "
            f"the notebook of {report.student} has no points; report it with {trace_file(trace)}"
        )
    elif is_ungraded(report):
        run.tell("felled", student=report.student)
        tell(
            f"not judged: the notebook of {report.student} brought down its grader twice and has "
            "no points; look at it by hand, or try again with --regrade"
        )
    return report


def left_out(root: Path, assignment: str) -> list[str]:
    """Say whose folder has no notebook of the right name, or a link: nobody may get lost."""
    wanted = f"{assignment}.ipynb"
    said: list[str] = []
    for folder in sorted((root / "submitted").glob(f"*/{assignment}")):
        name = readable(folder.parent.name)
        if (folder / wanted).is_symlink():
            said.append(
                f"no notebook: what {name} handed in as {wanted} is a link, which may lead to "
                "another's work; put the notebook itself there"
            )
        elif not _readable(folder / wanted):
            said.append(f"not graded: {name}'s {wanted} may not be read; change its permissions")
        elif folder.is_dir() and not (folder / wanted).exists():
            there = ", ".join(sorted(file.name for file in folder.iterdir()))
            more = f", but {readable(there)}; if that is it, rename it" if there else ""
            said.append(f"not graded: {name} handed in no {wanted}{more}")
    return said


def _readable(file: Path) -> bool:
    """Tell whether a file can be opened; a link is not followed, and one that is lost is no bar."""
    return file.is_symlink() or not file.exists() or os.access(file, os.R_OK)


def _why_none_can_be_graded(files: list[Path]) -> list[str]:
    """Return what is wrong with each file; nothing if one of them is a notebook."""
    reasons: list[str] = []
    for file in files:
        try:
            read_notebook(handed_in(file.resolve()))
        except Unreadable as error:
            reasons.append(f"{file}: {error}")
        else:
            return []
    return reasons


def _task(file: Path, assignment: str, student: str, fixed_seed: int | None) -> Task:
    if fixed_seed is None:
        fixed_seed = seed(course_key(classroom()), student, assignment)
    return Task(file, assignment, student, fixed_seed)


def _student(file: Path, assignment: str) -> str:
    folder = file.resolve().parent
    return folder.parent.name if folder.name == assignment else file.stem
