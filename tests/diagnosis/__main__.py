"""Try the bank of misconceptions, mutants and right answers, and keep what diagnosis says of each.

python -m tests.diagnosis
"""

import sys
from collections import defaultdict
from concurrent.futures import as_completed
from functools import partial

from tqdm import tqdm

from autograder.rooms import Rooms
from tests.autograder.suites.rights import parts, solution, solutions
from tests.diagnosis.record import write_results
from tests.diagnosis.trial import (
    Trial,
    bank,
    isolated,
    some_mutants,
    try_mistake,
    try_mutant,
    try_right,
)
from tests.processes import processes

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


def main() -> int:
    """Try all, and write the results and the page."""
    known = Rooms().known()
    found: dict[str, defaultdict[str, list[Trial]]]
    found = {kind: defaultdict(list) for kind in ("mistakes", "mutants", "rights")}
    with processes(2) as pool:
        futures = {
            **{
                pool.submit(mistakes, name, first): ("mistakes", name)
                for name in known
                for first in range(0, len(bank(name)), BATCH)
            },
            **{
                pool.submit(of_mutants, name, exercise): ("mutants", name)
                for name in known
                for exercise in parts(name)
            },
            **{pool.submit(rights, name): ("rights", name) for name in known},
        }
        for future in tqdm(as_completed(futures), total=len(futures), unit="batch"):
            kind, name = futures[future]
            found[kind][name] += future.result()
    write_results(
        {
            kind: {
                name: sorted(trials, key=lambda trial: trial.what)
                for name, trials in by_assignment.items()
            }
            for kind, by_assignment in found.items()
        }
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
