# pyright: basic
# (nbgrader and nbconvert are untyped)
"""What stands before nbgrader's generate_assignment: a built notebook is released as it was built.

nbgrader makes its exporter before it touches a release, so that a refusal here leaves the old
release where it is; a preprocessor's refusal would come after `--force` has deleted it.
"""

from pathlib import Path
from typing import cast

from nbconvert.exporters import NotebookExporter
from nbgrader.api import Course, Gradebook
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograder.classroom import classroom
from autograder.record import check_as_built
from autograder.released import check_before_build


class ReleaseExporter(NotebookExporter):
    """nbgrader's exporter, which refuses what could not be graded."""

    def __init__(self, parent: BaseConverter, **kw: object) -> None:
        super().__init__(parent=parent, **kw)
        notebooks = [Path(name) for names in parent.assignments.values() for name in names]
        try:
            for notebook in notebooks:
                assignment = notebook.parent.name
                check_as_built(classroom(), assignment)
                check_before_build(classroom(), assignment, notebook.read_bytes())
        except (ValueError, OSError) as error:
            parent.log.error("%s", error)
            raise NbGraderException(str(error)) from error
        _enter_course(cast(CourseDirectory, parent.coursedir))


def _enter_course(course: CourseDirectory) -> None:
    """Let the gradebook know the course, which nbgrader itself does not if its id is empty.

    An assignment refers to its course; SQLite does not look whether it is there, PostgreSQL does.
    """
    with Gradebook(course.db_url, course.course_id) as gradebook:
        gradebook.db.merge(Course(id=course.course_id))
        gradebook.db.commit()
