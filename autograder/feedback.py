# pyright: basic
# (nbgrader, nbconvert and traitlets are untyped)
"""The page that a student gets back: nbgrader's own, in words for its reader.

Exercises are called by their names, what a person has still to read is not called 0 points, and
prompts that count nothing are left out. The template stands in `feedback_page/`.
"""

from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import GetGrades


class Grades(GetGrades):
    """Reads the scores, as nbgrader does, and which of them a person has still to give."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Set `waits` in the metadata of the marked cells, and for the notebook as a whole."""
        nb, resources = super().preprocess(nb, resources)
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            submission = gradebook.find_submission_notebook(
                names["notebook"], names["assignment"], names["student"]
            )
            waits = {grade.name for grade in submission.grades if grade.needs_manual_grade}
        for cell in nb.cells:
            if "nbgrader" in cell.metadata:
                cell.metadata.nbgrader.waits = cell.metadata.nbgrader.grade_id in waits
        names["waits"] = bool(waits)
        return nb, resources


class FeedbackExporter(HTMLExporter):
    """A class of its own: formgrader's pages, made by HTMLExporter too, stay as they are."""
