"""`nbgrader export` for Canvas and Moodle: real gradebooks, nbgrader's own command."""

import csv
import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from traitlets.config import Config

from autograder.commands import command_env
from autograder.lms import Canvas, Moodle
from tests.autograder.conftest import Classroom

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,a1 (77),Final Score
    Points Possible,,,,,20,(read only)
"Lovelace, Ada",1,s1,ada@x.org,One,3,50
"Babbage, Ben",2,s2,ben@x.org,One,,
"Curie, Cat",3,s3,cat@x.org,Two,,
"Noether, Dot",4,s4,dot@x.org,Two,,
"Hopper, Eve",5,s5,eve@x.org,Two,,
"Student, Test",6,,0123,Two,,
"""
GERMAN = """\
Vorname;Nachname;ID-Nummer;Konto;E-Mail-Adresse
Cat;Curie;;s2;c@x.org
"""
MOODLE = """\
First name,Last name,ID number,Institution,Department,Email address,Assignment: a1 (Real)
Ada,Lovelace,s1,,,Ada@x.org,-
Eve,Hopper,,,,eve@x.org,-
"""


@pytest.fixture
def gradebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gradebook]:
    """Six students, and an assignment with a test of 15 points and an essay of 5."""
    monkeypatch.setenv("PATH", command_env()["PATH"])
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        gradebook.add_assignment("a1")
        gradebook.add_assignment("a2")
        for name in ("a1", "a2"):
            gradebook.add_notebook("n", name)
            for cell, points in (("test", 15), ("essay", 5)):
                gradebook.add_grade_cell(
                    cell,
                    "n",
                    name,
                    max_score=points,
                    cell_type="code" if points > 5 else "markdown",
                )
        people = {"s1": None, "ben": "BEN@x.org", "s3": None, "s4": None, "zoe": "zoe@x.org"}
        for student, email in people.items():
            gradebook.add_student(student, email=email)
        for student, points, waits in [("s1", 12.5, False), ("ben", 1, False), ("s3", 15, True)]:
            submission = gradebook.add_submission("a1", student)
            grade = gradebook.find_grade("test", "n", "a1", student)
            grade.auto_score, grade.needs_manual_grade = points, False
            essay = gradebook.find_grade("essay", "n", "a1", student)
            essay.needs_manual_grade = waits
            if not waits:
                essay.manual_score = 2
                essay.needs_manual_grade = student == "ben"  # as after a second grading
            submission.notebooks[0].late_submission_penalty = 4 if student == "ben" else None
        gradebook.db.commit()
        yield gradebook


def export(exporter: type, gradebook: Gradebook, folder: Path, exported: str, **traits: object):
    file = folder / "roster.csv"
    file.write_text(exported, encoding="utf-8")
    config = Config({exporter.__name__: {"roster": str(file), **traits}})
    exporter(config=config, to=str(folder / "out.csv")).export(gradebook)
    with (folder / "out.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_canvas_gets_its_columns_points_and_the_rows_of_whom_it_knows(gradebook, tmp_path, capsys):
    table = export(Canvas, gradebook, tmp_path, CANVAS)
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "a1 (77)", "a2"]
    assert table == [
        head,
        ["    Points Possible", "", "", "", "", "20", "20"],
        ["Lovelace, Ada", "1", "s1", "ada@x.org", "One", "14.5", ""],
        ["Babbage, Ben", "2", "s2", "ben@x.org", "One", "0", ""],
        ["Curie, Cat", "3", "s3", "cat@x.org", "Two", "", ""],
        ["Noether, Dot", "4", "s4", "dot@x.org", "Two", "", ""],
    ], "penalties are taken off; essays are waited for; what was not handed in is empty"
    told = capsys.readouterr().out
    assert (
        "a1, of 20 points: 2 grades, 1 wait to be marked by hand (s3), 1 handed in nothing" in told
    )
    assert "in the gradebook and not in roster.csv (1): zoe" in told
    assert "in roster.csv and not in the gradebook (2): Hopper, Eve; Student, Test" in told


def test_points_may_be_written_with_a_comma(gradebook, tmp_path):
    table = export(Canvas, gradebook, tmp_path, CANVAS.replace(",20,", ',"20,0",'))
    assert table[1][-2:] == ["20", "20"]


def test_a_name_that_says_points_is_nobodys_but_a_persons(gradebook, tmp_path):
    named = CANVAS.replace("Curie, Cat", "Points Possible, Mallory")
    *_, row, _ = export(Canvas, gradebook, tmp_path, named)
    assert row[:3] == ["Points-Possible, Mallory", "3", "s3"], "or Canvas takes it for its own row"


def test_canvas_may_have_names_in_two_columns(gradebook, tmp_path):
    roster = CANVAS.replace("Student,ID", "LastName,FirstName,ID").replace('"', "")
    roster = roster.replace("Possible,", "Possible,,").replace(", ", ",")
    head, points, ada, *_ = export(Canvas, gradebook, tmp_path, roster)
    assert head[:3] == ["LastName", "FirstName", "ID"]
    assert points[:3] == ["    Points Possible", "", ""]
    assert ada[:4] == ["Lovelace", "Ada", "1", "s1"]


def test_canvas_test_student_is_kept_if_the_gradebook_knows_her(gradebook, tmp_path):
    gradebook.add_student("0123")
    assert export(Canvas, gradebook, tmp_path, CANVAS)[-1][0] == "Student, Test"


@pytest.mark.parametrize(
    ("name", "written"),
    [("=HYPERLINK(1)", "'=HYPERLINK(1)"), ("@SUM(1)", "'@SUM(1)"), ("-1", "-1"), ("+1", "+1")],
)
@pytest.mark.parametrize(("exporter", "roster"), [(Canvas, CANVAS), (Moodle, MOODLE)])
def test_a_name_is_no_formula_and_what_people_are_found_by_stays(
    gradebook, tmp_path, exporter, roster, name, written
):
    gradebook.add_student("=s9")
    named = roster.replace('"Lovelace, Ada"', name).replace("Lovelace", name).replace("s1", "=s9")
    row = next(row for row in export(exporter, gradebook, tmp_path, named) if "=s9" in row)
    assert written in row


def test_points_are_never_written_into_the_row_of_another(gradebook, tmp_path, capsys):
    moodle = "First name,Last name,Username,Email address\nBen,B,ben.b,b@x\nEve,H,eve9,ZOE\n"
    gradebook.update_or_create_student("zoe", email=None)
    assert len(export(Moodle, gradebook, tmp_path, moodle, assignment=["a1"])) == 1
    assert "not in the gradebook (2): Ben B; Eve H" in capsys.readouterr().out


def test_who_is_in_doubt_is_named_with_the_rows_that_fit(gradebook, tmp_path, capsys):
    moodle = "First name,Username,Email address\nBen,ben,b@x\nEve,eve,ben@x.org\n"
    assert len(export(Moodle, gradebook, tmp_path, moodle, student=["ben"])) == 1
    told = capsys.readouterr().out
    assert "as several in the gradebook or roster.csv could be meant (1): ben (Ben, Eve)" in told


def test_what_others_have_written_forges_no_line(gradebook, tmp_path, capsys):
    evil = "\x1b]0;pwn\x07\x1b[2J\nwritten: fake"
    gradebook.add_student(f"zed{evil}")
    export(Canvas, gradebook, tmp_path, CANVAS.replace("Hopper, Eve", f"Eve{evil}"))
    lines = capsys.readouterr().out.splitlines()
    assert not [line for line in lines if "\x1b" in line or line.startswith("written: fake")]
    head = CANVAS.replace("Final Score", f'"x{evil} a1"')
    with pytest.raises(SystemExit, match=r"several columns for a1 .*x]0;pwn written: fake a1"):
        export(Canvas, gradebook, tmp_path, head)


def test_moodle_gets_what_it_tells_people_by(gradebook, tmp_path):
    gradebook.add_student("h5", email="EVE@x.org")
    table = export(Moodle, gradebook, tmp_path, MOODLE, assignment=["a1"])
    assert table == [
        ["First name", "Last name", "ID number", "Email address", "Assignment: a1 (Real)"],
        ["Ada", "Lovelace", "s1", "Ada@x.org", "14.5"],
        ["Eve", "Hopper", "", "eve@x.org", "-"],
    ]


def test_columns_in_another_language_are_named(gradebook, tmp_path):
    roster = "Vorname;E-Mail-Adresse\nBen;ben@x.org\n"
    table = export(
        Moodle, gradebook, tmp_path, roster, emails=["E-Mail-Adresse"], assignment=["a1"]
    )
    assert table == [["E-Mail-Adresse;a1"], ["ben@x.org;0"]], "delimited as it came"


def test_a_dry_run_says_the_same_and_writes_nothing(gradebook, tmp_path, capsys):
    export(Canvas, gradebook, tmp_path, CANVAS)
    said = capsys.readouterr().out.splitlines()
    (tmp_path / "out.csv").write_text("kept")
    export(Canvas, gradebook, tmp_path, CANVAS, dry_run=True)
    assert (tmp_path / "out.csv").read_text() == "kept"
    assert capsys.readouterr().out.splitlines()[:-1] == said[:-1]


@pytest.mark.parametrize(
    ("roster", "traits", "problem"),
    [
        (CANVAS.replace(",20,", ",100.0,"), {}, "a1 is worth 100.0 points in the export of Canvas"),
        (CANVAS.replace(",20,", ",(read only),"), {}, "is worth .read only. points .* and 20 here"),
        (CANVAS.replace("    Points", "Total"), {}, "has no row 'Points Possible' right below its"),
        (
            CANVAS.replace("SIS Login", "SIS User"),
            {},
            "several columns that are called SIS User ID",
        ),
        (CANVAS, {"assignment": ["a9"]}, "no assignment a9; it has a1, a2"),
        (CANVAS, {"student": ["nobody"]}, "no student nobody"),
        (CANVAS, {"roster": ""}, "Grades > Export > Export Entire Gradebook"),
        (CANVAS, {"roster": "nowhere.csv"}, "nowhere.csv: No such file or directory"),
        (MOODLE, {}, "has none of the columns SIS User ID"),
    ],
)
def test_what_cannot_be_exported_is_one_sentence(gradebook, tmp_path, roster, traits, problem):
    with pytest.raises(SystemExit, match=problem):
        export(Canvas, gradebook, tmp_path, roster, **traits)


def test_an_empty_gradebook_is_another_folder_s(tmp_path):
    book = Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}")
    with book as empty, pytest.raises(SystemExit, match="is empty: start nbgrader in the folder"):
        export(Canvas, empty, tmp_path, CANVAS)


def test_a_trouble_without_a_file_is_said_as_well(gradebook, tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("autograder.lms.export.read_roster", full)
    with pytest.raises(SystemExit, match=r"^No space left on device$"):
        export(Canvas, gradebook, tmp_path, CANVAS)


def test_nbgraders_own_command_takes_the_exporter(classroom: Classroom, samples, tmp_path):
    classroom.hand_in("s1", samples.full_marks())
    classroom.hand_in("s2", samples.half_done())
    classroom.run("autograder", "grade", "a1_graphs")
    roster, out = tmp_path / "canvas.csv", tmp_path / "grades.csv"
    roster.write_text(CANVAS, encoding="utf-8")
    words = ("--exporter=autograder.lms.Canvas", f"--Lms.roster={roster}", f"--to={out}")
    classroom.run("nbgrader", "export", *words, "--Lms.dry_run=True")
    assert not out.exists()
    classroom.run("nbgrader", "export", *words, "--assignment=['a1_graphs']")
    head, points, ada, ben = list(csv.reader(out.read_text(encoding="utf-8").splitlines()))
    assert (head[-1], points[-1]) == ("a1_graphs", "110")
    assert ada[-1] == "", "the essay waits for a person"
    assert 0 < float(ben[-1]) < 100
    roster.write_text(GERMAN, encoding="utf-8")
    words = ("--exporter=autograder.lms.Moodle", f"--Lms.roster={roster}", f"--to={out}")
    columns = ("--Lms.identity=ID-Nummer", "--Lms.identity=Konto", "--Lms.emails=E-Mail-Adresse")
    classroom.run("nbgrader", "export", *words, *columns)
    _, cat = csv.reader(out.read_text(encoding="utf-8").splitlines(), delimiter=";")
    assert cat == ["", "s2", "c@x.org", ben[-1]]
