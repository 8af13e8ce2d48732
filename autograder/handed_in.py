"""Read the file that was handed in: at most what may be graded, and of an ordinary file alone."""

import os
import stat
from pathlib import Path

MAX_BYTES = 200 * 2**20
TIME = 100


def handed_in(file: Path, most: int = MAX_BYTES) -> bytes:
    """Return the bytes of a submission, one more than `most` where it is too long.

    What is no ordinary file is as empty: a link could lead to another student's work, and a pipe
    would keep the grader waiting.

    Raises:
        OSError: there is no such file, or it may not be read.
    """
    if not stat.S_ISREG(file.lstat().st_mode):
        return b""
    with open(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as opened:
        return opened.read(most + 1)


def handed_in_at(folder: Path) -> str | None:
    """Return what `timestamp.txt` says, which nbgrader takes for the time; None without it.

    It need not be a time: students may write the file.
    """
    try:
        return handed_in(folder / "timestamp.txt", TIME).decode(errors="replace").strip()
    except FileNotFoundError:
        return None
