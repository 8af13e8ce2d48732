"""What lies beside the notebook in the release: the author's files, and `given.py`."""

from autograder.assignment import Assignment
from autograder.given import FILE, given_source


def companions(assignment: Assignment) -> dict[str, bytes]:
    """Return the files by name: all of the assignment's but Python and hidden ones, `given.py`.

    Raises:
        DirectiveError: `given.py` cannot be made.
    """
    folder = assignment.rooms.folder(assignment.id)
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        hidden = any(part.startswith((".", "__")) for part in relative.parts)
        if path.is_file() and path.suffix != ".py" and not hidden:
            found[relative.as_posix()] = path.read_bytes()
    given = given_source(assignment)
    return found if given is None else {**found, FILE: given.encode()}
