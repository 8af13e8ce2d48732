"""nbgrader's whole cycle on this course, from release to a regrade, over its exchange.

Instructor and students have folders of their own, for work and for all that Jupyter remembers. The
assignment is mended in a copy of the project, in which everything here runs.
"""

import csv
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import pytest
from playwright.sync_api import Browser

from autograder.demo.samples import Samples
from autograder.rooms import PROJECT
from tests.e2e.course import ASSIGNMENT, NOTEBOOK, Course
from tests.e2e.formgrader import Formgrader
from tests.e2e.server import LabServer, run
from tests.e2e.visitor import visit

pytestmark = [pytest.mark.browser, pytest.mark.thorough(together=True)]
PARTS = ("autograder", "course", "reference", "source_notebooks", "nbgrader_config.py")
POINTS = {
    '"gates" points=10': '"gates" points=12',
    '"sigmoid_neuron" points=8': '"sigmoid_neuron" points=6',
}
Grades: TypeAlias = dict[str, dict[str, float]]
ESSAY, TEXT = "essay_chain_rule", f"source_notebooks/{ASSIGNMENT}/{ASSIGNMENT}.py"
CONFIG = """
from nbgrader.plugins.latesubmission import LateSubmissionPlugin

class FivePoints(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 5.0

c.CourseDirectory.course_id = "ml"
c.Exchange.root = {exchange!r}
c.ExchangeCollect.check_owner = False  # here all are one user
c.AssignLatePenalties.plugin_class = FivePoints
"""
EXCHANGE = """
c.CourseDirectory.course_id = "ml"
c.CourseDirectory.student_id = {name!r}
c.Exchange.root = {exchange!r}
c.Exchange.cache = {cache!r}
"""
ROSTER = """\
Student,ID,SIS User ID,SIS Login ID,Section,a1_graphs (7)
    Points Possible,,,,,110
"Lovelace, Ada",1,ada,,One,
"Babbage, Ben",2,ben,,One,
"Curie, Cat",3,cat,,One,
"""


@dataclass(frozen=True)
class Student:
    """Somebody with a folder and the exchange."""

    folder: Path
    env: dict[str, str]

    @property
    def notebook(self) -> Path:
        return self.folder / ASSIGNMENT / NOTEBOOK

    def run(self, *module: str) -> str:
        done = run(self.folder, self.env, *module)
        return done.stdout + done.stderr


@dataclass(frozen=True)
class Class:
    """The instructor's server, the copy of the project, and the exchange."""

    lab: LabServer
    project: Path
    exchange: Path

    def student(self, name: str) -> Student:
        folder = self.project.parent / "students" / name
        folder.mkdir(parents=True)
        places = {"HOME": folder, "JUPYTER_CONFIG_DIR": folder / ".jupyter"}
        said = EXCHANGE.format(name=name, exchange=str(self.exchange), cache=str(folder / "cache"))
        (folder / "nbgrader_config.py").write_text(said)
        return Student(folder, {**self.lab.env, **{key: str(at) for key, at in places.items()}})

    def generate(self, folder: Path) -> None:
        """Generate a release, with nbgrader's own command."""
        where = f"--CourseDirectory.release_directory={folder}"
        self.lab.run("nbgrader", "generate_assignment", ASSIGNMENT, "--force", where)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Class:
    folder = tmp_path_factory.mktemp("cycle")
    project, exchange = folder / "project", folder / "exchange"
    project.mkdir()
    for part in PARTS:
        source = PROJECT / part
        if source.is_dir():
            shutil.copytree(source, project / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, project / part)
    lab = LabServer(folder / "root", folder / "home", project)
    (lab.classroom / "nbgrader_config.py").write_text(CONFIG.format(exchange=str(exchange)))
    return Class(lab, project, exchange)


def grades(room: Class) -> Grades:
    """Return what nbgrader's own export says of each student."""
    file = room.lab.root / "grades.csv"
    room.lab.run("nbgrader", "export", f"--to={file}")
    columns = ("raw_score", "late_submission_penalty", "score", "max_score")
    with file.open(encoding="utf-8") as stream:
        return {
            row["student_id"]: {name: float(row[name]) for name in columns}
            for row in csv.DictReader(stream)
        }


@pytest.fixture(scope="module")
def students(room: Class) -> dict[str, Student]:
    """Release, and let two students fetch."""
    room.lab.run("autograder", "build", ASSIGNMENT)
    room.lab.run("nbgrader", "generate_assignment", ASSIGNMENT)
    room.lab.run("nbgrader", "release_assignment", ASSIGNMENT)
    students = {name: room.student(name) for name in ("ada", "ben")}
    for student in students.values():
        student.run("nbgrader", "fetch_assignment", ASSIGNMENT)
    return students


@pytest.fixture(scope="module")
def samples(room: Class, students: dict[str, Student]) -> Samples:
    return Course(room.lab).samples


@pytest.fixture(scope="module")
def graded(room: Class, students: dict[str, Student], samples: Samples) -> Grades:
    """Both hand in on time; the deadline passes; one hands in again, with files of his own."""
    ada, ben = students.values()
    ada.notebook.write_text(json.dumps(samples.full_marks()), encoding="utf-8")
    for student in (ada, ben):
        student.run("nbgrader", "submit", ASSIGNMENT)
    deadline = f"--duedate={datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"
    room.lab.run("nbgrader", "db", "assignment", "add", ASSIGNMENT, deadline)
    ben.notebook.write_text(json.dumps(samples.half_done()), encoding="utf-8")
    ben.notebook.with_name("scratch.ipynb").write_text(json.dumps(samples.release))
    ben.notebook.with_name("notes.txt").write_text("mine")
    ben.run("nbgrader", "submit", ASSIGNMENT)
    room.lab.run("nbgrader", "collect", ASSIGNMENT)
    room.lab.run("nbgrader", "autograde", ASSIGNMENT)
    return grades(room)


@pytest.fixture(scope="module")
def marked(room: Class, graded: Grades, browser: Browser) -> str:
    """Give 8 points for the essay in formgrader; return the score that it then shows."""
    room.lab.start()
    try:
        with visit(browser, room.lab.url) as instructor:
            formgrader = Formgrader(instructor.page, room.lab)
            formgrader.open("ada")
            formgrader.mark(ESSAY, "8")
            return formgrader.overview("ada").locator(".score").inner_text()
    finally:
        room.lab.stop()


@pytest.fixture(scope="module")
def feedback(room: Class, marked: str, students: dict[str, Student]) -> dict[str, list[str]]:
    """Release the feedback; return the pages that each student fetches."""
    room.lab.run("nbgrader", "generate_feedback", ASSIGNMENT)
    room.lab.run("nbgrader", "release_feedback", ASSIGNMENT)
    for student in students.values():
        student.run("nbgrader", "fetch_feedback", ASSIGNMENT)
    return {
        name: [
            page.read_text(encoding="utf-8")
            for page in (student.notebook.parent / "feedback").rglob("*.html")
        ]
        for name, student in students.items()
    }


@pytest.fixture(scope="module")
def mended(room: Class, feedback: dict[str, list[str]]) -> str:
    """Give two exercises other points; return what the build says must follow."""
    text = room.project / TEXT
    source = text.read_text(encoding="utf-8")
    for old, new in POINTS.items():
        assert source.count(old) == 1
        source = source.replace(old, new)
    text.write_text(source, encoding="utf-8")
    return run(room.project, room.lab.env, "autograder", "build", ASSIGNMENT).stderr


@pytest.fixture(scope="module")
def regraded(room: Class, mended: str) -> Grades:
    """Generate into another folder, then the release, and grade again."""
    release = room.lab.classroom / "release"
    before = (release / ASSIGNMENT / NOTEBOOK).read_bytes()
    room.generate(room.project.parent / "tried")
    assert (release / ASSIGNMENT / NOTEBOOK).read_bytes() == before
    room.generate(release)
    room.lab.run("autograder", "grade", ASSIGNMENT)
    return grades(room)


def test_students_fetch_the_release_and_nothing_else(students: dict[str, Student]) -> None:
    for student in students.values():
        handed_out = {file.name for file in student.notebook.parent.iterdir()}
        assert {NOTEBOOK, "checks.json"} <= handed_out


def test_validate_runs_the_visible_checks(students: dict[str, Student], samples: Samples) -> None:
    own = students["ada"].folder / ASSIGNMENT / "own.ipynb"
    for notebook, said in ((samples.release, "The following"), (samples.full_marks(), "Success!")):
        own.write_text(json.dumps(notebook), encoding="utf-8")
        assert said in students["ada"].run("nbgrader", "validate", str(own))
    own.unlink()


def test_the_last_that_was_handed_in_counts_and_late_costs_five_points(graded: Grades) -> None:
    assert graded["ada"] == {
        "raw_score": 100,
        "late_submission_penalty": 0,
        "score": 100,
        "max_score": 110,
    }
    ben = graded["ben"]
    assert 0 < ben["raw_score"] < 100
    assert ben["late_submission_penalty"] == 5
    assert ben["score"] == ben["raw_score"] - 5


def test_what_else_was_handed_in_is_kept_and_not_run(room: Class, graded: Grades) -> None:
    folder = room.lab.classroom / "autograded" / "ben" / ASSIGNMENT
    assert (folder / "notes.txt").read_text() == "mine"


def test_the_essay_is_marked_in_formgrader(marked: str) -> None:
    assert marked == "108 / 110"


def test_students_fetch_their_own_feedback(feedback: dict[str, list[str]], graded: Grades) -> None:
    (ada,), (ben,) = feedback.values()
    assert "108 of 110 points<" in ada
    assert "handed in late" not in ada
    assert f"{graded['ben']['score']:g} of 110 points<" in ben
    assert "handed in late: 5 points less" in ben


def test_what_was_mended_is_graded_again_and_marks_by_hand_stay(
    mended: str, regraded: Grades, graded: Grades
) -> None:
    assert "scored by other points" in mended
    assert regraded["ada"]["raw_score"] == 108
    assert regraded["ben"] == graded["ben"], (
        "the exercises concerned are right, and sum to the same"
    )


def test_the_class_is_exported_for_canvas(room: Class, regraded: Grades) -> None:
    roster, table = room.lab.root / "canvas.csv", room.lab.root / "upload.csv"
    roster.write_text(ROSTER, encoding="utf-8")
    words = ("--exporter=autograder.lms.Canvas", f"--Lms.roster={roster}", f"--to={table}")
    said = room.lab.run("nbgrader", "export", *words)
    assert "in canvas.csv and not in the gradebook (1): Curie, Cat" in said
    _, _, *rows = csv.reader(table.read_text(encoding="utf-8").splitlines())
    assert [row[-1] for row in rows] == ["108", f"{regraded['ben']['score']:g}"]
