"""The manifest of an assignment: what the release says in the cells that nbgrader knows.

The grader repairs damaged notebooks from it; it is made in memory, without nbgrader.
"""

import hashlib
from functools import cache
from typing import Literal

import msgspec

from autograder.assignment import Assignment
from autograder.cells import assemble
from autograder.exercise import parts_of
from autograder.notebooks import BuiltCell, CellType
from autograder.stubs import stub_of

Kind = Literal["solution", "test", "essay"]


class ManifestCell(msgspec.Struct, frozen=True):
    """One graded or solution cell of the release.

    `order` counts these cells from 0; `source` is what the release says: a stub, an empty essay,
    or the locked text of a test. `nbgrader` is the cell's metadata in the release, checksum
    included. `points` is 0 for a solution. `exercise` is the id of the exercise or essay.
    """

    grade_id: str
    kind: Kind
    exercise: str
    cell_type: CellType
    points: int
    order: int
    source: str
    nbgrader: dict[str, object]

    @property
    def locked(self) -> bool:
        """Whether students may not edit it: `source` is then what must stand there."""
        return self.kind == "test"


@cache
def manifest(assignment: Assignment) -> tuple[ManifestCell, ...]:
    """List the cells of the release that nbgrader knows, in their order.

    Raises:
        DirectiveError: the assignment cannot be built.
    """
    built = assemble(assignment, parts_of(assignment))
    known = [cell for cell in built if cell.nbgrader is not None]
    return tuple(_entry(cell, order) for order, cell in enumerate(known))


def _entry(cell: BuiltCell, order: int) -> ManifestCell:
    assert cell.nbgrader is not None
    grade, solution = cell.nbgrader["grade"] is True, cell.nbgrader["solution"] is True
    kind: Kind = "essay" if grade and solution else "test" if grade else "solution"
    points = cell.nbgrader.get("points", 0)
    assert isinstance(points, int)
    source = stub_of(cell.source, cell.cell_type) if solution else cell.source
    metadata = {
        **cell.nbgrader,
        "cell_type": cell.cell_type,
        "checksum": _checksum(cell, source, float(points) if grade else None),
    }
    exercise = cell.id.removeprefix("test_") if kind == "test" else cell.id
    return ManifestCell(cell.id, kind, exercise, cell.cell_type, points, order, source, metadata)


def _checksum(cell: BuiltCell, source: str, points: float | None) -> str:
    """Compute nbgrader's checksum; it is MD5 because nbgrader compares it with its own."""
    assert cell.nbgrader is not None
    flags = "".join(str(cell.nbgrader[key]) for key in ("grade", "solution", "locked"))
    text = f"{source}{cell.cell_type}{flags}{cell.id}{'' if points is None else points}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
