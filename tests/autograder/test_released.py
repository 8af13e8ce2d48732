"""What the gradebook holds of an assignment, and what no longer fits it."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from autograder.assignment import read_assignment
from autograder.database import DatabaseError
from autograder.manifest import manifest
from autograder.released import (
    ReleaseError,
    check_before_build,
    check_before_grading,
    release_of,
)
from tests.autograder.conftest import Classroom

NAME = "a1_graphs"


def copy_of(room: Classroom, folder: Path) -> Classroom:
    """Return the released classroom before anybody handed in."""
    for part in ("source", "release", "built"):
        shutil.copytree(room.root / part, folder / part)
    shutil.copy(room.root / "gradebook.db", folder / "gradebook.db")
    with sqlite3.connect(folder / "gradebook.db") as database:
        for table in ("grade", "comment", "submitted_notebook", "submitted_assignment"):
            database.execute(f"delete from {table}")
    return Classroom(folder)


def hand_in(room: Classroom) -> None:
    """Let the gradebook know a submission."""
    with sqlite3.connect(room.root / "gradebook.db") as database:
        database.execute(
            "insert into submitted_assignment (id, assignment_id, student_id) "
            "select 'first', id, 'ada' from assignment"
        )


def built(room: Classroom) -> Path:
    return room.root / "source" / NAME / f"{NAME}.ipynb"


def without(notebook: bytes, *names: str) -> bytes:
    table = json.loads(notebook)
    table["cells"] = [cell for cell in table["cells"] if cell["id"] not in names]
    return json.dumps(table).encode()


def worth(notebook: bytes, name: str, points: int) -> bytes:
    table = json.loads(notebook)
    (cell,) = [cell for cell in table["cells"] if cell["id"] == name]
    cell["metadata"]["nbgrader"]["points"] = points
    return json.dumps(table).encode()


@pytest.fixture
def room(classroom: Classroom, tmp_path: Path) -> Classroom:
    return copy_of(classroom, tmp_path)


def points() -> dict[str, float]:
    return {cell.grade_id: cell.points for cell in manifest(read_assignment(NAME))}


def test_the_release_is_what_the_manifest_says(room: Classroom):
    release = release_of(room.root, NAME)
    assert release is not None
    assert release.points == points()
    assert release.submissions == 0
    hand_in(room)
    release = release_of(room.root, NAME)
    assert release is not None
    assert release.submissions == 1


def test_what_was_never_released(room: Classroom, tmp_path: Path):
    assert release_of(tmp_path / "nowhere", NAME) is None
    assert release_of(room.root, "a9_dreams") is None


def test_a_build_without_submissions_may_change_everything(room: Classroom):
    notebook = built(room).read_bytes()
    assert check_before_build(room.root, NAME, without(notebook, "gates", "test_gates")) == ""


def test_a_build_that_changes_no_cell_goes_on(room: Classroom):
    hand_in(room)
    assert check_before_build(room.root, NAME, built(room).read_bytes()) == ""


def test_a_build_with_other_cells_is_refused_once_there_are_submissions(room: Classroom):
    hand_in(room)
    notebook = without(built(room).read_bytes(), "gates", "test_gates")
    with pytest.raises(ReleaseError) as refused:
        check_before_build(room.root, NAME, notebook)
    said = str(refused.value)
    assert "1 submissions" in said
    assert "gone gates, test_gates" in said
    assert "`nbgrader db assignment remove a1_graphs --force`" in said


def test_a_build_with_other_points_says_what_must_follow(room: Classroom):
    hand_in(room)
    said = check_before_build(room.root, NAME, worth(built(room).read_bytes(), "test_gates", 12))
    assert "test_gates 10 -> 12 points" in said
    assert "`nbgrader generate_assignment a1_graphs --force`" in said
    assert "`autograder grade a1_graphs`" in said


def test_grading_needs_the_release_of_the_assignment_as_it_is(room: Classroom, tmp_path: Path):
    check_before_grading(room.root, NAME, points())
    with pytest.raises(ReleaseError, match="is not released: run `autograder build a1_graphs`"):
        check_before_grading(tmp_path / "nowhere", NAME, points())
    for changed, said in (
        ({**points(), "test_gates": 12}, "test_gates 10 -> 12 points"),
        ({**points(), "later": 0}, "new later"),
    ):
        with pytest.raises(ReleaseError, match=f"changed since its release.*{said}"):
            check_before_grading(room.root, NAME, changed)


def test_a_broken_gradebook_is_one_sentence(room: Classroom):
    (room.root / "gradebook.db").write_text("no database at all")
    with pytest.raises(DatabaseError, match=r"gradebook\.db cannot be read \(file is not a data"):
        release_of(room.root, NAME)


def change(room: Classroom, statement: str) -> None:
    """Let the gradebook hold another release than the text says, and a submission of it."""
    hand_in(room)
    with sqlite3.connect(room.root / "gradebook.db") as database:
        assert database.execute(statement).rowcount == 1


def test_the_build_command_refuses_and_leaves_what_was_built(room: Classroom):
    change(room, "delete from source_cell where name = 'gates'")
    before = built(room).stat().st_mtime_ns
    done = room.run("autograder", "build", NAME, ends=2)
    assert "adds and removes no cells (new gates)" in done.stderr
    assert built(room).stat().st_mtime_ns == before


def test_the_build_command_says_what_must_follow(room: Classroom):
    cell = "select id from base_cell where name = 'test_gates' and type = 'GradeCell'"
    change(room, f"update grade_cells set max_score = 8 where id = ({cell})")
    done = room.run("autograder", "build", NAME)
    assert "built a1_graphs" in done.stdout
    assert "test_gates 8 -> 10 points" in done.stderr
    done = room.run("autograder", "grade", NAME, ends=2)
    assert "test_gates 8 -> 10 points" in done.stderr
