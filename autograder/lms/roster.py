"""A learning platform's own export of its gradebook: who is in the class, and its columns."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.outputs import MAX_NAME, readable_line


@dataclass(frozen=True)
class Layout:
    """The columns of a platform's export that are used; those that a file lacks are not missed.

    People are told by what stands in `ids` and `emails`, called by `names`, and `others` are kept.
    `points` is what the row of the points possible is called, empty where there is no such row.
    """

    ids: Sequence[str]
    emails: Sequence[str]
    names: Sequence[str]
    others: Sequence[str]
    points: str = ""

    @property
    def keys(self) -> list[str]:
        """The columns that tell who somebody is."""
        return list(dict.fromkeys((*self.ids, *self.emails)))

    @property
    def used(self) -> set[str]:
        """All columns that are used."""
        return {*self.keys, *self.names, *self.others}


@dataclass(frozen=True)
class Person:
    """A row of the platform's file; `ids` and `emails` may tell who it is."""

    cells: dict[str, str]
    ids: frozenset[str]
    emails: frozenset[str]
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


def read_roster(file: Path, layout: Layout) -> Roster:
    """Read what a platform has exported: a table delimited by commas, semicolons or tabs.

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
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns, *table = [tuple(line) for line in lines if line] or [()]
    except csv.Error as error:
        raise ValueError(f"{file} is not a table that can be read: {error}") from None
    _see_that_columns_fit(file, columns, layout)
    if any(len(line) != len(columns) for line in table):
        raise ValueError(f"{file} has rows that are longer or shorter than its first: export anew")
    rows = [dict(zip(columns, line, strict=True)) for line in table]
    points, first_person = _points(rows, layout)
    people = [
        _person(row, f"row {number}", layout)
        for number, row in enumerate(rows[first_person:], first_person + 2)
        if any(cell.strip() for cell in row.values())
    ]
    return Roster(file, columns, delimiter, tuple(people), points)


def _see_that_columns_fit(file: Path, columns: tuple[str, ...], layout: Layout) -> None:
    """See that there is a column that tells who somebody is, and none that is used is there twice.

    Raises:
        ValueError: there is none, or it is there twice.
    """
    if not set(layout.keys) & set(columns):
        raise ValueError(
            f"{file} has none of the columns {', '.join(layout.keys)} but {', '.join(columns)}: "
            "name those that tell who somebody is with --Lms.identity and --Lms.emails"
        )
    twice = [name for name in sorted(layout.used) if columns.count(name) > 1]
    if twice:
        raise ValueError(
            f"{file} has several columns that are called {', '.join(twice)}, and one was expected: "
            "remove all but one from the file"
        )


def _points(rows: list[dict[str, str]], layout: Layout) -> tuple[dict[str, str], int]:
    """Return the row of points possible, and how many rows there are before the first person.

    Canvas writes it right after the names of columns, or after a row that says which assignments
    are posted by hand. Neither has anything in the columns that tell who somebody is: a person may
    choose the name, but not that there is no number.
    """
    for number, row in enumerate(rows[:2] if layout.points else []):
        if any(row.get(column, "").strip() for column in layout.used - set(layout.names)):
            break
        name = _name(row, layout)
        if name == layout.points:
            return row, number + 1
        if name:
            break
    return {}, 0


def _person(row: dict[str, str], otherwise: str, layout: Layout) -> Person:
    """Return who a row is, called by key or `otherwise` without a name."""
    ids, emails = (
        frozenset(key for column in columns if (key := plain(row.get(column, ""))))
        for columns in (layout.ids, layout.emails)
    )
    name = readable_line(_name(row, layout) or min(ids | emails, default=""))[:MAX_NAME]
    return Person(row, ids, emails, name or otherwise)


def _name(row: dict[str, str], layout: Layout) -> str:
    return " ".join(row.get(column, "") for column in layout.names).strip()


def plain(key: str) -> str:
    """Return what is compared of an id or an address: the case is of no account."""
    return key.strip().casefold()
