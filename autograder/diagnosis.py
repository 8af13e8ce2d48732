"""Diagnosis: the known mistake that gives just what the student's code gave, where there is one.

What failed tests asked for and got was recorded. Each misconception of the exercise, our own code,
is asked the same. A mistake is named for a test only where every call came out as with it, no
passed test speaks against it, and no other mistake accounts for as many of the failed tests. Among
these others are mistakes that were named in earlier exercises: what builds on them feels them.
"""

import copy
import inspect
import warnings
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib import import_module
from types import FunctionType
from typing import cast

import numpy as np

from autograder.assignment import Assignment
from autograder.limit import OutOfTime, cpu_limit
from autograder.misconception import Entry, Misconception, mutant, read_misconceptions
from autograder.program import program_of, run_with
from autograder.told import UNWRITTEN
from autograder.verdict import Asked, Verdict
from course.compare import difference

MUTANT_SECONDS = 0.05
LONG = ("scale", "cost")  # what is asked there takes long, and tells few mistakes apart
LONG_SECONDS = 1.0


def diagnose_all(
    assignment: Assignment, judged: Mapping[str, tuple[Sequence[Verdict], Collection[str]]]
) -> dict[str, dict[str, Entry]]:
    """Name the misconceptions behind the failed tests of all exercises.

    Args:
        assignment: whose exercises.
        judged: by exercise, in their order, its verdicts and which exercises were put right for
            them: no mistake there can be felt here.

    Returns:
        By exercise what `diagnose` returns of it.
    """
    found: dict[str, dict[str, Entry]] = {}
    earlier: list[Misconception] = []
    for exercise, (verdicts, put_right) in judged.items():
        found[exercise] = {}
        if not all(verdict.passed for verdict in verdicts):  # else the bank need not be read
            known = [each for each in _bank(assignment) if each.entry.exercise == exercise]
            rivals = [each for each in earlier if each.entry.exercise not in put_right]
            found[exercise] = diagnose(verdicts, known, rivals)
            earlier += [each for each in known if each.entry in found[exercise].values()]
    return found


@cache
def _bank(assignment: Assignment) -> tuple[Misconception, ...]:
    return tuple(read_misconceptions(assignment))


def diagnose(
    verdicts: Sequence[Verdict],
    known: Sequence[Misconception],
    earlier: Sequence[Misconception] = (),
) -> dict[str, Entry]:
    """Name the misconceptions behind the failed tests of one exercise.

    It is called in a process's main thread, as it stops a mutant that hangs by a signal.

    Args:
        verdicts: of all the tests of the exercise.
        known: the exercise's misconceptions.
        earlier: those that were named in earlier exercises.

    Returns:
        The entry of the misconception by the test's name, for the tests that have one.
    """
    failed = [verdict for verdict in verdicts if not verdict.passed and _comparable(verdict)]
    failed = [verdict for verdict in failed if verdict.category not in LONG] or failed
    if not failed:
        return {}
    passed = [each for each in verdicts if each.passed and each.category not in LONG]
    explained = [(each, _explained(each, failed)) for each in known if _unrefuted(each, passed)]
    if any(names for _, names in explained):  # else there is nothing to be rivalled
        felt_here = [each for each in earlier if _is_felt(each, failed)]
        explained += [
            (each, _explained(each, failed)) for each in felt_here if _unrefuted(each, passed)
        ]
    found: dict[str, Entry] = {}
    for verdict in failed:
        rivals = [(len(names), each) for each, names in explained if verdict.name in names]
        most = max((count for count, _ in rivals), default=0)
        best = [each for count, each in rivals if count == most]
        if len(best) == 1 and best[0] not in earlier:
            found[verdict.name] = best[0].entry
    return found


def _is_felt(misconception: Misconception, verdicts: Sequence[Verdict]) -> bool:
    """Tell whether a mistake made elsewhere can be felt by what these tests ask for."""
    return any(
        module == misconception.module or felt(misconception, module)
        for verdict in verdicts
        for asked in verdict.asked
        for module in _modules(asked)
    )


def _modules(asked: Asked) -> set[str]:
    """Return the modules of what a program uses of the reference."""
    assert isinstance(asked.program, FunctionType)
    names = program_of(asked.program).names
    return {getattr(asked.program.__globals__[name], "__module__", "") for name in names}


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
    kinds give the same. So they do where all that comes back is yes or no.
    """
    found: set[str] = set()
    for verdict in failed:
        seconds = LONG_SECONDS if verdict.category in LONG else MUTANT_SECONDS
        same = all(_same(misconception, asked, seconds) for asked in verdict.asked)
        if same and _wrong(verdict):
            found.add(verdict.name)
    values = {each.name for each in failed if each.category == "values" and _telling(each)}
    return found if not values or found & values else set()


def _telling(verdict: Verdict) -> bool:
    """Tell whether anything but yes and no came back."""
    return not all(_yes_or_no(asked.results) for asked in verdict.asked)


def _yes_or_no(results: object) -> bool:
    if isinstance(results, dict):
        return _yes_or_no([*cast(Mapping[object, object], results).values()])
    if isinstance(results, list | tuple):
        return all(_yes_or_no(each) for each in cast(Sequence[object], results))
    return isinstance(results, bool | np.bool_)


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
    for name in program_of(program).names:
        module = getattr(program.__globals__[name], "__module__", "")
        if module != misconception.module:
            names[name] = felt(misconception, module).get(name, names[name])
    try:
        with (
            cpu_limit(seconds),
            warnings.catch_warnings(action="ignore"),
            np.errstate(all="ignore"),
        ):
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


@cache
def felt(misconception: Misconception, module: str) -> dict[str, object]:
    """Return what another module of the reference defines, if it imports what is mistaken.

    It is run afresh, and finds there what a notebook with the mistake has.
    """
    if not module.startswith("reference."):
        return {}
    there = import_module(module)
    changed = {
        name: value
        for name, value in _definitions(misconception).items()
        if getattr(vars(there).get(name), "__module__", "") == misconception.module
    }
    if not changed:
        return {}
    names: dict[str, object] = {"__name__": module, "__package__": there.__package__}
    exec(compile(inspect.getsource(there), module, "exec"), names)
    names |= changed
    return names
