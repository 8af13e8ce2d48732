"""The canary: before the first grade, code behind the wall tries what it must not be able to do.

It is our own code, confined as a submission is. One success and nothing is graded.
"""

import socket
import time
from pathlib import Path

import msgspec

from autograder.rooms import PROJECT
from autograder.sandbox.inside import wire
from autograder.sandbox.inside.messages import RunCell
from autograder.sandbox.wall import Wall, WallError

SECONDS = 20.0
ATTEMPTS = """
import ctypes, os, socket, time
from pathlib import Path

def reads_the_classroom():
    return any(Path(place).exists() for place in PLACES)

def reaches_the_network():
    for family, target in ((socket.AF_INET, ("127.0.0.1", PORT)), (socket.AF_UNIX, ADDRESS)):
        try:
            with socket.socket(family) as line:
                line.settimeout(1)
                line.connect(target)
            return True
        except OSError:
            continue
    return False

def reads_a_siblings_memory():
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) != os.getpid():
            try:
                open(f"/proc/{entry}/mem", "rb").close()
                return True
            except OSError:
                continue
    return False

def mounts():
    libc = ctypes.CDLL(None)
    return libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None) == 0 or libc.unshare(0x10000000) == 0

def forks_without_end():
    children = []
    try:
        for _ in range(400):
            child = os.fork()
            if child == 0:
                time.sleep(30)
                os._exit(0)
            children.append(child)
        return True
    except OSError:
        return False
    finally:
        for child in children:
            os.kill(child, 9)
            os.waitpid(child, 0)

def writes_outside():
    for place in ("/site/x", "/wall/x", "/etc/x", "/x", "/usr/x", "/dev/x"):
        try:
            open(place, "w").close()
            return True
        except OSError:
            continue
    return False
"""
TRIALS = {
    "reads_the_classroom": "read the project or the gradebook",
    "reaches_the_network": "reach a server on this machine",
    "reads_a_siblings_memory": "read another process's memory",
    "mounts": "mount a disk or make a user namespace",
    "forks_without_end": "start processes without end",
    "writes_outside": "write outside its scratch disks",
}


class _Success(msgspec.Struct):
    success: bool
    outputs: list[object]


def send_canary(wall: Wall, classroom: Path) -> None:
    """Try the wall.

    Raises:
        WallError: something could be done that must not be; the sentence names it.
    """
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind("")
        unix.listen()
        facts = {
            "PLACES": [str(PROJECT / "reference"), str(PROJECT / "autograder"), str(classroom)],
            "PORT": tcp.getsockname()[1],
            "ADDRESS": unix.getsockname(),
        }
        sibling, line = wall.open()
        number, channel = wall.open()
        try:
            setup = "".join(f"{name} = {value!r}\n" for name, value in facts.items())
            _try(channel, 0, setup + ATTEMPTS)
            for index, (trial, meaning) in enumerate(TRIALS.items(), 1):
                if not _try(channel, index, f"if {trial}(): raise SystemError"):
                    raise WallError(
                        f"the wall is not tight: a submission could {meaning}; nothing is graded"
                    )
        finally:
            line.close()
            channel.close()
            wall.end(number)
            wall.end(sibling)


def _try(channel: socket.socket, index: int, source: str) -> bool:
    try:
        wire.send(channel, RunCell(index, source).plain())
        message = wire.receive(channel, time.monotonic() + SECONDS)
        return msgspec.convert(message, _Success).success
    except (EOFError, OSError, wire.WireError, msgspec.ValidationError) as error:
        raise WallError("the wall could not be tried: the canary did not answer") from error
