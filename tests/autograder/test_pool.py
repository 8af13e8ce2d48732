"""Grading processes outlive what they run: a submission that fells its grader costs no other."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder import crew, grader
from autograder.grade import Graded
from autograder.grader import Task
from autograder.pool import Graders, Outcome
from autograder.report import Report
from autograder.rooms import PROJECT
from autograder.sandbox.wall import Wall, WallError
from autograder.store import Store
from autograder.ungraded import SENTENCE, is_ungraded


def task(folder: Path, name: str, *sources: str) -> Task:
    cells = [{"cell_type": "code", "source": source, "metadata": {}} for source in sources]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    (folder / f"{name}.ipynb").write_text(json.dumps(notebook))
    return Task(folder / f"{name}.ipynb", "a1_graphs", name, 1)


@pytest.fixture
def felling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let notebooks fell the wall or the process that grades them, by a word in their bytes.

    The processes are forked, so that they grade by what is put here in `grade`'s place.
    """
    real = grader.grade

    def grade(data: bytes, *words: object, **names: object) -> Graded:
        mark = Path(str(names["notebook"]) + ".mark")
        if b"fells the wall" in data and (b"always" in data or not mark.exists()):
            mark.touch()
            raise WallError("it fell")
        if b"ends the grader" in data and (b"always" in data or not mark.exists()):
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return real(data, *words, **names)

    monkeypatch.setattr(grader, "grade", grade)
    # A pool after the first has to see it as well.
    monkeypatch.setattr(crew, "LATER", "fork")


def reports(outcomes: list[Outcome]) -> dict[str, Report]:
    return {outcome.graded.report.student: outcome.graded.report for outcome in outcomes}


@pytest.mark.parametrize("what", ["fells the wall", "ends the grader"])
def test_what_fells_its_grader_is_tried_again_and_costs_no_other(
    what, felling, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    tasks = [task(tmp_path, f"honest{n}", f"print({n})") for n in range(4)]
    tasks[2:2] = [
        task(tmp_path, "once", f"# {what}"),
        task(tmp_path, "always", f"# {what}, always"),
    ]
    with Graders(tmp_path, "none", 2, start="fork") as graders:
        outcomes = list(graders.grade_all(tasks))
    found = reports(outcomes)
    assert sorted(outcome.number for outcome in outcomes) == list(range(6))
    assert set(found) == {each.student for each in tasks}
    assert [name for name, report in found.items() if is_ungraded(report)] == ["always"]
    felled = found["always"]
    assert (felled.score, felled.max_score) == (0, 100)
    assert {exercise.status for exercise in felled.exercises} == {"error"}
    assert {test.message for e in felled.exercises for test in e.tests} == {SENTENCE}
    assert len(list((tmp_path / "reports" / "a1_graphs").glob("*.json"))) == 6
    with Graders(tmp_path, "none", 2, start="fork") as graders:
        again = list(graders.grade_all(tasks))
    assert all(outcome.kept for outcome in again)
    assert reports(again) == found


def test_regrading_asks_the_store_for_nothing_and_tells_it_all(tmp_path):
    tasks = [task(tmp_path, "ada", "1")]
    with Graders(tmp_path, "none", start="fork") as graders:
        (first,) = graders.grade_all(tasks)
    with Graders(tmp_path, "none", start="fork", regrade=True) as graders:
        (again,) = graders.grade_all(tasks)
    assert not again.kept
    receipt = again.graded.report.receipt
    assert receipt is not None
    assert receipt == first.graded.report.receipt
    assert Store(tmp_path).get("a1_graphs", receipt.key) == again.graded


def test_a_submission_after_a_broken_process_has_a_new_one(tmp_path):
    """As in formgrader's server, which keeps its grader for days."""
    others = set(children(os.getpid()))
    with Graders(tmp_path, "none", start="fork") as graders:
        graders.submit(task(tmp_path, "ada", "1")).result()
        for process in set(children(os.getpid())) - others:
            os.kill(process, signal.SIGKILL)
        time.sleep(0.3)
        assert graders.submit(task(tmp_path, "ben", "2")).result().report.student == "ben"


def test_a_wall_that_cannot_be_put_up_again_ends_the_batch(felling, tmp_path, monkeypatch):
    """It fails closed: without a wall nothing is graded, and nobody gets a report for it."""
    monkeypatch.chdir(tmp_path)
    real = Wall.__enter__

    def once(wall: Wall) -> Wall:
        if Path("put_up").exists():
            raise WallError("there is no bubblewrap any more")
        Path("put_up").touch()
        return real(wall)

    monkeypatch.setattr(Wall, "__enter__", once)
    tasks = [task(tmp_path, "ada", "# fells the wall"), task(tmp_path, "ben", "1")]
    with (
        Graders(tmp_path, "none", start="fork") as graders,
        pytest.raises(WallError, match="no bubblewrap any more"),
    ):
        list(graders.grade_all(tasks))
    assert not list((tmp_path / "reports").rglob("*.json"))


RUN = """
import sys
from pathlib import Path
from autograder.pool import Graders, Task
room = Path(sys.argv[1])
with Graders(room, "auto", 2, start=sys.argv[2]) as graders:
    tasks = [Task(room / f"{n}.ipynb", "a1_graphs", str(n), 1) for n in range(2)]
    for outcome in graders.grade_all(tasks):
        pass
"""


def children(process: int) -> list[int]:
    """Return what descends from a process."""
    found: list[int] = []
    with contextlib.suppress(OSError):  # it may just have ended
        for thread in Path(f"/proc/{process}/task").iterdir():
            for child in map(int, (thread / "children").read_text().split()):
                found += [child, *children(child)]
    return found


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_all_processes_end_with_the_one_that_started_them(start, tmp_path):
    for n in range(2):
        task(tmp_path, str(n), *["import time; time.sleep(60)"] * 3)
    command = [sys.executable, "-c", RUN, str(tmp_path), start]
    with subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.DEVNULL) as run:
        try:
            wait_for(lambda: is_sleeping(run.pid))
            family = children(run.pid)
        finally:
            run.kill()
    wait_for(lambda: not any(Path(f"/proc/{process}").exists() for process in family))


def is_sleeping(run: int) -> bool:
    """Tell whether both submissions run: two warm parents and a fork of each."""
    said: list[bytes] = []
    for process in children(run):
        with contextlib.suppress(OSError):
            said.append(Path(f"/proc/{process}/cmdline").read_bytes())
    zygotes = [each for each in said if b"inside.zygote" in each]
    return sum(b"bwrap" not in each.split(b"\0")[0] for each in zygotes) >= 4


def wait_for(condition, seconds: float = 90.0) -> None:
    finish = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < finish, "it did not come to pass"
        time.sleep(0.05)
