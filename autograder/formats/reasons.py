"""Why an exercise lost points, cause by cause, as instructors read it."""

from collections.abc import Iterator

from autograder.account import by_cause, carried_in_words, how_many
from autograder.misconception import entries
from autograder.report import Exercise


def reasons(exercise: Exercise, assignment: str) -> Iterator[str]:
    """Yield a sentence for each cause: the idea of the known mistake, if it is one."""
    for tests in by_cause(exercise):
        known = entries(assignment).get((exercise.id, tests[0].misconception or ""))
        reason = tests[0].message if known is None else f"known mistake: {known.idea}"
        yield how_many(tests, exercise) + reason


def put_right(exercise: Exercise) -> list[str]:
    """Say for which exercises it was judged once more; an empty list, if for none."""
    return [carried_in_words(exercise)] if exercise.carried else []
