"""The built notebook, cell by cell: text and reference meet."""

import hashlib
from collections.abc import Iterable, Mapping

from autograder.answers import AnswerError
from autograder.assignment import Assignment
from autograder.cutting import solution_source
from autograder.directives import Code, Essay, Prose
from autograder.exercise import Parts
from autograder.notebooks import BuiltCell
from autograder.stubs import check_faithful

CHECK_WIDTH = 88
GO_ON = ("raises-exception",)
"""Run All goes on below an exercise that is not solved yet, to the other checks and pictures."""


def assemble(assignment: Assignment, parts: Iterable[Parts]) -> list[BuiltCell]:
    """Make the cells of the source notebook; ids come from names and content, never positions.

    Raises:
        DirectiveError: an answer cannot be cut into a solution cell.
    """
    by_id = {part.exercise.id: part for part in parts}
    claimed = {spec for exercise in assignment.exercises for spec in exercise.answers}
    cells: list[BuiltCell] = []
    copies: dict[str, int] = {}
    for cell in assignment.cells:
        if isinstance(cell, Prose | Code):
            cells.append(_plain(cell, copies))
        elif isinstance(cell, Essay):
            cells.append(_essay(cell))
        else:
            part = by_id[cell.id]
            cells += [_solution(assignment, part, claimed), _test(part)]
    return cells


def _plain(cell: Prose | Code, copies: dict[str, int]) -> BuiltCell:
    cell_type = "markdown" if isinstance(cell, Prose) else "code"
    digest = hashlib.sha256(cell.source.encode()).hexdigest()[:12]
    name = f"{cell_type}-{digest}"
    copies[name] = copies.get(name, 0) + 1
    name = name if copies[name] == 1 else f"{name}-{copies[name]}"
    return BuiltCell(name, cell_type, cell.source, cell.line, tags=cell.tags)


def _essay(essay: Essay) -> BuiltCell:
    nbgrader = _metadata(essay.id, grade=True, solution=True, points=essay.points)
    return BuiltCell(essay.id, "markdown", "", essay.line, nbgrader)


def _solution(assignment: Assignment, part: Parts, claimed: set[str]) -> BuiltCell:
    exercise = part.exercise
    try:
        source = solution_source(part.answers, exercise.given, claimed)
        check_faithful(source, part.answers, exercise.given, claimed)
    except AnswerError as error:
        raise assignment.error(exercise.line, f"exercise {exercise.id!r}: {error}") from error
    nbgrader = _metadata(exercise.id, grade=False, solution=True)
    return BuiltCell(exercise.id, "code", source, exercise.line, nbgrader, GO_ON)


def _test(part: Parts) -> BuiltCell:
    exercise = part.exercise
    name = f"test_{exercise.id}"
    arguments = [f'"{exercise.id}"', *part.names]
    source = f"check({', '.join(arguments)})"
    if len(source) > CHECK_WIDTH:
        lines = "".join(f"    {argument},\n" for argument in arguments)
        source = f"check(\n{lines})"
    nbgrader = _metadata(name, grade=True, solution=False, points=exercise.points)
    return BuiltCell(name, "code", source, exercise.line, nbgrader, GO_ON)


def _metadata(
    name: str, *, grade: bool, solution: bool, points: int | None = None
) -> Mapping[str, object]:
    """Write what nbgrader's schema 3 asks for; only automatic tests are locked."""
    return {
        "schema_version": 3,
        "grade_id": name,
        "grade": grade,
        "solution": solution,
        "locked": grade and not solution,
        "task": False,
        **({} if points is None else {"points": points}),
    }
