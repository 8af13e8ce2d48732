"""Many trials at once, for a pool of processes."""

from collections.abc import Collection, Sequence
from functools import partial

from tests.autograder.suites.rights import solution, solutions
from tests.diagnosis.notebook import visible
from tests.diagnosis.trial import (
    Trial,
    isolated,
    some_mutants,
    try_mistake,
    try_mutant,
    try_right,
)


def mistakes(assignment: str, names: Sequence[str]) -> list[Trial]:
    """Try mistakes of the bank."""
    visible(assignment)  # once, and not in every fork
    return [isolated(name, partial(try_mistake, assignment, name)) for name in names]


def of_mutants(assignment: str, exercise: str, names: Collection[str] | None = None) -> list[Trial]:
    """Try mutants of an exercise, all that are tried or those that are named."""
    visible(assignment)
    chosen = {f"{exercise}/{each.name}": each for each in some_mutants(assignment, exercise)}
    return [
        isolated(name, partial(try_mutant, assignment, exercise, mutant))
        for name, mutant in chosen.items()
        if names is None or name in names
    ]


def rights(assignment: str) -> list[Trial]:
    """Try other right answers to an assignment."""
    return [
        isolated(file.stem, partial(try_right, assignment, file.stem, solution(file)))
        for file in solutions(assignment)
    ]
