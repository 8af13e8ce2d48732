"""The strongest wall that stands on this machine, tried by the canary before it is used."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal

from autograder.sandbox.canary import send_canary
from autograder.sandbox.each import WallEach
from autograder.sandbox.wall import Wall, WallError

Sandbox = Literal["auto", "bwrap", "landlock", "none"]
TIERS = {
    "auto": ("bwrap", "bwrap-each", "landlock"),
    "bwrap": ("bwrap", "bwrap-each"),
    "landlock": ("landlock",),
}


@contextmanager
def proven_wall(sandbox: Sandbox, classroom: Path) -> Generator[Wall]:
    """Put up the strongest wall of those allowed that the canary finds tight.

    Args:
        sandbox: "auto" for any tier, "bwrap", "landlock"; "none" is no wall, and not tried.
        classroom: a folder that no submission may see.

    Raises:
        WallError: none stands; the sentence says why, and what to do.
    """
    if sandbox == "none":
        with Wall("none") as wall:
            yield wall
        return
    refusals: dict[str, list[str]] = {}
    for tier in TIERS[sandbox]:
        with ExitStack() as standing:
            try:
                wall = standing.enter_context(tried_wall(tier, classroom))
            except WallError as error:
                refusals.setdefault(str(error), []).append(tier)
                continue
            yield wall
            return
    reasons = "; ".join(f"{', '.join(tiers)}: {reason}" for reason, tiers in refusals.items())
    raise WallError(f"no wall stands here ({reasons}); `autograder doctor` says what to do")


@contextmanager
def tried_wall(tier: str, classroom: Path) -> Generator[Wall]:
    """Put up the wall of one tier and send the canary.

    Raises:
        WallError: it cannot be put up, or is not tight.
    """
    with WallEach() if tier == "bwrap-each" else Wall(tier) as wall:
        send_canary(wall, classroom)
        yield wall
