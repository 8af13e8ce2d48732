"""The classroom: nbgrader's folders and gradebook, outside version control."""

import os
from pathlib import Path

from autograder.rooms import PROJECT


def classroom() -> Path:
    """Return the folder `COURSE_ROOT` names, else `classroom` in the project; create it.

    The path is absolute, as nbgrader wants its course root, and nbgrader does not create it.
    """
    folder = Path(os.environ.get("COURSE_ROOT") or PROJECT / "classroom").expanduser().absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
