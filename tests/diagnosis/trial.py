"""Trials: code whose mistake is known, and the mistakes that diagnosis names for it.

A mistake of the bank is rightly named where nothing but its own name is said, in all exercises of
the assignment. A mutant is no mistake of the bank; a name that is said of it is right all the same
where the two cannot be told apart: on inputs from other seeds every call comes out as with the
mistake.
"""

import os
import resource
import traceback
import warnings
from collections.abc import Callable, Collection, Mapping
from functools import cache

import msgspec

from autograder.assignment import read_assignment
from autograder.diagnosis import LONG, diagnose_all
from autograder.evidence import felt
from autograder.judge import collect, judge
from autograder.misconception import Misconception, mutant, read_misconceptions
from autograder.verdict import Verdict
from course.compare import difference
from tests.autograder.suites.peers import LocalPeer, OutOfTime, call_seconds, time_limit
from tests.autograder.suites.rights import parts, reference
from tests.diagnosis.notebook import hinted
from tests.mutation.mutants import Mutant, definitions, mutants

SEED, OTHER_SEEDS = 7, (11, 12)
EVERY = 5  # of so many mutants one is tried
SECONDS = 60  # of processor time, for what heeds no signal

Names = Mapping[str, object]


class Trial(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was wrong, and what was said of it: names of mistakes, rightly and falsely.

    `right` and `false` are the report's; `hinted` and `misled` are those of the notebook's hints.
    """

    what: str
    right: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    hinted: tuple[str, ...] = ()
    misled: tuple[str, ...] = ()


@cache
def bank(assignment: str) -> dict[str, Misconception]:
    """Return the assignment's misconceptions by `exercise/name`."""
    known = read_misconceptions(read_assignment(assignment))
    return {f"{each.entry.exercise}/{each.entry.name}": each for each in known}


def some_mutants(assignment: str, exercise: str) -> list[Mutant]:
    """Return the mutants of an exercise that are tried."""
    return list(mutants(assignment, exercise)[::EVERY])


def try_mistake(assignment: str, name: str) -> Trial:
    """Make a mistake of the bank, and judge the whole assignment."""
    names = _mistaken(assignment, name)
    said = named(assignment, names)
    right = tuple(each for each in said if each == name)
    false = tuple(each for each in said if each != name)
    hints = _of_hints(assignment, hinted(assignment, names))
    own = tuple(name for alike in hints if name in alike)
    return Trial(name, right, false, own, tuple(alike[0] for alike in hints if name not in alike))


def _of_hints(assignment: str, hints: Collection[str]) -> list[list[str]]:
    """Return for each hint the mistakes that have it, by `exercise/name`."""
    known = bank(assignment).items()
    return [
        [
            name
            for name, each in known
            if f"{each.entry.exercise}: {each.entry.hint} (See {each.entry.see}.)" == hint
        ]
        for hint in sorted(hints)
    ]


def _mistaken(assignment: str, name: str) -> Names:
    """Return all definitions as they are in a notebook with the mistake: other answers feel it."""
    mistake = bank(assignment)[name]
    names = {**reference(assignment), **mutant(mistake)}
    for exercise in read_assignment(assignment).exercises:
        for module, known in (spec.split(":") for spec in exercise.answers):
            if module != mistake.module and "." not in known:
                names[known] = felt(mistake, module).get(known, names[known])
    return names


def try_right(assignment: str, what: str, names: Names) -> Trial:
    """Judge right answers: whatever is said of them is false."""
    hints = _of_hints(assignment, hinted(assignment, names))
    misled = tuple(alike[0] for alike in hints)
    return Trial(what, false=named(assignment, names), misled=misled)


def try_mutant(assignment: str, exercise: str, changed: Mutant) -> Trial:
    """Judge a mutant before the suite of its exercise."""
    warnings.simplefilter("ignore")
    try:
        with time_limit(call_seconds(assignment)):
            made = definitions(changed.answer, changed.compiled())
    except (Exception, OutOfTime):
        made = {}
    names = {**reference(assignment), **made}
    said = named(assignment, names, exercise)
    right = {each for each in said if _alike(assignment, exercise, names, each)}
    false = tuple(each for each in said if each not in right)
    hints = _of_hints(assignment, hinted(assignment, names, exercise))
    told = {
        alike[0]: any(_alike(assignment, exercise, names, name) for name in alike)
        for alike in hints
    }
    return Trial(
        f"{exercise}/{changed.name}",
        tuple(sorted(right)),
        false,
        tuple(name for name, true in told.items() if true),
        tuple(name for name, true in told.items() if not true),
    )


def named(assignment: str, names: Names, only: str | None = None) -> tuple[str, ...]:
    """Return what is named for these definitions, as `exercise/name`."""
    verdicts = _verdicts(assignment, names, SEED, only)
    judged = {
        exercise: ([each for each in verdicts if each.exercise == exercise], ())
        for exercise in parts(assignment)
    }
    causes = diagnose_all(read_assignment(assignment), judged)
    found = {
        f"{exercise}/{entry.name}"
        for exercise, entries in causes.items()
        for entry in entries.values()
    }
    return tuple(sorted(found))


def _verdicts(assignment: str, names: Names, seed: int, only: str | None) -> list[Verdict]:
    suite = collect(assignment).tests
    tests = {test.id for test in suite if only in (None, test.id[0])}
    return judge(assignment, LocalPeer(assignment, names), seed, only=tests)


def _alike(assignment: str, exercise: str, names: Names, mistake: str) -> bool:
    """Tell whether every call comes out as with the mistake, on inputs from other seeds."""
    mistaken = {**reference(assignment), **mutant(bank(assignment)[mistake])}
    for seed in OTHER_SEEDS:
        made, known = (_effects(assignment, exercise, each, seed) for each in (names, mistaken))
        if difference(made, known) is not None:
            return False
    return True


def _effects(assignment: str, exercise: str, names: Names, seed: int) -> dict[str, object]:
    return {
        f"{verdict.name} {number}": asked.error if asked.results is None else [*asked.results]
        for verdict in _verdicts(assignment, names, seed, exercise)
        if verdict.category not in LONG
        for number, asked in enumerate(verdict.asked)
    }


def isolated(what: str, trial: Callable[[], Trial]) -> Trial:
    """Run a trial in a forked process: whatever a mutant does to it ends with it."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(read)
            most = resource.getrlimit(resource.RLIMIT_CPU)[1]
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, most))
            os.write(write, msgspec.json.encode(trial()))
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(write)
    with open(read, "rb") as pipe:
        told = pipe.read()
    os.waitpid(pid, 0)
    return msgspec.json.decode(told, type=Trial) if told else Trial(what)
