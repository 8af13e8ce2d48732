"""Which exercises are put right for the sake of another one that builds on them (see `carry`)."""

from collections.abc import Iterable

from autograder.directives import Exercise


def grounds(exercises: Iterable[Exercise]) -> dict[str, tuple[str, ...]]:
    """Return, for each exercise, what it `builds_on`, itself or through others, in their order.

    Args:
        exercises: of one assignment; each names only exercises before it.
    """
    found: dict[str, tuple[str, ...]] = {}
    for exercise in exercises:
        uses = (*exercise.builds_on, *exercise.needs)
        below = {name for used in uses for name in found[used]}
        found[exercise.id] = tuple(name for name in found if name in {*exercise.builds_on, *below})
    return found
