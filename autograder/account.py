"""The account of one exercise in words: what the student reads in the test cell."""

from collections.abc import Iterator

from autograder.report import Exercise


def account(exercise: Exercise) -> str:
    """Say how many points there are and, test by test, why some are not."""
    return "\n".join(_lines(exercise)) + "\n"


def _lines(exercise: Exercise) -> Iterator[str]:
    passed = sum(test.passed for test in exercise.tests)
    yield f"{exercise.id}: {exercise.score:g} of {exercise.max_score:g} points"
    yield f"{passed} of {len(exercise.tests)} hidden tests passed."
    said: set[str] = set()
    for test in exercise.tests:
        if not test.passed and test.message not in said:
            said.add(test.message)
            yield f"  ✗ [{test.category}] {test.message}"
            if test.misconception:
                yield f"      {test.misconception}"
    if exercise.score == 0 and passed:
        yield "No points without a passed test of values."
