"""A platform's export: what is read of it."""

import csv
import io
import re
from pathlib import Path

import pytest

from autograder.lms.roster import Layout, Roster, read_roster

CANVAS = Layout(
    ("SIS User ID", "SIS Login ID"),
    ("SIS Login ID",),
    ("Student",),
    ("ID", "Section"),
    "Points Possible",
)
HEAD = "Student,ID,SIS User ID,SIS Login ID,Section,a1_graphs (77),a10_graphs (78)\n"
POSSIBLE = "    Points Possible,,,,,100.00,10\n"
ADA = '"Lovelace, Ada",1,S-1,ada@x.org,"One, and Two",,\n'
BEN = "Ben,2,s-2,ben,One,,\n"


def read(folder: Path, text: str, layout: Layout = CANVAS) -> Roster:
    file = folder / "roster.csv"
    file.write_text(text, encoding="utf-8")
    return read_roster(file, layout)


def names(roster: Roster) -> list[str]:
    return [person.name for person in roster.people]


def test_of_canvas_file_people_and_points_are_kept(tmp_path):
    roster = read(tmp_path, "\ufeff" + HEAD + POSSIBLE + ADA)
    (ada,) = roster.people
    assert (ada.name, ada.ids, ada.emails) == (
        "Lovelace, Ada",
        {"s-1", "ada@x.org"},
        {"ada@x.org"},
    )
    assert ada.cells["Section"] == "One, and Two"
    assert roster.points["a1_graphs (77)"] == "100.00"
    assert roster.columns[0] == "Student", "without the mark at the beginning"


def test_a_row_about_posting_by_hand_may_stand_before_the_points(tmp_path):
    roster = read(tmp_path, HEAD + ",,,,,Manual Posting,\n" + POSSIBLE + BEN)
    assert roster.points["a1_graphs (77)"] == "100.00"
    assert names(roster) == ["Ben"]


@pytest.mark.parametrize(
    "name", ["Points Possible", '"    Points Possible, Eve"', '"Student, Test"']
)
@pytest.mark.parametrize("key", ["eve,", ",eve", ","])
def test_a_name_makes_nobody_the_platforms_own_row(tmp_path, name, key):
    row = f"{name},4,{key},One,0,\n"
    roster = read(tmp_path, HEAD + POSSIBLE + row + BEN)
    assert names(roster) == [name.strip('" '), "Ben"]
    assert roster.points["a1_graphs (77)"] == "100.00"
    assert read(tmp_path, HEAD + row + POSSIBLE).points == {}, "it is expected below the header"


def test_only_canvas_has_a_row_of_points(tmp_path):
    moodle = Layout(("ID number",), (), ("First name", "Last name"), ())
    text = 'First name,Last name,ID number\nPoints,Possible,\n"Student,",Test,s2\n,,\n,,s3\n'
    roster = read(tmp_path, text, moodle)
    assert names(roster) == ["Points Possible", "Student, Test", "s3"]
    assert roster.points == {}


def test_who_has_neither_key_nor_name_is_called_by_the_row(tmp_path):
    assert names(read(tmp_path, HEAD + POSSIBLE + BEN + ",7,,,,,\n")) == ["Ben", "row 4"]


def test_a_name_is_a_line_without_terminal_commands(tmp_path):
    eve = '"Eve\x1b]0;pwn\x07\x1b[2J\nwritten: fake\u202e",1,eve,,One,,\n'
    assert names(read(tmp_path, HEAD + POSSIBLE + eve)) == ["Eve]0;pwn written: fake"]


@pytest.mark.parametrize("delimiter", ";\t")
def test_the_delimiter_is_that_of_the_first_line(tmp_path, delimiter):
    ada = "Ada,1,s-1,ada,One,,\n"
    roster = read(tmp_path, (HEAD + POSSIBLE + ada + BEN).replace(",", delimiter))
    assert names(roster) == ["Ada", "Ben"]
    assert roster.delimiter == delimiter


def test_a_column_is_found_by_the_assignments_id_as_a_word(tmp_path):
    roster = read(tmp_path, HEAD)
    assert roster.column("a1_graphs") == "a1_graphs (77)"
    assert roster.column("a2_tensors") is None
    twice = read(tmp_path, HEAD.replace("a10_graphs", "old a1_graphs"))
    with pytest.raises(ValueError, match="several columns for a1_graphs"):
        twice.column("a1_graphs")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "none of the columns SIS User ID, SIS Login ID but : name those"),
        ("Vorname,Mail\nAda,ada@x.org\n", "but Vorname, Mail: name those that tell"),
        (HEAD + "Ada,1,S-1,ada@x.org\n", "rows that are longer or shorter"),
        (HEAD + "Ada,1,S-1,ada@x.org,One,,,,,\n", "rows that are longer or shorter"),
        (HEAD + '"Ada,1,S-1,ada@x.org,One,,\n', "not a table that can be read"),
    ],
)
def test_what_is_no_such_table_is_named(tmp_path, text, problem):
    with pytest.raises(ValueError, match=re.escape(problem)):
        read(tmp_path, text)


@pytest.mark.parametrize("column", ["Student", "ID", "SIS User ID", "Section"])
def test_a_column_that_is_used_stands_there_once(tmp_path, column):
    text = HEAD.replace("a1_graphs (77)", column) + POSSIBLE + BEN
    with pytest.raises(ValueError, match=f"several columns that are called {column}, and one was"):
        read(tmp_path, text)


def test_of_columns_that_are_not_used_there_may_be_several(tmp_path):
    roster = read(
        tmp_path, HEAD.replace("a1_graphs (77)", "Notes,Notes") + BEN.replace(",,", ",,,")
    )
    assert names(roster) == ["Ben"]


def test_an_assignments_column_stands_there_once(tmp_path):
    roster = read(tmp_path, HEAD.replace("a10_graphs (78)", "a1_graphs (77)"))
    with pytest.raises(ValueError, match="several columns for a1_graphs"):
        roster.column("a1_graphs")


def test_a_workbook_is_no_text(tmp_path):
    file = tmp_path / "roster.xlsx"
    file.write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(ValueError, match="export it as CSV, not as Excel"):
        read_roster(file, CANVAS)


def test_what_is_read_is_what_a_spreadsheet_writes(tmp_path):
    stream = io.StringIO()
    row = ['say "Ada"', "1", "S-1", "a,b", "two\nlines", "", ""]
    csv.writer(stream).writerows([HEAD.strip().split(","), row])
    (person,) = read(tmp_path, stream.getvalue()).people
    assert list(person.cells.values()) == row
