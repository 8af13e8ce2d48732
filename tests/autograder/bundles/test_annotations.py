"""Annotations: the right line, and nothing that ends the command early."""

import json
from pathlib import Path

import msgspec
import pytest

from autograder import report as reports
from autograder.bundles.annotations import annotations, line_of, main
from autograder.report import Exercise, Report

pytestmark = pytest.mark.thorough

CELL = {
    "cell_type": "code",
    "metadata": {"nbgrader": {"grade_id": "gates"}},
    "outputs": [],
    "source": ["def f(x):\n", "    return x\n"],
}
TEXT = json.dumps({"cells": [{"cell_type": "markdown", "source": ["#\n"]}, CELL]}, indent=1)


def exercise(*messages: str) -> Exercise:
    tests = [reports.Test(f"test_{n}", "values", False, said) for n, said in enumerate(messages)]
    return Exercise("gates", 0, 10, "failed", tests)


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("Adds.", "def f(x):\\n"),
        ("It raised ValueError in your cell `gates`, line 2: `return x`", "    return x\\n"),
        ("It raised ValueError in your cell `other`, line 2: `y`", "def f(x):\\n"),
    ],
)
def test_the_line_is_that_of_the_answer_in_the_file(message: str, line: str):
    found = TEXT.splitlines()[line_of(exercise(message), TEXT) - 1]
    assert found.strip().rstrip(",") == f'"{line}"'


@pytest.mark.parametrize("text", ["", "not json", json.dumps({"cells": [CELL]})])
def test_where_the_answer_is_not_found_it_is_the_first_line(text: str):
    assert line_of(exercise("Adds."), text) == 1


def test_a_source_that_is_one_text_has_one_line():
    text = json.dumps({"cells": [{**CELL, "source": "x = 1\ny = 2"}, CELL]}, indent=1)
    line = text.splitlines()[line_of(exercise("in your cell `gates`, line 2: `y`"), text) - 1]
    assert line.strip() == '"source": "x = 1\\ny = 2"'


def test_what_students_write_ends_no_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    student, message = "a,b:c%", "100%\n::error::mine\r"
    report = Report(1, "a1_graphs", "x.ipynb", student, 0, 10, [exercise(message)], [], [], 1.0, {})
    (command,) = annotations(report, tmp_path)
    assert "\n" not in command
    assert command.count("::") == 4
    assert command.startswith(f"::error file={tmp_path}/a%2Cb%3Ac%25/a1_graphs/x.ipynb,line=1,")
    assert command.endswith("::100%25%0A::error::mine%0D")
    for written in (report, [report, report]):
        file = tmp_path / "report.json"
        file.write_bytes(msgspec.json.encode(written))
        main([str(file), str(tmp_path)])
    assert capsys.readouterr().out.splitlines() == [command] * 3
