"""A run as it goes: a bar for whoever watches, a line of JSON an event for whoever records.

Each line of the log is an object with `time` (ISO 8601, UTC), `event`, and what belongs to it:
`start` (assignment, submissions, jobs), `graded` (student, notebook, score, max_score, seconds,
kept: whether the store had the report), `felled` (student: brought its grader down twice),
`faulty` (student, trace: the autograder failed on the notebook),
`written` and `unwritten` (student: the gradebook; problem), `end` (seconds), `stopped` (reason).
Lines are appended and written at once, so that a file can be followed while it grows.
"""

import time
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import msgspec
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class Rate(ProgressColumn):
    """How many are done in a second, or in a minute where that says more."""

    def render(self, task: Task) -> Text:
        """Write the rate."""
        speed = task.finished_speed or task.speed
        if not speed:
            return Text("")
        return Text(f"{speed:.1f} a second" if speed >= 1 else f"{60 * speed:.1f} a minute")


class Run:
    """A context manager that shows and records a run.

    Args:
        total: how many submissions there are.
        log: the file for events; None for no record.
    """

    def __init__(self, total: int, log: Path | None = None) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("grading"),
            BarColumn(),
            MofNCompleteColumn(),
            Rate(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("grading", total=total)
        self._path, self._log = log, None
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        """Open the log; the bar is shown from the first submission that is done.

        Raises:
            OSError: the log cannot be written.
        """
        self._log: BinaryIO | None = None if self._path is None else self._path.open("ab", 0)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Record how it ended."""
        self._bar.stop()
        if error is None:
            self.tell("end", seconds=round(time.monotonic() - self._began, 3))
        else:
            interrupted = isinstance(error, KeyboardInterrupt)
            self.tell("stopped", reason="interrupted" if interrupted else str(error))
        if self._log is not None:
            self._log.close()

    def tell(self, event: str, **facts: object) -> None:
        """Record an event."""
        if self._log is not None:
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            line = msgspec.json.encode({"time": now, "event": event, **facts}) + b"\n"
            self._log.write(line)

    def advance(self) -> None:
        """One more is done."""
        self._bar.start()
        self._bar.advance(self._task)
