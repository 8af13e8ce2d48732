"""Calls to the kernel that Python has no name for."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


class ConfinementError(OSError):
    """A layer of the wall could not be had: nothing of the student's may run."""


def check(result: int, what: str) -> int:
    """Return the result of a call.

    Raises:
        ConfinementError: it failed; the sentence says what and why.
    """
    if result < 0:
        raise ConfinementError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")
    return result
