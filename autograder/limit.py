"""A limit on what our own process computes, for mistakes that would never end."""

import gc
import signal
from collections.abc import Generator
from contextlib import contextmanager


class OutOfTime(BaseException):
    """The time is up; no `except Exception` stops it."""


@contextmanager
def cpu_limit(seconds: float) -> Generator[None]:
    """Stop the body once this process has computed for `seconds` in it.

    A busy machine does not count, nor does the collection of others' garbage, so that the same
    computation always ends the same way. Only the main thread can be stopped.

    Raises:
        OutOfTime: it was stopped.
    """

    def stop(*_: object) -> None:
        raise OutOfTime

    before, collects = signal.signal(signal.SIGVTALRM, stop), gc.isenabled()
    try:
        gc.disable()
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        if collects:
            gc.enable()
