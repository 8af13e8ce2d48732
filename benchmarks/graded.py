"""Steps of `benchmarks.grading`, each in a process of its own: `python -m benchmarks.graded STEP`.

A step prints what it measured as JSON, on its last line.
"""

import copy
import importlib
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast
from unittest.mock import patch

from autograder.assignment import Assignment, read_assignment
from autograder.build import build
from autograder.classroom import classroom as classroom_root
from autograder.commands import command_env
from autograder.companions import companions
from autograder.demo.samples import Samples
from autograder.grade import grade, to_run
from autograder.grader import Task, prepared
from autograder.grading import Way, grade_classroom
from autograder.judge import judge
from autograder.manifest import manifest
from autograder.pool import Graders
from autograder.program import LIBRARIES, Program, code_of
from autograder.repair import mend
from autograder.rooms import PROJECT
from autograder.sandbox import submission as submission_module
from autograder.sandbox.inside.watch import below
from autograder.sandbox.proven import proven_wall
from autograder.sandbox.submission import Submission
from autograder.sandbox.wall import Wall

ASSIGNMENT = "a1_graphs"
SAMPLES = ("full_marks", "half_done", "untouched", "subtle_mistakes")
LOOK_SECONDS = 0.25
REPEATS = 15


def classroom(root: Path, count: int) -> None:
    """Build and release where that is to do, and fill a classroom with `count` submissions."""
    if not (root / "release").exists():
        build([ASSIGNMENT], root)
        words = [sys.executable, "-m", "nbgrader", "generate_assignment", ASSIGNMENT]
        env = {**command_env(), "COURSE_ROOT": str(root)}
        subprocess.run(words, check=True, cwd=PROJECT, env=env, capture_output=True)
    name = f"{ASSIGNMENT}.ipynb"
    places = (root / folder / ASSIGNMENT / name for folder in ("release", "source"))
    samples = Samples(read_assignment(ASSIGNMENT), *places).all()
    for number, kind in zip(range(count), itertools.cycle(SAMPLES), strict=False):
        folder = root / "submitted" / f"student{number:03}" / ASSIGNMENT
        folder.mkdir(parents=True)
        (folder / name).write_text(json.dumps(samples[kind]), encoding="utf-8")
        shutil.copy(root / "release" / ASSIGNMENT / "checks.json", folder)


def stock() -> dict[str, float]:
    """Time nbgrader's own autograde over all students, and its executing of the cells alone."""
    from nbgrader.converters import Autograde
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.preprocessors import Execute
    from traitlets.config import Config

    executing = [0.0]
    preprocess = cast("Callable[..., object]", Execute.preprocess)

    def timed(self: Execute, *words: object, **more: object) -> object:
        began = time.perf_counter()
        try:
            return preprocess(self, *words, **more)
        finally:
            executing[0] += time.perf_counter() - began

    def autograde(student: str) -> float:
        config = Config()
        config.CourseDirectory.root = str(classroom_root())
        config.CourseDirectory.assignment_id = ASSIGNMENT
        config.CourseDirectory.student_id = student
        converter = Autograde(coursedir=CourseDirectory(config=config), config=config)
        converter.force = True
        converter.log.setLevel("CRITICAL")
        began = time.perf_counter()
        converter.start()
        return time.perf_counter() - began

    with patch.object(Execute, "preprocess", timed):
        autograde("student000")
        executing[0] = 0.0
        total = autograde("*")
    return {"executing": executing[0], "gradebook": total}


def ours(jobs: int) -> dict[str, float]:
    """Time grading alone, and grading into the gradebook."""
    root = classroom_root()
    files = sorted((root / "submitted").glob(f"*/{ASSIGNMENT}/*.ipynb"))
    tasks = [Task(file, ASSIGNMENT, file.parent.parent.name, 7) for file in files]
    prepared(ASSIGNMENT)
    with Graders(root, "auto", jobs, start="fork", regrade=True) as graders:
        list(graders.grade_all(tasks[: 4 * jobs]))
        began = time.perf_counter()
        list(graders.grade_all(tasks))
        executing = time.perf_counter() - began
    began = time.perf_counter()
    grade_classroom(ASSIGNMENT, Way("auto", jobs, regrade=True), None)
    return {"executing": executing, "gradebook": time.perf_counter() - began}


def command(jobs: int) -> dict[str, float]:
    """Run the command that grades a classroom; return its seconds, and the most megabytes held.

    By all its processes, in all and while the last tenth was graded: a longer run is seen in more
    moments, so its peak is higher even if nothing grows. And by a worker with its wall: without and
    with what its submission's processes have to themselves.
    """
    words = [sys.executable, "-m", "autograder", "grade", ASSIGNMENT, "--jobs", str(jobs)]
    began = time.perf_counter()
    most = [0.0, 0.0, 0.0]
    looks: list[float] = []
    with subprocess.Popen([*words, "--regrade"], stdout=subprocess.DEVNULL) as run:
        while run.poll() is None:
            time.sleep(LOOK_SECONDS)
            processes = below(run.pid)
            workers = sum(map(_megabytes, processes))
            theirs = sum(_megabytes(each, "Private_") for each in _submissions(processes))
            if below(run.pid) != processes:  # pages that one left would count for another as well
                continue
            held = [workers + _megabytes(run.pid), (workers - theirs) / jobs, workers / jobs]
            most = [max(pair) for pair in zip(most, held, strict=True)]
            looks.append(held[0])
    if run.returncode:
        raise SystemExit(f"`autograder grade` ended with {run.returncode}")
    seconds = time.perf_counter() - began
    names = ("all", "worker", "with_submission")
    last = max(looks[-max(1, len(looks) // 10) :])
    return {"seconds": seconds, "last_tenth": last, **dict(zip(names, most, strict=True))}


def _megabytes(process: int, kind: str = "Pss:") -> float:
    """Return what a process holds, shared pages divided among those that share them."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0  # it has ended
    return sum(int(line.split()[1]) for line in lines if line.startswith(kind)) / 1024


def _submissions(processes: Sequence[int]) -> set[int]:
    """Return those of the processes that descend from a wall's warm parent."""
    found: set[int] = set()
    for process in processes:
        try:
            words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue  # it has ended
        if b"inside.zygote" in words and b"bwrap" not in words[0] and process not in found:
            found.update(below(process))
    return found


def alone() -> dict[str, float]:
    """Time one submission after another, less what the student's own code takes."""
    assignment = prepared(ASSIGNMENT)
    measured: dict[str, float] = {}
    with proven_wall("auto", classroom_root()) as wall:
        for number, kind in enumerate(SAMPLES):
            folder = classroom_root() / "submitted" / f"student{number:03}"
            data = (folder / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes()
            seconds: list[float] = []
            for seed in range(REPEATS):
                began = time.perf_counter()
                grade(data, assignment, seed, wall=wall, notebook="n.ipynb", student="s")
                seconds.append(time.perf_counter() - began)
            student = _cells(data, assignment, wall, REPEATS)
            if kind == "full_marks":
                calls = _calls(assignment)
                student += calls
                measured["student"] = _cold_cells(data, assignment) + calls
            measured[kind] = statistics.median(seconds) - student
    return measured


def _cold_cells(data: bytes, assignment: Assignment) -> float:
    """Return how long the cells run where nothing has been loaded for them before."""
    seconds: list[float] = []
    for _ in range(3):
        with proven_wall("auto", classroom_root()) as wall:
            seconds.append(_cells(data, assignment, wall, 1))
    return statistics.median(seconds)


def _cells(data: bytes, assignment: Assignment, wall: Wall, repeats: int) -> float:
    """Return how long the cells run behind the wall, from each request to its answer."""
    cells = manifest(assignment)
    code = to_run(mend(data, cells).cells, cells)
    receive: Callable[..., object] = submission_module.receive_in_time
    seconds: list[float] = []

    def timed(*words: object) -> object:
        began = time.perf_counter()
        answer = receive(*words)
        seconds[-1] += time.perf_counter() - began
        return answer

    with patch.object(submission_module, "receive_in_time", timed):
        for _ in range(repeats):
            seconds.append(0.0)
            with Submission(wall, code, companions(assignment), assignment.limits) as submission:
                submission.run()
    return statistics.median(seconds)


class _Timed:
    """Answers the hidden suite by the reference, here, and takes the time of that alone."""

    def __init__(self, names: Mapping[str, object]) -> None:
        self.names = names
        self.seconds = 0.0

    def call(self, program: Program, cases: Sequence[Sequence[object]]) -> list[object]:
        """Run a program on each case."""
        scope = {**LIBRARIES, **self.names}
        exec(code_of(program), scope)
        function = scope[program.name]
        assert callable(function)
        inputs = copy.deepcopy(cases)
        began = time.perf_counter()
        results: list[object] = [function(*case) for case in inputs]
        self.seconds += time.perf_counter() - began
        return results


def _calls(assignment: Assignment) -> float:
    """Return how long right answers take for all that the hidden suite asks."""
    specs = [*assignment.given, *itertools.chain(*(each.answers for each in assignment.exercises))]
    names: dict[str, object] = {}
    for module, path in (spec.split(":") for spec in specs):
        name = path.split(".")[0]
        names[name] = getattr(importlib.import_module(module), name)
    seconds: list[float] = []
    for seed in range(REPEATS):
        peer = _Timed(names)
        judge(assignment.id, peer, seed)
        seconds.append(peer.seconds)
    return statistics.median(seconds)


if __name__ == "__main__":
    step, *numbers = sys.argv[1:]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    steps: dict[str, Callable[..., dict[str, float]]] = {
        "stock": stock,
        "ours": ours,
        "command": command,
        "alone": alone,
    }
    print(json.dumps(steps[step](*map(int, numbers))))
