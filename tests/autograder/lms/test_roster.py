"""A platform's export: what is read of it, and who in it is which student."""

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.lms.roster import Matches, Person, Roster, match, read_roster

IDENTITY = ("SIS User ID", "SIS Login ID")
HEAD = "Student,ID,SIS User ID,SIS Login ID,Section,a1_graphs (77),a10_graphs (78)\n"
CANVAS = (
    "\ufeff" + HEAD + "    Points Possible,,,,,100.00,10\n"
    '"Lovelace, Ada",1,S-1,ada@x.org,"One, and Two",,\n'
    '"Student, Test",9,9,abcdef,One,,\n'
)


def read(folder: Path, text: str) -> Roster:
    file = folder / "roster.csv"
    file.write_text(text, encoding="utf-8")
    return read_roster(file, IDENTITY, ("Student",))


def test_of_canvas_file_people_and_points_are_kept_and_its_own_rows_are_not(tmp_path):
    roster = read(tmp_path, CANVAS)
    (ada,) = roster.people
    assert (ada.name, ada.keys) == ("Lovelace, Ada", {"s-1", "ada@x.org"})
    assert ada.cells["Section"] == "One, and Two"
    assert roster.points["a1_graphs (77)"] == "100.00"
    assert roster.columns[0] == "Student", "without the mark at the beginning"


@pytest.mark.parametrize("delimiter", ";\t")
def test_the_delimiter_is_that_of_the_first_line(tmp_path, delimiter):
    text = CANVAS.replace('"One, and Two"', "One").replace('"Lovelace, Ada"', "Ada")
    text = text.replace('"Student, Test"', "Ben").replace(",", delimiter)
    roster = read(tmp_path, text)
    assert [person.name for person in roster.people] == ["Ada", "Ben"]
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


def test_a_workbook_is_no_text(tmp_path):
    file = tmp_path / "roster.xlsx"
    file.write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(ValueError, match="export it as CSV, not as Excel"):
        read_roster(file, IDENTITY, ("Student",))


def roster_of(*people: tuple[str, ...]) -> Roster:
    rows = [Person({}, frozenset(keys), str(number)) for number, keys in enumerate(people)]
    return Roster(Path("roster.csv"), (), ",", tuple(rows), {})


def found(matches: Matches) -> dict[str, str]:
    return {student: person.name for student, person in matches.pairs.items()}


def test_students_are_found_by_id_or_by_address_in_any_case():
    roster = roster_of(("s-1", "ada@x.org"), ("s-2", "ben@x.org"), ("s-3",))
    matches = match([("S-1", None), ("benny", " Ben@X.org "), ("eve", "eve@x.org")], roster)
    assert found(matches) == {"S-1": "0", "benny": "1"}
    assert matches.unknown == ["eve"]
    assert matches.doubtful == []
    assert [person.name for person in matches.absent] == ["2"]


def test_who_fits_two_people_or_shares_one_is_in_doubt():
    roster = roster_of(("s-1", "ada@x.org"), ("s-2", "ben@x.org"), ("s-3", "eve@x.org"))
    students = [("s-1", "ben@x.org"), ("s-3", None), ("eva", "eve@x.org")]
    matches = match(students, roster)
    assert found(matches) == {}
    assert matches.doubtful == ["s-1", "s-3", "eva"]
    assert matches.absent == []


KEYS = st.sampled_from("abcdef")


@given(
    st.lists(st.tuples(KEYS, st.none() | KEYS), unique_by=lambda each: each[0]),
    st.lists(st.frozensets(KEYS, min_size=1, max_size=2)),
)
def test_nobody_is_lost_and_nobody_is_given_to_two(students, people):
    matches = match(students, roster_of(*(tuple(keys) for keys in people)))
    assert sorted([*matches.pairs, *matches.unknown, *matches.doubtful]) == sorted(
        student for student, _ in students
    )
    names = list(found(matches).values())
    assert len(names) == len(set(names))
    for student, email in students:
        if student in matches.pairs:
            assert matches.pairs[student].keys & {student, email}
        fitting = [keys for keys in people if keys & {student, email}]
        assert (student in matches.unknown) == (not fitting)


def test_what_is_read_is_what_a_spreadsheet_writes(tmp_path):
    stream = io.StringIO()
    row = ['say "Ada"', "1", "S-1", "a,b", "two\nlines", "", ""]
    csv.writer(stream).writerows([HEAD.strip().split(","), row])
    (person,) = read(tmp_path, stream.getvalue()).people
    assert list(person.cells.values()) == row
