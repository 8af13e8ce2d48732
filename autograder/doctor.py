"""`autograder doctor`: what this machine lacks, and the command that mends it."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.classroom import CURE, ClassroomError, classroom
from autograder.environment import command_env
from autograder.rooms import PROJECT
from autograder.sandbox.canary import TRIALS, send_canary
from autograder.sandbox.inside.confine import ARCHITECTURES, landlock_version
from autograder.sandbox.wall import Wall, WallError, find_bwrap

WORKS, CANNOT_GRADE = 0, 2


@dataclass(frozen=True)
class Finding:
    """One thing looked at; without a needed one nothing can be graded."""

    what: str
    good: bool
    state: str
    cure: str = ""
    needed: bool = True


def examine() -> int:
    """Print what was found; return 0 if submissions can be graded here, else 2."""
    findings = list(_findings())
    table = Table()
    for heading in ("", "what", "state", "cure"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        mark = "ok" if finding.good else "MISSING" if finding.needed else "absent"
        cure = "" if finding.good else finding.cure
        table.add_row(*map(Text, (mark, finding.what, finding.state, cure)))
    Console().print(table)
    ready = all(finding.good for finding in findings if finding.needed)
    print("submissions can be graded here" if ready else "nothing can be graded here yet")
    return WORKS if ready else CANNOT_GRADE


def _findings() -> Iterator[Finding]:
    version = platform.python_version()
    yield Finding(
        "Python",
        (3, 11) <= sys.version_info < (3, 14),
        version,
        "install Python 3.11, 3.12 or 3.13",
    )
    for program in ("jupyter", "alembic"):
        where = shutil.which(program, path=command_env()["PATH"])
        cure = "install the package with its dependencies: pip install -e ."
        yield Finding(program, where is not None, where or "not beside the interpreter", cure)
    yield _classroom()
    yield from _layers()
    yield _wall()


def _classroom() -> Finding:
    try:
        return Finding("classroom", True, str(classroom()))
    except ClassroomError as error:
        return Finding("classroom", False, error.problem, CURE)


def _layers() -> Iterator[Finding]:
    bwrap = find_bwrap()
    cure = "install bubblewrap (Debian: apt-get install bubblewrap); submissions need Linux"
    yield Finding("bubblewrap", bwrap is not None, bwrap or "not found", cure)
    machine = platform.machine()
    known = ", ".join(ARCHITECTURES)
    yield Finding("seccomp table", machine in ARCHITECTURES, machine, f"use one of {known}")
    abi = landlock_version() if sys.platform == "linux" else 0
    state = f"ABI {abi}" if abi else "not in this kernel"
    yield Finding("Landlock", abi > 0, state, "use Linux 5.13 or later", needed=False)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    state = "submissions get another user" if root else "submissions run under your user"
    yield Finding("separate user", root, state, "run as root, if you can", needed=False)


def _wall() -> Finding:
    restriction = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
    cure = "allow user namespaces: sysctl -w user.max_user_namespaces=10000"
    if restriction.exists() and restriction.read_text().strip() == "1":
        cure = "allow user namespaces: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
    if find_bwrap() is None:
        return Finding("the wall", False, "needs bubblewrap", "install bubblewrap first")
    try:
        hidden = classroom()
    except ClassroomError:
        hidden = PROJECT  # the classroom has a finding of its own
    try:
        with Wall("bwrap") as wall:
            send_canary(wall, hidden)
    except (WallError, OSError) as error:
        return Finding("the wall", False, str(error), cure)
    return Finding("the wall", True, f"stood {len(TRIALS)} attempts of the canary")
