"""`nbgrader collect` on a hostile inbound folder: real exchange, no link followed."""

import os
from pathlib import Path

import pytest

from autograder.collecting import copy_ordinary
from tests.autograder.conftest import Classroom


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """What somebody put into the inbound folder by hand."""
    there = tmp_path / "inbound" / "mallory+a1_graphs+2026-01-01 00:00:00 UTC"
    (there / "pictures").mkdir(parents=True)
    (there / "notes.txt").write_text("mine")
    (there / "pictures" / "one.png").write_text("mine")
    (tmp_path / "secret").write_text("everybody's")
    return there


def contents(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): file.read_text()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_ordinary_files_are_copied_with_their_times(source: Path, tmp_path: Path):
    os.utime(source / "notes.txt", (1, 2))
    assert copy_ordinary(source, tmp_path / "there") == []
    assert contents(tmp_path / "there") == contents(source)
    assert (tmp_path / "there" / "notes.txt").stat().st_mtime == 2


def test_links_and_pipes_are_left_out(source: Path, tmp_path: Path):
    (source / "a1_graphs.ipynb").symlink_to(tmp_path / "secret")
    (source / "pictures" / "k.html").symlink_to(tmp_path / "secret")
    (source / "all").symlink_to(tmp_path)
    os.mkfifo(source / "pipe")
    left_out = copy_ordinary(source, tmp_path / "there")
    assert sorted(Path(name).name for name in left_out) == [
        "a1_graphs.ipynb", "all", "k.html", "pipe",
    ]  # fmt: skip
    assert contents(tmp_path / "there") == {"notes.txt": "mine", "pictures/one.png": "mine"}


def test_a_folder_that_is_a_link_is_nothing(source: Path, tmp_path: Path):
    link = source.parent / "eve+a1_graphs+2026-01-01 00:00:00 UTC"
    link.symlink_to(source)
    copy_ordinary(link, tmp_path / "there")
    assert not (tmp_path / "there").exists()


def test_nbgrader_collects_ordinary_files_and_goes_on_where_it_cannot(
    source: Path, tmp_path: Path, classroom: Classroom
):
    inbound = tmp_path / "exchange" / "ml" / "inbound"
    inbound.mkdir(parents=True)
    source.rename(inbound / source.name)
    mallory, *others = (
        inbound / f"{name}+a1_graphs+2026-01-01 00:00:00 UTC" for name in ("mallory", "ada", "eve")
    )
    (mallory / "a1_graphs.ipynb").symlink_to(tmp_path / "secret")
    (mallory / "k.html").symlink_to(classroom.root / "gradebook.db")
    others[0].mkdir()
    (others[0] / "a1_graphs.ipynb").write_text("{}")
    others[1].symlink_to(others[0])
    said = classroom.run(
        *("nbgrader", "collect", "a1_graphs", "--course", "ml"),
        *(f"--Exchange.root={tmp_path / 'exchange'}", "--ExchangeCollect.check_owner=False"),
        *(f"--CourseDirectory.submitted_directory={tmp_path / 'submitted'}",),
    ).stderr
    assert said.count("Left out, as it is no ordinary file") == 2
    assert "Not collected" in said
    assert contents(tmp_path / "submitted") == {
        "mallory/a1_graphs/notes.txt": "mine",
        "mallory/a1_graphs/pictures/one.png": "mine",
        "ada/a1_graphs/a1_graphs.ipynb": "{}",
    }
