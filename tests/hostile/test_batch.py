"""A whole batch on the road through nbgrader: nobody stops it, and the feedback tells nothing."""

import json
import os
import re
import sqlite3

import pytest

from autograder.demo.samples import Samples
from tests.autograder.conftest import Classroom, classroom, samples

pytestmark = pytest.mark.thorough

__all__ = ["classroom", "samples"]

WORD = "bluebell of another student"
SCORES = """
    select submitted_assignment.student_id, sum(grade.auto_score)
    from grade
    join submitted_notebook on submitted_notebook.id = grade.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    group by submitted_assignment.student_id
"""
SLOW = {"cell_type": "code", "id": "slow", "metadata": {}, "source": " \n" * 20_000 + "1"}
PROSE = {
    "cell_type": "markdown",
    "id": "prose",
    "metadata": {},
    "source": "<script>alert(1)</script>" + "a" + " " * 90_000 + "b" + "<div>" * 20_000,
}
ODD_NAMES = ("{o'brien} ü%2e", "<img src=x onerror=alert(1)>")
UNFIT = ("[a]", "when")
"""A name that nbgrader reads as a pattern, a time that is none: named, and all others graded."""


def handed_in(room: Classroom, samples: Samples) -> dict[str, float]:
    """Hand everything in and return who is due how many points."""
    full = json.dumps(samples.full_marks()).encode()
    due = dict.fromkeys(ODD_NAMES, 0.0)
    for name in (*ODD_NAMES, *UNFIT):
        folder = room.hand_in(name, samples.release).parent
        if name == "when":
            (folder / "timestamp.txt").write_text("no time at all")
    spied = samples.full_marks()
    note = {"cell_type": "code", "id": "w", "metadata": {}, "source": f"word = {WORD!r}"}
    spied["cells"].append(note)
    victim = room.hand_in("victim", spied)
    due["victim"] = 100
    for name in ("linked", "pipe"):
        due[name] = 0
        file = room.hand_in(name, b"")
        file.unlink()
        file.symlink_to(victim) if name == "linked" else os.mkfifo(file)
    beside = room.hand_in("beside", full).parent
    for name in ("gradebook.db", "conftest.py", "numpy.py", "<script>.html", "nbgrader_config.py"):
        (beside / name).write_text("raise SystemExit('taken over')")
    due["beside"] = 100
    slow = samples.release
    slow["cells"] += [SLOW, PROSE]
    room.hand_in("slow", slow)
    due["slow"] = 0
    return due


def test_everybody_has_what_is_due_and_feedback_tells_nothing(
    classroom: Classroom, samples: Samples
):
    """One test, as one batch is slow: it must not be graded once for each process of tests."""
    due = handed_in(classroom, samples)
    done = classroom.run("autograder", "grade", "a1_graphs", "--jobs", "2", ends=2)
    assert [name for name in UNFIT if f" {name} (" not in done.stderr] == []
    assert "what linked handed in as a1_graphs.ipynb is a link" in done.stderr
    with sqlite3.connect(classroom.root / "gradebook.db") as database:
        found = dict(database.execute(SCORES).fetchall())
    assert {name: found.get(name) for name in due} == due
    classroom.run("nbgrader", "generate_feedback", "a1_graphs")
    check_feedback(classroom, set(due))


def check_feedback(classroom: Classroom, students: set[str]) -> None:
    """No page tells of another student, or runs a script."""
    pages = {path.parts[-3]: path for path in classroom.root.glob("feedback/*/a1_graphs/*.html")}
    assert set(pages) >= students
    for name, path in pages.items():
        text = path.read_text()
        assert (WORD in text) == (name == "victim")
        assert not re.search(r"<script>alert|onerror=|taken over", text), name
