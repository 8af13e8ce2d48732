"""Outputs of a student's cells, made fit to be shown: bounded, text and PNG alone."""

import base64
import binascii
import re
import struct
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

import msgspec

from autograder.sandbox.inside.messages import MAX_LINES

ROOM = 12 * 2**20
MAX_TEXT = 200_000
MAX_NAME = 100  # of an exception's type, which stands in reports
MAX_PIXELS = 2**24
OVERHEAD = 100
TERMINAL = r"\x1b\[[0-9;?]*[ -/]*[@-~]"
NO_TEXT = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
UNREADABLE = re.compile(f"{TERMINAL}|{NO_TEXT}")


class Output(msgspec.Struct, omit_defaults=True):
    """An output as it may stand in a notebook: text and PNG, nothing that a browser runs."""

    output_type: Literal["stream", "display_data", "execute_result", "error"]
    name: str = ""
    text: str = ""
    data: Annotated[dict[str, str], msgspec.Meta(max_length=10)] = {}
    ename: str = ""
    evalue: str = ""
    traceback: Annotated[list[str], msgspec.Meta(max_length=MAX_LINES)] = []

    @property
    def size(self) -> int:
        """The characters that it takes, roughly."""
        texts = (self.text, self.ename, self.evalue, *self.data.values(), *self.traceback)
        return OVERHEAD + sum(map(len, texts))


def clean(outputs: Sequence[Output], room: int = ROOM) -> Iterator[Output]:
    """Yield outputs, as many as there is room for: harmless text, pictures that are PNG.

    Args:
        outputs: what came from behind the wall.
        room: how many characters may be kept.
    """
    for output in outputs:
        kept = _harmless(output)
        room -= kept.size
        if room < 0:
            return
        yield kept


def _harmless(output: Output) -> Output:
    kind = output.output_type
    data: dict[str, str] = {}
    if kind in ("display_data", "execute_result"):
        data["text/plain"] = readable(output.data.get("text/plain", ""))
        if is_png(output.data.get("image/png", "")):
            data["image/png"] = output.data["image/png"]
    return Output(
        kind,
        name="stderr" if output.name == "stderr" else "stdout",
        text=readable(output.text),
        data=data,
        ename=readable_line(output.ename)[:MAX_NAME],
        evalue=readable(output.evalue),
        traceback=[readable(line) for line in output.traceback],
    )


def readable(text: str) -> str:
    """Cut a text and take out what is no character: terminal commands, changes of direction."""
    return UNREADABLE.sub("", text[:MAX_TEXT])


def readable_line(text: str) -> str:
    """Return what is readable of a text as one line, so that it cannot pass for several."""
    return " ".join(readable(text).split())


def is_png(text: str) -> bool:
    """Say whether a text is a PNG file in base64, of a size that a browser can show."""
    try:
        file = base64.b64decode(text, validate=True)
        mark, name, width, height = struct.unpack_from(">8s4x4sII", file)
    except (binascii.Error, ValueError, struct.error):
        return False
    return (mark, name) == (b"\x89PNG\r\n\x1a\n", b"IHDR") and width * height <= MAX_PIXELS
