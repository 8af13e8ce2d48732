"""The grader's clocks: processor time as the kernel counts it, and above it the clock on the wall.

A busy grader must not cost honest code its time, so a limit means processor time: of the
submission's first process and of all that descends from it, read from outside in /proc and never
asked of the student's code. What this does not see: what is used before the first look (LOOK, given
to everybody), children whose parent ignored their end (SIGCHLD), orphans where a submission has no
process namespace to keep them in, and time slept away. For these there is the clock on the wall,
PATIENCE times as long: whatever waits, ends. An answer that has begun to come is no longer looked
at either, and has until then.
"""

import os
import select
import socket
import struct
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from autograder.sandbox.inside import wire

PATIENCE, GRACE = 4.0, 1.0
LOOK = 0.05
TICKS = os.sysconf("SC_CLK_TCK")
CREDENTIALS = struct.Struct("iII")  # process, user, group


def patience(seconds: float) -> float:
    """Return how long, by the clock on the wall, to wait for so much processor time."""
    return PATIENCE * seconds + GRACE


@dataclass
class Budget:
    """What is left for several answers together: processor time, and time on the wall."""

    processor: float
    clock: float

    @classmethod
    def of(cls, seconds: float) -> Self:
        """Make the budget of so much processor time."""
        return cls(seconds, patience(seconds))

    @property
    def over(self) -> bool:
        """Whether nothing is left of one of them."""
        return self.processor <= 0 or self.clock <= 0

    def has(self, seconds: float) -> bool:
        """Whether an answer may take so much processor time, and wait as long as one may."""
        return self.processor >= seconds and self.clock >= patience(seconds)

    @contextmanager
    def spent(self) -> Generator[None]:
        """Take what the body needs, by the clock, as if it were the submission's own work."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.processor -= time.monotonic() - began
            self.clock -= time.monotonic() - began


def receive_in_time(channel: socket.socket, process: int, seconds: float, budget: Budget) -> object:
    """Receive one frame of an answer, and take its time from the budget.

    Args:
        channel: where the answer comes from.
        process: the first process of the submission, as this process numbers it.
        seconds: of processor time that this answer may take.
        budget: of this answer and others.

    Raises:
        TimeoutError: the time was up.
        EOFError: the other side has gone.
        WireError: what arrived is no frame of plain data.
    """
    began, used = time.monotonic(), 0.0
    finish = began + min(patience(seconds), budget.clock)
    allowed = min(seconds, budget.processor)
    first: float | None = None
    pause = LOOK
    try:
        while not select.select([channel], [], [], min(pause, max(0.0, finish - time.monotonic())))[
            0
        ]:
            now = processor_seconds(process)
            first = now if first is None else first
            used = now - first
            if used >= allowed or time.monotonic() >= finish:
                raise TimeoutError
            pause = max(LOOK, (allowed - used) / 2)
        return wire.receive(channel, finish)
    finally:
        budget.processor -= used
        budget.clock -= time.monotonic() - began


def processor_seconds(process: int) -> float:
    """Return the processor time of a process and of all below it; what has gone has used none."""
    ticks = 0
    waiting = [str(process)]
    while waiting:
        place = Path("/proc", waiting.pop())
        try:
            # The name, in brackets, is the process's own choice and may hold anything.
            fields = (place / "stat").read_bytes().rpartition(b")")[2].split()
            ticks += sum(map(int, fields[11:15]))  # user, system, and those of children that ended
            for thread in (place / "task").iterdir():
                waiting += (thread / "children").read_text().split()
        except OSError:
            continue
    return ticks / TICKS


def expect_credentials(channel: socket.socket) -> None:
    """Let the kernel sign what will be sent here with its sender's process number."""
    channel.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)


def sender(channel: socket.socket, seconds: float) -> int:
    """Return the number of the process whose message waits to be read; leave the message there.

    Raises:
        TimeoutError: none came.
        EOFError: the other side has gone.
    """
    channel.settimeout(seconds)
    space = socket.CMSG_SPACE(CREDENTIALS.size)
    data, signed, _, _ = channel.recvmsg(1, space, socket.MSG_PEEK)
    if not data:
        raise EOFError
    ((_, _, credentials),) = signed
    return int(CREDENTIALS.unpack(credentials)[0])
