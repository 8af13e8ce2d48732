"""The course of the browser tests: its students, what they have open, what they hand in."""

import copy
import json
import shutil
from pathlib import Path

import msgspec

from autograder.assignment import read_assignment
from autograder.demo.samples import Notebook, Samples
from autograder.grade import Graded
from autograder.report import Report
from tests.e2e.server import LabServer

ASSIGNMENT = "a1_graphs"
NOTEBOOK = f"{ASSIGNMENT}.ipynb"


class Course:
    """The released assignment, and sample work on it."""

    def __init__(self, lab: LabServer) -> None:
        self._root, self._classroom = lab.root, lab.classroom
        self._release = lab.classroom / "release" / ASSIGNMENT
        source = lab.classroom / "source" / ASSIGNMENT / NOTEBOOK
        self.samples = Samples(read_assignment(ASSIGNMENT), self._release / NOTEBOOK, source)

    def student(self, name: str, notebook: Notebook | None = None) -> str:
        """Give a student the released folder, with work done on it; return the notebook's path."""
        folder = self._root / name
        shutil.copytree(self._release, folder)
        if notebook is not None:
            (folder / NOTEBOOK).write_text(json.dumps(notebook), encoding="utf-8")
        return f"{name}/{NOTEBOOK}"

    def hand_in(self, student: str, notebook: Notebook) -> str:
        """Put a student's work where it is graded; return the file's path."""
        file = self._classroom / "submitted" / student / ASSIGNMENT / NOTEBOOK
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(notebook), encoding="utf-8")
        return str(file)

    def report(self, student: str) -> Report:
        """Return the report that the store keeps of a student."""
        found = [
            msgspec.json.decode(file.read_bytes(), type=Graded).report
            for file in (self._classroom / "reports" / ASSIGNMENT).glob("*.json")
        ]
        return next(report for report in found if report.student == student)

    def feedback(self, student: str) -> Path:
        """Return a student's page of feedback."""
        return self._classroom / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html"

    def released(self) -> Notebook:
        """Return the notebook as students get it."""
        return copy.deepcopy(self.samples.release)

    def solved_but(self, exercise: str) -> Notebook:
        """Return work that is right and complete, but for one exercise not begun."""
        return _mixed(self.samples.full_marks(), self.released(), {exercise})

    def half_subtle(self) -> Notebook:
        """Return work of every kind: half right, half with a mistake each, a plot, an essay."""
        right = set(self.samples.exercises[: len(self.samples.exercises) // 2])
        mixed = _mixed(self.samples.subtle_mistakes(), self.samples.full_marks(), right)
        mixed["cells"].append(self.samples.half_done()["cells"][-1])
        return mixed


def _mixed(work: Notebook, other: Notebook, names: set[str]) -> Notebook:
    sources = {str(cell["id"]): cell["source"] for cell in other["cells"]}
    for cell in work["cells"]:
        if cell["id"] in names:
            cell["source"] = sources[str(cell["id"])]
    return work
