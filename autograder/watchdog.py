"""Limits on the grader's own work for one hidden test, whatever came back from behind the wall.

Answers are plain data of bounded length, but a test may do with them what costs more than their
length: broadcast two arrays, compare a million numbers, put integers of one hash into a set. Three
limits stop that, each where the one before cannot reach: processor time, told by a signal that
Python's own code heeds; memory, which ends in MemoryError; and, for work inside C that heeds no
signal, a second signal, which ends the process. Whoever runs the process has to outlive that.
(RLIMIT_CPU would not do: the kernel compares it with ticks, which drift from all that a long-lived
process can learn of its time.)
"""

import resource
import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

MEMORY = 512 * 2**20
AGAIN = 1.0  # what is raised in a callback of the collector's is lost; the next one is not
PAGE = resource.getpagesize()


@dataclass
class Memory:
    """How much of a submission's answers is remembered, for the diagnosis."""

    room: int

    def has_room_for(self, results: Sequence[object]) -> bool:
        """Tell whether to remember these as well, and make room for them if so."""
        room = self.room
        waiting: list[object] = [results]
        while waiting and room >= 0:
            value = waiting.pop()
            room -= value.nbytes if isinstance(value, np.ndarray) else sys.getsizeof(value)
            if isinstance(value, list | tuple):
                waiting.extend(cast(Sequence[object], value))
            elif isinstance(value, dict):
                waiting.extend(cast(dict[object, object], value).values())
        self.room = max(0, room)
        return room >= 0


class Excess(Exception):
    """A test was stopped: what came back gave the grader too much work; the text says of what."""


class _OutOfTime(BaseException):
    """No `except Exception` in a test stops it."""


@contextmanager
def watched(seconds: float, memory: int = MEMORY) -> Generator[None]:
    """Stop the body when this process has computed for `seconds` in it, or taken `memory` bytes.

    Waiting is free, as is a busy machine. Only the main thread can be stopped.

    Raises:
        Excess: the body was stopped.
    """

    def stop(*_: object) -> None:
        raise _OutOfTime

    before = signal.signal(signal.SIGPROF, stop)
    excess = ""
    try:
        with _soft_limit(resource.RLIMIT_DATA, _data() + memory):
            signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN)
            signal.setitimer(signal.ITIMER_VIRTUAL, 2 * seconds + AGAIN)
            try:
                yield
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
                signal.setitimer(signal.ITIMER_PROF, 0)
    except _OutOfTime:
        excess = f"what came back kept the grader busy for more than {seconds:g} seconds"
    except MemoryError:
        excess = f"what came back took more than {memory // 2**20} MB of the grader's memory"
    finally:
        signal.signal(signal.SIGPROF, before)
    if excess:  # here, where nothing holds on to the frames and their data any more
        raise Excess(excess)


@contextmanager
def _soft_limit(kind: int, limit: int) -> Generator[None]:
    before, most = resource.getrlimit(kind)
    bounds = [bound for bound in (before, most) if bound != resource.RLIM_INFINITY]
    resource.setrlimit(kind, (min([limit, *bounds]), most))
    try:
        yield
    finally:
        resource.setrlimit(kind, (before, most))


def _data() -> int:
    """Return the bytes that count for RLIMIT_DATA: what this process can write and nobody else."""
    return PAGE * int(Path("/proc/self/statm").read_text().split()[5])
