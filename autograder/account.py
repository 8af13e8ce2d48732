"""The account of one exercise in words: what the student reads in the test cell."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from autograder.report import Exercise, Test

WIDTH = 92


def account(exercise: Exercise, hints: Mapping[str, str]) -> str:
    """Say how many points there are and, cause by cause, why some are not.

    Args:
        exercise: its part of the report.
        hints: what to say of each misconception that the report names.
    """
    passed = sum(test.passed for test in exercise.tests)
    count = f"{passed} of {len(exercise.tests)} hidden tests passed"
    lines = [f"{exercise.id}: {exercise.score:g} of {exercise.max_score:g} points, {count}."]
    if exercise.carried:
        lines += _wrapped(f"✓ {carried_in_words(exercise)}")
    for tests in by_cause(exercise):
        lines += _cause(tests, exercise, hints)
    if exercise.score == 0 and passed:
        lines += ["", *_why_no_points(exercise)]
    return "\n".join(lines) + "\n"


def by_cause(exercise: Exercise) -> list[list[Test]]:
    """Put failed tests with one misconception, reason or message together, most tests first."""
    groups: dict[str, list[Test]] = {}
    for test in exercise.tests:
        if not test.passed:
            groups.setdefault(test.misconception or test.reason or test.message, []).append(test)
    return sorted(groups.values(), key=len, reverse=True)


def how_many(tests: Sequence[Test], exercise: Exercise) -> str:
    """Count tests, "" for a single one, and for all of them."""
    return f"{len(tests)} tests: " if 1 < len(tests) < len(exercise.tests) else ""


def carried_in_words(exercise: Exercise) -> str:
    """Say which exercises were put right for this one's sake."""
    names = " and ".join(f"`{name}`" for name in exercise.carried)
    return f"Judged with {names} put right: what is wrong there costs nothing here."


def _why_no_points(exercise: Exercise) -> Iterator[str]:
    if not any(test.passed and test.category == "values" for test in exercise.tests):
        yield "There are no points before a test of values passes."
    for test in exercise.tests:
        if test.required and not test.passed:
            yield f"There are no points before the test of {test.category} passes: it is required."


def _cause(tests: Sequence[Test], exercise: Exercise, hints: Mapping[str, str]) -> Iterator[str]:
    message, mistake = tests[0].message, tests[0].misconception
    categories = ", ".join(dict.fromkeys(test.category for test in tests))
    kinds = "" if len(tests) == len(exercise.tests) else f" [{categories}]"
    if mistake is None or len(tests) == 1:
        yield from _wrapped(f"✗ {how_many(tests, exercise)}{message}{kinds}")
    else:
        all_of = "All" if len(tests) == len(exercise.tests) else str(len(tests))
        yield from _wrapped(f"✗ {all_of} tests seem to fail for one reason.{kinds}")
        yield from _wrapped(f"One of them: {message}", "    ")
    if mistake is not None and mistake in hints:
        yield from _wrapped(f"Hint: {hints[mistake]}", "    ")


def _wrapped(text: str, indent: str = "  ") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
