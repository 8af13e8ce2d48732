"""Nobody gets lost: who handed in something else than the notebook is named."""

import os
from pathlib import Path

import pytest

from autograder.grading import left_out

LINK = "is a link, which may lead to another's work; put the notebook itself there"


def test_who_has_no_notebook_of_the_right_name_is_named(tmp_path: Path):
    for name in ("ada/a1/a1.ipynb", "cleo/a1/hw1.ipynb", "cleo/a1/plot.png", "eve/a2/x.ipynb"):
        (tmp_path / "submitted" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "submitted" / name).touch()
    (tmp_path / "submitted" / "dora" / "a1").mkdir(parents=True)
    for name, target in (("lea", "../../ada/a1/a1.ipynb"), ("lou", "nowhere")):
        (tmp_path / "submitted" / name / "a1").mkdir(parents=True)
        (tmp_path / "submitted" / name / "a1" / "a1.ipynb").symlink_to(target)
    assert left_out(tmp_path, "a1") == [
        "not graded: cleo handed in no a1.ipynb, but hw1.ipynb, plot.png; if that is it, rename it",
        "not graded: dora handed in no a1.ipynb",
        *(f"no notebook: what {name} handed in as a1.ipynb {LINK}" for name in ("lea", "lou")),
    ]


def test_who_handed_in_a_file_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shut = tmp_path / "submitted" / "ada" / "a1" / "a1.ipynb"
    shut.parent.mkdir(parents=True)
    shut.touch()
    # Root may read any file, so the answer that others get stands in for the file's mode.
    may = os.access
    monkeypatch.setattr(os, "access", lambda file, mode: file != shut and may(file, mode))
    assert left_out(tmp_path, "a1") == [
        "not graded: ada's a1.ipynb may not be read; change its permissions"
    ]
