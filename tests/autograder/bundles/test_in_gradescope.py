"""What becomes of a fault of the autograder's own in Gradescope's container: no score at all."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import grader
from autograder.bundles.in_gradescope import AT_FAULT, GRADED, main
from autograder.pool import Graders


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A container's folders with an untouched notebook; it is graded here, without a wall."""

    def here(classroom: Path, sandbox: str, keep: bool) -> Graders:
        return Graders(classroom, "none", keep=keep, start="fork")

    monkeypatch.setattr("autograder.bundles.in_gradescope.Graders", here)
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path / "classroom"))
    for folder in ("submission", "results", "classroom"):
        (tmp_path / folder).mkdir()
    users = {"users": [{"email": "ada@example.edu"}]}
    (tmp_path / "submission_metadata.json").write_text(json.dumps(users))
    cells = [{"cell_type": "code", "source": "1", "metadata": {}}]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    (tmp_path / "submission" / "a1_graphs.ipynb").write_text(json.dumps(notebook))
    return tmp_path


def test_a_fault_of_the_autograder_is_no_score(container: Path, monkeypatch, capsys):
    assert main([str(container), "a1_graphs"]) == GRADED
    result = container / "results" / "results.json"
    assert json.loads(result.read_text())["score"] == 0
    result.unlink()

    def fault(*_: object, **__: object) -> None:
        raise KeyError("gates")

    monkeypatch.setattr(grader, "grade", fault)
    assert main([str(container), "a1_graphs"]) == AT_FAULT
    assert not result.exists()
    said = capsys.readouterr().err
    assert said.startswith("not graded: this is a fault of the autograder\n")
    assert "KeyError: 'gates'" in said


@pytest.fixture(params=[1_500, 3_000])
def nested(
    container: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Path]:
    """A container where folders in folders were handed in; 3 000 are more than a path can name."""
    monkeypatch.chdir(container / "submission")
    for _ in range(request.param):
        os.mkdir("d")
        os.chdir("d")
    monkeypatch.chdir(container)
    yield container
    monkeypatch.chdir(container / "submission")
    for _ in range(request.param):
        os.chdir("d")
    for _ in range(request.param):  # pytest's own clean-up calls itself for each folder
        os.chdir("..")
        os.rmdir("d")


def test_folders_in_folders_cost_no_result(nested: Path):
    assert main([str(nested), "a1_graphs"]) == GRADED
    result = json.loads((nested / "results" / "results.json").read_text())
    assert "hand in one" not in result["output"]
