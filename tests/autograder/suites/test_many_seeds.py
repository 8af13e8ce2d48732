"""The run with many seeds finds what fails, and nothing else."""

from pathlib import Path

from tests.autograder.suites.many_seeds import judged, main
from tests.autograder.suites.rights import solutions

A1 = "a1_graphs"


def test_a_right_answer_and_a_wrong_one(tmp_path: Path):
    right = solutions(A1)[0]
    wrong = tmp_path / "wrong.py"
    wrong.write_text(f"{right.read_text()}\n\ndef fit_constant(*_):\n    return [0.0]\n")
    found = dict(judged([(A1, right, 5), (A1, wrong, 5)], workers=1))
    assert found[A1, right, 5] == []
    assert {exercise for exercise, *_ in found[A1, wrong, 5]} == {"fit_constant"}


def test_an_unknown_assignment_is_named(capsys):
    assert main(["a9_none"]) == 2
    assert "a9_none" in capsys.readouterr().err
