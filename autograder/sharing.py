"""Which fork of the student's state answers a hidden test: one for all tests of an exercise.

A fork for every call would cost more than all the calls. So the tests of an exercise share one, for
as long as they pass. A test that fails where others have run before it is run once more, each of
its calls in a fork of its own, and that is what counts: a crash, a hang or a changed global costs
one test alone, and no test fails but by a fork that nothing else has touched.
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from autograder.program import Program
from autograder.sandbox.replies import Fault
from autograder.told import UNWRITTEN
from autograder.verdict import Peer


@runtime_checkable
class Forks(Peer, Protocol):
    """A peer that answers from forks of one state."""

    def fork(self) -> None:
        """Let a fresh fork answer the next call."""
        ...

    def allot(self) -> None:
        """Give the calls that follow, those of another exercise, time of their own."""
        ...


class Sharing:
    """A peer that answers for another one, and says which tests to run once more."""

    def __init__(self, peer: Forks) -> None:
        self._peer = peer
        self._exercise = ""
        self._alone = False
        self._touched = False  # whether any code has run in this fork
        self._used = False  # whether any that is written: what is not costs no fresh fork
        self._shared = False
        self._calls = 0

    def call(self, program: Program, cases: Sequence[Sequence[object]]) -> list[object]:
        """Run a program on each case.

        Raises:
            Fault: there is no answer.
        """
        if self._alone:
            self._renew()
        self._calls += 1
        self._touched = True
        try:
            results = self._peer.call(program, cases)
        except Fault as fault:
            self._used |= fault.kind != "missing" and fault.error != UNWRITTEN
            raise
        self._used = True
        return results

    def begin(self, exercise: str) -> None:
        """Begin a test."""
        if exercise != self._exercise:
            self._peer.allot()
            if self._used:
                self._renew()
        self._exercise = exercise
        self._shared, self._calls = self._touched, 0

    def end(self, passed: bool) -> bool:
        """End a test, and return whether to run it once more, alone."""
        again = not (passed or self._alone) and self._used and (self._shared or self._calls > 1)
        if not passed and self._used:
            self._renew()
        self._alone = again
        return again

    def _renew(self) -> None:
        self._peer.fork()
        self._touched = self._used = False
