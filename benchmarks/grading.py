"""Time nbgrader as it comes against this engine, on the same submissions in the same run.

    python -m benchmarks.grading [SUBMISSIONS]

Stock nbgrader runs the cells with the visible checks; ours runs the cells behind the wall, then the
whole hidden suite, and lets nbgrader write the gradebook. Both start cold and write a gradebook.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

from autograder.assignment import read_assignment
from autograder.build import build
from autograder.demo.samples import Samples
from autograder.environment import command_env

ASSIGNMENT = "a1_graphs"
KINDS = ("full_marks", "half_done", "untouched", "subtle_mistakes")
STOCK = """
c = get_config()
c.CourseDirectory.root = {root!r}
c.CourseDirectory.course_id = ""
"""
WANTED = 4.0


def classroom(root: Path, count: int) -> None:
    """Build, release and fill a classroom with `count` submissions of four kinds in turn."""
    build([ASSIGNMENT], root)
    run(root, Path.cwd(), "nbgrader", "generate_assignment", ASSIGNMENT)
    name = f"{ASSIGNMENT}.ipynb"
    places = (root / folder / ASSIGNMENT / name for folder in ("release", "source"))
    samples = Samples(read_assignment(ASSIGNMENT), *places).all()
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        folder = root / "submitted" / f"student{number:03}" / ASSIGNMENT
        folder.mkdir(parents=True)
        (folder / name).write_text(json.dumps(samples[kind]), encoding="utf-8")
        shutil.copy(root / "release" / ASSIGNMENT / "checks.json", folder)


def run(root: Path, folder: Path, *words: str) -> float:
    """Run one of our commands for a classroom; return its seconds."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", *words],
        check=True,
        cwd=folder,
        env={**command_env(), "COURSE_ROOT": str(root)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - began


def main() -> int:
    """Print both times and their ratio; return 1 if ours is not four times as fast."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as folder:
        ours, stock = Path(folder, "ours"), Path(folder, "stock")
        classroom(ours, count)
        shutil.copytree(ours, stock)
        (stock / "nbgrader_config.py").write_text(STOCK.format(root=str(stock)))
        by_stock = run(stock, stock, "nbgrader", "autograde", ASSIGNMENT)
        by_us = run(ours, Path.cwd(), "autograder", "grade", ASSIGNMENT)
    ratio = by_stock / by_us
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores,", end=" ")
    print(f"Python {platform.python_version()}, nbgrader {metadata.version('nbgrader')}")
    print(f"{count} submissions of {ASSIGNMENT}, cold start to gradebook")
    print(f"stock nbgrader autograde  {by_stock:7.1f} s  {by_stock / count:6.2f} s each")
    print(f"autograder grade          {by_us:7.1f} s  {by_us / count:6.2f} s each")
    print(f"ratio {ratio:.1f}, wanted {WANTED:g}")
    return int(ratio < WANTED)


if __name__ == "__main__":
    sys.exit(main())
