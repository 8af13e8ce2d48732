"""A check that the clock or the student stops ends with a sentence; it runs in any Python."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from course import check
from course.failure import CheckFailed

ROOT = Path(__file__).parents[2]


@pytest.fixture
def quick(small):
    """The small assignment, with little time for a call."""
    content = json.loads((small / "checks.json").read_text())
    content["call_seconds"] = 0.2
    (small / "checks.json").write_text(json.dumps(content))
    return small


def said(capsys, *arguments):
    with pytest.raises(CheckFailed) as caught:
        check(*arguments)
    return capsys.readouterr().out, str(caught.value)


@pytest.mark.usefixtures("quick")
def test_an_endless_answer_is_stopped_and_no_other_case_is_tried(capsys):
    calls = []

    def halve(x):
        calls.append(x)
        while x > 0.0:
            x = x / 2 or 1.0

    began = time.perf_counter()
    out, line = said(capsys, "halves", halve)
    assert time.perf_counter() - began < 3.0
    assert "Your code did not finish within 0.2 s: is there a loop that never ends" in out
    assert "in halve, line " in out
    assert line == "halves: 1 of 4 visible checks does not pass, 3 were not run"
    assert calls == [4.0]


@pytest.mark.usefixtures("quick")
def test_a_bare_except_does_not_hold_it_up(capsys):
    def halve(x):
        while True:
            try:
                time.sleep(3)
            except BaseException:
                continue

    assert "did not finish within 0.2 s" in said(capsys, "halves", halve)[0]


@pytest.mark.usefixtures("small")
def test_without_a_limit_in_the_file_it_is_three_seconds(capsys):
    check("halves", lambda x: time.sleep(0.3) or x / 2)
    assert "pass (4 of 4)" in capsys.readouterr().out


@pytest.mark.parametrize("seconds", [0, -1, "3", None])
def test_a_limit_that_is_none_damages_the_file(capsys, small, seconds):
    content = json.loads((small / "checks.json").read_text())
    content["call_seconds"] = seconds
    (small / "checks.json").write_text(json.dumps(content))
    assert "checks.json is damaged" in said(capsys, "halves", abs)[0]


@pytest.mark.usefixtures("small")
def test_an_interrupt_ends_the_check_with_a_sentence(capsys):
    def halve(x):
        raise KeyboardInterrupt

    out, line = said(capsys, "halves", halve)
    assert out.startswith("halves: you stopped the check before its end. It was in halve, line ")
    assert line == "halves: stopped"


@pytest.mark.usefixtures("small")
def test_a_check_runs_in_any_thread(capsys):
    thread = threading.Thread(target=lambda: check("halves", lambda x: x / 2))
    thread.start()
    thread.join()
    assert "pass (4 of 4)" in capsys.readouterr().out


def test_a_check_runs_in_plain_python(small):
    program = "from course import check\ncheck('halves', lambda x: x / 2)\ncheck('halves', abs)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=small, env={"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "halves: the visible checks pass (4 of 4).\n" in done.stdout
    assert "came back: 4.0" in done.stdout
    assert done.stderr.endswith("CheckFailed: halves: 4 of 4 visible checks do not pass\n")
    assert "During handling" not in done.stderr
