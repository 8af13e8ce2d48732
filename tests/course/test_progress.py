"""course.progress: every step comes once and in order, with a bar or without."""

import sys

import pytest

from course import progress


def test_all_steps_come_and_a_bar_is_shown(capfd: pytest.CaptureFixture[str]) -> None:
    assert list(progress(range(3), "epochs")) == [0, 1, 2]
    shown = capfd.readouterr()
    assert "epochs" in shown.out + shown.err


def test_without_tqdm_there_is_no_bar(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    assert list(progress(["a", "b"], "epochs")) == ["a", "b"]
    assert capfd.readouterr() == ("", "")


def test_a_loop_that_is_left_early_may_begin_again() -> None:
    steps = range(3)
    assert next(progress(steps, "epochs")) == 0
    assert list(progress(steps, "epochs")) == [0, 1, 2]
