"""Time nbgrader as it comes against this engine: the same submissions, in the same run, both warm.

    python -m benchmarks.grading [SUBMISSIONS [MANY]]

Stock nbgrader runs the cells, with the visible checks in them; ours runs the cells behind the wall
and then the whole hidden suite, on two processes. Both then write nbgrader's gradebook. MANY more
submissions show whether memory grows with their number.
"""

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from autograder.commands import command_env
from autograder.rooms import PROJECT
from benchmarks.graded import ASSIGNMENT, SAMPLES, classroom

JOBS = 2
EXECUTING, GRADEBOOK = 10.0, 6.0  # times faster than stock
OWN_SECONDS, COLD_SECONDS, WORKER_MEGABYTES = 0.15, 1.5, 150.0
GROWTH = 1.05


def measure(step: str, root: Path, *words: str) -> dict[str, float]:
    """Run a step of `benchmarks.graded` in a process of its own and return what it measured."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.graded", step, *words],
        cwd=PROJECT,
        env={**command_env(), "COURSE_ROOT": str(root)},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"step {step}: {done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def cold(root: Path) -> float:
    """Return the seconds of `autograder grade NOTEBOOK`, all that has to be loaded included."""
    notebook = root / "submitted" / "student000" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    words = [sys.executable, "-m", "autograder", "grade", str(notebook), "--assignment", ASSIGNMENT]
    env = {**command_env(), "COURSE_ROOT": str(root)}
    seconds: list[float] = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run(words, check=True, cwd=PROJECT, env=env, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


class Table:
    """Rows of what was measured, each with its limit."""

    def __init__(self) -> None:
        self.missed = 0

    def row(self, what: str, value: float, unit: str, wanted: str, limit: float) -> None:
        """Print one row."""
        met = value >= limit if wanted == "at least" else value <= limit
        self.missed += not met
        print(f"{what:58} {value:8.2f} {unit:3} {wanted} {limit:g}{'' if met else '   MISSED'}")


def main(words: Sequence[str]) -> int:
    """Print the table; return 1 if a limit is missed."""
    count = int(words[0]) if words else 100
    many = int(words[1]) if len(words) > 1 else 1_000
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores,", end=" ")
    print(f"Python {platform.python_version()}, nbgrader {metadata.version('nbgrader')}")
    print(f"{count} submissions of {ASSIGNMENT} in turn: {', '.join(SAMPLES)}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        ours, stock, large = Path(folder, "ours"), Path(folder, "stock"), Path(folder, "large")
        classroom(ours, count)
        for copy in (stock, large):
            shutil.copytree(ours, copy)
        by_stock = measure("stock", stock)
        by_us = measure("ours", ours, str(JOBS))
        few = measure("command", ours, str(JOBS))
        alone = measure("alone", ours)
        start = cold(ours)
        shutil.rmtree(large / "submitted")
        classroom(large, many)
        at_large = measure("command", large, str(JOBS))
    for name, measured in (("stock nbgrader", by_stock), ("autograder", by_us)):
        each = [measured[step] / count for step in ("executing", "gradebook")]
        print(f"{name:16} {each[0]:6.3f} s each executing, {each[1]:6.3f} s to the gradebook")
    seconds, megabytes = at_large["seconds"], at_large["all"]
    print(
        f"`autograder grade` of {many} submissions: {seconds:.0f} s, "
        f"{many / seconds:.1f} a second, {megabytes:.0f} MB in all, "
        f"{at_large['with_submission']:.0f} MB a worker with its submission's own memory"
    )
    table = Table()
    faster = {step: by_stock[step] / by_us[step] for step in ("executing", "gradebook")}
    table.row(
        "executing and judging, times faster", faster["executing"], "x", "at least", EXECUTING
    )
    table.row("to the gradebook, times faster", faster["gradebook"], "x", "at least", GRADEBOOK)
    for kind in ("untouched", "full_marks"):
        own = alone[kind]
        table.row(f"our own time, {kind} (median)", own, "s", "at most", OWN_SECONDS)
    table.row("a cold start beyond that", start - alone["student"], "s", "at most", COLD_SECONDS)
    most = at_large["worker"]
    table.row("a worker and its wall, at most", most, "MB", "at most", WORKER_MEGABYTES)
    growth = at_large["last_tenth"] / few["all"]
    what = f"memory of the last tenth of {many} by that of {count}"
    table.row(what, growth, "", "at most", GROWTH)
    return int(table.missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
