"""Landlock: what may be read and written, by path, for this process and all that come after it.

It also keeps processes inside from tracing those outside (every version), from TCP (version 4),
from signals to them and from their abstract Unix sockets (version 6, Linux 6.12).
"""

import os
import stat
import struct
import sys
from collections.abc import Sequence

from .kernel import check, libc

CREATE, ADD, RESTRICT = 444, 445, 446
EXECUTE, WRITE_FILE, READ_FILE, READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
TRUNCATE, DEVICE_CONTROL = 1 << 14, 1 << 15
READ = EXECUTE | READ_FILE | READ_FOLDER
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | DEVICE_CONTROL
ALL_TCP, ALL_SCOPES = 3, 3
SIGNALS = 6  # the version from which on signals are kept inside


def version() -> int:
    """Return the kernel's version of Landlock, 0 where it has none."""
    return max(0, libc.syscall(CREATE, None, 0, 1)) if sys.platform == "linux" else 0


def everything(abi: int) -> int:
    """Return all rights over files that this version knows: they must be named to be denied."""
    return (1 << (13 if abi < 2 else 14 if abi < 3 else 15 if abi < 5 else 16)) - 1


def restrict(
    readable: Sequence[str], writable: Sequence[str], listable: Sequence[str] = ()
) -> None:
    """Deny files, TCP and signals but for what is named; without Landlock, do nothing.

    Args:
        readable: files, and folders with all below them.
        writable: the same, to be read and changed.
        listable: folders whose names may be read, here and below, and no more.

    Raises:
        ConfinementError: it could not be had.
    """
    abi = version()
    if abi == 0:
        return
    rights = everything(abi)
    attributes = struct.pack(
        "QQQ", rights, ALL_TCP if abi >= 4 else 0, ALL_SCOPES if abi >= SIGNALS else 0
    )
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = check(libc.syscall(CREATE, attributes, size, 0), "landlock")
    for places, allowed in ((readable, READ), (writable, rights), (listable, READ_FOLDER)):
        for place in places:
            _allow(ruleset, place, allowed)
    check(libc.syscall(RESTRICT, ruleset, 0), "landlock")
    os.close(ruleset)


def _allow(ruleset: int, place: str, allowed: int) -> None:
    opened = os.open(place, os.O_PATH)
    if not stat.S_ISDIR(os.fstat(opened).st_mode):
        allowed &= ON_FILES
    rule = struct.pack("=Qi", allowed, opened)
    check(libc.syscall(ADD, ruleset, 1, rule, 0), f"landlock {place}")
    os.close(opened)
