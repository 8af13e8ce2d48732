"""What lies beside a notebook and is no ordinary file is put aside, and never copied."""

import os
import socket
from pathlib import Path

import pytest

from autograder.set_aside import before_copying, set_aside

NOTEBOOK = "a1_graphs.ipynb"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A submission with ordinary files beside the notebook, and a folder of them."""
    there = tmp_path / "submitted" / "mallory" / "a1_graphs"
    (there / "pictures").mkdir(parents=True)
    for name in (NOTEBOOK, "notes.txt", "pictures/one.png"):
        (there / name).write_text(name)
    (tmp_path / "gradebook.db").write_text("everybody's")
    return there


def test_ordinary_files_stay(folder: Path):
    assert set_aside(folder, NOTEBOOK) == ""
    assert sorted(f.name for f in folder.rglob("*")) == [
        NOTEBOOK, "notes.txt", "one.png", "pictures",
    ]  # fmt: skip


def test_links_pipes_and_sockets_are_moved(folder: Path, monkeypatch: pytest.MonkeyPatch):
    (folder / "x.html").symlink_to("../../../gradebook.db")
    (folder / "pictures" / "lost").symlink_to("nowhere")
    (folder / "all").symlink_to("/")
    os.mkfifo(folder / "pipe")
    monkeypatch.chdir(folder)  # a socket's path may not be long
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
    said = set_aside(folder, NOTEBOOK)
    assert "mallory handed in all, pictures/lost, pipe, socket, x.html, which is no" in said
    aside = folder.parents[2] / "set_aside" / "mallory" / "a1_graphs"
    assert {f.name for f in aside.rglob("*")} == {
        "all", "lost", "pictures", "pipe", "socket", "x.html",
    }  # fmt: skip
    assert (aside / "x.html").is_symlink()
    assert {f.name for f in folder.rglob("*")} == {NOTEBOOK, "notes.txt", "one.png", "pictures"}
    assert set_aside(folder, NOTEBOOK) == ""


def test_a_notebook_that_is_a_link_stays_for_its_reader(folder: Path):
    (folder / NOTEBOOK).unlink()
    (folder / NOTEBOOK).symlink_to("/etc/passwd")
    assert set_aside(folder, NOTEBOOK) == ""
    assert (folder / NOTEBOOK).is_symlink()


def test_names_are_told_as_text(folder: Path):
    (folder / "\x1b[2J").symlink_to("nowhere")
    assert "\x1b" not in set_aside(folder, NOTEBOOK)


def test_nbgrader_is_ended_where_a_link_stays(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """It would go on after any other exception."""

    def fails(*_: object):
        raise PermissionError(13, "Permission denied", "x.html")

    (folder / "x.html").symlink_to("nowhere")
    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(SystemExit, match="cannot be put aside"):
        before_copying(notebooks=[str(folder / NOTEBOOK)], assignment="*", student="*")
