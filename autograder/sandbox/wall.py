"""The wall: one warm parent inside bubblewrap, from which each submission is forked."""

import os
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from autograder.sandbox.inside import wire
from autograder.sandbox.inside.messages import Kill, Open
from autograder.sandbox.inside.tiers import Landlocked
from autograder.sandbox.launch import Launch, WallError, launch

__all__ = ["Wall", "WallError"]

START_SECONDS = 60.0
END_SECONDS = 10.0
MEGABYTE = 2**20
MEMORY = 1_536 * MEGABYTE
CPU_SECONDS = 600


class News(msgspec.Struct):
    """What the warm parent tells: that it is ready (0), or that a submission ended, and why."""

    ended: int
    reason: str


class Wall:
    """A warm parent and the submissions forked from it; a context manager.

    Args:
        sandbox: "bwrap" or "landlock"; "bwrap-each" for a single submission (`each` has many);
            "none" for a plain process: only for code that is our own.

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
        temporary = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._folder = Path(self._resources.enter_context(temporary))
        log = (self._folder / "log").open("wb")
        with theirs, log, ExitStack() as until_started:
            self._launch = launch(self.sandbox, self._folder, until_started)
            if self._launch.scratch is not None:
                self._resources.callback(_remove, self._launch.scratch)
            process = subprocess.Popen(
                self._launch.words(theirs.fileno()),
                env=_environment(self._launch),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[theirs.fileno(), *self._launch.descriptors],
                start_new_session=True,
            )
            self._resources.callback(_end, process, self._control)
            theirs.close()
            self._hear(START_SECONDS)

    def open(self) -> tuple[int, socket.socket]:
        """Fork a submission; return its number and the socket that leads to it."""
        ours, theirs = socket.socketpair()
        self._next += 1
        self._make_room(self._next)
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
        if self._launch.scratch is not None:
            _remove(self._launch.scratch / str(number))
        return self._ended.pop(number)

    def _make_room(self, number: int) -> None:
        """Make the submission's folder, its user's own, where the tier has no disks for it."""
        if self._launch.scratch is None:
            return
        own = self._launch.scratch / str(number)
        own.mkdir(mode=0o700)
        tier = self._launch.tier
        user = tier.user(number) if isinstance(tier, Landlocked) else None
        if user is not None:
            os.chown(own, user, user)

    def _hear(self, seconds: float) -> "News":
        try:
            message = wire.receive(self._control, time.monotonic() + seconds)
            return msgspec.convert(message, News)
        except (EOFError, OSError, wire.WireError, msgspec.ValidationError) as error:
            raise WallError(self._obituary()) from error

    def _obituary(self) -> str:
        return f"the wall does not answer: {self.last_words()}"

    def last_words(self) -> str:
        """Return the last that the warm parent, or one that became no submission, had to say."""
        said = (self._folder / "log").read_text(errors="replace").strip().splitlines()
        return said[-1] if said else "it said nothing"


def _environment(started: Launch) -> dict[str, str]:
    """The environment of the warm parent: nothing of the grader's own."""
    return {
        "PATH": "/usr/bin",
        "HOME": started.home,
        "TMPDIR": started.home,
        "LANG": "C.UTF-8",
        "PYTHONPATH": started.path,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }


def _remove(folder: Path) -> None:
    """Remove what a submission wrote; folders in folders may be more than Python can follow."""
    subprocess.run(["rm", "-rf", "--", str(folder)], stderr=subprocess.DEVNULL, check=False)


def _end(process: "subprocess.Popen[bytes]", control: socket.socket) -> None:
    """Hang up, which ends the warm parent; kill it if it does not listen."""
    control.close()
    try:
        process.wait(END_SECONDS / 5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
