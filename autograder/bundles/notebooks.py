"""The notebooks of a kit: nbgrader's release, or the same with the answers."""

import json
from collections.abc import Collection, Mapping
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
    cell_type: str
    source: str | list[str]
    metadata: _Metadata
    outputs: list[msgspec.Raw] = []

    def text(self) -> str:
        return self.source if isinstance(self.source, str) else "".join(self.source)


class _Notebook(msgspec.Struct):
    cells: list[_Cell]


def released(assignment: Assignment) -> dict[str, bytes]:
    """Return the files of an assignment's release; nbgrader makes it if there is none.

    Raises:
        ReleaseError: the assignment has changed since its release, or there is more in it than
            was built.
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
    cells = _cells(notebook)
    known = [(cell.metadata.nbgrader, cell.text()) for cell in cells]
    found = {mark.grade_id: text for mark, text in known if mark is not None}
    wanted = {cell.grade_id: cell.source for cell in manifest(assignment)}
    if found != wanted:
        differ = ", ".join(sorted(k for k in found | wanted if found.get(k) != wanted.get(k)))
        raise ReleaseError(
            f"{name} has changed since its release ({differ}): run `autograder build {name}` and "
            f"`nbgrader generate_assignment {name} --force` first"
        )
    built = {cell.text() for cell in _cells(classroom() / "source" / name / notebook.name)}
    code = [cell for cell in cells if cell.cell_type == "code"]
    tried = [n for n, cell in enumerate(code, 1) if cell.outputs or _is_new(cell, built)]
    if tried:
        raise ReleaseError(
            f"somebody has worked in the release of {name}, whose notebook is handed out (code "
            f"cells {', '.join(map(str, tried))} are new or have outputs): run `nbgrader "
            f"generate_assignment {name} --force`, and try things in a copy elsewhere"
        )


def _cells(notebook: Path) -> list[_Cell]:
    return msgspec.json.decode(notebook.read_bytes(), type=_Notebook).cells


def _is_new(cell: _Cell, built: Collection[str]) -> bool:
    return cell.metadata.nbgrader is None and cell.text() not in built


def _see_that_all_was_built(name: str, files: Mapping[str, bytes]) -> None:
    """Refuse what came by another way: nbgrader releases all that lies beside the notebook."""
    source = classroom() / "source" / name
    built = built_names(classroom(), name)
    strange = [
        path
        for path, data in files.items()
        if path not in built or (path != f"{name}.ipynb" and data != (source / path).read_bytes())
    ]
    if strange:
        raise ReleaseError(
            f"the release of {name} has files that are not as the build wrote them, and may hold "
            f"answers ({', '.join(strange)}): delete them from {source}, or move what students "
            f"need to source_notebooks/{name} (any file but Python); then run `autograder build "
            f"{name}` and `nbgrader generate_assignment {name} --force`"
        )


def _is_hidden(part: str) -> bool:
    return part.startswith((".", "__"))
