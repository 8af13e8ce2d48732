"""Measure everything, write results.json, print the table; exit 1 where a limit is missed."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import torch

from benchmarks import convolutions, growth, harness, peers, tape, training

RESULTS = Path(__file__).with_name("results.json")
GROUPS = (training, convolutions, tape, peers)


def main() -> None:
    """Run the groups one after another."""
    torch.set_num_threads(1)
    machine = harness.machine()
    print(", ".join(f"{name} {value}" for name, value in machine.items()))
    print(f"{'':46} {'ratio':>7} {'limit':>6} {'':6} {'quarters':>11}  median ms")
    rows: list[harness.Row] = []
    for group in GROUPS:
        for row in group.rows():
            print(harness.shown(row), flush=True)
            rows.append(row)
    growing = growth.lines()
    for what, line in growing.items():
        print(f"{what}:", ", ".join(f"{n}: {cost * 1e6:.1f} µs" for n, cost in line.items()))
    results = {"machine": machine, "rows": [asdict(row) for row in rows], "growth": growing}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    missed = [row.what for row in rows if row.missed]
    missed += [what for what, line in growing.items() if growth.too_steep(line)]
    if missed:
        sys.exit(f"Over the limit: {'; '.join(missed)}.")


if __name__ == "__main__":
    main()
