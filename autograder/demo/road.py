"""The road: build, release, hand in, grade behind the wall, gradebook, feedback, reports."""

import json
import os
import sqlite3
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograder.assignment import read_assignment
from autograder.build import build
from autograder.commands import nbgrader
from autograder.configuration import own_gradebook
from autograder.demo.samples import Samples
from autograder.formats.as_json import as_json
from autograder.formats.as_junit import as_junit
from autograder.grading import Way, grade_classroom
from autograder.report import Report
from autograder.sandbox.proven import Sandbox, proven_wall
from autograder.sandbox.wall import WallError

ASSIGNMENT = "a1_graphs"
JOBS = 2


def run_demo() -> int:
    """Run the demonstration and say where its results lie; return the exit code."""
    console = Console(soft_wrap=True, highlight=False)
    began = time.monotonic()
    root = Path(tempfile.mkdtemp(prefix="classroom-demo-"))
    os.environ["COURSE_ROOT"] = str(root)
    own_gradebook(root)  # these are no students of anybody's
    sandbox = _sandbox(console, root)
    assignment = read_assignment(ASSIGNMENT)
    console.print(f"1. building {ASSIGNMENT}")
    build([ASSIGNMENT], root)
    console.print("2. nbgrader generate_assignment: the release, without answers")
    nbgrader("generate_assignment", ASSIGNMENT)
    notebook = f"{ASSIGNMENT}.ipynb"
    release = root / "release" / ASSIGNMENT / notebook
    samples = Samples(assignment, release, root / "source" / ASSIGNMENT / notebook).all()
    console.print(f"3. {len(samples)} students hand in")
    for student, sample in samples.items():
        folder = root / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        (folder / notebook).write_text(json.dumps(sample), encoding="utf-8")
    console.print("4. grading, then nbgrader autograde: the gradebook")
    reports = grade_classroom(ASSIGNMENT, Way(sandbox, JOBS), None)
    console.print("5. nbgrader generate_feedback: the pages")
    nbgrader("generate_feedback", ASSIGNMENT)
    (root / "report.json").write_text(as_json(reports) + "\n", encoding="utf-8")
    (root / "report.xml").write_text(as_junit(reports) + "\n", encoding="utf-8")
    _show(console, root, reports)
    console.print(f"{time.monotonic() - began:.0f} seconds")
    return 0


def _sandbox(console: Console, root: Path) -> Sandbox:
    """Choose the wall; the samples are our own, so the road can be seen without one."""
    try:
        with proven_wall("auto", root):
            return "auto"
    except WallError as error:
        console.print(f"no wall here ({error}); these samples are our own, so it goes on without")
        return "none"


def _show(console: Console, root: Path, reports: list[Report]) -> None:
    table = Table(title=f"{ASSIGNMENT}: scores")
    for heading in ("student", "points", "in the gradebook", "exercises"):
        table.add_column(heading, justify="left" if heading == "student" else "right")
    written = gradebook_scores(root)
    for report in reports:
        passed = sum(exercise.status == "passed" for exercise in report.exercises)
        table.add_row(
            report.student,
            f"{report.score:g} / {report.max_score:g}",
            f"{written[report.student]:g}",
            f"{passed} of {len(report.exercises)} passed",
        )
    console.print(table)
    console.print("The essays wait for a person, in formgrader.")
    for what, where in {
        "gradebook": root / "gradebook.db",
        "feedback": root / "feedback" / "<student>" / ASSIGNMENT / f"{ASSIGNMENT}.html",
        "reports": f"{root / 'report.json'} and {root / 'report.xml'}",
    }.items():
        console.print(f"{what}: {where}")


def gradebook_scores(root: Path) -> dict[str, float]:
    """Read each student's automatic points from nbgrader's gradebook."""
    query = """
        select submitted_assignment.student_id, coalesce(sum(grade.auto_score), 0)
        from grade
        join submitted_notebook on submitted_notebook.id = grade.notebook_id
        join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
        group by submitted_assignment.student_id
    """
    with sqlite3.connect(root / "gradebook.db") as gradebook:
        return {str(student): float(score) for student, score in gradebook.execute(query)}
