"""The layers of the wall, each tried alone in a fork: what this machine has, and what it lacks."""

import os
import platform
import resource
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.inside import confine, landlock, seccomp

MINIMUM = (
    "At least one wall must stand, each tried by the canary before the first grade. bwrap and "
    "bwrap-each need namespaces; landlock needs Landlock and either root, who can give submissions "
    "another user, or Linux 6.12. Each needs no_new_privs, no capabilities, seccomp, limits and "
    "the memory watch. Below that nothing is graded."
)
OTHERS = 65_534  # a user whom every system has, and whom nothing belongs to
NAMESPACES = {
    "users": confine.CLONE_NEWUSER,
    "mounts": confine.CLONE_NEWNS,
    "processes": confine.CLONE_NEWPID,
    "network": confine.CLONE_NEWNET,
    "IPC": confine.CLONE_NEWIPC,
    "host name": confine.CLONE_NEWUTS,
}
SWITCHES = {  # what closes user namespaces, and the value that opens them
    "kernel/apparmor_restrict_unprivileged_userns": "0",
    "kernel/unprivileged_userns_clone": "1",
    "user/max_user_namespaces": "10000",
}


@dataclass(frozen=True)
class Layer:
    """A layer, whether it is there, and if not, what to do.

    Attributes:
        needed: whether no wall stands without it.
    """

    what: str
    there: bool
    state: str
    cure: str
    needed: bool = True


def layers() -> Iterator[Layer]:
    """Try each layer, and yield what was found."""
    for name, kind in NAMESPACES.items():
        problem = problem_of(lambda kind=kind: confine.unshare(kind | confine.CLONE_NEWUSER))
        what = f"namespaces: {name}"
        yield Layer(what, not problem, problem or "can be made", user_namespaces(), False)
    for what, trial, cure in (
        ("capabilities", _drops_capabilities, "give the container its usual capabilities"),
        ("no_new_privs", _forbids_privileges, "use Linux 3.5 or later"),
        ("seccomp", _filters, f"use Linux on {' or '.join(seccomp.ARCHITECTURES)}, with seccomp"),
        ("limits", _limits, "raise the hard limits: ulimit -H -a says which are too low"),
        ("memory watch", _watches, "mount /proc without hidepid; use Linux 5.4 or later"),
    ):
        problem = problem_of(trial)
        yield Layer(what, not problem, problem or "holds", cure)
    abi = landlock.version()
    state = f"version {abi}" if abi else "not in this kernel"
    cure = "use Linux 5.13 or later, with landlock among its security modules (lsm=)"
    yield Layer("Landlock", abi > 0, state, cure, needed=False)
    problem = problem_of(_changes_user)
    state = f"submissions run under your user ({problem})" if problem else "submissions get one"
    yield Layer("another user", not problem, state, "run as root, if you can", needed=False)


def user_namespaces() -> str:
    """Return the command that allows user namespaces here."""
    for switch, open_value in SWITCHES.items():
        file = Path("/proc/sys", switch)
        closed = "1" if open_value == "0" else "0"
        if file.exists() and file.read_text().strip() == closed:
            return f"sysctl -w {switch.replace('/', '.')}={open_value}"
    return "in a container, start it with --security-opt seccomp=unconfined, or use landlock"


def problem_of(trial: Callable[[], object]) -> str | None:
    """Run a trial in a fork and return what was wrong, None if nothing was."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            trial()
            os.write(writer, b"+")
        except BaseException as error:
            os.write(writer, f"-{error}".encode()[:4_000])
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as said:
        text = said.read().decode(errors="replace")
    os.waitpid(child, 0)
    return None if text == "+" else text[1:] or "the trial was ended"


def _status(name: str) -> str:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(line.split(":", 1)[1].strip() for line in lines if line.startswith(f"{name}:"))


def _changes_user() -> None:
    confine.become_student(OTHERS)
    if os.geteuid() != OTHERS:
        raise OSError("the kernel does not say so")


def _drops_capabilities() -> None:
    confine.drop_privileges()
    if int(_status("CapEff"), 16) or int(_status("CapPrm"), 16):
        raise OSError("some capabilities stay")


def _forbids_privileges() -> None:
    confine.forbid_new_privileges()
    if _status("NoNewPrivs") != "1":
        raise OSError("the kernel does not say so")


def _filters() -> None:
    confine.forbid_new_privileges()
    seccomp.install()
    try:
        socket.socket().close()
    except PermissionError:
        return
    raise OSError(f"a call that it refuses goes through on {platform.machine()}")


def _limits() -> None:
    confine.set_limits(2**31, 60)
    if resource.getrlimit(resource.RLIMIT_NPROC)[1] != confine.PROCESSES:
        raise OSError("the kernel does not say so")
    try:
        bytearray(2**31)
    except MemoryError:
        return
    raise OSError("memory beyond the limit was given")


def _watches() -> None:
    Path(f"/proc/self/task/{os.getpid()}/children").read_bytes()
    if "Pss_Anon" not in Path("/proc/self/smaps_rollup").read_text():
        raise OSError("the kernel does not tell what processes share")
