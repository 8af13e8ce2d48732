"""Which releases are bundled: those that are as the text and the build say, and no other."""

import zipfile
from pathlib import Path

import pytest

from autograder.bundles.command import Kind, write_bundles
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
