"""`autograder doctor`: what this machine lacks, and the command that mends it."""

import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.classroom import CURE, ClassroomError, classroom
from autograder.commands import command_env
from autograder.configuration import ConfigurationError
from autograder.database import DatabaseError, database
from autograder.rooms import PROJECT
from autograder.sandbox.canary import TRIALS
from autograder.sandbox.launch import INSTALL_BWRAP, find_bwrap
from autograder.sandbox.layers import MINIMUM, layers, user_namespaces
from autograder.sandbox.proven import TIERS, tried_wall
from autograder.sandbox.wall import WallError
from autograder.seeds import course_key

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
    print(MINIMUM)
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
    yield from _classroom()
    yield from _layers()
    yield from _walls()


def _classroom() -> Iterator[Finding]:
    """Look at what grading a class writes into; a single notebook needs none of it."""
    try:
        folder = classroom()
    except ClassroomError as error:
        yield Finding("classroom", False, error.problem, CURE)
        return
    yield Finding("classroom", True, str(folder))
    try:
        gradebook = database(folder)
        gradebook.check_writable()
        yield Finding("gradebook", True, f"{gradebook.name} can be written")
    except DatabaseError as error:
        yield Finding("gradebook", False, error.problem, error.cure)
    except ConfigurationError as error:
        yield Finding("gradebook", False, str(error), "mend that file")
    try:
        course_key(folder)
        yield Finding("course key", True, "hidden inputs are drawn from it")
    except (ValueError, OSError) as error:
        yield Finding("course key", False, str(error), "put it back, or delete it")


def _layers() -> Iterator[Finding]:
    bwrap = find_bwrap()
    yield Finding("bubblewrap", bwrap is not None, bwrap or "not found", INSTALL_BWRAP, False)
    for layer in layers():
        yield Finding(layer.what, layer.there, layer.state, layer.cure, layer.needed)


def _walls() -> Iterator[Finding]:
    try:
        hidden = classroom()
    except ClassroomError:
        hidden = PROJECT  # the classroom has a finding of its own
    standing: list[str] = []
    for tier in TIERS["auto"]:
        try:
            with tried_wall(tier, hidden):
                standing.append(tier)
                state = f"stood {len(TRIALS)} attempts of the canary"
        except (WallError, OSError) as error:
            state = str(error)
        yield Finding(f"wall: {tier}", tier in standing, state, _cure(tier), needed=False)
    state = f"{standing[0]} is the strongest that stands" if standing else "none stands"
    yield Finding("the wall", bool(standing), state, "mend one of the walls above")


def _cure(tier: str) -> str:
    if tier == "landlock":
        return (
            "as root use Linux 5.13 or later, else 6.12; Python and this project must lie where "
            "others may read (chmod o+x for each folder above)"
        )
    return user_namespaces() if find_bwrap() else INSTALL_BWRAP
