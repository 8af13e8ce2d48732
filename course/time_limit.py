"""Stop code that does not end, where the system can: Unix, in the main thread."""

import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

Result = TypeVar("Result")

_AGAIN = 0.1  # seconds until the next attempt, should the code catch what stops it


class TookTooLong(BaseException):
    """The code ran longer than it may; no `Exception`, so that `except Exception` lets it pass."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"did not finish within {seconds:g} s")


def within(seconds: float, call: Callable[[], Result]) -> Result:
    """Return `call()`, which is stopped after so many seconds; elsewhere it runs to its end.

    Raises:
        TookTooLong: it ran longer.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or not hasattr(signal, "setitimer"):
        return call()
    tracer, profiler = sys.gettrace(), sys.getprofile()
    late = TookTooLong(seconds)  # one for all attempts, so that its traceback tells of the first

    def again(frame: FrameType, event: str, value: object) -> None:
        if event == "line":
            raise late

    def keep_on(frame: FrameType, event: str, value: object) -> None:
        sys.settrace(again)  # a tracer that raises is dropped, and the caller may catch as well

    def stop(number: int, frame: FrameType | None) -> None:
        # A bare `except:` catches what is raised here. The first line after it raises once more.
        while frame is not None and frame.f_code is not within.__code__:
            frame.f_trace = again
            frame = frame.f_back
        sys.settrace(again)
        sys.setprofile(keep_on)
        raise late

    handler = signal.signal(signal.SIGALRM, stop)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        try:
            return call()
        finally:  # twice, since the alarm may ring here, just before the first is done
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler or signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, *timer)
        if sys.getprofile() is keep_on:
            sys.setprofile(profiler)
            sys.settrace(tracer)
