"""What is wrong with an assignment, told by file and line."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

Flaw: TypeAlias = tuple[int, str]
"""A line, from 1, and one sentence on what is wrong there."""


class DirectiveError(ValueError):
    """An assignment cannot be built; each line of the text begins with file and line."""

    def __init__(self, file: str, line: int, sentence: str) -> None:
        super().__init__(f"{file}:{line}: {sentence}")

    def __reduce__(self) -> "tuple[Callable[[str], DirectiveError], tuple[str]]":
        """Cross from a grading process: what tells is the text."""
        return _told, (str(self),)


class DirectiveErrors(DirectiveError):
    """Several at once, so that a person mends them in one go."""

    def __init__(self, errors: Iterable[DirectiveError]) -> None:
        ValueError.__init__(self, "\n".join(dict.fromkeys(map(str, errors))))


class UnknownAssignment(DirectiveError):
    """There is no assignment of that name; as no file is at fault, the text names none."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        ValueError.__init__(
            self, f"there is no assignment {name!r}; known: {', '.join(known) or 'none'}"
        )


def _told(text: str) -> DirectiveError:
    error = DirectiveErrors([])
    error.args = (text,)
    return error


def errors_of(file: str, flaws: Iterable[Flaw]) -> list[DirectiveError]:
    """Turn the flaws of one file into errors, in the order given."""
    return [DirectiveError(file, line, sentence) for line, sentence in flaws]


def raise_any(errors: Iterable[DirectiveError]) -> None:
    """Raise what there is: one error as it stands, several as one.

    Raises:
        DirectiveError: there is at least one.
    """
    found = list(errors)
    if len(found) == 1:
        raise found[0]
    if found:
        raise DirectiveErrors(found)
