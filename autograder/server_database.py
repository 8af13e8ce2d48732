"""A gradebook that a server holds, such as PostgreSQL: asked through SQLAlchemy, like nbgrader."""

import os
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from autograder.database import WAIT_SECONDS, DatabaseError, Row, Trouble, trouble_in

MENDED = "mend db_url in nbgrader_config.py"
NO_ADDRESS = Trouble(
    "has no address", "let db_url in nbgrader_config.py be one such as postgresql://user@host/name"
)
UNKNOWN = Trouble("is of an unknown kind", "let db_url begin with postgresql:// or sqlite:///")
DRIVER = "install it; `pip install -e '.[postgresql]'` does so for postgresql://"
# It changes nothing, but only who may write can say it.
NO_CHANGE = "update grade set auto_score = auto_score where id = ''"


class ServerDatabase:
    """A gradebook at a URL of SQLAlchemy's.

    Raises:
        DatabaseError: it is no such URL, or the driver is missing.
    """

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url)
        except (ArgumentError, ValueError):
            raise DatabaseError("of db_url", NO_ADDRESS) from None
        self._name = parsed.set(query={}).render_as_string(hide_password=True)
        # A server that does not answer is given up, by nbgrader's connections too.
        os.environ.setdefault("PGCONNECT_TIMEOUT", str(int(WAIT_SECONDS)))
        try:
            self._engine = create_engine(parsed, poolclass=NullPool)
        except NoSuchModuleError:
            raise DatabaseError(self.name, UNKNOWN) from None
        except ModuleNotFoundError as error:
            raise DatabaseError(
                self.name, Trouble(f"needs the driver {error.name}", DRIVER)
            ) from None

    @property
    def name(self) -> str:
        """The URL without password and options, which may hold one too."""
        return self._name

    def rows(self, query: str, assignment: str) -> list[Row]:
        """Ask; see `Database`."""
        with self._connected() as connection:
            if not self._is_made(connection):
                return []
            found = connection.execute(text(query), {"assignment": assignment})
            return [tuple(row) for row in found]

    def check_writable(self) -> None:
        """Write nothing, as one who may write; see `Database`."""
        with self._connected() as connection:
            if self._is_made(connection):
                connection.execute(text(NO_CHANGE))
            connection.rollback()

    def _is_made(self, connection: Connection) -> bool:
        return inspect(connection).has_table("grade")

    @contextmanager
    def _connected(self) -> Generator[Connection]:
        """Connect.

        Raises:
            DatabaseError: it cannot be reached, read or written.
        """
        try:
            with self._engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            reason = str(error.orig).strip().partition("\n")[0]
            trouble = trouble_in(reason) or Trouble("cannot be used", MENDED)
            raise DatabaseError(self.name, trouble, reason) from error


@event.listens_for(Engine, "begin")
def _bound_waits(connection: Connection) -> None:
    """PostgreSQL waits without end for what another program holds; nbgrader's connections too."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"set local lock_timeout = '{WAIT_SECONDS:g}s'")
