"""The database that holds the gradebook: a file of SQLite's, or what `db_url` names.

nbgrader alone writes it. Here it is only asked, and tried before hours of grading. SQLite is asked
without nbgrader and SQLAlchemy, which take longer to import than a notebook to grade.
"""

import contextlib
import sqlite3
from pathlib import Path
from typing import NamedTuple, Protocol

Row = tuple[object, ...]
FILE = "sqlite:///"
WAIT_SECONDS = 10.0


class Trouble(NamedTuple):
    """What keeps a database from taking scores, and what to do; `passes` is worth waiting for."""

    problem: str
    cure: str
    passes: bool = False


LOCKED = Trouble(
    "is held by another program", "close what works on it, such as formgrader", passes=True
)
READ_ONLY = Trouble("may not be written", "make it and its folder writable")
FORBIDDEN = Trouble("may not be written", "let its user read and write all tables")
FULL = Trouble("finds no room on the disk", "make room")
UNREADABLE = Trouble(
    "cannot be read", "put a copy of it back, or take it away and release the assignments again"
)
UNREACHABLE = Trouble(
    "cannot be reached", "start its server, or mend db_url in nbgrader_config.py", passes=True
)
# What SQLite, PostgreSQL and the system say somewhere in their message.
SAID = {
    "database is locked": LOCKED,
    "lock timeout": LOCKED,
    "readonly database": READ_ONLY,
    "unable to open database file": READ_ONLY,
    "read-only transaction": FORBIDDEN,
    "permission denied for": FORBIDDEN,
    "disk is full": FULL,
    "No space left on device": FULL,
    "connection to server": UNREACHABLE,
    "connection failed": UNREACHABLE,
    "connection timeout": UNREACHABLE,
    "resolve host": UNREACHABLE,
    "server closed the connection": UNREACHABLE,
    "connection is lost": UNREACHABLE,
    "terminating connection": UNREACHABLE,
    "the database system is": UNREACHABLE,
}


class DatabaseError(OSError):
    """The gradebook cannot be read or written; the text says what to do."""

    def __init__(self, name: str, trouble: Trouble, reason: str = "") -> None:
        self.problem = f"the gradebook {name} {trouble.problem}{reason and f' ({reason})'}"
        self.cure = trouble.cure
        super().__init__(f"{self.problem}: {self.cure}")


class Database(Protocol):
    """What both kinds of gradebook answer."""

    @property
    def name(self) -> str:
        """The gradebook as people may read it: without a password."""
        ...

    def rows(self, query: str, assignment: str) -> list[Row]:
        """Ask with `:assignment` in the query; nothing comes if nbgrader has made no tables yet.

        Raises:
            DatabaseError: the database cannot be read.
        """
        ...

    def check_writable(self) -> None:
        """See that scores could be written, and wait for some seconds while another program writes.

        Raises:
            DatabaseError: they could not.
        """
        ...


def trouble_in(said: str) -> Trouble | None:
    """Return what a message means, None if it is not known."""
    return next((trouble for known, trouble in SAID.items() if known in said), None)


def database(classroom: Path) -> Database:
    """Return the gradebook of a classroom.

    Raises:
        ConfigurationError: nbgrader's configuration cannot be read.
        DatabaseError: `db_url` is no URL of a database, or its driver is missing.
    """
    from autograder.configuration import configuration  # not for one who grades a single notebook

    url = configuration(classroom).CourseDirectory.get("db_url") or ""
    if not url:
        return SqliteFile(classroom / "gradebook.db")
    if url.startswith(FILE) and "?" not in url:
        return SqliteFile(classroom / url.removeprefix(FILE))
    from autograder.server_database import ServerDatabase

    return ServerDatabase(url)


class SqliteFile:
    """A gradebook in a file, which nbgrader makes."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def name(self) -> str:
        """The path of the file."""
        return str(self._file)

    def rows(self, query: str, assignment: str) -> list[Row]:
        """Ask; see `Database`."""
        if not self._file.exists():
            return []
        place = f"{self._file.as_uri()}?mode=ro"
        try:
            with contextlib.closing(sqlite3.connect(place, WAIT_SECONDS, uri=True)) as asked:
                return asked.execute(query, {"assignment": assignment}).fetchall()
        except sqlite3.Error as error:
            trouble = trouble_in(str(error)) or UNREADABLE
            raise DatabaseError(self.name, trouble, str(error)) from error

    def check_writable(self) -> None:
        """See that it takes a first write; see `Database`."""
        if not self._file.exists():
            return
        try:
            with contextlib.closing(
                sqlite3.connect(self._file, WAIT_SECONDS, isolation_level=None)
            ) as tried:
                tried.execute("begin immediate")
                (version,) = tried.execute("pragma user_version").fetchone()
                tried.execute(f"pragma user_version = {int(version)}")
                tried.execute("rollback")
        except sqlite3.OperationalError as error:
            if (trouble := trouble_in(str(error))) is not None:
                raise DatabaseError(self.name, trouble) from error
        except sqlite3.DatabaseError as error:  # such as a file that is none of SQLite's
            raise DatabaseError(self.name, UNREADABLE, str(error)) from error
