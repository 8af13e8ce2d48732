"""A learning platform's own export of its gradebook: who is in the class, and its columns."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

TEST_STUDENT = "Student, Test"  # Canvas's own, in each course


@dataclass(frozen=True)
class Person:
    """A row of the platform's file; `keys` are what may tell who it is."""

    cells: dict[str, str]
    keys: frozenset[str]
    name: str


@dataclass(frozen=True)
class Roster:
    """The file as it was read: `points` are those possible, where the platform says them."""

    file: Path
    columns: tuple[str, ...]
    delimiter: str
    people: tuple[Person, ...]
    points: dict[str, str]

    def column(self, assignment: str) -> str | None:
        """Return the column whose name has the assignment's id in it, None if there is none.

        Raises:
            ValueError: there are several.
        """
        whole = re.compile(rf"(?<!\w){re.escape(assignment)}(?!\w)")
        found = [column for column in self.columns if whole.search(column)]
        if len(found) > 1:
            raise ValueError(
                f"{self.file.name} has several columns for {assignment} ({', '.join(found)}): "
                "remove all but one from the file"
            )
        return found[0] if found else None


@dataclass(frozen=True)
class Matches:
    """Which students are whom: those in doubt, or unknown, are matched with nobody."""

    pairs: dict[str, Person]
    unknown: list[str]
    doubtful: list[str]
    absent: list[Person]


def read_roster(file: Path, identity: Sequence[str], names: Sequence[str]) -> Roster:
    """Read what a platform has exported.

    Args:
        file: a table in text form, delimited by commas, semicolons or tabs.
        identity: the columns that tell who somebody is; those that it lacks are not missed.
        names: the columns that people are called by.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no such table; the text says why.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{file} is not text in UTF-8: export it as CSV, not as Excel") from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise ValueError(f"{file} is not a table that can be read: {error}") from None
    columns = tuple(rows[0]) if rows else tuple(first.strip().split(delimiter))
    known = [column for column in identity if column in columns]
    if not known:
        raise ValueError(
            f"{file} has none of the columns {', '.join(identity)} but {', '.join(columns)}: "
            "name those that tell who somebody is with --Lms.identity"
        )
    if any(None in row or None in row.values() for row in rows):
        raise ValueError(f"{file} has rows that are longer or shorter than its first: export anew")
    called = [column for column in names if column in columns]
    people: list[Person] = []
    points: dict[str, str] = {}
    for row in rows:
        name = " ".join(row[column] for column in called).strip()
        keys = frozenset(key for column in known if (key := _plain(row[column])))
        if name.startswith("Points Possible"):
            points = row
        elif keys and name != TEST_STUDENT:
            people.append(Person(row, keys, name or min(keys)))
    return Roster(file, columns, delimiter, tuple(people), points)


def match(students: Iterable[tuple[str, str | None]], roster: Roster) -> Matches:
    """Find each student, told by id and e-mail address, among the platform's people.

    Both are compared with all that tells who a person is, whatever the case. Who fits several
    people, or fits one that another student fits as well, is in doubt.
    """
    students = list(students)
    by_key: dict[str, list[Person]] = defaultdict(list)
    for person in roster.people:
        for key in person.keys:
            by_key[key].append(person)
    fits: dict[str, list[Person]] = {}
    for student, email in students:
        wanted = {_plain(student), _plain(email or "")} - {""}
        found = {id(person): person for key in wanted for person in by_key[key]}
        fits[student] = list(found.values())
    claims = defaultdict[int, int](int)
    for found in fits.values():
        for person in found:
            claims[id(person)] += 1
    pairs = {
        student: found[0]
        for student, found in fits.items()
        if len(found) == 1 and claims[id(found[0])] == 1
    }
    return Matches(
        pairs,
        [student for student, found in fits.items() if not found],
        [student for student, found in fits.items() if found and student not in pairs],
        [person for person in roster.people if not claims[id(person)]],
    )


def _plain(key: str) -> str:
    return key.strip().casefold()
