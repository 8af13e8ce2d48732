"""`autograder build`: text and reference become an ordinary nbgrader source notebook."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from autograder.assignment import read_assignment
from autograder.cells import assemble
from autograder.classroom import classroom
from autograder.companions import companions
from autograder.ending import tell
from autograder.exercise import parts_of
from autograder.fixtures import checks_json
from autograder.flaws import raise_any
from autograder.misconception import read_misconceptions
from autograder.names import check_names
from autograder.notebooks import notebook_json
from autograder.quizzes import quiz_errors
from autograder.record import write_files
from autograder.released import check_before_build
from autograder.rooms import Rooms
from autograder.suite_lint import suite_errors


@dataclass(frozen=True)
class Built:
    """What a build wrote; `notice` is what must follow, if anything."""

    assignment: str
    folder: Path
    files: tuple[str, ...]
    exercises: int
    notice: str


def build(ids: Iterable[str], folder: Path, rooms: Rooms | None = None) -> list[Built]:
    """Build assignments into `<folder>/source/<id>/`; nothing is written if one of them fails.

    Raises:
        DirectiveError: an assignment cannot be built; the text names file and line.
        HandEditError: a built file was edited by hand.
        ReleaseError: cells came or went, and the gradebook has submissions.
        CheckerError: ruff is missing or fails.
        OSError: the folder cannot be written.
    """
    rooms = rooms or Rooms()
    made = [(name, *_contents(name, rooms)) for name in ids]
    notices = {
        name: check_before_build(folder, name, files[f"{name}.ipynb"]) for name, files, _ in made
    }
    built: list[Built] = []
    for name, files, exercises in made:
        write_files(folder, name, files)
        source = folder / "source" / name
        built.append(Built(name, source, tuple(sorted(files)), exercises, notices[name]))
    return built


def build_command(ids: Sequence[str]) -> None:
    """Build into the classroom, without ids every assignment, and say what was built.

    Raises:
        ValueError, RuntimeError, OSError: as `build`.
    """
    console = Console(emoji=False)  # `:100:` is a line
    for one in build(ids or Rooms().known(), classroom()):
        console.print(
            f"built {one.assignment}: {one.exercises} exercises in {one.folder} "
            f"({', '.join(one.files)})",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        if one.notice:
            tell(one.notice)


def _contents(name: str, rooms: Rooms) -> tuple[dict[str, bytes], int]:
    """Return every file of the built assignment, and how many exercises it has."""
    assignment = read_assignment(name, rooms)
    parts = parts_of(assignment)
    raise_any([*quiz_errors(assignment), *suite_errors(assignment, parts)])
    cells = assemble(assignment, parts)
    check_names(assignment, cells)
    checks = checks_json(assignment, parts, read_misconceptions(assignment))
    files = {
        **companions(assignment),
        f"{name}.ipynb": notebook_json(cells).encode(),
        "checks.json": checks.encode(),
    }
    return files, len(parts)
