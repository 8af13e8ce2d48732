"""Reading what was handed in: ordinary files alone, and no more than may be graded."""

import os
import socket
from pathlib import Path

import pytest

from autograder.handed_in import handed_in, handed_in_at


def test_a_file_is_read(tmp_path: Path):
    file = tmp_path / "x.ipynb"
    file.write_bytes(b"{}\xff")
    assert handed_in(file) == b"{}\xff"


def test_of_a_long_file_one_byte_more_than_allowed_is_read(tmp_path):
    file = tmp_path / "x.ipynb"
    file.write_bytes(b"x" * 100)
    assert handed_in(file, 10) == b"x" * 11


def test_the_time_is_read_from_the_beginning_of_an_ordinary_file(tmp_path):
    assert handed_in_at(tmp_path) is None
    file = tmp_path / "timestamp.txt"
    file.write_text(" 2026-01-31 23:59:00 UTC\n")
    assert handed_in_at(tmp_path) == "2026-01-31 23:59:00 UTC"
    file.write_text("9" * 5_000)
    assert len(handed_in_at(tmp_path) or "") < 200
    file.unlink()
    file.symlink_to("/etc/passwd")
    assert handed_in_at(tmp_path) == ""


def test_what_is_no_ordinary_file_is_empty(tmp_path, monkeypatch):
    secret = tmp_path / "secret"
    secret.write_text("another student's work")
    (tmp_path / "link").symlink_to(secret)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        for name in ("link", "loop", "folder", "pipe", "socket"):
            assert handed_in(tmp_path / name) == b"", name


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(FileNotFoundError):
        handed_in(tmp_path / "nowhere")
