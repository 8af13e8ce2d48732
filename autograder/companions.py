"""What lies beside the notebook in the release: the author's files, and `given.py`."""

from autograder.assignment import Assignment
from autograder.given import FILE, given_source


def companions(assignment: Assignment) -> dict[str, bytes]:
    """Return the files by name: all of the assignment's but Python and hidden ones, `given.py`.

    What editors keep as a backup counts as hidden.

    Raises:
        DirectiveError: `given.py` cannot be made, or there is another notebook.
    """
    folder = assignment.rooms.folder(assignment.id)
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        hidden = path.name.endswith("~") or any(
            part.startswith((".", "__")) for part in relative.parts
        )
        if path.suffix == ".ipynb" and not hidden:
            raise assignment.error(
                1,
                f"{relative} lies beside this text, which is all of the notebook: move it away, "
                "or make an assignment of it",
            )
        if path.is_file() and path.suffix != ".py" and not hidden:
            found[relative.as_posix()] = path.read_bytes()
    given = given_source(assignment)
    return found if given is None else {**found, FILE: given.encode()}
