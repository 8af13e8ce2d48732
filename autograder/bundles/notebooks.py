"""The notebooks of a kit: nbgrader's release, or the same with the answers."""

import json
from collections.abc import Iterable
from pathlib import Path

import msgspec

from autograder.assignment import Assignment
from autograder.build import build
from autograder.classroom import classroom
from autograder.commands import nbgrader
from autograder.demo.samples import MARKER
from autograder.manifest import manifest
from autograder.record import built_names
from autograder.released import ReleaseError


class _Mark(msgspec.Struct):
    grade_id: str = ""


class _Metadata(msgspec.Struct):
    nbgrader: _Mark | None = None


class _Cell(msgspec.Struct):
    source: str | list[str]
    metadata: _Metadata

    def text(self) -> str:
        return self.source if isinstance(self.source, str) else "".join(self.source)


class _Notebook(msgspec.Struct):
    cells: list[_Cell]


def released(assignment: Assignment) -> dict[str, bytes]:
    """Return the files of an assignment's release; nbgrader makes it if there is none.

    Raises:
        ReleaseError: the assignment has changed since its release, or files that no build wrote
            are in it.
        HandEditError: the record of what was built cannot be read.
        RuntimeError: nbgrader failed.
    """
    folder = classroom() / "release" / assignment.id
    notebook = folder / f"{assignment.id}.ipynb"
    if not notebook.exists():
        build([assignment.id], classroom())
        nbgrader("generate_assignment", assignment.id)
    _see_that_it_is_current(assignment, notebook)
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(map(_is_hidden, path.relative_to(folder).parts))
    }
    _see_that_all_was_built(assignment.id, files)
    return files


def solved(assignment: Assignment) -> dict[str, bytes]:
    """Return the files of an assignment with the answers in the notebook.

    Raises:
        ValueError: it cannot be built; the text says why.
    """
    (built,) = build([assignment.id], classroom())
    files = {name: (built.folder / name).read_bytes() for name in built.files}
    name = f"{assignment.id}.ipynb"
    notebook = json.loads(files[name])
    for cell in notebook["cells"]:
        cell["source"] = MARKER.sub("", "".join(cell["source"])).splitlines(keepends=True)
    return {**files, name: as_bytes(notebook)}


def as_bytes(notebook: object) -> bytes:
    """Write a notebook as Jupyter does."""
    return (json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _see_that_it_is_current(assignment: Assignment, notebook: Path) -> None:
    """Compare what is graded: prose may have been mended since."""
    name = assignment.id
    cells = msgspec.json.decode(notebook.read_bytes(), type=_Notebook).cells
    known = [(cell.metadata.nbgrader, cell.text()) for cell in cells]
    found = {mark.grade_id: text for mark, text in known if mark is not None}
    wanted = {cell.grade_id: cell.source for cell in manifest(assignment)}
    if found != wanted:
        differ = ", ".join(sorted(k for k in found | wanted if found.get(k) != wanted.get(k)))
        raise ReleaseError(
            f"{name} has changed since its release ({differ}): run `autograder build {name}` and "
            f"`nbgrader generate_assignment {name} --force` first"
        )


def _see_that_all_was_built(name: str, files: Iterable[str]) -> None:
    """Refuse what came by another way: nbgrader releases all that lies beside the notebook."""
    strange = sorted(set(files) - built_names(classroom(), name))
    if strange:
        raise ReleaseError(
            f"the release of {name} has files that the build did not write, which may hold "
            f"answers ({', '.join(strange)}): delete them from {classroom() / 'source' / name}, or "
            f"move what students need to source_notebooks/{name} (any file but Python); then run "
            f"`autograder build {name}` and `nbgrader generate_assignment {name} --force`"
        )


def _is_hidden(part: str) -> bool:
    return part.startswith((".", "__"))
