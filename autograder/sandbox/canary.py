"""The canary: before the first grade, code behind the wall tries what it must not be able to do.

It is our own code, confined as a submission is. One success and nothing is graded.
"""

import os
import socket
import tempfile
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from autograder.rooms import PROJECT
from autograder.sandbox.inside import wire
from autograder.sandbox.inside.messages import RunCell
from autograder.sandbox.inside.watch import below
from autograder.sandbox.wall import Wall, WallError

SECONDS = 20.0
MOST_PROCESSES = 20
# Nothing has imported these, so files are read: the allow-list must not be too short either.
HONEST = "import sched, numpy.ma.mrecords, traitlets.log"
ATTEMPTS = Path(__file__).with_name("attempts.py").read_text(encoding="utf-8")
TRIALS = {
    "reads_the_classroom": "read the project or the gradebook",
    "changes_the_classroom": "change the project or the gradebook",
    "reaches_the_network": "reach a server on this machine",
    "reads_anothers_memory": "read another process's memory",
    "traces_another": "trace another process",
    "signals_another": "signal the grader",
    "mounts": "mount a disk or make a user namespace",
    "forks_without_end": "start processes without end",
    "takes_uncounted_memory": "take memory that no limit counts",
    "writes_outside": "write outside its scratch disks",
}


class _Success(msgspec.Struct):
    success: bool
    outputs: list[object]


def send_canary(wall: Wall, classroom: Path) -> None:
    """Try the wall.

    Raises:
        WallError: something could be done that must not be, or honest code could not be run; the
            sentence names it.
    """
    with ExitStack() as used:
        servers = used.enter_context(_servers())
        sibling = used.enter_context(_opened(wall))
        channel = used.enter_context(_opened(wall))
        if not all(_try(wall, each, 0, "") for each in (sibling, channel)):  # both are up now
            raise WallError("the wall could not be tried: the canary's own code failed")
        facts = {
            **servers,
            "PLACES": [str(place) for place in _places(classroom)],
            "PROCESSES": [os.getpid(), *below(os.getpid())][:MOST_PROCESSES],
        }
        setup = "".join(f"{name} = {value!r}\n" for name, value in facts.items())
        if not _try(wall, channel, 0, f"{ATTEMPTS}\n{setup}"):
            raise WallError("the wall could not be tried: the canary's own code failed")
        if not _try(wall, channel, 0, HONEST):
            raise WallError("a submission could not import what it may; nothing is graded")
        for index, (trial, meaning) in enumerate(TRIALS.items(), 1):
            if not _try(wall, channel, index, f"if {trial}(): raise SystemError"):
                raise WallError(
                    f"the wall is not tight: a submission could {meaning}; nothing is graded"
                )


@contextmanager
def _opened(wall: Wall) -> Generator[socket.socket]:
    number, channel = wall.open()
    try:
        with channel:
            yield channel
    finally:
        wall.end(number)


def _places(classroom: Path) -> list[Path]:
    """Return what holds answers, suites and scores."""
    inside = sorted(classroom.iterdir()) if classroom.is_dir() else []
    rooms = [PROJECT / "reference", PROJECT / "autograder", PROJECT / "autograder/suites"]
    return [*rooms, *(room / "__init__.py" for room in rooms), classroom, *inside]


@contextmanager
def _servers() -> Generator[dict[str, object]]:
    """Open servers of each kind, and yield where they are."""
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        ports = dict[str, int]()
        for name, kind in (("TCP", socket.SOCK_STREAM), ("UDP", socket.SOCK_DGRAM)):
            server = opened.enter_context(socket.socket(socket.AF_INET, kind))
            server.bind(("127.0.0.1", 0))
            ports[name] = server.getsockname()[1]
            if name == "TCP":
                server.listen()
        addresses = list[str | bytes]()
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            for address in ("", str(folder / f"socket{kind}")):  # the first is an abstract one
                server = opened.enter_context(socket.socket(socket.AF_UNIX, kind))
                server.bind(address)
                addresses.append(server.getsockname())
                if address:
                    Path(address).chmod(0o777)
                if kind == socket.SOCK_STREAM:
                    server.listen()
        yield {**ports, "STREAMS": addresses[:2], "DATAGRAMS": addresses[2:]}


def _try(wall: Wall, channel: socket.socket, index: int, source: str) -> bool:
    try:
        wire.send(channel, RunCell(index, source).plain())
        message = wire.receive(channel, time.monotonic() + SECONDS)
        return msgspec.convert(message, _Success).success
    except (EOFError, OSError, wire.WireError, msgspec.ValidationError) as error:
        raise WallError(
            f"the wall could not be tried: the canary did not answer; {wall.last_words()}"
        ) from error
