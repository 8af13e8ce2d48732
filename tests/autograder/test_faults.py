"""A mistake of the autograder's own costs one submission its report, and no other; it is told."""

import json
import os
import re
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_notebook
from traitlets.config import Config

from autograder import crew, grader, nbgrader_hooks, receipts, ungraded
from autograder.cli import verdict
from autograder.flaws import DirectiveError, DirectiveErrors
from autograder.grade import Graded
from autograder.grading import Way, grade_notebooks
from autograder.judge import JudgeError
from autograder.pool import Graders
from autograder.report import Report
from autograder.store import Store
from autograder.ungraded import APOLOGY


@pytest.fixture
def grade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], list[Report]]:
    """Grade three notebooks, of which one meets an exception; processes are forked, and have it."""
    real = grader.grade
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name, source in (("ada", "1"), ("ben", "# unlucky"), ("cleo", "3")):
        cells = [{"cell_type": "code", "source": source, "metadata": {}}]
        notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
        (tmp_path / f"{name}.ipynb").write_text(json.dumps(notebook))

    def run(error: Exception) -> list[Report]:
        def grade(data: bytes, *words: object, **names: object) -> Graded:
            if b"unlucky" in data:
                raise error
            return real(data, *words, **names)

        monkeypatch.setattr(grader, "grade", grade)
        way = Way("none", 1, log=tmp_path / "log")
        return grade_notebooks(sorted(tmp_path.glob("*.ipynb")), "a1_graphs", way, 1)

    return run


def test_the_others_are_graded_and_the_fault_is_told(grade, tmp_path: Path, capsys):
    ada, ben, cleo = grade(KeyError("gates"))
    assert {test.message for each in ben.exercises for test in each.tests} == {APOLOGY}
    assert (ben.score, {each.status for each in ben.exercises}) == (0, {"error"})
    for other in (ada, cleo):
        assert len({test.name for each in other.exercises for test in each.tests}) > 40
    said = capsys.readouterr().err
    (file,) = re.findall(
        r"fault of the autograder \(KeyError: 'gates'\), for which the notebook of ben has no "
        r"points; report it with (\S+)",
        said,
    )
    assert said.count("\n") == 1
    trace = Path(file).read_text()
    assert "in grade_task" in trace
    events = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    (faulty,) = [each for each in events if each["event"] == "faulty"]
    assert (faulty["student"], faulty["trace"]) == ("ben", trace)
    assert (verdict([ada, ben, cleo], None), verdict([ada, cleo], None)) == (2, 0)
    with pytest.raises(ValueError, match="no test was run that could be replayed"):
        receipts.tests_of(ben, None)


def test_a_fault_in_mending_is_one_too(grade, monkeypatch: pytest.MonkeyPatch):
    real = ungraded.mend

    def mend(data: bytes, cells: object) -> object:
        if b"unlucky" in data:
            raise RecursionError
        return real(data, cells)

    monkeypatch.setattr(ungraded, "mend", mend)
    assert [report.score for report in grade(RecursionError())] == [0, 0, 0]


@pytest.mark.parametrize("error", [JudgeError("the suite"), PermissionError("the disk")])
def test_what_is_wrong_with_the_suite_or_the_machine_ends_the_batch(grade, error):
    with pytest.raises(type(error), match=str(error)):
        grade(error)


def test_nbgraders_own_autograde_tries_a_submission_again_whose_grader_was_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    real, ended = grader.grade, tmp_path / "ended"

    def grade(*words: object, **names: object) -> Graded:
        if not ended.exists():
            ended.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*words, **names)

    file = tmp_path / "submitted" / "ada" / "a1_graphs" / "a1_graphs.ipynb"
    file.parent.mkdir(parents=True)
    file.write_text(nbformat.writes(new_notebook()))
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    monkeypatch.setattr(grader, "grade", grade)
    monkeypatch.setattr(crew, "LATER", "fork")
    config = Config(CourseDirectory=Config(root=str(tmp_path)))
    names = {"student": "ada", "assignment": "a1_graphs", "notebook": "a1_graphs"}
    with Graders(tmp_path, "none", start="fork") as graders:
        monkeypatch.setattr(nbgrader_hooks, "_graders", lambda: graders)
        nbgrader_hooks.Judge(config=config).preprocess(new_notebook(), {"nbgrader": names})
    assert ended.exists()
    (kept,) = (tmp_path / "reports" / "a1_graphs").glob("*.json")
    report = Store(tmp_path).get("a1_graphs", kept.stem)
    assert report is not None
    assert not ungraded.is_ungraded(report.report)


def test_a_course_that_changes_under_a_run_ends_it_with_a_sentence(grade, monkeypatch):
    """The first process finds another course than it has read; nothing waits for ever."""
    hashes = iter(["before"])
    monkeypatch.setattr(grader, "course_hash", lambda: next(hashes, "after"))
    with pytest.raises(RuntimeError, match="the course was changed while it was grading"):
        grade(KeyError("gates"))


def test_what_cannot_be_built_is_told_by_a_grading_process_too(tmp_path: Path, monkeypatch):
    def prepared(name: str) -> None:
        raise DirectiveErrors([DirectiveError("a.py", n, f"flaw {n}") for n in (3, 5)])

    monkeypatch.setattr(grader, "prepared", prepared)
    file = tmp_path / "ada.ipynb"
    file.write_text(nbformat.writes(new_notebook(cells=[nbformat.v4.new_code_cell("1")])))
    with pytest.raises(DirectiveError, match=r"^a.py:3: flaw 3\na.py:5: flaw 5$"):
        grade_notebooks([file], "a1_graphs", Way("none", 1), 1)
