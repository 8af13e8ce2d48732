"""How a check fails: the story is printed, then one short line is raised."""

from typing import NoReturn


class CheckFailed(AssertionError):
    """A visible check did not pass; what happened has been printed already."""

    def _render_traceback_(self) -> list[str]:
        # IPython shows this in place of the frames of the kit, which say nothing to a student.
        return [f"{type(self).__name__}: {self}"]


def fail(story: str, line: str) -> NoReturn:
    """Print the story, then raise `CheckFailed` with the short line.

    Raises:
        CheckFailed: always.
    """
    print(story, flush=True)
    raise CheckFailed(line) from None
