"""Which assignment may be handed out with, or before, which other.

A later assignment hands out in `given.py` what an earlier one asked for: its answers. Or its text
shows some, as a loop that trains does; then its header says so under `shows`.
"""

from collections.abc import Sequence

from autograder.assignment import Assignment, read_assignment
from autograder.given import given_definitions
from autograder.rooms import Rooms


class TooEarly(ValueError):
    """Answers would be handed out while they are asked for; the text says which."""


def gives_away(assignment: Assignment) -> dict[str, list[str]]:
    """Return the exercises whose answers an assignment hands out, by their assignment.

    Raises:
        DirectiveError: it says that it shows what is no answer.
    """
    handed_out = given_definitions(assignment) | set(assignment.shows)
    found: dict[str, list[str]] = {}
    answers: set[str] = set()
    for name in assignment.rooms.known():
        for exercise in read_assignment(name, assignment.rooms).exercises:
            asked_for = {_top(spec) for spec in exercise.answers}
            answers |= asked_for
            if handed_out & asked_for:
                found.setdefault(name, []).append(exercise.id)
    if strange := sorted(set(assignment.shows) - answers):
        raise assignment.error(1, f"shows: {', '.join(strange)} is no answer to an exercise")
    return found


def see_that_none_gives_away_another(assignments: Sequence[Assignment]) -> None:
    """Refuse assignments of which one hands out another's answers.

    Raises:
        TooEarly: there are such.
    """
    asked = {assignment.id for assignment in assignments}
    for assignment in assignments:
        for earlier, exercises in gives_away(assignment).items():
            if earlier in asked:
                raise TooEarly(
                    f"{assignment.id} hands out answers of {earlier} ({', '.join(exercises)}): "
                    f"bundle {earlier} alone first, or say --after-deadline if nobody works on it "
                    "any longer"
                )


def deadlines_before(assignments: Sequence[Assignment]) -> tuple[str, ...]:
    """Say after whose deadlines these assignments may be handed out."""
    return tuple(
        f"{assignment.id} hands out answers of {' and '.join(earlier)}: hand it out after "
        f"{'that deadline' if len(earlier) == 1 else 'these deadlines'}"
        for assignment in assignments
        if (earlier := sorted(gives_away(assignment)))
    )


def read_all(ids: Sequence[str]) -> list[Assignment]:
    """Read assignments, each once and in the course's order.

    Raises:
        DirectiveError: there is none of that name, or it cannot be read.
    """
    known = Rooms().known()
    order = {name: number for number, name in enumerate(known)}
    return [read_assignment(name) for name in sorted(set(ids), key=lambda n: order.get(n, -1))]


def _top(spec: str) -> str:
    """Return a definition at the top of its module: a method hands over its class."""
    module, _, path = spec.partition(":")
    return f"{module}:{path.partition('.')[0]}"
