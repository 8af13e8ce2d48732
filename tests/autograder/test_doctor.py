"""The doctor: each finding has a cure of its own."""

from tests.autograder.conftest import Classroom


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
