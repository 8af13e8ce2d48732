"""What comes back from a submission, and what it comes to."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

import msgspec

from autograder.sandbox.inside.messages import MAX_OUTPUTS
from autograder.sandbox.outputs import Output

Fate = Literal["ok", "error", "timeout", "died", "memory"]


class Ready(msgspec.Struct):
    """The answer to a request that has no other."""

    ready: bool


class CellReply(msgspec.Struct):
    """What comes back for a cell."""

    success: bool
    outputs: Annotated[list[Output], msgspec.Meta(max_length=MAX_OUTPUTS)]


@dataclass(frozen=True)
class CellRun:
    """What became of a cell."""

    fate: Fate
    outputs: list[Output] = field(default_factory=list[Output])


class CallReply(msgspec.Struct):
    """What comes back for a call: results, or what kept them from coming."""

    results: list[object] | None = None
    missing: list[str] | None = None
    error: str | None = None
    place: tuple[int, int] | None = None


class Wish(msgspec.Struct, forbid_unknown_fields=True):
    """What may come before a call's reply: a served function is to be called with these."""

    serve: str
    inputs: list[object]
    named: dict[str, object]


SPENT = "not asked"


class Fault(Exception):
    """A call had no answer; `kind` says why, in words that a student may read.

    Attributes:
        kind: "error" (their code raised), "timeout", "missing" (a name is not defined), "died".
        error: the exception's type as it may be told, for "error"; the name, for "missing"; SPENT
            for a "timeout" where calls before this one had taken all the time there is.
        place: the cell and line of their own code, if it is known and may be told.
    """

    def __init__(self, kind: str, error: str = "", place: tuple[int, int] | None = None) -> None:
        super().__init__(f"{kind} {error}".strip())
        self.kind, self.error, self.place = kind, error, place
