"""Read the file that was handed in: at most what may be graded, and of an ordinary file alone."""

import os
import stat
from collections.abc import Iterator
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


def all_below(folder: Path) -> Iterator[tuple[Path, int]]:
    """Yield what is below a folder, with its mode; what has too long a path to be read is left out.

    Links are not followed. `os.walk` of Python 3.11 calls itself for each folder in a folder, and a
    student may nest more of them than it can.

    Raises:
        OSError: the folder itself cannot be read.
    """
    waiting = sorted(folder.iterdir(), reverse=True)
    while waiting:
        path = waiting.pop()
        try:
            mode = path.lstat().st_mode
            inside = sorted(path.iterdir(), reverse=True) if stat.S_ISDIR(mode) else []
        except OSError:
            continue
        waiting += inside
        yield path, mode


def handed_in_at(folder: Path) -> str | None:
    """Return what `timestamp.txt` says, which nbgrader takes for the time; None without it.

    It need not be a time: students may write the file.
    """
    try:
        return handed_in(folder / "timestamp.txt", TIME).decode(errors="replace").strip()
    except FileNotFoundError:
        return None
