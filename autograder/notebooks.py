"""Notebooks at their untyped edge: jupytext reads the text, nbformat 4.5 is written."""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Literal, cast

import msgspec

from autograder.flaws import Flaw

CellType = Literal["code", "markdown"]
KERNEL = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}
# What jupytext notes about the layout of the text; it is no directive.
LAYOUT = {"lines_to_next_cell", "lines_to_end_of_cell_marker", "cell_marker"}
# What jupytext imports for a place in Jupyter's server or for other kinds of text, and jsonschema
# for formats that no notebook has; both ask to be allowed to do without.
UNUSED = (
    *("jupyter_client", "jupyter_server", "tornado.web", "markdown_it"),
    *("fqdn", "idna", "isoduration", "jsonpointer", "rfc3339_validator", "rfc3986_validator"),
    *("rfc3987_syntax", "uri_template", "webcolors"),
)
MARKER = re.compile(r"# %%(\s|$)")
# Magics such as `# %matplotlib` and `# %%time` are none of these.
NEAR_MARKER = re.compile(
    r"\s*#[\s#]*(%%(?!\w)|%+\s*\[|%\s+\w+\s*=|%*\s*(exercise|essay)\s*=\s*[\"'])", re.IGNORECASE
)


class TextCell(msgspec.Struct, frozen=True):
    """A cell as jupytext reads it from the text, and the line where its marker stands."""

    cell_type: str
    source: str
    metadata: dict[str, object]
    line: int = 0


class TextNotebook(msgspec.Struct, frozen=True):
    """A text notebook: the header's metadata and the cells."""

    metadata: dict[str, object]
    cells: list[TextCell]


class TextError(ValueError):
    """The text cannot be cut into cells; `flaws` say where and why."""

    def __init__(self, flaws: Iterable[Flaw]) -> None:
        self.flaws = list(flaws)
        super().__init__("; ".join(sentence for _, sentence in self.flaws))


@dataclass(frozen=True)
class BuiltCell:
    """A cell of the built notebook; `line` is where it comes from in the text."""

    id: str
    cell_type: CellType
    source: str
    line: int
    nbgrader: Mapping[str, object] | None = None
    tags: tuple[str, ...] = ()


def read_text_notebook(text: str) -> TextNotebook:
    """Cut a notebook in jupytext's percent format into cells.

    Raises:
        TextError: the header is not YAML, or a line looks like a cell's marker and is none.
    """
    lookalikes = [
        (number, f"{line.strip():.60} looks like a cell's marker and is none: write `# %% …` there")
        for number, line in enumerate(text.splitlines(), 1)
        if NEAR_MARKER.match(line) and not MARKER.match(line)
    ]
    if lookalikes:
        raise TextError(lookalikes)
    try:
        notebook = msgspec.convert(_jupytext().reads(text, "py:percent"), TextNotebook)
    except Exception as error:  # a YAML error of whatever library jupytext uses
        problem = " ".join(str(error).split())
        raise TextError([(1, f"the header cannot be read as YAML ({problem})")]) from error
    markers = _markers(text)
    if len(markers) != len(notebook.cells):
        sentence = (
            f"{len(markers)} lines begin with `# %%` but {len(notebook.cells)} cells were read: "
            "keep such lines out of strings and fenced blocks, and text out of the space before "
            "the first of them"
        )
        raise TextError([(markers[0] if markers else 1, sentence)])
    cells = [
        TextCell(
            cell.cell_type,
            cell.source,
            {key: value for key, value in cell.metadata.items() if key not in LAYOUT},
            line,
        )
        for cell, line in zip(notebook.cells, markers, strict=True)
    ]
    return TextNotebook(notebook.metadata, cells)


@cache
def _jupytext() -> ModuleType:
    """Import jupytext; with what it has no use for here that would take three times as long."""
    hidden = [name for name in UNUSED if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden, cast(ModuleType, None)))
    try:
        return import_module("jupytext")
    finally:
        for name in hidden:
            del sys.modules[name]


def notebook_json(cells: Iterable[BuiltCell]) -> str:
    """Write cells as a notebook, byte for byte the same each time."""
    notebook = {
        "cells": [_cell_json(cell) for cell in cells],
        "metadata": KERNEL,
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _cell_json(cell: BuiltCell) -> dict[str, object]:
    metadata: dict[str, object] = {}
    if cell.tags:
        metadata["tags"] = list(cell.tags)
    if cell.nbgrader is not None:
        metadata["nbgrader"] = dict(cell.nbgrader)
    code: dict[str, object] = {"execution_count": None, "outputs": []}
    return {
        "id": cell.id,
        "cell_type": cell.cell_type,
        "metadata": metadata,
        "source": cell.source.splitlines(keepends=True),
        **(code if cell.cell_type == "code" else {}),
    }


def _markers(text: str) -> list[int]:
    return [number for number, line in enumerate(text.splitlines(), 1) if MARKER.match(line)]
