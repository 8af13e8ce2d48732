"""Read the bytes of a notebook of format 3 or 4: only what can be graded is looked at."""

import json

import msgspec

from autograder.handed_in import MAX_BYTES


class Unreadable(ValueError):
    """Nothing of a notebook could be read; the text says why."""


class RawCell(msgspec.Struct):
    """What is read of a cell; `input` is the old format's source."""

    cell_type: str = "raw"
    source: str | list[str] = ""
    input: str | list[str] = ""
    metadata: dict[str, object] = {}
    attachments: dict[str, dict[str, object]] = {}


class RawSheet(msgspec.Struct):
    """The old format's sheet of cells."""

    cells: list[RawCell] = []


class RawNotebook(msgspec.Struct):
    """What is read of a notebook; everything else is passed over."""

    nbformat: int
    cells: list[RawCell] = []
    worksheets: list[RawSheet] = []
    metadata: dict[str, object] = {}


def read_notebook(data: bytes) -> RawNotebook:
    """Read the bytes of a notebook.

    Raises:
        Unreadable: they are none.
    """
    if not data:
        raise Unreadable("the file is empty, or a link or a pipe, so it is not a notebook")
    if len(data) > MAX_BYTES:
        raise Unreadable(f"the file has over {MAX_BYTES // 2**20} MB")
    try:
        raw = _decode(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unreadable("the file is not text in UTF-8, so it is no notebook") from None
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Unreadable(f"the file is not a notebook ({error})") from None
    if raw.nbformat not in (3, 4):
        raise Unreadable(f"the notebook's format is {raw.nbformat}; 3 and 4 can be read")
    return raw


def _decode(text: str) -> RawNotebook:
    try:
        return msgspec.json.decode(text, type=RawNotebook)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:  # Python's reader takes NaN and half an emoji, as Jupyter does
        return msgspec.convert(json.loads(text), RawNotebook)
