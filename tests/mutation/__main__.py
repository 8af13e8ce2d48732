"""Try all mutants, or those of the exercises that are named, and keep the results.

python -m tests.mutation [EXERCISE ...]
"""

import sys
from collections import defaultdict

from tqdm import tqdm

from autograder.rooms import Rooms
from tests.autograder.suites.rights import parts
from tests.mutation.mutants import mutants
from tests.mutation.record import (
    Result,
    as_entry,
    read_results,
    result,
    unexplained,
    write_results,
)
from tests.mutation.table import PAGE, page
from tests.mutation.trial import Outcome, TrialError
from tests.mutation.workers import tasks, tried


def main(wanted: list[str]) -> int:
    """Try, keep, write the table, and tell what has survived without an explanation."""
    everything = [(a, exercise) for a in Rooms().known() for exercise in parts(a)]
    if strange := set(wanted) - {exercise for _, exercise in everything}:
        known = ", ".join(exercise for _, exercise in everything)
        print(f"There is no exercise {', '.join(sorted(strange))}; known: {known}", file=sys.stderr)
        return 2
    chosen = [(a, exercise) for a, exercise in everything if not wanted or exercise in wanted]
    batches = [task for a, exercise in chosen for task in tasks(a, exercise)]
    found: defaultdict[tuple[str, str], list[Outcome]] = defaultdict(list)
    try:
        with tqdm(total=sum(len(names) for *_, names in batches), unit="mutant") as bar:
            for (assignment, exercise, names), outcomes in tried(batches, workers=2):
                found[assignment, exercise] += outcomes
                bar.update(len(names))
    except TrialError as error:
        print(f"{error}; nothing was kept. Mend the answer or its suite first.", file=sys.stderr)
        return 2
    results = read_results()
    for (assignment, exercise), outcomes in found.items():
        results.setdefault(assignment, {})[exercise] = result(assignment, exercise, outcomes)
    write_results(results)
    PAGE.write_text(page(read_results()))  # in the order in which they are kept
    missed = sum(_tell(a, exercise, results[a][exercise]) for a, exercise in chosen)
    print(f"{missed} survivors without an explanation")
    return 1 if missed else 0


def _tell(assignment: str, exercise: str, kept: Result) -> int:
    """Print what has survived without an explanation, ready for the list; return how many."""
    names = unexplained(assignment, exercise, kept.survivors)
    missed = [mutant for mutant in mutants(assignment, exercise) if mutant.name in names]
    for mutant in missed:
        print(f"{assignment}/{exercise}: {mutant.was} -> {mutant.becomes}")
    for line in dict.fromkeys(mutant.line for mutant in missed):
        there = [mutant.name for mutant in missed if mutant.line == line]
        print(f"\n{as_entry(exercise, line, there)}")
    return len(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
