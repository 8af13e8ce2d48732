"""The doctor: each finding has a cure of its own."""

import tempfile
from pathlib import Path

import pytest

from autograder import doctor
from autograder.sandbox.inside import confine, seccomp
from autograder.sandbox.layers import MINIMUM, NAMESPACES, layers, problem_of, user_namespaces
from autograder.sandbox.wall import WallError
from tests.autograder.conftest import Classroom
from tests.autograder.sandbox.conftest import USERS, contained

LAYERS = [
    *(f"namespaces: {name}" for name in NAMESPACES),
    "capabilities",
    "no_new_privs",
    "seccomp",
]
LAYERS += ["limits", "memory watch", "Landlock", "another user"]


def rows(said: str) -> dict[str, list[str]]:
    """Return mark, state and cure by what was looked at."""
    cells = [[cell.strip() for cell in line.split("│")] for line in said.splitlines()]
    return {row[2]: [row[1], *row[3:5]] for row in cells if len(row) > 4}


def test_it_finds_this_machine_well(classroom: Classroom):
    done = classroom.run("autograder", "doctor", COLUMNS="300")
    assert "submissions can be graded here" in done.stdout
    assert rows(done.stdout)["classroom"] == ["ok", str(classroom.root), ""]
    assert "MISSING" not in done.stdout


def test_a_bad_classroom_is_cured_by_another_and_is_no_fault_of_the_wall(
    classroom: Classroom, tmp_path
):
    file = tmp_path / "file"
    file.touch()
    done = classroom.run("autograder", "doctor", ends=2, COLUMNS="300", COURSE_ROOT=str(file))
    found = rows(done.stdout)
    mark, state, cure = found["classroom"]
    assert mark == "MISSING"
    assert str(file) in state
    assert cure == "set COURSE_ROOT to a folder that you may write"
    assert found["the wall"][0] == "ok"
    assert "nothing can be graded here yet" in done.stdout


def test_every_layer_and_every_wall_has_a_row(classroom: Classroom):
    found = rows(classroom.run("autograder", "doctor", COLUMNS="300").stdout)
    walls = ["wall: bwrap", "wall: bwrap-each", "wall: landlock", "the wall"]
    assert [name for name in found if name in LAYERS + walls] == [*LAYERS, *walls]
    assert found["the wall"][1] == "bwrap is the strongest that stands"


@pytest.mark.parametrize(
    ("name", "content", "what", "says"),
    [
        ("nbgrader_config.py", "c = (", "gradebook", "nbgrader_config.py"),
        ("gradebook.db", "no database", "gradebook", "cannot be read"),
        ("course_key", "", "course key", "is damaged"),
    ],
)
def test_it_finds_what_grading_a_class_would_refuse(
    classroom: Classroom, tmp_path: Path, name: str, content: str, what: str, says: str
):
    room = tmp_path / "room"
    room.mkdir()
    (room / name).write_text(content)
    found = rows(
        classroom.run("autograder", "doctor", ends=2, COLUMNS="400", COURSE_ROOT=str(room)).stdout
    )
    assert found[what][0] == "MISSING"
    assert says in found[what][1]
    assert found[what][2]


@pytest.mark.parametrize("user", USERS)
def test_in_a_stock_container_landlock_stands(user):
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o777)
        env = {"COURSE_ROOT": f"{place}/classroom", "COLUMNS": "300"}
        said = contained(USERS[user], "-m", "autograder", "doctor", **env)
    found = rows(said)
    assert {found[f"namespaces: {name}"][0] for name in NAMESPACES} == {"absent"}
    assert found["wall: bwrap"][0] == found["wall: bwrap-each"][0] == "absent"
    assert found["wall: landlock"][0] == "ok"
    assert found["the wall"][:2] == ["ok", "landlock is the strongest that stands"]
    assert "seccomp=unconfined" in found["wall: bwrap"][2]
    assert "submissions can be graded here" in said


def test_where_no_wall_stands_nothing_can_be_graded(monkeypatch, capsys):
    def refuse(tier: str, _: object) -> None:
        raise WallError(f"{tier} has fallen")

    monkeypatch.setattr(doctor, "tried_wall", refuse)
    monkeypatch.setenv("COLUMNS", "300")
    assert doctor.examine() == 2
    said = capsys.readouterr().out
    assert rows(said)["the wall"] == ["MISSING", "none stands", "mend one of the walls above"]
    assert "landlock has fallen" in said
    assert MINIMUM.split(".")[0] in said
    assert "nothing can be graded here yet" in said


# --- the layers ----------------------------------------------------------------------------------


def missing(*needed: bool) -> set[str]:
    return {layer.what for layer in layers() if not layer.there and layer.needed in needed}


def test_no_layer_is_missing_here():
    assert missing(True) == set()


def test_a_layer_that_does_not_hold_is_found_out(monkeypatch):
    monkeypatch.setattr(seccomp, "install", lambda: None)
    monkeypatch.setattr(confine, "forbid_new_privileges", lambda: None)
    monkeypatch.setattr(confine, "set_limits", lambda *_: None)
    monkeypatch.setattr(confine, "unshare", lambda _: 1 / 0)
    assert missing(True) == {"seccomp", "no_new_privs", "limits"}
    assert missing(False) >= {f"namespaces: {name}" for name in NAMESPACES}


def test_a_trial_says_what_was_wrong():
    assert problem_of(lambda: None) is None
    assert problem_of(lambda: 1 / 0) == "division by zero"
    assert problem_of(lambda: exec("import os; os._exit(0)")) == "the trial was ended"


def test_the_cure_is_the_switch_that_is_closed(monkeypatch, tmp_path):
    switch = tmp_path / "switch"
    monkeypatch.setattr("autograder.sandbox.layers.SWITCHES", {str(switch): "1"})
    assert "seccomp=unconfined" in user_namespaces()
    switch.write_text("1\n")
    assert "seccomp=unconfined" in user_namespaces()
    switch.write_text("0\n")
    assert user_namespaces().startswith("sysctl -w ")
    assert user_namespaces().endswith("switch=1")
