"""`autograder build`: text and reference become an ordinary nbgrader source notebook."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from autograder.assignment import DirectiveError, read_assignment
from autograder.cells import assemble
from autograder.classroom import classroom
from autograder.exercise import parts_of
from autograder.fixtures import checks_json
from autograder.misconception import read_misconceptions
from autograder.names import CheckerError, check_names
from autograder.notebooks import notebook_json
from autograder.record import HandEditError, write_files
from autograder.rooms import Rooms


@dataclass(frozen=True)
class Built:
    """What a build wrote."""

    assignment: str
    folder: Path
    files: tuple[str, ...]
    exercises: int


def build(ids: Iterable[str], folder: Path, rooms: Rooms | None = None) -> list[Built]:
    """Build assignments into `<folder>/source/<id>/`; nothing is written if one of them fails.

    Raises:
        DirectiveError: an assignment cannot be built; the text names file and line.
        HandEditError: a built file was edited by hand.
        CheckerError: ruff is missing or fails.
        OSError: the folder cannot be written.
    """
    rooms = rooms or Rooms()
    made = [(name, *_contents(name, rooms)) for name in ids]
    built: list[Built] = []
    for name, files, exercises in made:
        write_files(folder, name, files)
        built.append(Built(name, folder / "source" / name, tuple(sorted(files)), exercises))
    return built


def build_command(ids: Sequence[str]) -> int:
    """Build into the classroom and say what was built; return the exit code.

    Without ids, every assignment is built.
    """
    try:
        built = build(ids or Rooms().known(), classroom())
    except (DirectiveError, HandEditError, CheckerError, OSError) as error:
        Console(stderr=True).print(str(error), style="red", markup=False, soft_wrap=True)
        return 2
    console = Console()
    for one in built:
        console.print(
            f"built {one.assignment}: {one.exercises} exercises in {one.folder} "
            f"({', '.join(one.files)})",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    return 0


def _contents(name: str, rooms: Rooms) -> tuple[dict[str, bytes], int]:
    """Return every file of the built assignment, and how many exercises it has."""
    assignment = read_assignment(name, rooms)
    parts = parts_of(assignment)
    cells = assemble(assignment, parts)
    check_names(assignment, cells)
    checks = checks_json(assignment, parts, read_misconceptions(assignment))
    files = {
        **_companions(rooms.folder(name)),
        f"{name}.ipynb": notebook_json(cells).encode(),
        "checks.json": checks.encode(),
    }
    return files, len(parts)


def _companions(folder: Path) -> dict[str, bytes]:
    """Read the files that go to the students as they are: all but Python and hidden ones."""
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        hidden = any(part.startswith((".", "__")) for part in relative.parts)
        if path.is_file() and path.suffix != ".py" and not hidden:
            found[relative.as_posix()] = path.read_bytes()
    return found
