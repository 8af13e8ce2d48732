"""The road through nbgrader: the gradebook has the report's points, and feedback tells no more."""

import copy
import json
import os
import re
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder.assignment import read_assignment
from autograder.report import Report
from autograder.rooms import PROJECT
from autograder.seeds import course_key, seed
from autograder.store import Store
from tests.autograder.conftest import Classroom

ESSAY = "essay_chain_rule"
SCORES = """
    select submitted_assignment.student_id, base_cell.name, grade.auto_score, grade.manual_score,
           grade.needs_manual_grade
    from grade
    join base_cell on base_cell.id = grade.cell_id
    join submitted_notebook on submitted_notebook.id = grade.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
"""


@dataclass(frozen=True)
class Score:
    auto: float | None
    manual: float | None
    waits: bool


def gradebook(root: Path) -> dict[str, dict[str, Score]]:
    """Return every student's scores by cell."""
    found: dict[str, dict[str, Score]] = {}
    with sqlite3.connect(root / "gradebook.db") as database:
        for student, cell, auto, manual, waits in database.execute(SCORES):
            found.setdefault(student, {})[cell] = Score(auto, manual, bool(waits))
    return found


def report_of(room: Classroom, student: str) -> Report:
    """Return the newest report of a student in the store."""
    files = sorted((room.root / "reports" / "a1_graphs").iterdir(), key=lambda f: f.stat().st_mtime)
    kept = [Store(room.root).get("a1_graphs", file.stem) for file in files]
    return [each.report for each in kept if each is not None and each.report.student == student][-1]


PICTURE = """
import matplotlib.pyplot as plt
plt.plot([1, 2, 3])
plt.title("my own figure")
plt.show()
"""
SHOUT = """
from IPython.display import HTML, display
display(HTML("<script>document.title = 'taken over'</script>"))
print("<script>alert('printed')</script>")
raise ValueError("<script>alert('raised')</script>")
"""
PROSE = """
<script>alert('prose')</script> <img src=x onerror=alert(1)> [click](javascript:alert(1))
<style>body { display: none }</style> <iframe src="https://example.com"></iframe>
**bold** and $\\alpha < \\beta$
"""


@pytest.fixture(scope="module")
def graded(classroom: Classroom, samples) -> Classroom:
    """Hand in, grade with nbgrader's own command, and write the feedback."""
    half, hostile = samples.half_done(), samples.hostile()
    half["cells"].append({"cell_type": "code", "id": "own", "metadata": {}, "source": PICTURE})
    for number, (kind, source) in enumerate([("code", SHOUT), ("markdown", PROSE)]):
        cell = {"cell_type": kind, "id": f"shout-{number}", "metadata": {}, "source": source}
        hostile["cells"].append(cell)
    hostile["cells"] = [cell for cell in hostile["cells"] if "while True" not in cell["source"]]
    gone = copy.deepcopy(samples.full_marks())
    gone["cells"] = [c for c in gone["cells"] if c["id"] not in ("test_gates", ESSAY, "value_ops")]
    classroom.hand_in("full_marks", samples.full_marks())
    classroom.hand_in("half_done", half)
    classroom.hand_in("hostile", hostile)
    classroom.hand_in("broken", b'{"cells": [')
    classroom.hand_in("gone", gone)
    classroom.run("nbgrader", "autograde", "a1_graphs")
    classroom.run("nbgrader", "generate_feedback", "a1_graphs")
    return classroom


STUDENTS = ("full_marks", "half_done", "hostile", "broken", "gone")


def test_the_gradebook_has_the_reports_points_cell_by_cell(graded):
    scores = gradebook(graded.root)
    assert set(scores) == set(STUDENTS)
    for student in STUDENTS:
        wanted = {f"test_{e.id}": e.score for e in report_of(graded, student).exercises}
        found = {cell: each.auto for cell, each in scores[student].items() if cell != ESSAY}
        assert found == wanted
    totals = {student: report_of(graded, student).score for student in STUDENTS}
    assert totals["full_marks"] == 100
    assert totals["broken"] == 0
    assert totals["hostile"] == 10
    assert 0 < totals["gone"] < totals["full_marks"]


def test_the_essay_waits_for_a_person_and_nothing_else_does(graded):
    scores = gradebook(graded.root)
    for student in STUDENTS:
        waiting = {cell for cell, score in scores[student].items() if score.waits}
        assert waiting == ({ESSAY} if student in ("full_marks", "hostile") else set()), student
        assert scores[student][ESSAY].manual is None


class Page(HTMLParser):
    """Collects what a browser would run, and the text of the notebook's cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.live: list[str] = []
        self.text = ""
        self.pictures = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.live.append(f"{tag} {name}={value}")
            if tag == "img" and name == "src" and (value or "").startswith("data:image/png"):
                self.pictures += 1
        if tag in ("iframe", "object", "embed", "base", "form"):
            self.live.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def page(room: Classroom, student: str) -> str:
    return (room.root / "feedback" / student / "a1_graphs" / "a1_graphs.html").read_text()


def test_feedback_shows_plots_points_and_reasons(graded):
    seen = Page(page(graded, "half_done"))
    report = report_of(graded, "half_done")
    assert seen.pictures > Page(page(graded, "broken")).pictures
    for exercise in report.exercises:
        assert f"{exercise.id}: {exercise.score:g} of {exercise.max_score:g} points" in seen.text
        assert f"{exercise.id} – {exercise.score:g} of {exercise.max_score:g} points" in seen.text
    assert "Not written yet." in seen.text


def test_feedback_calls_an_unread_essay_waiting_and_an_unwritten_one_nothing(graded):
    written, unwritten = Page(page(graded, "full_marks")), Page(page(graded, "half_done"))
    assert written.text.count("waits for a person to read it (up to 10 points)") == 2
    assert "a1_graphs: 100 of 110 points so far" in written.text
    assert "waits for a person" not in unwritten.text
    assert f"{ESSAY} – 0 of 10 points" in unwritten.text


def test_feedback_has_no_prompts_and_no_bare_numbers(graded):
    text = page(graded, "full_marks")
    for stray in ("Out[", "In&nbsp;[", "Test cell", "Grade cell"):
        assert stray not in text
    assert re.findall(r"<pre>\s*[\d.]+\s*</pre>", text) == []


def test_feedback_says_why_a_file_could_not_be_read(graded):
    seen = Page(page(graded, "broken")).text
    assert "Your file could not be read, so there are no points." in seen
    assert "the file is not a notebook" in seen
    assert "What was mended" not in seen


def test_feedback_says_what_was_mended(graded):
    seen = Page(page(graded, "gone")).text
    assert "What was mended in your file" in seen
    assert "cell test_gates was missing" in seen
    assert "could not be read" not in seen


def test_feedback_needs_no_network(graded):
    """Not for its formulas either, which are drawn."""
    text = page(graded, "full_marks")
    assert re.findall(r"<(?:link|img|iframe)\b[^>]*(?:src|href)=[\"']?https?:[^>]*>", text) == []
    assert "<script" not in text
    assert text.count("<math ") > 100


def test_feedback_tells_nothing_hidden(graded):
    hidden = [
        re.findall(r"def (test_\w+)\(", file.read_text())
        for file in sorted(Path("autograder/suites/a1_graphs").glob("test_*.py"))
    ]
    names = {name for found in hidden for name in found}
    assert len(names) > 40
    for student in STUDENTS:
        text = page(graded, student)
        shown = names & set(re.findall(r"\btest_\w+", text))
        assert shown <= {f"test_{e.id}" for e in read_assignment("a1_graphs").exercises}
        for secret in ("expect.close", "student(", "default_rng", "differs most", str(graded.root)):
            assert secret not in text, (student, secret)
        number = seed(course_key(graded.root), student, "a1_graphs")
        assert str(number) not in text
    assert "BEGIN SOLUTION" not in page(graded, "broken")


def test_feedback_runs_no_script_of_a_student(graded):
    """The page's own scripts are those of a page without a single cell run."""
    plain, hostile = page(graded, "broken"), page(graded, "hostile")
    assert hostile.count("<script") == plain.count("<script")
    assert hostile.count("<style") == plain.count("<style")
    assert hostile.count("<svg") == plain.count("<svg")
    assert Page(hostile).live == Page(plain).live
    seen = Page(hostile).text
    for said in ("alert('printed')", "alert('raised')"):
        assert said in seen, "it is shown as text"
    assert "<strong>bold</strong>" in hostile
    assert "<mi>α</mi><mo>&lt;</mo><mi>β</mi>" in hostile


def test_both_doors_give_the_same_points(graded, tmp_path):
    number = seed(course_key(graded.root), "half_done", "a1_graphs")
    file = graded.root / "submitted" / "half_done" / "a1_graphs" / "a1_graphs.ipynb"
    options = ("--assignment", "a1_graphs", "--format", "json", "--seed", str(number))
    done = graded.run("autograder", "grade", str(file), *options)
    (cells,) = [
        cells for student, cells in gradebook(graded.root).items() if student == "half_done"
    ]
    for exercise in json.loads(done.stdout)["exercises"]:
        assert cells[f"test_{exercise['id']}"].auto == exercise["score"]


def test_a_score_that_is_not_renewed_is_void(graded, samples):
    """Where grading fails, nothing is left of the earlier score."""
    graded.hand_in("voided", samples.full_marks())
    graded.run("nbgrader", "autograde", "a1_graphs", "--student", "voided")
    assert gradebook(graded.root)["voided"]["test_gates"].auto == 10
    changed = samples.full_marks()
    changed["cells"].append({"cell_type": "code", "id": "z", "metadata": {}, "source": "1"})
    graded.hand_in("voided", changed)
    (graded.root / "hidden").mkdir()
    (graded.root / "hidden" / "sitecustomize.py").write_text(
        "from autograder.sandbox import launch, proven\n"
        "launch.find_bwrap = lambda: None\n"
        "proven.TIERS['auto'] = ('bwrap',)\n"
    )
    failed = subprocess.run(
        [
            sys.executable,
            "-m",
            "nbgrader",
            "autograde",
            "a1_graphs",
            "--student",
            "voided",
            "--force",
        ],
        cwd=PROJECT,
        env={**graded.env, "PYTHONPATH": str(graded.root / "hidden")},
        capture_output=True,
        text=True,
    )
    assert failed.returncode != 0
    assert "no wall" in failed.stderr
    scores = gradebook(graded.root).get("voided", {})
    assert {score.auto for score in scores.values()} <= {None}
    assert all(score.waits for score in scores.values())


def test_a_link_beside_the_notebook_is_not_copied(graded, samples):
    """Pages of feedback go back to students, whatever they are."""
    file = graded.hand_in("beside", samples.full_marks())
    (file.parent / "x.html").symlink_to("../../../gradebook.db")
    os.mkfifo(file.parent / "pipe.html")
    (file.parent / "notes.html").write_text("mine")
    said = graded.run("nbgrader", "autograde", "a1_graphs", "--student", "beside")
    assert "beside handed in pipe.html, x.html, which is no ordinary file" in said.stderr
    graded.run("nbgrader", "generate_feedback", "a1_graphs", "--student", "beside")
    place = Path("beside", "a1_graphs")
    pages = {file.name for file in (graded.root / "feedback" / place).iterdir()}
    assert {name for name in pages if name.endswith(".html")} == {"a1_graphs.html", "notes.html"}
    assert (graded.root / "set_aside" / place / "x.html").is_symlink()


def test_a_link_handed_in_leads_nowhere(graded, samples):
    file = graded.hand_in("linked", b"")
    file.unlink()
    file.symlink_to(graded.root / "submitted" / "full_marks" / "a1_graphs" / "a1_graphs.ipynb")
    graded.run("nbgrader", "autograde", "a1_graphs", "--student", "linked")
    assert {s.auto for c, s in gradebook(graded.root)["linked"].items() if c != ESSAY} == {0.0}
    os.unlink(file)
