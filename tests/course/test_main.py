"""`python -m course` where it has no notebook to run; with one: tests/autograder/bundles."""

import subprocess
import sys
from pathlib import Path

import pytest

from course.__main__ import CANNOT_RUN, PASS, main


def test_without_a_notebook_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([]) == CANNOT_RUN
    assert capsys.readouterr().err == "There is no notebook beside a checks.json here: name one.\n"


@pytest.mark.parametrize("absent", ["x.ipynb", "checks.json"])
def test_the_file_that_is_not_there_is_named(tmp_path: Path, absent: str, capsys):
    for name in {"x.ipynb", "checks.json"} - {absent}:
        (tmp_path / name).write_text("{}")
    assert main([str(tmp_path / "x.ipynb")]) == CANNOT_RUN
    said = f"{tmp_path / 'x.ipynb'} cannot be run: there is no file {tmp_path / absent}.\n"
    assert capsys.readouterr().err == said


@pytest.mark.parametrize("checks", ["not json", "[]", '{"exercises": 3}'])
def test_a_notebook_without_its_checks_is_named(tmp_path: Path, checks: str):
    (tmp_path / "x.ipynb").write_text("{}")
    (tmp_path / "checks.json").write_text(checks)
    done = subprocess.run(
        [sys.executable, "-m", "course", str(tmp_path / "x.ipynb")], capture_output=True, text=True
    )
    assert done.returncode == CANNOT_RUN
    assert done.stderr.startswith(f"{tmp_path / 'x.ipynb'} cannot be run (")
    assert "Traceback" not in done.stderr


def test_it_says_what_it_does(capsys: pytest.CaptureFixture[str]):
    assert main(["--help"]) == PASS
    assert "python -m course NOTEBOOK" in capsys.readouterr().out


def test_what_is_no_notebook_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "x.ipynb").write_text("not json")
    (tmp_path / "checks.json").write_text('{"exercises": {}}')
    assert main([str(tmp_path / "x.ipynb")]) == CANNOT_RUN
    assert "cannot be run" in capsys.readouterr().err
