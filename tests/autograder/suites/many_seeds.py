"""Judge the independent right answers with many seeds: hidden suites must fail none of them.

    python -m tests.autograder.suites.many_seeds [ASSIGNMENT ...]

`make seeds` runs it; hours of processor time. `make test` tries two seeds.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed
from pathlib import Path

from tqdm import tqdm

from autograder.rooms import Rooms
from tests.autograder.suites.peers import LocalPeer
from tests.autograder.suites.rights import Failures, judged_fairly, solution, solutions
from tests.processes import processes

SEEDS = range(200)
Run = tuple[str, Path, int]
"""Assignment, solution, seed."""


def failures(run: Run) -> Failures:
    """Judge one solution with one seed, and return the tests that fail it."""
    assignment, file, seed = run
    names = solution(file)
    return judged_fairly(assignment, names, LocalPeer(assignment, names), seed)


def judged(runs: Sequence[Run], workers: int) -> Iterator[tuple[Run, Failures]]:
    """Judge all, and yield each with its failures as soon as they are known."""
    with processes(workers) as pool:
        futures = {pool.submit(failures, run): run for run in runs}
        for future in as_completed(futures):
            yield futures[future], future.result()


def main(wanted: list[str]) -> int:
    """Judge every solution of the assignments with every seed, and tell what failed."""
    known = Rooms().known()
    if strange := set(wanted) - set(known):
        print(f"There is no assignment {', '.join(sorted(strange))}.", file=sys.stderr)
        return 2
    runs = [
        (name, file, seed) for seed in SEEDS for name in wanted or known for file in solutions(name)
    ]
    wrong: Counter[str] = Counter()
    with tqdm(judged(runs, workers=2), total=len(runs), unit="run") as bar:
        for (assignment, file, seed), found in bar:
            for exercise, test, why in found:
                wrong[assignment] += 1
                bar.write(f"{assignment}/{file.stem}, seed {seed}: {exercise}/{test}: {why}")
    for name, count in Counter(name for name, *_ in runs).items():
        print(f"{name}: {count} runs, {wrong[name]} false failures")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
