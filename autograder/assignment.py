"""The one reader of assignments: a text notebook becomes a typed assignment."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from autograder.directives import Cell, Essay, Exercise, read_cell
from autograder.flaws import DirectiveError, Flaw, UnknownAssignment, errors_of, raise_any
from autograder.headings import heading_flaws, with_points
from autograder.notebooks import TextError, TextNotebook, read_text_notebook
from autograder.rooms import Rooms

AUTOMATIC_POINTS = 100
NAME = re.compile(r"[a-z][a-z0-9_]{0,50}")
Seconds = Annotated[float, msgspec.Meta(gt=0)]


class Limits(msgspec.Struct, frozen=True):
    """Seconds of processor time that a cell, the whole notebook and a hidden test's call may take.

    All processes of the student's count. What waits instead is ended by the clock, later: see
    `sandbox.clock`.
    """

    cell_seconds: Seconds
    notebook_seconds: Seconds
    call_seconds: Seconds


@dataclass(frozen=True)
class Assignment:
    """One assignment as its text notebook says it; `rooms` is where it was found.

    `given` names what earlier assignments built and this one hands out ready-made, `shows` answers
    of others that its own text contains in other words.
    """

    id: str
    title: str
    limits: Limits
    cells: tuple[Cell, ...]
    rooms: Rooms
    given: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()

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
    given: list[str] = []
    shows: list[str] = []


def read_assignment(name: str, rooms: Rooms | None = None) -> Assignment:
    """Read `source_notebooks/<name>/<name>.py`.

    All that runs code of an assignment goes through here. The name may be a stranger's (it stands
    in reports), so it is looked up among those known before it becomes a path.

    Raises:
        UnknownAssignment: there is none of that name.
        DirectiveError: the file cannot be read or directives are wrong; each line of the text
            names file and line.
    """
    rooms = rooms or Rooms()
    if name not in rooms.known():
        raise UnknownAssignment(name, rooms.known())
    shown = rooms.shown(rooms.text(name))
    notebook = _read_text(name, rooms)
    flaws: list[Flaw] = []
    cells: list[Cell] = []
    course = None
    try:
        course = _course(notebook)
    except ValueError as error:
        flaws.append((1, str(error)))
    for cell in notebook.cells:
        try:
            cells.append(read_cell(cell))
        except ValueError as error:
            flaws.append((cell.line, str(error)))
    whole = len(cells) == len(notebook.cells)  # else names and points are not all known
    flaws += _name_flaws(cells)
    flaws += _order_flaws(cells) if whole else ()
    flaws += heading_flaws(cells) if whole else ()
    flaws.sort()
    flaws += _points_flaw(cells) if whole else ()
    raise_any(errors_of(shown, flaws))
    assert course is not None
    limits = Limits(course.cell_seconds, course.notebook_seconds, course.call_seconds)
    cells = with_points(cells)
    return Assignment(
        name, course.title, limits, tuple(cells), rooms, tuple(course.given), tuple(course.shows)
    )


def _read_text(name: str, rooms: Rooms) -> TextNotebook:
    file = rooms.text(name)
    shown = rooms.shown(file)
    try:
        return read_text_notebook(file.read_text(encoding="utf-8"))
    except OSError as error:
        sentence = f"cannot be read ({error.strerror}); make it a file that you may read"
        raise DirectiveError(shown, 1, sentence) from error
    except UnicodeDecodeError as error:
        raise DirectiveError(shown, 1, "is no text; save it as UTF-8") from error
    except TextError as error:
        raise_any(errors_of(shown, error.flaws))
        raise


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


def _name_flaws(cells: Sequence[Cell]) -> Iterator[Flaw]:
    """Every grade_id and every answer once."""
    seen: dict[str, int] = {}
    for cell in cells:
        if not isinstance(cell, Exercise | Essay):
            continue
        if not NAME.fullmatch(cell.id) or cell.id.startswith("test_"):
            yield (
                cell.line,
                f"the id {cell.id!r} is not a name of small letters, digits and underscores that "
                "does not begin with test_",
            )
        for name in (cell.id, *(cell.answers if isinstance(cell, Exercise) else ())):
            if name in seen:
                yield cell.line, f"{name!r} was used already in line {seen[name]}; use each once"
            seen[name] = cell.line


def _order_flaws(cells: Sequence[Cell]) -> Iterator[Flaw]:
    """An exercise builds on, or needs, exercises that stand above it, each named once."""
    above: list[str] = []
    for cell in cells:
        if not isinstance(cell, Exercise):
            continue
        named = (*cell.builds_on, *cell.needs)
        for name in named:
            if name not in above or named.count(name) > 1:
                yield (
                    cell.line,
                    f"{cell.id!r} builds on or needs {name!r}; name exercises above it, each once: "
                    f"{', '.join(above) or 'there are none'}",
                )
        above.append(cell.id)


def _points_flaw(cells: Sequence[Cell]) -> Iterator[Flaw]:
    exercises = [cell for cell in cells if isinstance(cell, Exercise)]
    total = sum(exercise.points for exercise in exercises)
    if total != AUTOMATIC_POINTS:
        last = exercises[-1].line if exercises else 1
        yield last, f"the exercises' points sum to {total}; they must sum to {AUTOMATIC_POINTS}"
