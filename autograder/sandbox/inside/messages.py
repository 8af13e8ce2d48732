"""What the grader asks for: of the warm parent, and of one submission."""

import msgspec

MAX_OUTPUTS = 1_000  # of a cell
MAX_LINES = 30  # of a traceback


class Request(msgspec.Struct, tag_field="ask"):
    """A question as data."""

    def plain(self) -> dict[str, object]:
        """Return the plain data that cross the wire."""
        tag = self.__struct_config__.tag
        return {"ask": tag, **{name: getattr(self, name) for name in self.__struct_fields__}}


class Open(Request, tag="open"):
    """Fork a submission; its socket comes along."""

    number: int
    memory: int
    cpu_seconds: int


class Kill(Request, tag="kill"):
    """End a submission."""

    number: int


class Files(Request, tag="files"):
    """Lay files beside the notebook."""

    files: dict[str, bytes]


class RunCell(Request, tag="cell"):
    """Run a cell."""

    index: int
    source: str


class Freeze(Request, tag="freeze"):
    """No more cells: get ready to fork."""


class Fork(Request, tag="fork"):
    """Fork the state after the cells, in the place of the last fork; its socket comes along."""


class Call(Request, tag="call"):
    """Run a program on each case, in the fork that is asked.

    `code` is its definition as marshal writes it, by the same interpreter. What is `served` is
    answered from outside in the place of what the notebook defines.
    """

    program: str
    code: bytes
    names: list[str]
    cases: list[tuple[object, ...]]
    served: list[str] = []


ToParent = Open | Kill
ToSubmission = Files | RunCell | Freeze | Fork
