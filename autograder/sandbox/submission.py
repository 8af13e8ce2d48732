"""One submission seen from outside: run its cells, then call programs, on the grader's clock."""

import base64
import binascii
import contextlib
import re
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Self, TypeVar

import msgspec

from autograder.assignment import Limits
from autograder.program import Program
from autograder.sandbox.inside import wire
from autograder.sandbox.inside.messages import Call, Files, Freeze, Request, RunCell
from autograder.sandbox.wall import Wall, WallError

Reply = TypeVar("Reply")
Fate = Literal["ok", "error", "timeout", "died", "memory"]
READY_SECONDS = 10.0
REVIVALS = 2
HANGING_CALLS = 12
PNG = b"\x89PNG\r\n\x1a\n"
CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Output(msgspec.Struct, omit_defaults=True):
    """An output as it may stand in a notebook: text and PNG, nothing that a browser runs."""

    output_type: Literal["stream", "display_data", "execute_result", "error"]
    name: str = ""
    text: str = ""
    data: dict[str, str] = {}
    ename: str = ""
    evalue: str = ""
    traceback: list[str] = []


class CellReply(msgspec.Struct):
    """What comes back for a cell."""

    success: bool
    outputs: list[Output]


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


class Fault(Exception):
    """A call had no answer; `kind` says why, in words that a student may read.

    Attributes:
        kind: "error" (their code raised), "timeout", "missing" (a name is not defined), "died".
        error: the exception's type, for "error"; the name, for "missing".
        place: the cell and line of their own code, if known.
    """

    def __init__(self, kind: str, error: str = "", place: tuple[int, int] | None = None) -> None:
        super().__init__(f"{kind} {error}".strip())
        self.kind, self.error, self.place = kind, error, place


class Submission:
    """The student's process behind the wall.

    Args:
        wall: where it runs.
        cells: the code cells by their index in the notebook.
        files: what lies beside the notebook.
        limits: how long things may take.
    """

    def __init__(
        self, wall: Wall, cells: Mapping[int, str], files: Mapping[str, bytes], limits: Limits
    ) -> None:
        self._wall, self._cells, self._files = wall, dict(cells), dict(files)
        self._limits = limits
        self._number = 0
        self._channel: socket.socket | None = None
        self._hung = 0.0
        self._revivals = 0

    def __enter__(self) -> Self:
        """Nothing is started before the cells are run."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the student's processes."""
        self._end()

    # --- cells ---

    def run(self) -> dict[int, CellRun]:
        """Run the cells and return what became of each.

        A cell that hangs, exits or eats the memory takes the process with it; the others are run
        again in a fresh one, without it, as long as the notebook's time lasts.
        """
        finish = time.monotonic() + self._limits.notebook_seconds
        fates: dict[int, CellRun] = {}
        while True:
            runs, fatal = self._run_once({**self._cells}, finish)
            if fatal is None:
                return {**runs, **fates}
            fates[fatal] = runs[fatal]
            del self._cells[fatal]
            if time.monotonic() >= finish:
                self._cells.clear()
                late = [index for index in runs if index not in fates]
                return {**{index: CellRun("timeout") for index in late}, **fates}

    def _run_once(
        self, cells: Mapping[int, str], finish: float
    ) -> tuple[dict[int, CellRun], int | None]:
        """Run cells in a fresh process until one is fatal; return the runs and that one's index."""
        runs: dict[int, CellRun] = {index: CellRun("timeout") for index in cells}
        channel = self._open()
        for index, source in cells.items():
            deadline = min(time.monotonic() + self._limits.cell_seconds, finish)
            try:
                reply = _ask(channel, RunCell(index, source), CellReply, deadline)
                runs[index] = CellRun("ok" if reply.success else "error", clean(reply.outputs))
            except TimeoutError:
                self._end()
                return {**runs, index: CellRun("timeout")}, index
            except (EOFError, OSError, wire.WireError, msgspec.ValidationError):
                fate: Fate = "memory" if self._end() == "memory" else "died"
                return {**runs, index: CellRun(fate)}, index
        with contextlib.suppress(EOFError, OSError, wire.WireError, msgspec.ValidationError):
            _ask(channel, Freeze(), Ready, time.monotonic() + READY_SECONDS)
        return runs, None

    def _open(self) -> socket.socket:
        self._end()
        self._number, self._channel = self._wall.open()
        try:
            deadline = time.monotonic() + READY_SECONDS
            _ask(self._channel, Files(self._files), Ready, deadline)
        except (EOFError, OSError, wire.WireError, msgspec.ValidationError) as error:
            raise WallError(f"a submission could not be started: {self._end()}") from error
        return self._channel

    def _end(self) -> str:
        if self._channel is None:
            return ""
        self._channel.close()
        self._channel = None
        return self._wall.end(self._number)

    # --- calls ---

    def call(self, program: Program, cases: Sequence[Sequence[object]]) -> list[object]:
        """Run a program on each case in one fork and return the results, plain data.

        Raises:
            Fault: there is no answer.
        """
        if self._hung >= HANGING_CALLS * self._limits.call_seconds:
            raise Fault("timeout")
        channel = self._channel or self._revive()
        ours, theirs = socket.socketpair()
        names, inputs = list(program.names), [tuple(case) for case in cases]
        request = Call(program.name, program.source, names, inputs)
        began = time.monotonic()
        try:
            with ours:
                with theirs:
                    channel.settimeout(self._limits.call_seconds)
                    wire.send(channel, request.plain(), [theirs.fileno()])
                message, _ = wire.receive(ours, began + self._limits.call_seconds)
            reply = msgspec.convert(message, CallReply)
        except TimeoutError:
            self._hung += time.monotonic() - began
            raise Fault("timeout") from None
        except EOFError:
            raise Fault("died") from None
        except (OSError, wire.WireError, msgspec.ValidationError):
            self._end()
            raise Fault("died") from None
        return _results(reply, len(cases))

    def _revive(self) -> socket.socket:
        """Bring a process back that a call took down, with the cells that did no harm."""
        if self._revivals >= REVIVALS or not self._cells:
            raise Fault("died")
        self._revivals += 1
        finish = time.monotonic() + self._limits.notebook_seconds
        _, fatal = self._run_once(self._cells, finish)
        if fatal is not None or self._channel is None:
            raise Fault("died")
        return self._channel


class Ready(msgspec.Struct):
    """The answer to a request that has no other."""

    ready: bool


def _ask(channel: socket.socket, request: Request, kind: type[Reply], deadline: float) -> Reply:
    channel.settimeout(max(0.01, deadline - time.monotonic()))
    wire.send(channel, request.plain())
    message, _ = wire.receive(channel, deadline)
    return msgspec.convert(message, kind)


def _results(reply: CallReply, wanted: int) -> list[object]:
    if reply.missing:
        raise Fault("missing", ", ".join(reply.missing)[:100])
    if reply.error is not None:
        kind = reply.error if reply.error.isidentifier() else "an exception"
        raise Fault("error", kind[:60], reply.place)
    if reply.results is None or len(reply.results) != wanted:
        raise Fault("died")
    return reply.results


def clean(outputs: Sequence[Output]) -> list[Output]:
    """Keep text without control characters, and pictures that are PNG."""
    kept: list[Output] = []
    for output in outputs:
        data = {"text/plain": _text(output.data.get("text/plain", ""))}
        if _is_png(output.data.get("image/png", "")):
            data["image/png"] = output.data["image/png"]
        kept.append(
            Output(
                output.output_type,
                name="stderr" if output.name == "stderr" else "stdout",
                text=_text(output.text),
                data=data,
                ename=_text(output.ename),
                evalue=_text(output.evalue),
                traceback=[_text(line) for line in output.traceback],
            )
        )
    return kept


def _text(text: str) -> str:
    return CONTROL.sub("", text)


def _is_png(text: str) -> bool:
    try:
        return base64.b64decode(text, validate=True).startswith(PNG)
    except (binascii.Error, ValueError):
        return False
