"""Diagnosis: the known mistake that gives just what the student's code gave, where there is one.

What tests asked for and got was recorded. Each misconception of the exercise is asked the same. It
is named for a failed test only where every call came out as with it, nothing in the exercise speaks
against it, and no other mistake accounts for as many of the failed tests. Among these others are
mistakes that were named in earlier exercises: what builds on them feels them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import cast

import numpy as np

from autograder.assignment import Assignment
from autograder.evidence import Call, felt
from autograder.misconception import Entry, Misconception, read_misconceptions
from autograder.told import UNWRITTEN
from autograder.verdict import Asked, Verdict

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
    asked_for = {each.id: _top_names(each.answers) for each in assignment.exercises}
    wrong = {name for name, (verdicts, _) in judged.items() if not _all_passed(verdicts)}
    for exercise, (verdicts, put_right) in judged.items():
        found[exercise] = {}
        if exercise in wrong:  # else the bank need not be read
            known = [each for each in _bank(assignment) if each.entry.exercise == exercise]
            rivals = [each for each in earlier if each.entry.exercise not in put_right]
            others = [asked_for[name] for name in wrong - {exercise, *put_right}]
            doubtful = frozenset[str]().union(*others) - asked_for[exercise]
            found[exercise] = diagnose(verdicts, known, rivals, doubtful)
            earlier += [each for each in known if each.entry in found[exercise].values()]
    return found


def _top_names(specs: Sequence[str]) -> frozenset[str]:
    return frozenset(spec.partition(":")[2].partition(".")[0] for spec in specs)


def _all_passed(verdicts: Sequence[Verdict]) -> bool:
    return all(verdict.passed for verdict in verdicts)


@cache
def _bank(assignment: Assignment) -> tuple[Misconception, ...]:
    return tuple(read_misconceptions(assignment))


@dataclass(frozen=True, eq=False)
class _Test:
    """A test that was judged, and what it asked."""

    verdict: Verdict

    @cached_property
    def calls(self) -> list[Call]:
        seconds = LONG_SECONDS if self.is_long else MUTANT_SECONDS
        return [Call(asked, seconds) for asked in self.verdict.asked]

    @property
    def is_long(self) -> bool:
        return self.verdict.category in LONG

    @property
    def has_failed(self) -> bool:
        """Whether it failed where each call gave a value, or code that was written raised."""
        asked = self.verdict.asked
        return not self.verdict.passed and bool(asked) and all(map(_comparable, asked))

    def asks_for(self, names: Collection[str]) -> bool:
        """Tell whether one of these definitions is asked for."""
        return any(not call.names.isdisjoint(names) for call in self.calls)

    def speaks_against(self, misconception: Misconception) -> bool:
        """Tell whether something came out as neither the mistake nor the reference gives it."""
        against = ("against", "unknown") if self.verdict.passed else ("against",)
        return any(call.evidence(misconception) in against for call in self.calls)

    def is_open_to(self, misconception: Misconception) -> bool:
        """Tell whether it cannot be known what the mistake would have given."""
        return any(call.evidence(misconception) == "unknown" for call in self.calls)

    def is_explained_by(self, misconception: Misconception) -> bool:
        """Tell whether all came out as with this mistake, and that is wrong."""
        alike = all(call.evidence(misconception) == "for" for call in self.calls)
        return alike and any(call.is_wrong for call in self.calls)

    @property
    def tells_values(self) -> bool:
        """Whether it is of values, and anything but yes and no came back."""
        values = self.verdict.category == "values"
        return values and not all(_yes_or_no(call.asked.results) for call in self.calls)


def diagnose(
    verdicts: Sequence[Verdict],
    known: Sequence[Misconception],
    earlier: Sequence[Misconception] = (),
    doubtful: Collection[str] = (),
) -> dict[str, Entry]:
    """Name the misconceptions behind the failed tests of one exercise.

    It is called in a process's main thread, as it stops a mutant that hangs by a signal.

    Args:
        verdicts: of all the tests of the exercise.
        known: the exercise's misconceptions.
        earlier: those that were named in earlier exercises.
        doubtful: definitions of other exercises that are wrong somewhere. A test that failed and
            asks for one as well may have failed for that: it speaks against nothing.

    Returns:
        The entry of the misconception by the test's name, for the tests that have one.
    """
    tests = [_Test(verdict) for verdict in verdicts]
    short = [test for test in tests if not test.is_long]
    failed = [test for test in short if test.has_failed] or [
        test for test in tests if test.has_failed
    ]
    if not failed:
        return {}
    telling = [test for test in failed if not test.asks_for(doubtful)]
    telling += [test for test in short if test.verdict.passed]
    explained = [(each, _explained(each, failed, telling)) for each in known]
    if any(names for _, names in explained):  # else there is nothing to be rivalled
        felt_here = [each for each in earlier if _is_felt(each, failed)]
        explained += [(each, _explained(each, failed, telling)) for each in felt_here]
    found: dict[str, Entry] = {}
    for name in (test.verdict.name for test in failed):
        rivals = [(len(names), each) for each, names in explained if name in names]
        most = max((count for count, _ in rivals), default=0)
        best = [each for count, each in rivals if count == most]
        if len(best) == 1 and best[0] not in earlier:
            found[name] = best[0].entry
    return found


def _explained(
    misconception: Misconception, failed: Sequence[_Test], telling: Sequence[_Test]
) -> set[str]:
    """Return the names of the tests that come out as if this mistake had been made.

    There are none if a `telling` test speaks against it. Where tests of values failed, one of them
    has to be among these, and where all are about one definition, each telling one: at an edge,
    mistakes of all kinds give the same. So they do where all that comes back is yes or no.
    """
    if any(test.speaks_against(misconception) for test in telling):
        return set()
    found = {test.verdict.name for test in failed if test.is_explained_by(misconception)}
    values = [test for test in failed if test.tells_values]
    named = [test for test in values if test.verdict.name in found]
    if values and not named:
        return set()
    missed = [each for each in values if each in telling and each not in named]
    if misconception.single and not all(each.is_open_to(misconception) for each in missed):
        return set()
    return found


def _is_felt(misconception: Misconception, tests: Sequence[_Test]) -> bool:
    """Tell whether a mistake made elsewhere can be felt by what these tests ask for."""
    modules = {module for test in tests for call in test.calls for module in call.modules()}
    return any(module == misconception.module or felt(misconception, module) for module in modules)


def _comparable(asked: Asked) -> bool:
    return asked.results is not None or asked.error not in ("", UNWRITTEN)


def _yes_or_no(results: object) -> bool:
    if isinstance(results, dict):
        return _yes_or_no([*cast(Mapping[object, object], results).values()])
    if isinstance(results, list | tuple):
        return all(_yes_or_no(each) for each in cast(Sequence[object], results))
    return isinstance(results, bool | np.bool_)
