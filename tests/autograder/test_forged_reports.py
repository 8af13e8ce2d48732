"""Reports that somebody else wrote: `replay` runs nothing they name, and says what they are."""

import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import typer

from autograder import receipts
from autograder import report as reports
from autograder.ending import guarded
from autograder.receipts import read_reports
from autograder.replay import replay
from autograder.report import Exercise, Receipt, Report

EVIL = """# ---
# jupyter:
#   course: {title: "Evil", cell_seconds: 10, notebook_seconds: 60, call_seconds: 5}
# ---

# %% [markdown]
# # Evil

# %% exercise="gates" points=100 answer="reference.gates:add_forward"
"""

Write = Callable[[Report], Path]


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    file = tmp_path / "any.ipynb"
    file.write_text('{"nbformat": 4, "cells": []}')
    return file


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path / "classroom"))

    def to_file(report: Report) -> Path:
        file = tmp_path / "report.json"
        file.write_bytes(msgspec.json.encode(report))
        return file

    return to_file


def forged(
    assignment: str = "a1_graphs",
    exercise: str = "gates",
    test: str = "test_multiply",
    seed: int = 1,
) -> Report:
    failed = reports.Test(test, "values", False, "")
    exercises = [Exercise(exercise, 0.0, 10.0, "failed", [failed])]
    receipt = Receipt(assignment, seed, "key")
    return Report(1, assignment, "any.ipynb", "eve", 0, 100, exercises, [], [], 0, {}, receipt)


def test_no_code_is_run_that_a_report_names(write: Write, notebook: Path, tmp_path: Path):
    evil = tmp_path / "evil"
    evil.mkdir()
    evil.with_suffix(".py").write_text(EVIL)
    (evil / "test_gates.py").write_text(f"open({str(tmp_path / 'executed')!r}, 'w')\n")
    with pytest.raises((ValueError, RuntimeError)) as told:
        replay(write(forged(str(evil))), notebook, None, "auto")
    assert not (tmp_path / "executed").exists()
    assert str(told.value).startswith(f"there is no assignment {str(evil)!r}; known: a1_graphs, ")


def test_what_cannot_be_put_right_is_told(write: Write, notebook: Path):
    for exercise, carried in (("gates", "nothing"), ("nothing", "gates"), ("gates", "gates")):
        report = forged(exercise=exercise)
        report.exercises[0].carried = [carried]
        with pytest.raises(ValueError, match=f"has {exercise} judged with a right {carried}, on"):
            replay(write(report), notebook, None, "auto")


def test_an_unknown_exercise_is_told(write: Write, notebook: Path):
    with pytest.raises(ValueError, match="suite of a1_graphs has no test_multiply any more"):
        replay(write(forged(exercise="nothing")), notebook, None, "auto")


def test_a_seed_that_is_none_is_told(write: Write, notebook: Path):
    with pytest.raises(ValueError, match=r"is no report of the autograder \(.*>= 0.*seed"):
        replay(write(forged(seed=-1)), notebook, None, "auto")


def test_a_pipe_is_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(ValueError, match=r"pipe\.json is no file that holds a report; give one"):
        read_reports(tmp_path / "pipe.json")


def test_of_a_huge_file_the_beginning_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(receipts, "MAX_BYTES", 2**20)
    (tmp_path / "huge.json").touch()
    os.truncate(tmp_path / "huge.json", 2**40)
    with pytest.raises(ValueError, match=r"huge\.json has over 1 MB; give a file of fewer reports"):
        read_reports(tmp_path / "huge.json")


def test_no_name_commands_the_terminal(
    write: Write, notebook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    there = notebook.rename(tmp_path / "Übung für Zoë.ipynb")
    written = write(forged(test="test_\x1b[2J\x1b]0;x\x07\u202e"))
    with pytest.raises(typer.Exit):
        guarded(lambda: replay(written, there, None, "auto"))
    said = capsys.readouterr().err
    assert "has no test_]0;x any more" in said
    with pytest.raises(typer.Exit):
        guarded(lambda: replay(written, there / "\x1b[31m", None, "auto"))
    assert f"no such notebook: {there}/;" in capsys.readouterr().err
