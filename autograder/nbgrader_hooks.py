# pyright: basic
# (nbgrader, nbconvert and traitlets are untyped)
"""nbgrader, extended where it offers to be: the same engine behind `nbgrader autograde`.

`configuration.configure` names what stands here. nbgrader alone writes the gradebook.
"""

import atexit
import re
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.assignment import read_assignment
from autograder.classroom import classroom
from autograder.grade import Graded, GradedCell
from autograder.grader import Task
from autograder.handed_in import handed_in
from autograder.manifest import ManifestCell, manifest
from autograder.pool import Graders
from autograder.repair import Cell, Mended, mend
from autograder.seeds import course_key, seed
from autograder.versions import course_hash

MARKDOWN = re.compile(r"[\\`*_{}\[\]<>#!|~$&]")
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class MendingExporter(NotebookExporter):
    """Reads a submission, whatever it is, as the notebook that `mend` makes of it."""

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        """Export the mended notebook; nbgrader's preprocessors see nothing else."""
        cells = _manifest(resources["nbgrader"]["assignment"], course_hash())
        mended = mend(handed_in(Path(filename)), cells)
        marks = {cell.grade_id: cell.nbgrader for cell in cells}
        notice = [_notice(mended)] if mended.repairs else []
        notebook = nbformat.from_dict(
            {
                "nbformat": 4,
                "nbformat_minor": 5,
                "metadata": METADATA,
                "cells": [
                    *notice,
                    *(_cell(cell, marks.get(cell.grade_id)) for cell in mended.cells),
                ],
            }
        )
        return self.from_notebook_node(notebook, resources=resources, **kw)


def _cell(cell: Cell, mark: dict[str, object] | None) -> dict[str, object]:
    metadata = {} if mark is None else {"nbgrader": dict(mark)}
    bare = {"cell_type": cell.cell_type, "id": cell.id, "source": cell.source, "metadata": metadata}
    if cell.cell_type == "code":
        return {**bare, "outputs": [], "execution_count": None}
    return {**bare, "attachments": cell.attachments} if cell.attachments else bare


def _notice(mended: Mended) -> dict[str, object]:
    """Make a cell that tells the student what was wrong with the file; its text is no Markdown."""
    if mended.readable:
        lines = ["**What was mended in your file before it was graded**"]
    else:
        lines = [
            "**Your file could not be read, so there are no points.** Open your notebook in "
            "JupyterLab, save it and hand it in again."
        ]
    lines += ["", *(f"- {MARKDOWN.sub(_escape, repair)}" for repair in mended.repairs)]
    source = "\n".join(lines)
    return {"cell_type": "markdown", "id": "notice-repairs", "source": source, "metadata": {}}


def _escape(mark: re.Match[str]) -> str:
    return "\\" + mark[0]


class VoidOldScores(NbGraderPreprocessor):
    """Takes an earlier automatic score back: a score without a new report is no score."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Void the scores of the submission that is about to be graded."""
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            submission = gradebook.find_submission_notebook(
                names["notebook"], names["assignment"], names["student"]
            )
            for grade in submission.grades:
                grade.auto_score = None
                grade.needs_manual_grade = True
            gradebook.db.commit()
        return nb, resources


class Judge(NbGraderPreprocessor):
    """Stands in for nbgrader's Execute: outputs and points come from the report."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Set every code cell's outputs, and every test cell's account and points.

        Raises:
            WallError: there is no wall; nbgrader then leaves the submission without a score.
            JudgeError: the hidden suite is at fault; likewise.
        """
        names = resources["nbgrader"]
        course = CourseDirectory(config=self.config)
        folder = course.format_path(
            course.submitted_directory, names["student"], names["assignment"]
        )
        task = Task(
            Path(course.root, folder, f"{names['notebook']}.ipynb"),
            names["assignment"],
            names["student"],
            seed(course_key(classroom()), names["student"], names["assignment"]),
        )
        (outcome,) = _graders().grade_all([task])  # and once more, if its process is ended
        _show(nb, outcome.graded)
        return nb, resources


@cache
def _manifest(assignment: str, course: str) -> tuple[ManifestCell, ...]:
    """Return the manifest of an assignment as the course now is."""
    return manifest(read_assignment(assignment))


@cache
def _graders() -> Graders:
    """The process that judges, started once: the server that holds formgrader stays free of it."""
    graders = Graders(classroom(), "auto")
    atexit.register(graders.close)
    return graders


def _show(nb: NotebookNode, graded: Graded) -> None:
    exercises = {f"test_{exercise.id}": exercise for exercise in graded.report.exercises}
    ran = {cell.cell.id: cell for cell in graded.cells}
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if grade_id in exercises:
            exercise = exercises[grade_id]
            cell.outputs = [
                _node(
                    {
                        "output_type": "stream",
                        "name": "stdout",
                        "text": graded.accounts[exercise.id],
                    }
                ),
                _node(
                    {
                        "output_type": "execute_result",
                        "execution_count": None,
                        "data": {"text/plain": f"{exercise.score:g}"},
                        "metadata": {},
                    }
                ),
            ]
        else:
            cell.outputs = _outputs(ran[cell.id])


def _outputs(cell: GradedCell) -> list[NotebookNode]:
    nodes = []
    for output in cell.outputs:
        kind: dict[str, Any] = {"output_type": output.output_type}
        match output.output_type:
            case "stream":
                kind |= {"name": output.name, "text": output.text}
            case "error":
                kind |= {"ename": output.ename, "evalue": output.evalue}
                kind |= {"traceback": output.traceback}
            case _:
                kind |= {"data": output.data, "metadata": {}}
                if output.output_type == "execute_result":
                    kind["execution_count"] = None
        nodes.append(_node(kind))
    return nodes


def _node(table: dict[str, Any]) -> NotebookNode:
    return NotebookNode(
        {key: NotebookNode(v) if isinstance(v, dict) else v for key, v in table.items()}
    )
