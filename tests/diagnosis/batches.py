"""Many trials at once, for a pool of processes."""

from functools import partial

from tests.autograder.suites.rights import solution, solutions
from tests.diagnosis.trial import (
    Trial,
    bank,
    isolated,
    some_mutants,
    try_mistake,
    try_mutant,
    try_right,
)

BATCH = 20


def mistakes(assignment: str, first: int) -> list[Trial]:
    """Try some mistakes of the bank."""
    names = list(bank(assignment))[first : first + BATCH]
    return [isolated(name, partial(try_mistake, assignment, name)) for name in names]


def of_mutants(assignment: str, exercise: str) -> list[Trial]:
    """Try some mutants of an exercise."""
    return [
        isolated(f"{exercise}/{each.name}", partial(try_mutant, assignment, exercise, each))
        for each in some_mutants(assignment, exercise)
    ]


def rights(assignment: str) -> list[Trial]:
    """Try other right answers to an assignment."""
    return [
        isolated(file.stem, partial(try_right, assignment, file.stem, solution(file)))
        for file in solutions(assignment)
    ]
