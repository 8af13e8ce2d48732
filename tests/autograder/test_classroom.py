"""The classroom: one folder, wherever the command was given; a bad one is one sentence."""

import os
from pathlib import Path

import pytest

from autograder.classroom import ClassroomError, classroom
from autograder.rooms import PROJECT


def test_a_relative_course_root_starts_in_the_project(tmp_path, monkeypatch: pytest.MonkeyPatch):
    """Our commands and nbgrader's, which we start in the project, must find the same folder."""
    inside = Path(os.path.relpath(tmp_path / "course", PROJECT))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("COURSE_ROOT", str(inside))
    assert classroom() == tmp_path / "course"
    assert (tmp_path / "course").is_dir()
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("given", [None, ""])
def test_without_course_root_it_lies_in_the_project(given, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("COURSE_ROOT", raising=False)
    if given is not None:
        monkeypatch.setenv("COURSE_ROOT", given)
    assert classroom() == PROJECT / "classroom"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("file", "it is a file"),
        ("file/below", "Not a directory"),
        ("~nobody_of_this_name/x", "home directory"),
    ],
)
def test_a_bad_one_is_one_sentence(given, why, tmp_path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").touch()
    named = given if given.startswith("~") else str(tmp_path / given)
    monkeypatch.setenv("COURSE_ROOT", named)
    with pytest.raises(ClassroomError, match="set COURSE_ROOT to a folder that you may write") as e:
        classroom()
    assert named in str(e.value)
    assert why in str(e.value)


def test_an_unwritable_one_is_one_sentence(tmp_path, monkeypatch: pytest.MonkeyPatch):
    """The superuser may write everywhere, so the system's answer is given here."""
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)
    with pytest.raises(ClassroomError, match=r"it is not writable\): set COURSE_ROOT"):
        classroom()
