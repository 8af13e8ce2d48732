"""Another user of the host than the grader's, for submissions.

Only root can give one: in a user namespace that maps a second user, or without namespaces as a
number that nobody has. Anybody else runs submissions under their own user, whose processes the
kernel counts per namespace all the same.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

LONE_UIDS = range(61_000, 61_180)  # systemd gives none of these to anybody
MAP = "0 0 1\n1000 200000 1000\n"
HOLDER = (
    "import ctypes, sys; ctypes.CDLL(None).unshare(0x10000000); print(flush=True); sys.stdin.read()"
)


def lone_uids() -> int:
    """Return the first of two users for the submissions of one wall, by turns.

    Who was there just before is somebody else, and so, as a rule, is who is behind the wall of
    another grading process: its number decides.
    """
    return LONE_UIDS[2 * os.getpid() % len(LONE_UIDS)]


@contextmanager
def separate_user() -> Generator[int | None]:
    """Open a user namespace with two users and yield its file descriptor; None without root."""
    if os.geteuid() != 0:
        yield None
        return
    command = [sys.executable, "-I", "-S", "-c", HOLDER]
    pipe = subprocess.PIPE
    # Ctrl-C is for the grader, which then ends the holder: in a session of its own it hears none.
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, start_new_session=True) as holder:
        assert holder.stdout
        holder.stdout.readline()
        try:
            for kind in ("uid_map", "gid_map"):
                Path(f"/proc/{holder.pid}/{kind}").write_text(MAP)
            namespace = os.open(f"/proc/{holder.pid}/ns/user", os.O_RDONLY)
        except OSError:
            namespace = None
        try:
            yield namespace
        finally:
            if namespace is not None:
                os.close(namespace)
            holder.send_signal(signal.SIGKILL)
