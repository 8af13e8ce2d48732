"""Try the bank of misconceptions, mutants and right answers, and keep what diagnosis says of each.

python -m tests.diagnosis
"""

import sys
from collections import defaultdict
from concurrent.futures import as_completed

from tqdm import tqdm

from autograder.rooms import Rooms
from tests.autograder.suites.rights import parts
from tests.diagnosis.batches import mistakes, of_mutants, rights
from tests.diagnosis.record import write_results
from tests.diagnosis.trial import Trial, bank
from tests.processes import processes

BATCH = 20


def main() -> int:
    """Try all, and write the results and the page."""
    known = Rooms().known()
    found: dict[str, defaultdict[str, list[Trial]]]
    found = {kind: defaultdict(list) for kind in ("mistakes", "mutants", "rights")}
    with processes(2) as pool:
        futures = {
            **{
                pool.submit(mistakes, name, list(bank(name))[first : first + BATCH]): (
                    "mistakes",
                    name,
                )
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
