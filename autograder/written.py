"""Which reports the gradebook holds already, so that a second run writes only the rest.

A note of each report that nbgrader has written lies beside the store's reports. It counts only as
long as the gradebook has these points, the autograded notebook is the one that was written then,
and the submission's time, by which nbgrader counts penalties, is the same.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from autograder.database import DatabaseError, database
from autograder.handed_in import handed_in_at
from autograder.report import Report

SCORES = """
    select submitted_assignment.student_id, sum(grade.auto_score)
    from grade
    join submitted_notebook on submitted_notebook.id = grade.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    join assignment on assignment.id = submitted_assignment.assignment_id
    where assignment.name = :assignment
    group by submitted_assignment.student_id
"""


@dataclass(frozen=True)
class Written:
    """What was written of one assignment; `scores` are the gradebook's when the run began."""

    classroom: Path
    assignment: str
    scores: dict[str, float | None]

    def has(self, student: str, report: Report) -> bool:
        """Tell whether nothing would change if the report were written again."""
        try:
            note = self._note(student).read_text()
        except OSError:
            return False
        return note == self._state(student, report) and self.scores.get(student) == report.score

    def note(self, student: str, report: Report) -> None:
        """Note that nbgrader has written a report."""
        note = self._note(student)
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(self._state(student, report))

    def _note(self, student: str) -> Path:
        return self.classroom / "reports" / self.assignment / "written" / student

    def _state(self, student: str, report: Report) -> str:
        assert report.receipt is not None
        place = Path(student, self.assignment)
        notebook = self.classroom / "autograded" / place / f"{self.assignment}.ipynb"
        made = notebook.stat().st_mtime_ns if notebook.exists() else "nothing"
        when = handed_in_at(self.classroom / "submitted" / place) or ""
        return f"{report.receipt.key}\n{report.duration_s}\n{made}\n{when}\n"


def written(classroom: Path, assignment: str) -> Written:
    """Read what the gradebook holds of an assignment.

    Raises:
        DatabaseError: it cannot be read.
    """
    rows = cast(list[tuple[str, float | None]], database(classroom).rows(SCORES, assignment))
    return Written(classroom, assignment, dict(rows))


def check_writable(classroom: Path) -> None:
    """See before hours of grading that the gradebook may be written; wait while another does so.

    Raises:
        PermissionError: it may not, it cannot be reached, or another program does not let go of it.
    """
    try:
        database(classroom).check_writable()
    except DatabaseError as error:
        raise PermissionError(
            f"{error.problem}; nothing was graded: {error.cure}, and give the same command again"
        ) from None
