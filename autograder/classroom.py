"""The classroom: nbgrader's folders and gradebook, outside version control."""

import os
from pathlib import Path

from autograder.rooms import PROJECT

CURE = "set COURSE_ROOT to a folder that you may write"


class ClassroomError(OSError):
    """There is no folder to work in; the text says what to do, and `problem` only why."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"{problem}: {CURE}")
        self.problem = problem


def classroom() -> Path:
    """Return the folder `COURSE_ROOT` names, else `classroom` in the project; create it.

    The path is absolute, as nbgrader wants its course root, and nbgrader does not create it. A
    relative one starts in the project, wherever the command was given: nbgrader's own commands,
    which we start there, must find the same folder.

    Raises:
        ClassroomError: it is no folder, or cannot be made or written.
    """
    named = os.environ.get("COURSE_ROOT") or "classroom"
    try:
        folder = Path(os.path.abspath(PROJECT / Path(named).expanduser()))
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise ClassroomError(f"the classroom cannot be {named} (it is a file)") from None
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ClassroomError(f"the classroom cannot be {named} ({reason})") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ClassroomError(f"the classroom cannot be {folder} (it is not writable)")
    return folder
