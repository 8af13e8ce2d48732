"""The one reader of assignments: a text notebook becomes a typed assignment."""

import re
from dataclasses import dataclass
from typing import Annotated

import msgspec

from autograder.directives import Cell, Essay, Exercise, read_cell
from autograder.notebooks import TextError, TextNotebook, read_text_notebook
from autograder.rooms import Rooms

AUTOMATIC_POINTS = 100
NAME = re.compile(r"[a-z][a-z0-9_]{0,50}")
Seconds = Annotated[float, msgspec.Meta(gt=0)]


class DirectiveError(ValueError):
    """An assignment cannot be built; the text is one sentence that begins with file and line."""

    def __init__(self, file: str, line: int, sentence: str) -> None:
        super().__init__(f"{file}:{line}: {sentence}")


class Limits(msgspec.Struct, frozen=True):
    """Seconds that a cell, the whole notebook and one call of a hidden test may take."""

    cell_seconds: Seconds
    notebook_seconds: Seconds
    call_seconds: Seconds


@dataclass(frozen=True)
class Assignment:
    """One assignment as its text notebook says it; `rooms` is where it was found."""

    id: str
    title: str
    limits: Limits
    cells: tuple[Cell, ...]
    rooms: Rooms

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """The exercises in their order."""
        return tuple(cell for cell in self.cells if isinstance(cell, Exercise))

    @property
    def essays(self) -> tuple[Essay, ...]:
        """The essays in their order."""
        return tuple(cell for cell in self.cells if isinstance(cell, Essay))

    def exercise(self, name: str) -> Exercise:
        """Return the exercise of that name.

        Raises:
            KeyError: there is none.
        """
        return {exercise.id: exercise for exercise in self.exercises}[name]

    def error(self, line: int, sentence: str) -> DirectiveError:
        """Make the error that names a line of this assignment's text."""
        return DirectiveError(self.rooms.shown(self.rooms.text(self.id)), line, sentence)


class _Course(Limits, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: str


def read_assignment(name: str, rooms: Rooms | None = None) -> Assignment:
    """Read `source_notebooks/<name>/<name>.py`.

    Raises:
        DirectiveError: the file is missing or a directive is wrong; the text names file and line.
    """
    rooms = rooms or Rooms()
    file = rooms.text(name)
    line = 1
    try:
        notebook = read_text_notebook(file.read_text(encoding="utf-8"))
        course = _course(notebook)
        cells: list[Cell] = []
        for cell in notebook.cells:
            line = cell.line
            cells.append(read_cell(cell))
    except OSError as error:
        known = ", ".join(rooms.known()) or "none"
        sentence = f"there is no assignment {name!r} ({error.strerror}); known: {known}"
        raise DirectiveError(rooms.shown(file), 1, sentence) from error
    except UnicodeDecodeError as error:
        raise DirectiveError(rooms.shown(file), 1, "is no text; save it as UTF-8") from error
    except TextError as error:
        raise DirectiveError(rooms.shown(file), error.line, str(error)) from error
    except ValueError as error:
        raise DirectiveError(rooms.shown(file), line, str(error)) from error
    limits = Limits(course.cell_seconds, course.notebook_seconds, course.call_seconds)
    assignment = Assignment(name, course.title, limits, tuple(cells), rooms)
    _check_names(assignment)
    _check_points(assignment)
    return assignment


def _course(notebook: TextNotebook) -> _Course:
    if "course" not in notebook.metadata:
        raise ValueError(
            "the header is missing: begin the file with a YAML header between `# ---` lines whose "
            "`course:` gives title, cell_seconds, notebook_seconds and call_seconds"
        )
    try:
        return msgspec.convert(notebook.metadata["course"], _Course)
    except msgspec.ValidationError as error:
        raise ValueError(f"the header's `course:` cannot be read: {error}") from error


def _check_names(assignment: Assignment) -> None:
    """Every grade_id and every answer once."""
    seen: dict[str, int] = {}
    for cell in (*assignment.exercises, *assignment.essays):
        if not NAME.fullmatch(cell.id) or cell.id.startswith("test_"):
            raise assignment.error(
                cell.line,
                f"the id {cell.id!r} is not a name of small letters, digits and underscores that "
                "does not begin with test_",
            )
        taken = [cell.id, *(cell.answers if isinstance(cell, Exercise) else ())]
        for name in taken:
            if name in seen:
                raise assignment.error(
                    cell.line, f"{name!r} was used already in line {seen[name]}; use each once"
                )
            seen[name] = cell.line


def _check_points(assignment: Assignment) -> None:
    total = sum(exercise.points for exercise in assignment.exercises)
    if total != AUTOMATIC_POINTS:
        last = assignment.exercises[-1].line if assignment.exercises else 1
        raise assignment.error(
            last, f"the exercises' points sum to {total}; they must sum to {AUTOMATIC_POINTS}"
        )
