"""Read what was handed in, whatever it is, and mend it against the assignment's manifest.

What comes out is a new notebook, made from the student's sources alone: no outputs, no foreign
metadata, each graded cell once, of its own type, with the points of the manifest.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

import msgspec

from autograder.manifest import ManifestCell
from autograder.raw_notebook import RawNotebook, Unreadable, read_notebook
from autograder.sandbox.outputs import readable

MAX_CELLS = 2_000
MAX_SOURCE = 500_000
MAX_TEXT = 4_000_000  # of all cells: the report and the feedback page hold every one of them
MAX_PICTURES = 12_000_000
PICTURES = ("image/png", "image/jpeg")
LINE_ENDS = re.compile(r"\r\n?")


class Cell(msgspec.Struct, omit_defaults=True):
    """A cell of the mended notebook; `grade_id` is "" for the student's own cells and prose."""

    cell_type: str
    source: str
    id: str = ""
    grade_id: str = ""
    attachments: dict[str, dict[str, str]] = {}


@dataclass
class Mended:
    """The cells to run, what had to be repaired to get them, and whether the file was readable."""

    cells: list[Cell]
    repairs: list[str] = field(default_factory=list[str])
    readable: bool = True


def mend(data: bytes, manifest: Sequence[ManifestCell]) -> Mended:
    """Turn the bytes of a submission into a notebook that can be run and graded.

    Args:
        data: the file as it was handed in.
        manifest: the cells that the assignment's release has for grading, in order.
    """
    repairs: list[str] = []
    try:
        raw = read_notebook(data)
        cells = list(_cells(raw, repairs))
    except Unreadable as error:
        repairs.append(f"{error}; graded as the untouched release")
        return Mended(_release(manifest), repairs, readable=False)
    known = {cell.grade_id: cell for cell in manifest}
    if not any(cell.grade_id in known for cell in cells):
        repairs.append(_stranger(cells))
    cells = _once(_typed(_forget(cells, known), known, repairs), repairs)
    cells = _restore(cells, manifest, repairs)
    return Mended(_identified(cells), repairs)


def _cells(raw: RawNotebook, repairs: list[str]) -> Iterator[Cell]:
    """Yield the student's cells, bare, with what was odd about the notebook noted."""
    found = raw.cells or [cell for sheet in raw.worksheets for cell in sheet.cells]
    if raw.nbformat == 3:
        repairs.append("the notebook was in the old format 3 and was converted")
    language = _language(raw.metadata)
    if language not in ("python", ""):
        repairs.append(f"the notebook names the language {language[:20]!r}; it ran as Python")
    elif "kernelspec" not in raw.metadata:
        repairs.append("the notebook names no kernel; it ran as Python")
    if not found:
        repairs.append("the notebook has no cells")
    if len(found) > MAX_CELLS:
        repairs.append(f"the notebook has {len(found)} cells; the first {MAX_CELLS} were taken")
    text, pictures = MAX_TEXT, MAX_PICTURES
    for number, cell in enumerate(found[:MAX_CELLS], 1):
        source = _text(cell.source) or _text(cell.input)
        if len(source) > MAX_SOURCE:
            repairs.append(f"cell {number} has {len(source)} characters and was left out")
            continue
        text -= len(source)
        if text < 0:
            repairs.append(
                f"the notebook has over {MAX_TEXT} characters; "
                f"cell {number} and what follows were left out"
            )
            return
        attachments = _pictures(cell.attachments) if cell.cell_type == "markdown" else {}
        pictures -= _size(attachments)
        if pictures < 0 and attachments:
            repairs.append(f"the pictures of cell {number} were left out: there are too many bytes")
            attachments = {}
        grade_id = _entry(_entry(cell.metadata, "nbgrader"), "grade_id")
        yield Cell(
            cell.cell_type if cell.cell_type in ("code", "markdown") else "raw",
            source,
            grade_id=grade_id if isinstance(grade_id, str) else "",
            attachments=attachments,
        )


def _language(metadata: dict[str, object]) -> str:
    """Return the language that the kernel names, else the one that the notebook does, else ""."""
    said = _entry(metadata.get("kernelspec"), "language")
    said = said or _entry(metadata.get("language_info"), "name")
    return said.lower() if isinstance(said, str) else ""


def _entry(table: object, key: str) -> object:
    return cast(dict[str, object], table).get(key) if isinstance(table, dict) else None


def _text(source: str | list[str]) -> str:
    return _sound(LINE_ENDS.sub("\n", source if isinstance(source, str) else "".join(source)))


def _sound(text: str) -> str:
    """Put question marks for what UTF-8 cannot say."""
    return text.encode(errors="replace").decode()


def _pictures(attachments: dict[str, dict[str, object]]) -> dict[str, dict[str, str]]:
    kept = {
        _sound(name): {kind: data for kind, data in bundle.items() if kind in PICTURES}
        for name, bundle in attachments.items()
    }
    return {
        name: {
            kind: data for kind, data in bundle.items() if isinstance(data, str) and data.isascii()
        }
        for name, bundle in kept.items()
    }


def _size(attachments: dict[str, dict[str, str]]) -> int:
    """Return how many characters pictures take, each name counted as some too."""
    return sum(len(name) + sum(map(len, bundle.values())) for name, bundle in attachments.items())


def _stranger(cells: list[Cell]) -> str:
    others = sorted({cell.grade_id for cell in cells if cell.grade_id})[:3]
    if others:
        names = ", ".join(readable(name[:40]) for name in others)
        return (
            f"no cell of this assignment is in the notebook (it has {names}): another assignment?"
        )
    return "no cell of this assignment is in the notebook"


def _forget(cells: list[Cell], known: dict[str, ManifestCell]) -> list[Cell]:
    """Take the marks of unknown graded cells away: they are the student's own."""
    for cell in cells:
        if cell.grade_id not in known:
            cell.grade_id = ""
    return cells


def _typed(cells: list[Cell], known: dict[str, ManifestCell], repairs: list[str]) -> list[Cell]:
    """Give graded cells back the type that they had."""
    for cell in cells:
        if cell.grade_id and cell.cell_type != known[cell.grade_id].cell_type:
            was, cell.cell_type = cell.cell_type, known[cell.grade_id].cell_type
            repairs.append(f"cell {cell.grade_id} had become {was} and is {cell.cell_type} again")
    return cells


def _once(cells: list[Cell], repairs: list[str]) -> list[Cell]:
    """Let the last of several cells with one grade_id keep it, as it is the one that counts."""
    seen: set[str] = set()
    for cell in reversed(cells):
        if cell.grade_id in seen:
            repairs.append(f"cell {cell.grade_id} stood there more than once; the last one counts")
            cell.grade_id = ""
        elif cell.grade_id:
            seen.add(cell.grade_id)
    return cells


def _restore(cells: list[Cell], manifest: Sequence[ManifestCell], repairs: list[str]) -> list[Cell]:
    """Put back locked cells that were edited, and graded cells that are gone."""
    for wanted in manifest:
        place = _find(cells, lambda cell, name=wanted.grade_id: cell.grade_id == name)
        if place is None:
            repairs.append(f"cell {wanted.grade_id} was missing")
            if wanted.kind != "solution":
                before = _find(cells, lambda cell, name=wanted.exercise: cell.grade_id == name)
                at = len(cells) if before is None else before + 1
                cells.insert(at, _fresh(wanted))
        elif wanted.kind == "test" and cells[place].source.strip() != wanted.source.strip():
            cells[place].source = wanted.source
            repairs.append(f"cell {wanted.grade_id} had been edited and was put back")
    return cells


def _find(cells: list[Cell], wanted: Callable[[Cell], bool]) -> int | None:
    return next((place for place, cell in enumerate(cells) if wanted(cell)), None)


def _fresh(cell: ManifestCell) -> Cell:
    return Cell(cell.cell_type, cell.source, grade_id=cell.grade_id)


def _release(manifest: Sequence[ManifestCell]) -> list[Cell]:
    return _identified([_fresh(cell) for cell in manifest])


def _identified(cells: list[Cell]) -> list[Cell]:
    """Give every cell an id: its grade_id, else one that comes from its text."""
    seen: set[str] = set()
    for cell in cells:
        stem = cell.grade_id or "own-" + hashlib.sha256(cell.source.encode()).hexdigest()[:12]
        cell.id = stem
        while cell.id in seen:
            cell.id = f"{stem}-{len(seen)}"
        seen.add(cell.id)
    return cells
