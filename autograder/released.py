"""What nbgrader's gradebook holds of an assignment, and whether the assignment still fits it.

nbgrader keeps the cells of a release with every score. Once somebody's submission is there it
cannot add or remove cells: `generate_assignment --force` deletes the release, and fails then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import msgspec

from autograder.database import database

CELLS = """
    select source_cell.name, coalesce(grade_cells.max_score, 0)
    from assignment
    join notebook on notebook.assignment_id = assignment.id
    join source_cell on source_cell.notebook_id = notebook.id
    left join base_cell on base_cell.notebook_id = notebook.id
        and base_cell.name = source_cell.name and base_cell.type = 'GradeCell'
    left join grade_cells on grade_cells.id = base_cell.id
    where assignment.name = :assignment
"""
SUBMISSIONS = """
    select count(*)
    from submitted_assignment
    join assignment on assignment.id = submitted_assignment.assignment_id
    where assignment.name = :assignment
"""


class ReleaseError(ValueError):
    """The gradebook and the assignment do not fit; the text says what to do."""


@dataclass(frozen=True)
class Release:
    """The points of nbgrader's cells by grade_id, 0 for a solution; how many submissions came."""

    points: dict[str, float]
    submissions: int


def release_of(classroom: Path, assignment: str) -> Release | None:
    """Read what the gradebook holds of an assignment; None if it was never released.

    Raises:
        DatabaseError: the gradebook cannot be read.
    """
    gradebook = database(classroom)
    cells = cast(list[tuple[str, float]], gradebook.rows(CELLS, assignment))
    if not cells:
        return None
    ((submissions,),) = cast(list[tuple[int]], gradebook.rows(SUBMISSIONS, assignment))
    return Release({name: float(most) for name, most in cells}, submissions)


def check_before_build(classroom: Path, assignment: str, notebook: bytes) -> str:
    """See whether an assignment may be built; return a sentence on what must follow, or "".

    Args:
        classroom: where the gradebook lies.
        assignment: the assignment's id.
        notebook: the built notebook.

    Raises:
        ReleaseError: cells came or went, and there are submissions.
        DatabaseError: the gradebook cannot be read.
    """
    release = release_of(classroom, assignment)
    if release is None or not release.submissions:
        return ""
    points = _points(notebook)
    if release.points.keys() != points.keys():
        raise ReleaseError(
            f"{assignment} has {release.submissions} submissions in the gradebook, and nbgrader "
            f"then adds and removes no cells ({_changes(release.points, points)}): undo the "
            "change or make it in a new assignment; to begin again, `nbgrader db assignment "
            f"remove {assignment} --force` forgets all scores, those given by hand included"
        )
    changes = _changes(release.points, points)
    if not changes:
        return ""
    return (
        f"{assignment} has {release.submissions} submissions in the gradebook, scored by other "
        f"points ({changes}): run `nbgrader generate_assignment {assignment} --force`, then "
        f"`autograder grade {assignment}`, and look through the scores given by hand"
    )


def check_before_grading(classroom: Path, assignment: str, points: Mapping[str, float]) -> None:
    """See whether the gradebook can take the scores of an assignment as it now is.

    Raises:
        ReleaseError: it was not released, or changed since.
        DatabaseError: the gradebook cannot be read.
    """
    release = release_of(classroom, assignment)
    if release is None:
        raise ReleaseError(
            f"{assignment} is not released: run `autograder build {assignment}` and "
            f"`nbgrader generate_assignment {assignment}` first"
        )
    changes = _changes(release.points, points)
    if changes:
        raise ReleaseError(
            f"{assignment} has changed since its release ({changes}): run `autograder build "
            f"{assignment}` and `nbgrader generate_assignment {assignment} --force` first"
        )


class _Mark(msgspec.Struct):
    grade_id: str = ""
    points: float = 0
    grade: bool = False
    solution: bool = False
    locked: bool = False
    task: bool = False


class _Metadata(msgspec.Struct):
    nbgrader: _Mark = msgspec.field(default_factory=_Mark)


class _Cell(msgspec.Struct):
    metadata: _Metadata


class _Notebook(msgspec.Struct):
    cells: list[_Cell]


def _points(notebook: bytes) -> dict[str, float]:
    """Return the points of the cells that nbgrader would keep."""
    cells = msgspec.json.decode(notebook, type=_Notebook).cells
    marks = [cell.metadata.nbgrader for cell in cells]
    kept = [mark for mark in marks if mark.grade or mark.solution or mark.locked or mark.task]
    return {mark.grade_id: mark.points for mark in kept}


def _changes(old: Mapping[str, float], new: Mapping[str, float]) -> str:
    """List what came, went and is worth something else."""
    came = sorted(new.keys() - old.keys())
    went = sorted(old.keys() - new.keys())
    moved = [
        f"{name} {old[name]:g} -> {new[name]:g} points"
        for name in sorted(old.keys() & new.keys())
        if old[name] != new[name]
    ]
    parts = [
        f"{word} {', '.join(names)}" for word, names in (("new", came), ("gone", went)) if names
    ]
    return "; ".join(parts + moved)
