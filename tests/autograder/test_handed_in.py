"""Reading what was handed in: ordinary files alone, and no more than may be graded."""

import os
import socket
from pathlib import Path

import pytest

from autograder import handed_in as module
from autograder.handed_in import handed_in


def test_a_file_is_read(tmp_path: Path):
    file = tmp_path / "x.ipynb"
    file.write_bytes(b"{}\xff")
    assert handed_in(file) == b"{}\xff"


def test_of_a_long_file_one_byte_more_than_allowed_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 10)
    file = tmp_path / "x.ipynb"
    file.write_bytes(b"x" * 100)
    assert handed_in(file) == b"x" * 11


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
