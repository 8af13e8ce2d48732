"""A gradebook that is locked, read-only or full: waited for, or named in one sentence."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from autograder import database, grading
from autograder import gradebook as gradebook_module
from autograder.database import FULL, DatabaseError
from autograder.gradebook import patiently, told_by_problem, unfit
from autograder.grading import Way, grade_classroom
from autograder.rooms import PROJECT
from autograder.store import Store
from autograder.written import check_writable
from tests.autograder.conftest import Classroom
from tests.autograder.test_nbgrader import gradebook
from tests.autograder.test_released import copy_of

GRADE = ("autograder", "grade", "a1_graphs")


@pytest.fixture
def room(classroom: Classroom, samples, tmp_path: Path) -> Classroom:
    """Two students who handed the untouched release in."""
    room = copy_of(classroom, tmp_path)
    for student in ("ada", "ben"):
        room.hand_in(student, samples.release)
    return room


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradebook_module, "PAUSES", (0.01, 0.01))


@pytest.mark.parametrize(
    ("problems", "outcome"),
    [
        ([None], None),
        (["sqlite3.OperationalError: database is locked", None], None),
        (["[ERROR] something else", "not asked"], "[ERROR] something else"),
        (["database is locked", "[ERROR] something else"], "[ERROR] something else"),
        (["database is locked"] * 9, "the gradebook db is held by another program: close"),
        (["attempt to write a readonly database", "not asked"], "db may not be written: make"),
        (["database or disk is full", "not asked"], "db finds no room on the disk: make room"),
        (["connection to server at localhost failed"] * 9, "db cannot be reached: start"),
        (["server closed the connection unexpectedly", None], None),
    ],
)
def test_a_locked_gradebook_is_tried_again_and_no_other_trouble(problems, outcome):
    said = iter(problems)

    def once(*_: str) -> str | None:
        return next(said)

    if outcome is None or "[ERROR]" in outcome:
        assert patiently(once, "db", "a1_graphs", "ada") == outcome
    else:
        with pytest.raises(DatabaseError, match=outcome):
            patiently(once, "db", "a1_graphs", "ada")


def test_many_students_with_one_problem_are_told_once():
    problems = [(f"s{n}", "full") for n in range(7)] + [("ada", "no time")]
    assert told_by_problem(problems) == "s0, s1, s2, s3, s4 and 2 more (full); ada (no time)"


@pytest.mark.parametrize(
    ("student", "time", "said"),
    [
        ("ada", None, None),
        ("o'brien {x} ü%", "2026-01-31 23:59:00 UTC", None),
        ("[ada]", None, r"takes \[ in a name for a pattern: rename"),
        ("a*?", None, r"takes \* \? in a name"),
        ("ada", "no time at all", "timestamp.txt holds no time: write one such as 20"),
        ("ada", "", "timestamp.txt holds no time"),
        ("ada", "9" * 3_000, "timestamp.txt holds no time"),
        ("M\udcfcller", None, "is no text, so that the gradebook cannot hold it: rename"),
    ],
)
def test_what_nbgrader_cannot_take_is_named(tmp_path: Path, student, time, said):
    folder = tmp_path / "submitted" / student / "a1"
    folder.mkdir(parents=True)
    if time is not None:
        (folder / "timestamp.txt").write_text(time)
    found = unfit(tmp_path, "a1", student)
    assert found is None if said is None else re.search(said, found or "")


def held(file: Path, seconds: float) -> threading.Thread:
    """Hold a gradebook in another thread, as a program that writes to it does."""
    ready = threading.Event()

    def hold() -> None:
        database = sqlite3.connect(file, isolation_level=None)
        database.execute("begin exclusive")
        ready.set()
        time.sleep(seconds)
        database.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert ready.wait(10)
    return thread


def test_a_gradebook_that_is_held_for_some_seconds_is_waited_for(room: Classroom):
    holder = held(room.root / "gradebook.db", 3)
    room.run(*GRADE)
    holder.join()
    assert set(gradebook(room.root)) == {"ada", "ben"}


def test_a_gradebook_that_is_not_let_go_of_is_one_sentence(room: Classroom, monkeypatch):
    monkeypatch.setattr(database, "WAIT_SECONDS", 0.2)
    holder = held(room.root / "gradebook.db", 1)
    with pytest.raises(
        PermissionError,
        match=r"gradebook\.db is held by another program; nothing was graded: close",
    ):
        check_writable(room.root)
    holder.join()
    check_writable(room.root)


def test_what_is_no_gradebook_is_one_sentence(room: Classroom):
    (room.root / "gradebook.db").write_bytes(b"anything but a database" * 99)
    with pytest.raises(OSError, match=r"cannot be read .*put a copy of it back"):
        check_writable(room.root)


def test_a_try_changes_nothing(room: Classroom):
    before = (room.root / "gradebook.db").read_bytes()
    check_writable(room.root)
    assert (room.root / "gradebook.db").read_bytes() == before


# In mounts of its own, which any user may have: a read-only gradebook, and a disk that is full.
SCARCE = """
set -e
mount -t tmpfs -o size=16m tmpfs "$COURSE_ROOT"
cp -a "$BEFORE/." "$COURSE_ROOT"
cd "$COURSE_ROOT"
grade() {
    local ended=0
    "$PYTHON" -m autograder grade a1_graphs --sandbox none >/dev/null 2>"$SAID/$1" || ended=$?
    echo "exit $ended" >>"$SAID/$1"
}
fill() {
    cat /dev/zero 2>/dev/null >filler || truncate -s -8k filler
}
mount --bind gradebook.db gradebook.db
mount -o remount,bind,ro gradebook.db
grade read_only
umount gradebook.db
fill
grade no_room_for_reports
rm filler
grade room
rm -rf autograded/ben
fill
grade no_room_for_scores
rm filler
grade room_again
cp -a reports autograded gradebook.db "$SAID"
"""


def test_a_read_only_gradebook_and_a_full_disk_are_one_sentence_and_cost_nothing(
    room: Classroom, tmp_path_factory: pytest.TempPathFactory
):
    place, said = tmp_path_factory.mktemp("place"), tmp_path_factory.mktemp("said")
    names = {"BEFORE": room.root, "COURSE_ROOT": place, "SAID": said, "PYTHON": sys.executable}
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "bash", "-c", SCARCE],
        env={**room.env, "PYTHONPATH": str(PROJECT), **{name: str(p) for name, p in names.items()}},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    for step, ended, sentence in (
        ("read_only", 2, r"gradebook\.db may not be written; nothing was graded: make it and"),
        ("no_room_for_reports", 2, r"No space left on device; reports that were kept stay: make"),
        ("room", 0, ""),
        ("no_room_for_scores", 2, r"gradebook for ben \(the gradebook .* finds no room .*goes on"),
        ("room_again", 0, ""),
    ):
        no_wall, *lines, last = (said / step).read_text().splitlines()
        assert no_wall.startswith("no wall")
        assert last == f"exit {ended}", (step, lines)
        assert len(lines) == bool(sentence), (step, lines)
        assert re.search(sentence, "".join(lines)), (step, lines)
    assert set(gradebook(said)) == {"ada", "ben"}
    assert len(list((said / "autograded").rglob("*.ipynb"))) == 2
    assert len(list((said / "reports" / "a1_graphs").glob("*.json"))) == 2


def test_one_whom_the_gradebook_cannot_hold_costs_the_others_nothing(room: Classroom, samples):
    room.hand_in("M\udcfcller", samples.release)
    (room.root / "submitted" / "ben" / "a1_graphs" / "timestamp.txt").write_text("garbage")
    out = room.root / "all.json"
    done = room.run(*GRADE, "--format", "json", "--out", str(out), ends=2)
    assert [report["student"] for report in json.loads(out.read_text())] == ["Mller", "ada", "ben"]
    assert "written: " in done.stderr
    assert "for Mller (the folder's name is no text" in done.stderr
    assert "ben (its timestamp.txt holds no time" in done.stderr
    assert set(gradebook(room.root)) == {"ada"}


def test_links_and_nested_folders_of_one_cost_the_others_nothing(room: Classroom, monkeypatch):
    beside = room.root / "submitted" / "ben" / "a1_graphs"
    (beside / "x.html").symlink_to("../../../gradebook.db")
    monkeypatch.chdir(beside)
    for _ in range(1_500):
        os.mkdir("d")
        os.chdir("d")
    try:
        done = room.run(*GRADE, "--format", "json", ends=2)
    finally:
        for _ in range(1_500):  # pytest's own clean-up calls itself for each folder
            os.chdir("..")
            os.rmdir("d")
    assert [report["student"] for report in json.loads(done.stdout)] == ["ada", "ben"]
    assert "ben handed in x.html, which is no ordinary file" in " ".join(done.stderr.split())
    assert set(gradebook(room.root)) == {"ada"}
    assert not list((room.root / "autograded").rglob("x.html"))


def test_where_the_gradebook_takes_nothing_all_is_graded_and_kept(room: Classroom, monkeypatch):
    """The second student's report is not tried in vain, and both are in the store."""
    asked: list[str] = []

    def write(_: str, student: str) -> str | None:
        asked.append(student)
        raise DatabaseError("db", FULL)

    monkeypatch.setenv("COURSE_ROOT", str(room.root))
    monkeypatch.setattr(grading, "gradebook_writer", lambda: write)
    log = room.root / "log"
    with pytest.raises(
        RuntimeError, match=r"for ada, ben .the gradebook db finds no room .*goes on"
    ):
        grade_classroom("a1_graphs", Way("auto", 1, log=log), None)
    assert len(asked) == 1
    files = (room.root / "reports" / "a1_graphs").glob("*.json")
    kept = [Store(room.root).get("a1_graphs", file.stem) for file in files]
    assert sorted(each.report.student for each in kept if each) == ["ada", "ben"]
    events = [json.loads(line)["event"] for line in log.read_text().splitlines()]
    assert events == ["start", "graded", "unwritten", "graded", "unwritten", "end"]
