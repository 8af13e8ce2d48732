"""PostgreSQL as the gradebook: graded into by a real server, which ends midway and comes back."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook, InvalidEntry
from nbgrader.apps import NbGraderAPI
from sqlalchemy import create_engine, text

from autograder import gradebook as gradebook_module
from autograder import grading, server_database
from autograder.configuration import configuration
from autograder.database import DatabaseError, SqliteFile, database
from autograder.grading import Way, grade_classroom
from autograder.released import release_of
from autograder.server_database import ServerDatabase
from tests.autograder.conftest import Classroom
from tests.autograder.test_crash import reports, run_again
from tests.autograder.test_released import copy_of
from tests.postgresql import PASSWORD, Server, server

pytestmark = [pytest.mark.postgresql, pytest.mark.thorough]
NAME = "a1_graphs"
STUDENTS = ("ada", "ben", "cleo", "dora")


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with server() as started:
        yield started


@pytest.fixture(scope="module")
def room(
    classroom: Classroom, samples, running: Server, tmp_path_factory: pytest.TempPathFactory
) -> Classroom:
    """Four students, and a gradebook in the server that holds the release and nobody yet."""
    room = copy_of(classroom, tmp_path_factory.mktemp("room"))
    (room.root / "gradebook.db").unlink()
    configure(room, running.url)
    notebooks = (samples.full_marks(), samples.half_done(), samples.release, samples.half_done())
    for number, (student, notebook) in enumerate(zip(STUDENTS, notebooks, strict=True)):
        own = {"cell_type": "code", "source": f"number = {number}", "metadata": {}}
        room.hand_in(student, {**notebook, "cells": [*notebook["cells"], own]})
    done = room.run("autograder", "grade", NAME, ends=2)
    assert "a1_graphs is not released" in done.stderr
    room.run("nbgrader", "generate_assignment", NAME, "--force")
    return room


def configure(room: Classroom, url: str) -> None:
    file = room.root / "nbgrader_config.py"
    file.write_text(f"c.CourseDirectory.db_url = {url!r}\n")


def scores(url: str) -> dict[str, float]:
    """Ask nbgrader itself."""
    with Gradebook(url, "") as gradebook:
        found = gradebook.assignment_submissions(NAME)
        return {submission.student.id: submission.score for submission in found}


def events_in(log: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_a_server_that_ends_midway_costs_nothing(
    room: Classroom, running: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """It ends after the first student; all others are graded, and written when it is back."""
    monkeypatch.setenv("COURSE_ROOT", str(room.root))
    monkeypatch.setattr(gradebook_module, "PAUSES", (0.05, 0.05))
    write = grading.gradebook_writer()

    def write_once(assignment: str, student: str) -> str | None:
        problem = write(assignment, student)
        running.stop()
        return problem

    monkeypatch.setattr(grading, "gradebook_writer", lambda: write_once)
    with pytest.raises(RuntimeError) as told:
        grade_classroom(NAME, Way("auto", 2, log=tmp_path / "first"), None)
    said = str(told.value)
    assert said.count("postgresql://grader:***@/postgres cannot be reached: start its server") == 1
    assert PASSWORD not in said
    assert "the reports are kept, so that the same command goes on from here" in said
    events = events_in(tmp_path / "first")
    (first,) = [each["student"] for each in events if each["event"] == "written"]
    assert reports(room.root) == set(STUDENTS)

    away = room.run("autograder", "grade", NAME, ends=2)
    (line,) = away.stderr.splitlines()
    assert "gradebook postgresql://grader:***@/postgres cannot be reached (connection" in line
    assert "nothing was graded: start its server, or mend db_url" in line
    assert PASSWORD not in line

    running.start()
    events = run_again(room, tmp_path / "second")
    assert all(each["kept"] for each in events if each["event"] == "graded")
    rest = [each["student"] for each in events if each["event"] == "written"]
    assert sorted([first, *rest]) == [*STUDENTS]
    found = scores(running.url)
    assert found == {"ada": 100, "ben": found["dora"], "cleo": 0, "dora": found["ben"]}
    assert 0 < found["ben"] < 100
    shown = NbGraderAPI(config=configuration(room.root)).get_submissions(NAME)  # to formgrader
    assert {each["student"]: each["score"] for each in shown} == found
    assert [each["student"] for each in shown if each["needs_manual_grade"]] == ["ada"]

    monkeypatch.setattr(grading, "gradebook_writer", lambda: write)
    grade_classroom(NAME, Way("auto", 2, log=tmp_path / "third"), None)
    assert [each["event"] for each in events_in(tmp_path / "third")] == [
        "start", *["graded"] * 4, "end",
    ]  # fmt: skip
    grade_classroom(NAME, Way("auto", 2, regrade=True, log=tmp_path / "fourth"), None)
    assert sum(each["event"] == "written" for each in events_in(tmp_path / "fourth")) == 4
    assert scores(running.url) == found
    assert not (room.root / "gradebook.db").exists()


def test_what_a_second_build_may_change_is_asked_of_the_server(room: Classroom):
    room.run("autograder", "grade", NAME)  # the rest of it, whichever tests ran before this one
    release = release_of(room.root, NAME)
    assert release is not None
    assert release.submissions == 4
    assert release.points["test_gates"] == 10
    assert release_of(room.root, "a9_dreams") is None


def test_what_another_program_holds_is_waited_for_and_not_for_ever(
    room: Classroom, running: Server, monkeypatch: pytest.MonkeyPatch
):
    """So are the connections that nbgrader opens."""
    engine = create_engine(running.url)
    holder = engine.connect()
    holder.execute(text("lock table grade, student in exclusive mode"))
    letting_go = threading.Timer(0.5, holder.close)
    letting_go.start()
    began = time.monotonic()
    ServerDatabase(running.url).check_writable()
    assert time.monotonic() - began > 0.3
    letting_go.join()

    monkeypatch.setattr(server_database, "WAIT_SECONDS", 0.2)
    with engine.connect() as holder:
        holder.execute(text("lock table grade, student in exclusive mode"))
        with pytest.raises(DatabaseError, match=r"is held by another program .*lock timeout"):
            ServerDatabase(running.url).check_writable()
        with (
            Gradebook(running.url, "") as gradebook,
            pytest.raises(InvalidEntry, match="lock timeout"),
        ):
            gradebook.add_student("eve")
    engine.dispose()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("grader:", "looker:"), r"may not be written \(permission denied .*let its user"),
        (
            ("@/postgres?host=", "@no.such.host/x?options="),
            r"cannot be reached \(failed to resolve host 'no\.such",
        ),
        ((PASSWORD, "wrong"), r"cannot be reached \(.*password authentication failed"),
        (("/postgres?", "/elsewhere?"), r'cannot be reached \(.*database "elsewhere" does not'),
        (("postgresql:", "postgresql+pg8000:"), "needs the driver pg8000: install it; `pip"),
        (("postgresql:", "papyrus:"), "is of an unknown kind: let db_url begin with"),
        (("postgresql:", "postgresql"), "of db_url has no address: let db_url"),
    ],
)
def test_what_is_wrong_with_the_address_is_one_sentence(
    room: Classroom, running: Server, change: tuple[str, str], said: str
):
    engine = create_engine(running.url)
    with engine.begin() as connection:
        connection.execute(text("drop role if exists looker"))
        connection.execute(text(f"create role looker login password '{PASSWORD}'"))
        connection.execute(text("alter role looker in database postgres set role pg_read_all_data"))
    engine.dispose()
    with pytest.raises(DatabaseError, match=said) as told:
        ServerDatabase(running.url.replace(*change)).check_writable()
    assert PASSWORD not in str(told.value)
    assert "\n" not in str(told.value)


def test_a_file_of_sqlite_is_asked_without_a_server(room: Classroom, tmp_path: Path):
    for url, file in (("sqlite:////a/b.db", "/a/b.db"), ("sqlite:///b.db", "b.db")):
        other = tmp_path / file.replace("/", "-")
        other.mkdir()
        configure(Classroom(other), url)
        found = database(other)
        assert isinstance(found, SqliteFile)
        assert found.name == str(other / file)
