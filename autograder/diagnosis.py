"""Diagnosis: the known mistake that gives just what the student's code gave, where there is one.

What failed tests asked for and got was recorded. Each misconception of the exercise, our own code,
is asked the same. A mistake is named for a test only where every call came out as with it, no
passed test speaks against it, and no other mistake accounts for as many of the failed tests.
"""

import copy
from collections.abc import Sequence
from functools import cache
from types import FunctionType

import numpy as np

from autograder.limit import OutOfTime, cpu_limit
from autograder.misconception import Entry, Misconception, mutant
from autograder.program import run_with
from autograder.told import UNWRITTEN
from autograder.verdict import Asked, Verdict
from course.compare import difference

MUTANT_SECONDS = 0.05
LONG = ("scale", "cost")  # what is asked there takes long, and tells few mistakes apart
LONG_SECONDS = 1.0


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
    failed = [verdict for verdict in failed if verdict.category not in LONG] or failed
    if not failed:
        return {}
    passed = [each for each in verdicts if each.passed and each.category not in LONG]
    explained = [
        (each.entry, _explained(each, failed)) for each in known if _unrefuted(each, passed)
    ]
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


def _unrefuted(misconception: Misconception, passed: Sequence[Verdict]) -> bool:
    """Tell whether the mistake passes what the student's code passed."""
    return all(
        _same(misconception, asked, MUTANT_SECONDS) for verdict in passed for asked in verdict.asked
    )


def _explained(misconception: Misconception, failed: Sequence[Verdict]) -> set[str]:
    """Return the names of the tests that come out as if this mistake had been made.

    Where tests of values failed, one of them has to be among these: at an edge, mistakes of all
    kinds give the same.
    """
    found: set[str] = set()
    for verdict in failed:
        seconds = LONG_SECONDS if verdict.category in LONG else MUTANT_SECONDS
        same = all(_same(misconception, asked, seconds) for asked in verdict.asked)
        if same and _wrong(verdict):
            found.add(verdict.name)
    values = {verdict.name for verdict in failed if verdict.category == "values"}
    return found if not values or found & values else set()


def _same(misconception: Misconception, asked: Asked, seconds: float) -> bool:
    """Tell whether the mistake gives what the student's code gave: the values, or the exception."""
    assert isinstance(asked.program, FunctionType)
    for number, inputs in enumerate(asked.cases):
        value, error = _outcome(misconception, asked.program, inputs, seconds)
        if error:
            return error == asked.error
        if asked.results is not None and difference(asked.results[number], value) is not None:
            return False
    return asked.results is not None


def _outcome(
    misconception: Misconception, program: FunctionType, inputs: Sequence[object], seconds: float
) -> tuple[object, str]:
    """Return what the mistake gives, and the type of its exception if it raises one."""
    names: dict[str, object] = {**program.__globals__, **_definitions(misconception)}
    try:
        with cpu_limit(seconds), np.errstate(all="ignore"):
            return run_with(program, names, copy.deepcopy(inputs)), ""
    except (Exception, OutOfTime) as error:  # a mistake may break anything
        return None, type(error).__name__


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
