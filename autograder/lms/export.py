# pyright: basic
# (nbgrader is untyped)
"""Exporters for `nbgrader export` that write what Canvas and Moodle import.

The platform's own export says who is in the class; people keep their rows, in its order, and what
tells who they are as it stands there.
"""

import csv
import sys
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, List, Unicode

from autograder.lms.grades import Column, column_of
from autograder.lms.roster import Matches, Roster, match, read_roster


class Lms(ExportPlugin):
    """What both platforms have in common."""

    roster = Unicode(help="the file that the platform's own gradebook exports").tag(config=True)
    dry_run = Bool(False, help="say who does not match, and write nothing").tag(config=True)
    identity = List(Unicode(), help="the columns that tell who somebody is").tag(config=True)
    platform = names = menu = ""
    kept: tuple[str, ...] = ()

    def export(self, gradebook: Gradebook) -> None:
        """Write the table, and say who is not in it; end with one sentence if that cannot be."""
        try:
            self._export(gradebook)
        except OSError as error:
            sys.exit(f"{error.filename}: {error.strerror}")
        except ValueError as error:
            sys.exit(str(error))

    def _export(self, gradebook: Gradebook) -> None:
        if not self.roster:
            raise ValueError(
                f"which people are in the class? Export the gradebook of {self.platform} "
                f"({self.menu}) and name the file with --Lms.roster=FILE"
            )
        file = Path(self.to or f"{self.platform.lower()}_grades.csv")
        if file.resolve() == Path(self.roster).resolve():
            raise ValueError(f"{file} is the platform's own export: name another file with --to")
        roster = read_roster(Path(self.roster), self.identity, self.names)
        matches = match([(one.id, one.email) for one in self._students(gradebook)], roster)
        columns = [column_of(gradebook, name) for name in self._assignments(gradebook)]
        table = self._table(roster, matches, columns)
        for column in columns:
            print(column.in_words(set(matches.pairs)))
        print(*_mismatches(matches, roster), sep="\n")
        if self.dry_run:
            print("a dry run: nothing is written")
            return
        with file.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, delimiter=roster.delimiter).writerows(table)
        print(f"written: {file}")

    def _students(self, gradebook: Gradebook) -> list:
        wanted = [str(one) for one in self.student]
        known = {one.id: one for one in gradebook.students}
        for one in wanted:
            if one not in known:
                raise ValueError(f"the gradebook has no student {one}: mend --student")
        return [one for name, one in known.items() if not wanted or name in wanted]

    def _assignments(self, gradebook: Gradebook) -> list[str]:
        known = sorted(str(one.name) for one in gradebook.assignments)
        wanted = [str(one) for one in self.assignment] or known
        for one in wanted:
            if one not in known:
                has = f"has {', '.join(known)}" if known else "has none yet"
                raise ValueError(f"the gradebook has no assignment {one}; it {has}")
        return wanted

    def _table(self, roster: Roster, matches: Matches, columns: list[Column]) -> list[list[str]]:
        kept = [name for name in roster.columns if name in (*self.kept, *self.identity)]
        heads = [roster.column(column.assignment) or column.assignment for column in columns]
        students = {id(person): student for student, person in matches.pairs.items()}
        rows = [
            [person.cells[name] for name in kept]
            + [column.final.get(students[id(person)], "") for column in columns]
            for person in roster.people
            if id(person) in students
        ]
        return [[*kept, *heads], *self._points(roster, kept, heads, columns), *rows]

    def _points(
        self, roster: Roster, kept: list[str], heads: list[str], columns: list[Column]
    ) -> list[list[str]]:
        """Return the rows between the names of columns and the people."""
        return []


class Canvas(Lms):
    """For Canvas: Grades > Import."""

    platform, menu = "Canvas", "Grades > Export > Export Entire Gradebook"
    names = ("Student",)
    identity = List(Unicode(), ["SIS User ID", "SIS Login ID", "Integration ID"]).tag(config=True)
    kept = ("Student", "ID", "Root Account", "Section")

    def _points(
        self, roster: Roster, kept: list[str], heads: list[str], columns: list[Column]
    ) -> list[list[str]]:
        """Return the points possible, which Canvas wants in the second row.

        Raises:
            ValueError: Canvas counts another number of points.
        """
        for head, column in zip(heads, columns, strict=True):
            said = roster.points.get(head, "").strip()
            if said and not _is_number(said, column.possible):
                raise ValueError(
                    f"{column.assignment} is worth {said} points in the export of Canvas and "
                    f"{column.possible:g} here: change it in Canvas and export its gradebook again"
                )
        cells = ["    Points Possible" if name == "Student" else "" for name in kept]
        return [[*cells, *(f"{column.possible:g}" for column in columns)]]


class Moodle(Lms):
    """For Moodle: Grades > Import > CSV file."""

    platform, menu = "Moodle", "Grades > Export > Plain text file"
    names = ("First name", "Last name")
    identity = List(Unicode(), ["ID number", "Username", "Email address"]).tag(config=True)
    kept = ("First name", "Last name")


def _is_number(said: str, number: float) -> bool:
    """Tell whether a cell says this number, with a comma or a point."""
    try:
        return float(said.replace(",", ".")) == number
    except ValueError:
        return False


def _mismatches(matches: Matches, roster: Roster) -> list[str]:
    """Say who is not in the table, and why."""
    file = roster.file.name
    return [
        f"{len(matches.pairs)} of the gradebook are in {file}",
        *_listed(f"in the gradebook and not in {file}", matches.unknown),
        *_listed(f"in the gradebook, and several in {file} could be meant", matches.doubtful),
        *_listed(f"in {file} and not in the gradebook", [one.name for one in matches.absent]),
    ]


def _listed(what: str, people: list[str]) -> list[str]:
    return [f"{what} ({len(people)}): {'; '.join(people)}"] if people else []
