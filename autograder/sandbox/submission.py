"""One submission seen from outside: run its cells, then call programs, on the grader's clock."""

import contextlib
import marshal
import socket
import time
from collections.abc import Mapping, Sequence
from typing import Self

import msgspec

from autograder.assignment import Limits
from autograder.program import Program, code_of
from autograder.sandbox.clock import (
    Budget,
    expect_credentials,
    patience,
    receive_in_time,
    sender,
)
from autograder.sandbox.inside import wire
from autograder.sandbox.inside.messages import Call, Files, Fork, Freeze, Request, RunCell
from autograder.sandbox.outputs import ROOM, clean
from autograder.sandbox.replies import (
    SPENT,
    CallReply,
    CellReply,
    CellRun,
    Fate,
    Fault,
    Ready,
    Wish,
)
from autograder.sandbox.serving import Functions, answer
from autograder.sandbox.wall import Wall, WallError
from autograder.told import told_place, told_type

READY_SECONDS = 30.0
REVIVALS = 4  # for two tests that end it, each run twice
# Slow calls of each exercise, and of all together beyond these: what hangs costs no other exercise.
OWN_CALLS, MORE_CALLS = 4, 12
DISAGREEMENT = (EOFError, OSError, wire.WireError, msgspec.ValidationError)


class Submission:
    """The student's process behind the wall.

    Args:
        wall: where it runs.
        cells: the code cells by their index in the notebook.
        files: what lies beside the notebook.
        limits: the processor time that things may take (see `clock`).
    """

    def __init__(
        self, wall: Wall, cells: Mapping[int, str], files: Mapping[str, bytes], limits: Limits
    ) -> None:
        self._wall, self._cells, self._files = wall, dict(cells), dict(files)
        self._limits = limits
        self._number = 0
        self._channel: socket.socket | None = None
        self._fork: socket.socket | None = None
        self._process = 0
        self._more = Budget.of(MORE_CALLS * limits.call_seconds)
        self.allot()
        self._revivals = 0
        self._notebook = dict(cells)
        self._served: Functions = {}

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
        again in a fresh one, without it, as long as the notebook's time lasts. Cells that had run
        before it was over keep what they gave; the first call brings them back.
        """
        notebook = Budget.of(self._limits.notebook_seconds)
        fates: dict[int, CellRun] = {}
        while True:
            runs, fatal = self._run_once({**self._cells}, notebook)
            if fatal is None:
                return {**runs, **fates}
            fates[fatal] = runs[fatal]
            del self._cells[fatal]
            if notebook.over:
                ran = [index for index in self._cells if runs[index].fate in ("ok", "error")]
                self._cells = {index: self._cells[index] for index in ran}
                return {**runs, **fates}

    def _run_once(
        self, cells: Mapping[int, str], notebook: Budget
    ) -> tuple[dict[int, CellRun], int | None]:
        """Run cells in a fresh process until one is fatal; return the runs and that one's index."""
        runs: dict[int, CellRun] = {index: CellRun("timeout") for index in cells}
        channel = self._open()
        room = ROOM
        for index, source in cells.items():
            try:
                _send(channel, RunCell(index, source))
                message = receive_in_time(
                    channel, self._process, self._limits.cell_seconds, notebook
                )
                reply = msgspec.convert(message, CellReply)
                outputs = list(clean(reply.outputs, room))
                room -= sum(output.size for output in outputs)
                runs[index] = CellRun("ok" if reply.success else "error", outputs)
            except TimeoutError:
                self._end()
                return {**runs, index: CellRun("timeout")}, index
            except DISAGREEMENT:
                fate: Fate = "memory" if self._end() == "memory" else "died"
                return {**runs, index: CellRun(fate)}, index
        with contextlib.suppress(*DISAGREEMENT):
            _send(channel, Freeze())
            _hear_ready(channel)
        return runs, None

    def _open(self) -> socket.socket:
        self._end()
        self._number, self._channel = self._wall.open()
        expect_credentials(self._channel)
        try:
            # No code of the student's has run yet: this number is true, and stays so.
            _send(self._channel, Files(self._files))
            self._process = sender(self._channel, READY_SECONDS)
            _hear_ready(self._channel)
        except DISAGREEMENT as error:
            raise WallError(f"a submission could not be started: {self._end()}") from error
        return self._channel

    def _end(self) -> str:
        self.fork()
        if self._channel is None:
            return ""
        self._channel.close()
        self._channel = None
        return self._wall.end(self._number)

    # --- calls ---

    def fork(self) -> None:
        """Let go of the fork that answered so far: the next call is the first of a fresh one."""
        if self._fork is not None:
            self._fork.close()
            self._fork = None

    def allot(self) -> None:
        """Give the calls that follow time of their own; what they need beyond is common."""
        self._own = Budget.of(OWN_CALLS * self._limits.call_seconds)

    def serve(self, functions: Functions) -> None:
        """From the next call on, these stand in the place of what the cells define."""
        self.fork()
        self._served = functions

    def call(self, program: Program, cases: Sequence[Sequence[object]]) -> list[object]:
        """Run a program on each case in a fork of the state after the cells; return plain data.

        Raises:
            Fault: there is no answer; if the fork may be the reason, the next call has another.
        """
        budget = self._own if self._own.has(self._limits.call_seconds) else self._more
        if budget.over:
            raise Fault("timeout", SPENT)
        names, inputs = list(program.names), [tuple(case) for case in cases]
        code = marshal.dumps(code_of(program))
        request = Call(program.name, code, names, inputs, list(self._served))
        fork = self._fork or self._begin_fork()
        try:
            reply = self._ask(fork, request, budget)
        except TimeoutError:
            self.fork()
            raise Fault("timeout") from None
        except DISAGREEMENT:
            self.fork()
            raise Fault("died") from None
        except BaseException:  # the watchdog's, over what was to be served: it waits for that still
            self.fork()
            raise
        return self._results(reply, program, len(cases))

    def _ask(self, fork: socket.socket, request: Call, budget: Budget) -> CallReply:
        """Send a call and return its reply; serve what its code wishes on the way.

        Each wish is a sign of life: without an end of its own, a call that wishes for ever would
        use up the time of all calls.
        """
        seconds = self._limits.call_seconds
        fork.settimeout(patience(seconds))
        finish = time.monotonic() + patience(seconds)
        wire.send(fork, request.plain())
        while True:
            message = receive_in_time(fork, self._process, seconds, budget)
            if not self._served or not (isinstance(message, dict) and "serve" in message):
                return msgspec.convert(message, CallReply)
            if time.monotonic() >= finish:
                raise TimeoutError
            with budget.spent():
                wire.send(fork, answer(msgspec.convert(message, Wish), self._served))

    def _begin_fork(self) -> socket.socket:
        while True:
            channel = self._channel or self._revive()
            ours, theirs = socket.socketpair()
            try:
                with theirs:
                    channel.settimeout(READY_SECONDS)
                    wire.send(channel, Fork().plain(), [theirs.fileno()])
            except OSError:  # what was to fork has ended
                ours.close()
                self._end()
            else:
                self._fork = ours
                return ours

    def _results(self, reply: CallReply, program: Program, wanted: int) -> list[object]:
        """Return the results; what a student reads is never a text that came from behind the wall.

        It could carry the inputs of a hidden test; `told` says how much else could.
        """
        missing = [name for name in program.names if name in (reply.missing or ())]
        if missing:
            raise Fault("missing", ", ".join(missing))
        if reply.error is not None:
            place = told_place(reply.place, self._notebook)
            raise Fault("error", told_type(reply.error), place)
        if reply.results is None or len(reply.results) != wanted:
            raise Fault("died")
        return reply.results

    def _revive(self) -> socket.socket:
        """Bring a process back that a call took down, with the cells that did no harm."""
        if self._revivals >= REVIVALS or not self._cells:
            raise Fault("died")
        self._revivals += 1
        _, fatal = self._run_once(self._cells, Budget.of(self._limits.notebook_seconds))
        if fatal is not None or self._channel is None:
            raise Fault("died")
        return self._channel


def _send(channel: socket.socket, request: Request) -> None:
    channel.settimeout(READY_SECONDS)
    wire.send(channel, request.plain())


def _hear_ready(channel: socket.socket) -> None:
    msgspec.convert(wire.receive(channel, time.monotonic() + READY_SECONDS), Ready)
