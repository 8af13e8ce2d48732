"""Whose turn it is: the kernel's main thread runs the cells, and the widgets between them.

Since ipykernel 7, what the page says may be heard in another thread. There no alarm can stop a
function that hangs, and a cell may be changing the same state at that moment.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType


def loop_of_this_thread() -> asyncio.AbstractEventLoop | None:
    """Return the loop that runs the cells; None in plain Python, where nothing waits."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def is_main() -> bool:
    """Say whether this is the thread in which cells run."""
    return threading.current_thread() is threading.main_thread()


@contextmanager
def first_interrupt(call: Callable[[], None]) -> Generator[None]:
    """Let the first interrupt of the kernel only `call`; a second one stops the cell as ever.

    A page cannot send a message to a kernel that is busy with a cell, but it can interrupt it.
    `call` may come between any two instructions, so it should do no more than set a flag.
    """
    if not is_main():
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def heard(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        call()

    signal.signal(signal.SIGINT, heard)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is heard:
            signal.signal(signal.SIGINT, before)
