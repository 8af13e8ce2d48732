"""What `autograder grade` was asked, looked at before anything is done."""

import os
from pathlib import Path

from autograder.ending import stop


def check_id(words: list[str]) -> None:
    """See that one assignment's id was given, and no notebook."""
    from autograder.rooms import Rooms

    for word in words:
        if word.endswith(".ipynb") or Path(word).is_file():
            known = ", ".join(Rooms().known())
            raise stop(
                f"{word} is a notebook: say which assignment it answers with --assignment ID "
                f"(there are: {known})"
            )
    if len(words) != 1:
        raise stop("several ids were given; give one, or notebooks with --assignment ID")


def check_out(out: Path, notebooks: list[Path]) -> None:
    """See before grading that the reports can be written."""
    if out.is_dir():
        raise stop(f"--out {out} is a folder; give the path of a file")
    if not out.parent.is_dir():
        raise stop(f"--out {out}: there is no folder {out.parent}; make it first")
    if not os.access(out if out.exists() else out.parent, os.W_OK):
        raise stop(f"--out {out} cannot be written; give a place that you may write")
    if out.resolve() in [notebook.resolve() for notebook in notebooks]:
        raise stop(f"--out {out} is a notebook to grade; give another file")
