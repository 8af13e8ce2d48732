"""A peer without a wall: it answers the calls of hidden suites on any definitions."""

import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from autograder.assignment import read_assignment
from autograder.program import LIBRARIES, Program, code_of
from autograder.sandbox.inside import wire
from autograder.sandbox.replies import Fault


class OutOfTime(BaseException):
    """A call takes too long; no `except Exception` of a student's stops it."""


@cache
def call_seconds(assignment: str) -> float:
    return read_assignment(assignment).limits.call_seconds


@dataclass
class LocalPeer:
    """Answers calls as the process behind the wall does, within the same time, and counts them."""

    assignment: str
    names: Mapping[str, object]
    calls: int = 0

    def call(self, program: Program, cases: Sequence[Sequence[object]]) -> list[object]:
        self.calls += 1
        missing = [name for name in program.names if name not in self.names]
        if missing:
            raise Fault("missing", missing[0])
        scope = {**LIBRARIES, **{name: self.names[name] for name in program.names}}
        exec(code_of(program), scope)
        try:
            with time_limit(call_seconds(self.assignment)):
                results = [scope[program.name](*crossed(list(inputs))) for inputs in cases]
        except OutOfTime:
            raise Fault("timeout") from None
        except Exception as error:
            raise Fault("error", type(error).__name__) from error
        return crossed(results)


def crossed(values: list[object]) -> list[object]:
    """What arrives on the other side of the wall."""
    arrived = wire.unpack(wire.pack(values))
    assert isinstance(arrived, list)
    return arrived


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """A limit on processor time, which is the same on a busy machine."""

    def stop(*_: object) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGPROF, stop)
    # Again and again: what is raised while a callback of the collector's runs is lost.
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
