"""Submissions a second against processes, here and on a cluster.

    python -m benchmarks.sizing [SUBMISSIONS]

Each row is the command that grades a class as it is: its start, nbgrader's gradebook and all. The
cluster is dask's (extra `cluster`), on this machine, its workers with one thread each.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from autograder.commands import command_env
from autograder.rooms import PROJECT
from benchmarks.graded import ASSIGNMENT, classroom

COUNTS = (1, 2, 3)
CLASS = 10_000
START_SECONDS = 60.0
HOST = ("--host", "127.0.0.1", "--dashboard-address", ":0")


@contextmanager
def cluster(workers: int) -> Generator[str]:
    """Start a scheduler and workers; yield the scheduler's address."""
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))

        def start(*words: str) -> None:
            with (folder / "log").open("a") as log:
                command = [sys.executable, "-m", "dask", *words, *HOST]
                process = subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=log)
            running.callback(process.wait)
            running.callback(process.terminate)

        file = folder / "scheduler.json"
        start("scheduler", "--scheduler-file", str(file), "--port", "0")
        address = _address(file)
        for _ in range(workers):
            start("worker", address, "--nthreads", "1", "--no-nanny")
        yield address


def _address(file: Path) -> str:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if file.exists() and (text := file.read_text()).endswith("}"):
            return json.loads(text)["address"]
        time.sleep(0.1)
    raise SystemExit("dask's scheduler did not start; is the extra `cluster` installed?")


def seconds(root: Path, *options: str) -> float:
    """Return how long it takes to grade the class of a classroom once more."""
    words = [sys.executable, "-m", "autograder", "grade", ASSIGNMENT, "--regrade", *options]
    env = {**command_env(), "COURSE_ROOT": str(root)}
    began = time.perf_counter()
    done = subprocess.run(words, cwd=PROJECT, env=env, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return time.perf_counter() - began


def main(count: int) -> None:
    """Print the table."""
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores,", end=" ")
    print(f"Python {platform.python_version()}; {count} submissions of {ASSIGNMENT}", flush=True)
    print(f"{'graders':24} {'a second':>8} {f'{CLASS} take':>12}")
    with tempfile.TemporaryDirectory() as folder:
        classroom(Path(folder), count)
        for number in COUNTS:
            _row(f"--jobs {number}", count / seconds(Path(folder), "--jobs", str(number)))
        for number in COUNTS:
            with cluster(number) as address:
                rate = count / seconds(Path(folder), "--scheduler", address)
            _row(f"cluster of {number}", rate)


def _row(what: str, rate: float) -> None:
    print(f"{what:24} {rate:8.2f} {CLASS / rate / 3600:10.1f} h", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
