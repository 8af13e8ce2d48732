# pyright: basic
# (nbgrader and traitlets are untyped)
"""`nbgrader collect` copies as the instructor: nothing that a student's links lead to.

The exchange's inbound folder is the students' own. Whoever writes into it without `nbgrader submit`
can leave links there, and change them while they are read.
"""

import os
import shutil
import stat
import tempfile
from pathlib import Path

from nbgrader.exchange.default import ExchangeCollect

from autograder.sandbox.outputs import readable

OPENED = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


class Collect(ExchangeCollect):
    """nbgrader's own collecting, of ordinary files alone."""

    def do_copy(self, src: str, dest: str, log: object = None) -> None:
        """Copy a submission, and say what was left out; one that fails stops no other."""
        with tempfile.TemporaryDirectory() as folder:
            staged = Path(folder, "files")
            try:
                left_out = copy_ordinary(Path(src), staged)
                super().do_copy(str(staged), dest, log)
            except (OSError, RecursionError, RuntimeError) as error:
                self.log.error("Not collected: %s (%s)", readable(src), error)
                return
        for name in left_out:
            self.log.warning(
                "Left out, as it is no ordinary file that may be read: %s", readable(name)
            )


def copy_ordinary(source: Path, there: Path) -> list[str]:
    """Copy a folder with the ordinary files in it; return the paths of what was left out.

    Raises:
        OSError: something can be neither copied nor left out.
    """
    left_out: list[str] = []
    for place, folders, files, here in os.fwalk(source):
        to = there / Path(place).relative_to(source)
        to.mkdir()
        for name in (*folders, *files):
            if name in folders and not stat.S_ISLNK(os.lstat(name, dir_fd=here).st_mode):
                continue
            if not _copied(name, here, to / name):
                left_out.append(str(Path(place, name)))
    return left_out


def _copied(name: str, folder: int, to: Path) -> bool:
    """Copy a file of an open folder, if it is an ordinary one."""
    try:
        descriptor = os.open(name, OPENED, dir_fd=folder)
    except OSError:  # a link, or a socket
        return False
    with open(descriptor, "rb") as opened:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return False
        with to.open("xb") as copy:
            shutil.copyfileobj(opened, copy)
    os.utime(to, ns=(status.st_atime_ns, status.st_mtime_ns))
    return True
