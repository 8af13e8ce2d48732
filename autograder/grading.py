"""Grade many: notebooks by name, or a classroom into nbgrader's gradebook."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.progress import track

from autograder.classroom import classroom
from autograder.environment import command_env
from autograder.gradebook import gradebook_writer
from autograder.handed_in import handed_in
from autograder.manifest import manifest
from autograder.pool import Graders, Sandbox, Task, prepared
from autograder.raw_notebook import Unreadable, read_notebook
from autograder.released import check_before_grading
from autograder.report import Report
from autograder.rooms import PROJECT
from autograder.sandbox.outputs import readable
from autograder.seeds import course_key, seed


def grade_notebooks(
    files: list[Path],
    assignment: str,
    sandbox: Sandbox,
    jobs: int,
    fixed_seed: int | None,
) -> list[Report]:
    """Grade notebooks one by one, without a gradebook.

    Args:
        files: the notebooks; their student is the folder above `<assignment>/`, else their name.
        assignment: what they answer.
        sandbox: "auto", "bwrap" or "none".
        jobs: how many processes.
        fixed_seed: draws the hidden inputs; without it the course key and the student do.

    Raises:
        FileNotFoundError: a notebook is not there.
        ValueError: none of the files is a notebook.
        RuntimeError: there is no wall, or the suite is at fault.
    """
    prepared(assignment)
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        raise FileNotFoundError(f"no such notebook: {', '.join(missing)}; give the path of a file")
    if files and (reasons := _why_none_can_be_graded(files)):
        raise ValueError(f"nothing could be graded: {'; '.join(reasons)}")
    tasks = [
        _task(file.resolve(), assignment, _student(file, assignment), fixed_seed) for file in files
    ]
    with Graders(classroom(), sandbox, min(jobs, len(tasks)), False, "fork") as graders:
        futures = [graders.submit(task) for task in tasks]
        pairs = zip(_with_progress(tasks), futures, strict=True)
        return [future.result().report for _, future in pairs]


def grade_classroom(
    assignment: str, sandbox: Sandbox, jobs: int, fixed_seed: int | None
) -> list[Report]:
    """Grade all submissions of an assignment into the store, then let nbgrader write the gradebook.

    Raises:
        FileNotFoundError: there is no submission.
        ValueError: a seed was given (the gradebook's seeds come from the course key), or the
            gradebook does not hold the assignment as it now is.
        RuntimeError: there is no wall, the suite is at fault, or nbgrader failed.
    """
    cells = manifest(prepared(assignment))
    if fixed_seed is not None:
        raise ValueError("--seed goes with --assignment; a classroom's seeds come from its key")
    root = classroom()
    check_before_grading(root, assignment, {cell.grade_id: cell.points for cell in cells})
    files = sorted((root / "submitted").glob(f"*/{assignment}/{assignment}.ipynb"))
    if not files:
        place = root / "submitted" / "<student>" / assignment / f"{assignment}.ipynb"
        raise FileNotFoundError(f"no submissions of {assignment}: none lies at {place}")
    tasks = [_task(file, assignment, file.parent.parent.name, None) for file in files]
    for sentence in left_out(root, assignment):
        Console(stderr=True).print(sentence, soft_wrap=True, markup=False)
    with Graders(root, sandbox, min(jobs, len(tasks)), True, "fork") as graders:
        futures = [graders.submit(task) for task in tasks]
        write = gradebook_writer()  # nbgrader is imported while the processes grade
        reports: list[Report] = []
        unwritten: list[str] = []
        for task, future in zip(_with_progress(tasks), futures, strict=True):
            reports.append(future.result().report)
            problem = write(assignment, task.student)
            if problem is not None:
                unwritten.append(f"{task.student} ({problem})")
    if unwritten:
        raise RuntimeError(
            f"nbgrader could not write the gradebook for {', '.join(unwritten)}; "
            "the reports are kept, so that the same command goes on from here"
        )
    return reports


def left_out(root: Path, assignment: str) -> list[str]:
    """Say whose folder has no notebook of the right name: nobody may get lost in silence."""
    wanted = f"{assignment}.ipynb"
    said: list[str] = []
    for folder in sorted((root / "submitted").glob(f"*/{assignment}")):
        if folder.is_dir() and not (folder / wanted).exists():
            there = ", ".join(sorted(file.name for file in folder.iterdir()))
            more = f", but {readable(there)}; if that is it, rename it" if there else ""
            said.append(f"not graded: {readable(folder.parent.name)} handed in no {wanted}{more}")
    return said


def nbgrader(*words: str) -> None:
    """Run an nbgrader command on this course.

    Raises:
        RuntimeError: it failed; the text is the end of what it said.
    """
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        env=command_env(),
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        last = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise RuntimeError(f"nbgrader {' '.join(words)} failed:\n{last}")


def _with_progress(tasks: list[Task]) -> Iterable[Task]:
    console = Console(stderr=True)
    return track(tasks, "grading", console=console, transient=True, disable=not console.is_terminal)


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
