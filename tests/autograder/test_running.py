"""A run as it goes: the bar says how many, how fast and how long; the log has a line an event."""

import io
import json
import time
from pathlib import Path

import pytest
from rich.console import Console

from autograder import running
from autograder.running import Run


def test_events_are_lines_of_json_with_a_time_and_are_appended(tmp_path: Path):
    log = tmp_path / "log"
    with Run(2, log) as run:
        run.tell("graded", student="ad\né", score=1.5)
        assert len(log.read_text().splitlines()) == 1, "it can be followed"
    with pytest.raises(ValueError, match="no wall"), Run(2, log):
        raise ValueError("there is no wall")
    with pytest.raises(KeyboardInterrupt), Run(2, log):
        raise KeyboardInterrupt
    events = [json.loads(line) for line in log.read_text().splitlines()]
    assert [each["event"] for each in events] == ["graded", "end", "stopped", "stopped"]
    assert (events[0]["student"], events[0]["score"]) == ("ad\né", 1.5)
    assert [each["reason"] for each in events[2:]] == ["there is no wall", "interrupted"]
    assert all(each["time"].endswith("+00:00") for each in events)


def test_a_log_that_cannot_be_written_is_said(tmp_path: Path):
    with pytest.raises(FileNotFoundError), Run(1, tmp_path / "nowhere" / "log"):
        pass


def test_the_bar_says_how_many_how_fast_and_how_long(monkeypatch: pytest.MonkeyPatch):
    page = io.StringIO()
    terminal = Console(file=page, force_terminal=True, width=100)
    monkeypatch.setattr(running, "Console", lambda **_: terminal)
    with Run(40) as run:
        for _ in range(5):
            time.sleep(0.15)
            run.advance()
    shown = page.getvalue()
    assert "5/40" in shown
    assert "a second" in shown
    assert "0:00:0" in shown


def test_without_a_terminal_there_is_no_bar(capfd):
    with Run(2) as run:
        run.advance()
    assert "".join(capfd.readouterr()) == ""
