"""`nbgrader generate_assignment --force` refuses before it deletes the release."""

import json
from pathlib import Path

import pytest

from tests.autograder.conftest import Classroom
from tests.autograder.test_released import NAME, built, copy_of, hand_in, without

RELEASE = ("nbgrader", "generate_assignment", NAME, "--force")


@pytest.fixture
def room(classroom: Classroom, tmp_path: Path) -> Classroom:
    return copy_of(classroom, tmp_path)


def released(room: Classroom) -> bytes:
    return (room.root / "release" / NAME / f"{NAME}.ipynb").read_bytes()


def test_what_was_built_is_released_again(room: Classroom):
    before = released(room)
    room.run(*RELEASE)
    assert released(room) == before


def test_a_notebook_edited_by_hand_is_not_released(room: Classroom):
    notebook = json.loads(built(room).read_text())
    notebook["cells"][0]["source"] = "# Another title"
    built(room).write_text(json.dumps(notebook))
    before = released(room)
    done = room.run(*RELEASE, ends=1)
    assert f"{built(room)} was edited by hand" in done.stderr
    assert released(room) == before


def test_what_running_and_saving_leaves_is_no_edit(room: Classroom):
    notebook = json.loads(built(room).read_text())
    notebook["metadata"]["language_info"] = {"name": "python", "version": "3.11.2"}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["execution_count"] = 7
    built(room).write_text(json.dumps(notebook))
    room.run(*RELEASE)


def test_other_cells_than_those_of_submissions_are_not_released(room: Classroom):
    """A notebook that no build wrote is guarded too."""
    built(room).write_bytes(without(built(room).read_bytes(), "gates", "test_gates"))
    (room.root / "built" / f"{NAME}.json").unlink()
    room.run(*RELEASE)
    hand_in(room)
    built(room).write_bytes(without(built(room).read_bytes(), "sigmoid_neuron"))
    before = released(room)
    done = room.run(*RELEASE, ends=1)
    assert "gone sigmoid_neuron" in done.stderr
    assert released(room) == before
