"""nbgrader's configuration files: read in a moment, the classroom's before all others."""

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.configuration import ConfigurationError, configuration, own_gradebook
from autograder.rooms import PROJECT


@pytest.fixture(autouse=True)
def _personal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person's own configuration names another gradebook and another course."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "nbgrader_config.py").write_text(
        "c.CourseDirectory.db_url = 'postgresql:///mine'\nc.CourseDirectory.course_id = 'mine'\n"
    )
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "own"))
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path / "room"))


def test_the_classrooms_file_wins_over_the_projects_and_that_over_a_persons(tmp_path: Path):
    room, other = tmp_path / "room", tmp_path / "other"
    room.mkdir()
    (room / "nbgrader_config.py").write_text("c.CourseDirectory.db_url = 'postgresql:///course'\n")
    found = configuration(room)
    assert found.CourseDirectory.db_url == "postgresql:///course"
    assert found.CourseDirectory.course_id == ""
    assert found.Autograde.exporter_class == "autograder.nbgrader_hooks.MendingExporter"
    assert configuration(other).CourseDirectory.db_url == "postgresql:///mine"


def test_a_file_that_fails_is_one_sentence(tmp_path: Path):
    room = tmp_path / "room"
    room.mkdir()
    (room / "nbgrader_config.py").write_text("c.CourseDirectory.db_url = secret\n")
    with pytest.raises(ConfigurationError, match=r"NameError: name 'secret' is not .*: mend nbg"):
        configuration(room)


def test_neither_nbgrader_nor_sqlalchemy_is_imported_for_it(tmp_path: Path):
    code = (
        "import sys; from pathlib import Path; from autograder.configuration import configuration; "
        f"configuration(Path({str(tmp_path)!r})); "
        "sys.exit(bool({'nbgrader', 'sqlalchemy', 'nbconvert'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT).returncode == 0


def test_the_demonstration_keeps_to_its_own_gradebook(tmp_path: Path):
    """Whatever is configured: its samples are no students of anybody's."""
    root = tmp_path / "room"
    root.mkdir()
    own_gradebook(root)
    assert configuration(root).CourseDirectory.db_url == f"sqlite:///{root}/gradebook.db"
