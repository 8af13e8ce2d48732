"""What is handed in beside a notebook and is no ordinary file is put aside before nbgrader copies.

nbgrader copies all files of a submission, to `autograded/` and from there to `feedback/`, of which
students get the pages. What a link leads to would go with them: the gradebook, hidden tests, work
of others. A pipe or a device would never end.
"""

import stat
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder.handed_in import all_below
from autograder.sandbox.outputs import readable

ASIDE = "set_aside"


def set_aside(folder: Path, notebook: str) -> str:
    """Move what is no ordinary file out of a submission; the notebook itself stays, which we read.

    Args:
        folder: `<course>/submitted/<student>/<assignment>`.
        notebook: the notebook's name; that it may be a link, those know who read it.

    Returns:
        A sentence about what was moved, "" if nothing was.

    Raises:
        OSError: it cannot be moved.
    """
    odd = _odd(folder, notebook)
    if not odd:
        return ""
    aside = folder.parent.parent.parent.joinpath(ASIDE, *folder.parts[-2:])
    for file in odd:
        there = aside / file.relative_to(folder)
        there.parent.mkdir(parents=True, exist_ok=True)
        file.replace(there)
    names = readable(", ".join(str(file.relative_to(folder)) for file in odd))
    return (
        f"not copied: {readable(folder.parent.name)} handed in {names}, which is no ordinary file "
        f"and may lead to what others own; it lies in {ASIDE} now"
    )


def _odd(folder: Path, notebook: str) -> list[Path]:
    """List links, pipes, sockets and devices; links to folders are not followed."""
    ordinary = (stat.S_IFREG, stat.S_IFDIR)
    found = [path for path, mode in all_below(folder) if stat.S_IFMT(mode) not in ordinary]
    return sorted(file for file in found if file != folder / notebook)


def before_copying(*, notebooks: Sequence[str], **_: object) -> None:
    """Be nbgrader's `pre_convert_hook` of autograde: it runs in the course's root.

    nbgrader goes on whatever exception a hook raises, so this ends it where something stays.
    """
    for file in map(Path, notebooks):
        try:
            if sentence := set_aside(file.parent.absolute(), file.name):
                print(sentence, file=sys.stderr)
        except OSError as error:
            raise SystemExit(f"{error.filename} cannot be put aside ({error.strerror})") from None
