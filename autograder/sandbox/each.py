"""The second way: a wall for each submission, where a machine cannot nest namespaces."""

import socket
from types import TracebackType
from typing import Self

from autograder.sandbox.wall import Wall


class WallEach(Wall):
    """Looks like one wall, and puts up one for each submission; a cold start every time."""

    def __init__(self) -> None:
        super().__init__("bwrap-each")
        self._walls: dict[int, tuple[Wall, int]] = {}

    def __enter__(self) -> Self:
        """Walls are put up when they are needed."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End everything that runs behind the walls."""
        for wall, _ in self._walls.values():
            wall.__exit__(kind, error, trace)
        self._walls.clear()

    def open(self) -> tuple[int, socket.socket]:
        """Put up a wall and start the submission; return its number and the socket to it."""
        wall = Wall(self.sandbox).__enter__()
        try:
            number, channel = wall.open()
        except BaseException:
            wall.__exit__(None, None, None)
            raise
        self._next += 1
        self._walls[self._next] = (wall, number)
        return self._next, channel

    def end(self, number: int) -> str:
        """End a submission and its wall, and return why it ended."""
        wall, inside = self._walls.pop(number)
        try:
            return wall.end(inside)
        finally:
            wall.__exit__(None, None, None)

    def last_words(self) -> str:
        """Return the last that the last wall's warm parent had to say."""
        walls = [wall for wall, _ in self._walls.values()]
        return walls[-1].last_words() if walls else "it said nothing"
