"""Diagnosis: the known mistake that gives just what the student's code gave, where there is one.

What failed tests asked for and got was recorded. Each misconception of the exercise, our own code,
is asked the same. A mistake is named for a test only where every call came out as with it, and
where no other mistake accounts for as many of the exercise's failed tests.
"""

import copy
from collections.abc import Sequence
from functools import cache
from types import FunctionType

import numpy as np

from autograder.explain import UNWRITTEN
from autograder.judge import Asked, Verdict
from autograder.limit import OutOfTime, cpu_limit
from autograder.misconception import Entry, Misconception, mutant
from autograder.program import run_with
from course.compare import difference

MUTANT_SECONDS = 1.0


def diagnose(verdicts: Sequence[Verdict], known: Sequence[Misconception]) -> dict[str, Entry]:
    """Name the misconceptions behind the failed tests of one exercise.

    It is called in a process's main thread, as it stops a mutant that hangs by a signal.

    Args:
        verdicts: of all the tests of the exercise.
        known: the exercise's misconceptions.

    Returns:
        The entry of the misconception by the test's name, for the tests that have one.
    """
    failed = [verdict for verdict in verdicts if not verdict.passed and _comparable(verdict)]
    if not failed:
        return {}
    explained = [(each.entry, _explained(each, failed)) for each in known]
    found: dict[str, Entry] = {}
    for verdict in failed:
        rivals = [(len(names), entry) for entry, names in explained if verdict.name in names]
        most = max((count for count, _ in rivals), default=0)
        best = [entry for count, entry in rivals if count == most]
        if len(best) == 1:
            found[verdict.name] = best[0]
    return found


def _comparable(verdict: Verdict) -> bool:
    """Tell whether each call gave a value, or an exception that code that was written raised."""
    return bool(verdict.asked) and all(
        asked.results is not None or asked.error not in ("", UNWRITTEN) for asked in verdict.asked
    )


def _explained(misconception: Misconception, failed: Sequence[Verdict]) -> set[str]:
    """Return the names of the tests that come out as if this mistake had been made.

    Where tests of values failed, one of them has to be among these: at an edge, mistakes of all
    kinds give the same.
    """
    found: set[str] = set()
    try:
        for verdict in failed:
            if all(_same(misconception, asked) for asked in verdict.asked) and _wrong(verdict):
                found.add(verdict.name)
    except OutOfTime:
        return set()
    values = {verdict.name for verdict in failed if verdict.category == "values"}
    return found if not values or found & values else set()


def _same(misconception: Misconception, asked: Asked) -> bool:
    """Tell whether the mistake gives what the student's code gave: the values, or the exception."""
    assert isinstance(asked.program, FunctionType)
    names: dict[str, object] = {**asked.program.__globals__, **_definitions(misconception)}
    for number, inputs in enumerate(asked.cases):
        try:
            with cpu_limit(MUTANT_SECONDS), np.errstate(all="ignore"):
                value: object = run_with(asked.program, names, copy.deepcopy(inputs))
            if asked.results is not None and difference(asked.results[number], value) is not None:
                return False
        except Exception as error:  # a mistake may break anything
            return type(error).__name__ == asked.error
    return asked.results is not None


def _wrong(verdict: Verdict) -> bool:
    """Tell whether something other than what the reference gives came back."""
    return any(
        asked.results is None
        or any(
            difference(result, asked.program(*copy.deepcopy(inputs))) is not None
            for result, inputs in zip(asked.results, asked.cases, strict=True)
        )
        for asked in verdict.asked
    )


@cache
def _definitions(misconception: Misconception) -> dict[str, object]:
    return mutant(misconception)
