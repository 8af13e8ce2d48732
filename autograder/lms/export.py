# pyright: basic
# (nbgrader is untyped)
"""Exporters for `nbgrader export` that write what Canvas and Moodle import.

The platform's own export says who is in the class; people keep their rows, in its order, and what
tells who they are as it stands there. Names are what anyone may have chosen: they decide nothing,
and are written such that neither a terminal, a spreadsheet nor the platform takes them for more.
"""

import csv
import sys
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, List, Unicode

from autograder.lms.grades import Column, column_of
from autograder.lms.matching import Matches, match
from autograder.lms.roster import Layout, Person, Roster, read_roster
from autograder.sandbox.outputs import readable_line
from autograder.spreadsheet import as_cell


class Lms(ExportPlugin):
    """What both platforms have in common."""

    roster = Unicode(help="the file that the platform's own gradebook exports").tag(config=True)
    dry_run = Bool(False, help="say who does not match, and write nothing").tag(config=True)
    identity = List(Unicode(), help="the columns with ids of people").tag(config=True)
    emails = List(Unicode(), help="the columns with their e-mail addresses").tag(config=True)
    platform = menu = points = none = ""
    names: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def export(self, gradebook: Gradebook) -> None:
        """Write the table, and say who is not in it; end with one sentence if that cannot be."""
        try:
            self._export(gradebook)
        except OSError as error:
            place = "" if error.filename is None else f"{error.filename}: "
            sys.exit(readable_line(place + (error.strerror or str(error))))
        except ValueError as error:
            sys.exit(readable_line(str(error)))

    def _export(self, gradebook: Gradebook) -> None:
        if not self.roster:
            raise ValueError(
                f"which people are in the class? Export the gradebook of {self.platform} "
                f"({self.menu}) and name the file with --Lms.roster=FILE"
            )
        everyone: list[Any] = gradebook.students
        if not everyone and not gradebook.assignments:
            raise ValueError(
                "the gradebook is empty: start nbgrader in the folder of the project, where its "
                "nbgrader_config.py lies"
            )
        file = Path(self.to or f"{self.platform.lower()}_grades.csv")
        if file.resolve() == Path(self.roster).resolve():
            raise ValueError(f"{file} is the platform's own export: name another file with --to")
        layout = Layout(self.identity, self.emails, self.names, self.others, self.points)
        roster = read_roster(Path(self.roster), layout)
        students = [(one.id, one.email) for one in everyone]
        matches = match(students, roster).of(self._students(gradebook))
        columns = [column_of(gradebook, name) for name in self._assignments(gradebook)]
        table = self._table(roster, layout, matches, columns)
        graded = [column.in_words(set(matches.pairs)) for column in columns]
        print(*map(readable_line, (*graded, *_mismatches(matches, roster))), sep="\n")
        if self.dry_run:
            print("a dry run: nothing is written")
            return
        with file.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, delimiter=roster.delimiter).writerows(table)
        print(f"written: {file}")

    def _students(self, gradebook: Gradebook) -> set[str]:
        known = {str(one.id) for one in gradebook.students}
        wanted = {str(one) for one in self.student}
        for one in sorted(wanted - known):
            raise ValueError(f"the gradebook has no student {one}: mend --student")
        return wanted or known

    def _assignments(self, gradebook: Gradebook) -> list[str]:
        known = sorted(str(one.name) for one in gradebook.assignments)
        wanted = [str(one) for one in self.assignment] or known
        for one in wanted:
            if one not in known:
                has = f"has {', '.join(known)}" if known else "has none yet"
                raise ValueError(f"the gradebook has no assignment {one}; it {has}")
        return wanted

    def _table(
        self, roster: Roster, layout: Layout, matches: Matches, columns: list[Column]
    ) -> list[list[str]]:
        kept = [name for name in roster.columns if name in layout.used]
        heads = [roster.column(column.assignment) or column.assignment for column in columns]
        students = {id(person): student for student, person in matches.pairs.items()}
        rows = [
            [self._cell(person, name) for name in kept]
            + [column.final.get(students[id(person)], self.none) for column in columns]
            for person in roster.people
            if id(person) in students
        ]
        return [[*kept, *heads], *self._points(roster, kept, heads, columns), *rows]

    def _cell(self, person: Person, column: str) -> str:
        """Return a person's cell; the platform finds people by the others, not by the name."""
        cell = person.cells[column]
        return self._name(cell) if column in self.names else cell

    def _name(self, name: str) -> str:
        """Return a name as it may stand in the table."""
        return as_cell(name)

    def _points(
        self, roster: Roster, kept: list[str], heads: list[str], columns: list[Column]
    ) -> list[list[str]]:
        """Return the rows between the names of columns and the people."""
        return []


class Canvas(Lms):
    """For Canvas: Grades > Import."""

    platform, menu = "Canvas", "Grades > Export > Export Entire Gradebook"
    points = "Points Possible"
    names = ("Student", "LastName", "FirstName")
    identity = List(Unicode(), ["SIS User ID", "SIS Login ID", "Integration ID"]).tag(config=True)
    emails = List(Unicode(), ["SIS Login ID"]).tag(config=True)  # the institution sets it
    others = ("ID", "Root Account", "Section")

    def _name(self, name: str) -> str:
        """Return a name that Canvas does not take for the row of points, wherever that is."""
        return as_cell(name).replace(self.points, self.points.replace(" ", "-"))

    def _points(
        self, roster: Roster, kept: list[str], heads: list[str], columns: list[Column]
    ) -> list[list[str]]:
        """Return the points possible, which Canvas wants in the second row.

        Raises:
            ValueError: Canvas counts another number of points, or its own row is missing.
        """
        if not roster.points:
            raise ValueError(
                f"{roster.file} has no row {self.points!r} right below its header, where Canvas "
                "writes it: export the gradebook of Canvas again, and leave the rows in order"
            )
        for head, column in zip(heads, columns, strict=True):
            said = roster.points.get(head, "").strip()
            if said and not _is_number(said, column.possible):
                raise ValueError(
                    f"{column.assignment} is worth {said} points in the export of Canvas and "
                    f"{column.possible:g} here: change it in Canvas and export its gradebook again"
                )
        first = next(name for name in kept if name in self.names)
        cells = [f"    {self.points}" if name == first else "" for name in kept]
        return [[*cells, *(f"{column.possible:g}" for column in columns)]]


class Moodle(Lms):
    """For Moodle: Grades > Import > CSV file."""

    platform, menu = "Moodle", "Grades > Export > Plain text file"
    none = "-"  # as Moodle writes it; an empty cell becomes 0 in a new grade item
    names = ("First name", "Last name")
    identity = List(Unicode(), ["ID number", "Username"]).tag(config=True)
    emails = List(Unicode(), ["Email address"]).tag(config=True)


def _is_number(said: str, number: float) -> bool:
    """Tell whether a cell says this number, with a comma or a point."""
    try:
        return float(said.replace(",", ".")) == number
    except ValueError:
        return False


def _mismatches(matches: Matches, roster: Roster) -> list[str]:
    """Say who is not in the table, and why."""
    file = roster.file.name
    doubtful = [
        f"{student} ({', '.join(person.name for person in people)})"
        for student, people in matches.doubtful.items()
    ]
    return [
        f"{len(matches.pairs)} of the gradebook are in {file}",
        *_listed(f"in the gradebook and not in {file}", matches.unknown),
        *_listed(f"no grades, as several in the gradebook or {file} could be meant", doubtful),
        *_listed(f"in {file} and not in the gradebook", [one.name for one in matches.absent]),
    ]


def _listed(what: str, people: list[str]) -> list[str]:
    return [f"{what} ({len(people)}): {'; '.join(people)}"] if people else []
