"""Which releases are bundled: those that are as the text and the build say, and no other."""

import json
import zipfile
from pathlib import Path

import pytest

from autograder.bundles.command import Kind, write_bundles
from autograder.demo.samples import Notebook
from autograder.released import ReleaseError
from tests.autograder.conftest import Classroom
from tests.autograder.test_released import copy_of

pytestmark = pytest.mark.thorough

NAME = "a1_graphs"


def test_a_release_that_is_not_as_the_text_is_refused(
    classroom: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    room = copy_of(classroom, tmp_path)
    monkeypatch.setenv("COURSE_ROOT", str(room.root))
    file = room.root / "release" / NAME / f"{NAME}.ipynb"
    text = file.read_text()
    stub = "# YOUR CODE HERE\\n"
    assert stub in text
    file.write_text(text.replace(stub, "# YOUR CODE\\n", 1))
    with pytest.raises(ReleaseError, match=r"changed since its release \(\w+\): run"):
        write_bundles("student", [NAME], tmp_path / "out")
    assert not (tmp_path / "out").exists()


ANSWER = {"cell_type": "code", "id": "x", "metadata": {}, "outputs": [], "source": "answer = 1"}


def _with_a_cell(notebook: Notebook) -> None:
    notebook["cells"].append({**ANSWER, "execution_count": None})


def _with_an_output(notebook: Notebook) -> None:
    cell = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "the answer"}]


@pytest.mark.parametrize("spoil", [_with_a_cell, _with_an_output])
def test_a_release_in_which_somebody_has_worked_is_refused(
    classroom: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil
):
    room = copy_of(classroom, tmp_path)
    monkeypatch.setenv("COURSE_ROOT", str(room.root))
    file = room.root / "release" / NAME / f"{NAME}.ipynb"
    notebook = json.loads(file.read_text())
    spoil(notebook)
    file.write_text(json.dumps(notebook))
    with pytest.raises(ReleaseError, match=r"worked in the release.*cells \d+ are new"):
        write_bundles("student", [NAME], tmp_path / "out")


def test_a_file_beside_the_notebook_that_was_changed_is_refused(
    classroom: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    room = copy_of(classroom, tmp_path)
    monkeypatch.setenv("COURSE_ROOT", str(room.root))
    file = room.root / "release" / NAME / "checks.json"
    file.write_text(file.read_text() + " ")
    with pytest.raises(ReleaseError, match=r"not as the build wrote them.*\(checks.json\)"):
        write_bundles("student", [NAME], tmp_path / "out")


@pytest.mark.parametrize("kind", ["student", "github"])
def test_what_no_build_wrote_is_refused_until_it_is_gone(
    classroom: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Kind
):
    room = copy_of(classroom, tmp_path)
    monkeypatch.setenv("COURSE_ROOT", str(room.root))
    source = room.root / "source" / NAME
    extra = [
        source / "a1_graphs.html",
        source / "a1_graphs.ipynb.bak",
        source / "more" / "notes.md",
    ]
    (source / "more").mkdir()
    for file in extra:
        file.write_text("the answers\n")
    room.run("nbgrader", "generate_assignment", NAME, "--force")
    with pytest.raises(ReleaseError) as refused:
        write_bundles(kind, [NAME], tmp_path / "out")
    assert "(a1_graphs.html, a1_graphs.ipynb.bak, more/notes.md): delete" in str(refused.value)
    assert not (tmp_path / "out").exists()
    for file in extra:
        file.unlink()
    room.run("nbgrader", "generate_assignment", NAME, "--force")
    files, _ = write_bundles(kind, [NAME], tmp_path / "out")
    with zipfile.ZipFile(files[0]) as archive:
        assert not {file.name for file in extra} & {Path(name).name for name in archive.namelist()}
