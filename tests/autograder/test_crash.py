"""Killed at any moment, a run loses nothing, writes nothing twice, and goes on where it ended.

Each moment is a run of its own in a fresh classroom: one process of it, chosen at random, is ended
by `kill -9` after a random time. CRASH_MOMENTS says how many there are; 50 take some minutes.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.cli import GO_ON
from autograder.rooms import PROJECT
from autograder.store import Store
from tests.autograder.conftest import Classroom
from tests.autograder.test_nbgrader import Score, gradebook
from tests.autograder.test_pool import children, wait_for
from tests.autograder.test_released import copy_of

pytestmark = pytest.mark.thorough

MOMENTS = int(os.environ.get("CRASH_MOMENTS", "4"))
GRADE = ("autograder", "grade", "a1_graphs", "--format", "json")
VICTIMS = ("the run", "a worker", "the wall's parent")
STUDENTS = ("ada", "ben", "cleo", "dora")


@dataclass(frozen=True)
class Undisturbed:
    """A classroom before grading, what grading it gives, and how long that takes."""

    before: Path
    scores: dict[str, dict[str, Score]]
    seconds: float
    after: Classroom


@pytest.fixture(scope="module")
def undisturbed(classroom: Classroom, samples, tmp_path_factory) -> Undisturbed:
    room = copy_of(classroom, tmp_path_factory.mktemp("before"))
    notebooks = (samples.full_marks(), samples.half_done(), samples.release, samples.half_done())
    for number, (student, notebook) in enumerate(zip(STUDENTS, notebooks, strict=True)):
        source = f"number = {number}"
        notebook["cells"].append({"cell_type": "code", "source": source, "metadata": {}})
        room.hand_in(student, notebook)
    shutil.copytree(room.root, after := tmp_path_factory.mktemp("after") / "room")
    began = time.monotonic()
    Classroom(after).run(*GRADE)
    seconds = time.monotonic() - began
    return Undisturbed(room.root, gradebook(after), seconds, Classroom(after))


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_a_killed_run_loses_nothing_and_a_second_one_does_the_rest(moment, undisturbed, tmp_path):
    chance = random.Random(moment)
    victim = VICTIMS[moment % len(VICTIMS)]
    room = Classroom(shutil.copytree(undisturbed.before, tmp_path / "room"))
    run = subprocess.Popen(
        [sys.executable, "-m", *GRADE],
        cwd=PROJECT,
        env=room.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(chance.uniform(0.3, 1.0) * undisturbed.seconds)
    killed = kill(run, victim, chance)
    _, said = run.communicate(timeout=240)
    if killed and victim != "the run":
        assert run.returncode == 0, said
        assert "not judged" not in said
    assert "Traceback" not in said
    wait_for(lambda: not running_in(room.root))
    kept, noted = reports(room.root), notes(room.root)
    events = run_again(room, tmp_path / "log")
    graded = [each["student"] for each in events if each["event"] == "graded" and not each["kept"]]
    assert len(graded) == len(STUDENTS) - len(kept), "only the rest is graded"
    written = {each["student"] for each in events if each["event"] == "written"}
    assert not written & noted, "what is in the gradebook is not written again"
    assert gradebook(room.root) == undisturbed.scores
    assert rows(room.root) == rows(undisturbed.after.root)
    assert len(reports(room.root)) == len(STUDENTS)
    assert not [each for each in events if each["event"] in ("felled", "unwritten", "stopped")]


def kill(run: "subprocess.Popen[str]", victim: str, chance: random.Random) -> bool:
    """Kill one process of a run, if the run has not ended yet and has such a one."""
    if victim == "the run":
        run.kill()
        return True
    workers = [p for p in children(run.pid) if parent(p) == run.pid]
    walls = [p for p in children(run.pid) if is_zygote(p) and not is_zygote(parent(p))]
    found = workers if victim == "a worker" else walls
    if not found:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(chance.choice(found), signal.SIGKILL)
    return True


def parent(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def is_zygote(process: int) -> bool:
    """Tell whether it is a warm parent or a fork of one; bubblewrap around it is not."""
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"inside.zygote" in words and b"bwrap" not in words[0]


def running_in(root: Path) -> list[int]:
    """Return the processes that were started for a classroom."""
    found: list[int] = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str(root).encode() in (process / "environ").read_bytes():
                found.append(int(process.name))
    return found


def reports(root: Path) -> set[str]:
    """Return whose whole reports lie in the store."""
    files = (root / "reports" / "a1_graphs").glob("*.json")
    kept = [Store(root).get("a1_graphs", file.stem) for file in files]
    return {each.report.student for each in kept if each is not None}


def notes(root: Path) -> set[str]:
    return {file.name for file in (root / "reports" / "a1_graphs" / "written").glob("*")}


def rows(root: Path) -> dict[str, int]:
    """Count what the gradebook holds."""
    tables = ("submitted_assignment", "submitted_notebook", "grade", "comment", "student")
    with sqlite3.connect(root / "gradebook.db") as database:
        return {
            table: database.execute(f"select count(*) from {table}").fetchone()[0]
            for table in tables
        }


@pytest.mark.parametrize("moment", [0.3, 0.8])
def test_an_interrupt_says_what_is_kept_and_leaves_no_process(moment, undisturbed, tmp_path):
    """A terminal sends Ctrl-C to every process of the run."""
    room = Classroom(shutil.copytree(undisturbed.before, tmp_path / "room"))
    run = subprocess.Popen(
        [sys.executable, "-m", *GRADE],
        cwd=PROJECT,
        env=room.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # whoever runs the tests
    )
    wait_for(lambda: children(run.pid))
    time.sleep(moment * undisturbed.seconds / 2)
    os.killpg(run.pid, signal.SIGINT)
    began = time.monotonic()
    _, said = run.communicate(timeout=240)
    assert said.splitlines() == [f"autograder: {GO_ON}"]
    assert run.returncode == 2
    assert time.monotonic() - began < 30
    wait_for(lambda: not running_in(room.root))
    run_again(room, tmp_path / "log")
    assert gradebook(room.root) == undisturbed.scores


def run_again(room: Classroom, log: Path, *options: str) -> list[dict[str, object]]:
    """Grade the classroom and return the events."""
    room.run(*GRADE, "--log-json", str(log), *options)
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_a_second_run_has_nothing_to_do_unless_told_to_regrade(undisturbed, tmp_path):
    room = Classroom(shutil.copytree(undisturbed.after.root, tmp_path / "room"))
    notebooks = sorted((room.root / "autograded").rglob("*.ipynb"))
    made = [file.stat().st_mtime_ns for file in notebooks]
    events = run_again(room, tmp_path / "log")
    assert [each["event"] for each in events] == ["start", *["graded"] * 4, "end"]
    assert all(each["kept"] for each in events if each["event"] == "graded")
    assert [file.stat().st_mtime_ns for file in notebooks] == made
    events = run_again(room, tmp_path / "log2", "--regrade")
    assert sorted(each["event"] for each in events) == [
        "end", *["graded"] * 4, "start", *["written"] * 4,
    ]  # fmt: skip
    assert not any(each["kept"] for each in events if each["event"] == "graded")
    assert gradebook(room.root) == undisturbed.scores


def test_what_changed_in_the_gradebook_or_was_handed_in_again_is_written_again(
    undisturbed, tmp_path
):
    room = Classroom(shutil.copytree(undisturbed.after.root, tmp_path / "room"))
    with sqlite3.connect(room.root / "gradebook.db") as database:
        database.execute(
            "update grade set auto_score = null where notebook_id in (select submitted_notebook.id "
            "from submitted_notebook join submitted_assignment on submitted_assignment.id = "
            "submitted_notebook.assignment_id where student_id = 'ada')"
        )
    shutil.rmtree(room.root / "autograded" / "ben")
    late = room.root / "submitted" / "cleo" / "a1_graphs" / "timestamp.txt"
    late.write_text("2030-01-01 00:00:00.000000 UTC")
    events = run_again(room, tmp_path / "log")
    assert [each["student"] for each in events if each["event"] == "written"] == [*STUDENTS[:3]]
    assert gradebook(room.root) == undisturbed.scores
