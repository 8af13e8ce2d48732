"""A gradebook that is locked, read-only or full: waited for, or named in one sentence."""

import json
import re
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from autograder import gradebook as gradebook_module
from autograder import grading, written
from autograder.gradebook import Unwritable, patiently, unfit
from autograder.grading import Way, grade_classroom
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
        (["database is locked"] * 9, "another program holds the gradebook"),
        (["attempt to write a readonly database", "not asked"], "may not be written"),
        (["database or disk is full", "not asked"], "the disk is full"),
    ],
)
def test_a_locked_gradebook_is_tried_again_and_no_other_trouble(problems, outcome):
    said = iter(problems)

    def once(*_: str) -> str | None:
        return next(said)

    if outcome is None or "[ERROR]" in outcome:
        assert patiently(once, "a1_graphs", "ada") == outcome
    else:
        with pytest.raises(Unwritable, match=outcome):
            patiently(once, "a1_graphs", "ada")


@pytest.mark.parametrize(
    ("student", "time", "said"),
    [
        ("ada", None, None),
        ("o'brien {x} ü%", "2026-01-31 23:59:00 UTC", None),
        ("[ada]", None, r"takes \[ in a name for a pattern: rename"),
        ("a*?", None, r"takes \* \? in a name"),
        ("ada", "no time at all", "timestamp.txt holds no time: write one such as 20"),
        ("ada", "", "timestamp.txt holds no time"),
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
    monkeypatch.setattr(written, "LOCK_SECONDS", 0.2)
    holder = held(room.root / "gradebook.db", 1)
    with pytest.raises(
        PermissionError, match=r"another program holds the gradebook .* nothing was"
    ):
        check_writable(room.root)
    holder.join()
    check_writable(room.root)


def test_a_read_only_gradebook_is_said_before_anything_is_graded(room: Classroom, monkeypatch):
    """Opened as SQLite opens a file that may not be written; root may write every file."""
    real = sqlite3.connect

    def read_only(file: Path, *words: float, **names: None) -> sqlite3.Connection:
        return real(f"{file.as_uri()}?mode=ro", *words, uri=True, **names)

    before = (room.root / "gradebook.db").read_bytes()
    check_writable(room.root)
    assert (room.root / "gradebook.db").read_bytes() == before
    monkeypatch.setattr(written.sqlite3, "connect", read_only)
    with pytest.raises(PermissionError, match="may not be written; nothing was graded: make"):
        check_writable(room.root)


def test_where_the_gradebook_takes_nothing_all_is_graded_and_kept(room: Classroom, monkeypatch):
    """The second student's report is not tried in vain, and both are in the store."""
    asked: list[str] = []

    def write(_: str, student: str) -> str | None:
        asked.append(student)
        raise Unwritable("the disk is full: make room")

    monkeypatch.setenv("COURSE_ROOT", str(room.root))
    monkeypatch.setattr(grading, "gradebook_writer", lambda: write)
    log = room.root / "log"
    with pytest.raises(RuntimeError, match=r"for ada .the disk is full: make room., ben .*goes on"):
        grade_classroom("a1_graphs", Way("auto", 1, log=log), None)
    assert len(asked) == 1
    files = (room.root / "reports" / "a1_graphs").glob("*.json")
    kept = [Store(room.root).get("a1_graphs", file.stem) for file in files]
    assert sorted(each.report.student for each in kept if each) == ["ada", "ben"]
    events = [json.loads(line)["event"] for line in log.read_text().splitlines()]
    assert events == ["start", "graded", "unwritten", "graded", "unwritten", "end"]
