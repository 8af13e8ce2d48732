# pyright: basic
# (nbgrader is untyped)
"""What the gradebook says of an assignment: the grades that are final, and who waits for one."""

from dataclasses import dataclass
from typing import Any

from nbgrader.api import Gradebook, SubmittedAssignment


@dataclass(frozen=True)
class Column:
    """One assignment: `final` grades as text by student; `waiting` for someone who reads essays."""

    assignment: str
    possible: float
    final: dict[str, str]
    waiting: frozenset[str]

    def in_words(self, matched: set[str]) -> str:
        """Say how many of the students have a grade; all others have none."""
        graded = len(matched & set(self.final))
        waiting = sorted(matched & self.waiting)
        nothing = len(matched) - graded - len(waiting)
        parts = [f"{self.assignment}, of {self.possible:g} points: {graded} grades"]
        if waiting:
            parts.append(f"{len(waiting)} wait to be marked by hand ({'; '.join(waiting)})")
        if nothing:
            parts.append(f"{nothing} handed in nothing")
        return ", ".join(parts)


def column_of(gradebook: Gradebook, assignment: str) -> Column:
    """Return an assignment's grades, with late penalties taken off; none is below 0.

    A grade that waits to be marked by hand is not final: a platform would show it to the student.
    After a second grading nbgrader asks to look again at what is marked already; that is final.
    """
    submissions: list[Any] = gradebook.assignment_submissions(assignment)
    waiting = frozenset(one.student_id for one in submissions if _waits(one))
    final = {
        one.student_id: f"{max(0.0, one.score - one.late_submission_penalty):g}"
        for one in submissions
        if one.student_id not in waiting
    }
    found: Any = gradebook.find_assignment(assignment)
    return Column(assignment, found.max_score, final, waiting)


def _waits(submission: SubmittedAssignment) -> bool:
    if not submission.needs_manual_grade:
        return False
    grades = (grade for notebook in submission.notebooks for grade in notebook.grades)
    return any(grade.needs_manual_grade and grade.manual_score is None for grade in grades)
