"""The record of what was built, so that a rebuild never overwrites an edit made by hand."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from autograder.whole import write_whole


class HandEditError(ValueError):
    """A built file is not as the build left it; the text says what to do."""


class Record(msgspec.Struct, frozen=True):
    """The SHA-256 of every file of one build, by its name."""

    files: dict[str, str]


def write_files(folder: Path, assignment: str, files: Mapping[str, bytes]) -> None:
    """Write a built assignment, take away what the last build wrote and this one does not.

    Files that no build wrote are left alone.

    Raises:
        HandEditError: a file was edited since it was built; nothing was written then.
    """
    source = folder / "source" / assignment
    record_file = folder / "built" / f"{assignment}.json"
    built = _read_record(record_file)
    for name in sorted({*files, *built}):
        _check_untouched(source / name, files.get(name), built.get(name))
    for name in built.keys() - files.keys():
        (source / name).unlink(missing_ok=True)
    drafts = record_file.parent  # a draft below `source` would be handed out, answers and all
    drafts.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        write_whole(source / name, content, drafts)
    record = Record({name: _digest(name, content) for name, content in sorted(files.items())})
    write_whole(record_file, msgspec.json.format(msgspec.json.encode(record), indent=1))


def check_as_built(folder: Path, assignment: str) -> None:
    """See that the files of an assignment are as the build left them; what it did not build may be.

    Raises:
        HandEditError: one was edited since.
    """
    source = folder / "source" / assignment
    for name, recorded in _read_record(folder / "built" / f"{assignment}.json").items():
        _check_untouched(source / name, None, recorded)


def built_names(folder: Path, assignment: str) -> frozenset[str]:
    """Return the names of the files that the last build of an assignment wrote.

    Raises:
        HandEditError: the record cannot be read.
    """
    return frozenset(_read_record(folder / "built" / f"{assignment}.json"))


def _read_record(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    try:
        return msgspec.json.decode(file.read_bytes(), type=Record).files
    except msgspec.DecodeError as error:
        raise HandEditError(
            f"{file} cannot be read ({error}): delete it and the built assignment beside it, "
            "then build again"
        ) from error


def _check_untouched(path: Path, content: bytes | None, recorded: str | None) -> None:
    if not path.exists():
        return
    present = path.read_bytes()
    if present != content and _digest(path.name, present) != recorded:
        raise HandEditError(
            f"{path} was edited by hand, and grading goes by what was built: make the edit in "
            "source_notebooks/ or reference/ instead, then delete this file and build again"
        )


def _digest(name: str, content: bytes) -> str:
    return hashlib.sha256(_essence(content) if name.endswith(".ipynb") else content).hexdigest()


class _Cell(msgspec.Struct):
    cell_type: str
    source: str | list[str]
    metadata: dict[str, msgspec.Raw]


class _Notebook(msgspec.Struct):
    cells: list[_Cell]


def _essence(content: bytes) -> bytes:
    """Return what a person edits: running and saving a notebook leaves outputs and counts."""
    try:
        cells = msgspec.json.decode(content, type=_Notebook).cells
    except msgspec.MsgspecError:
        return content
    nothing = msgspec.Raw(b"null")
    kept = [
        (
            cell.cell_type,
            "".join(cell.source),
            msgspec.json.decode(
                cell.metadata.get("nbgrader", nothing), type=dict[str, object] | None
            ),
        )
        for cell in cells
    ]
    return msgspec.json.encode(kept, order="sorted")
