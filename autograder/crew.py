"""Who grades: processes of this machine here, a cluster's workers in `cluster`."""

import os
from collections.abc import Callable, Collection
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import ClassVar, Literal, Protocol

from autograder.grade import Graded
from autograder.grader import Task, give_up, grade_task, prepare
from autograder.sandbox.proven import Sandbox
from autograder.store import Store
from autograder.versions import course_hash

LATER = "spawn"  # by the time that a pool is replaced, its owner may have threads
Futures = Collection["Future[Graded]"]
Start = Literal["fork", "spawn"]
Work = Callable[[bytes, Task, Store | None], Graded]


class Crew(Protocol):
    """Those who grade, each behind a wall of its own, and keep reports in the store.

    `broken` is the exception of a future whose grader was ended from outside.
    """

    broken: ClassVar[type[Exception]]

    @property
    def jobs(self) -> int:
        """How many grade at once."""
        ...

    def grade(self, data: bytes, task: Task) -> "Future[Graded]":
        """Begin to grade."""
        ...

    def give_up(self, data: bytes, task: Task) -> "Future[Graded]":
        """Begin to write the report of what brought its grader down twice."""
        ...

    def wait(self, running: Futures, *, for_all: bool = False) -> "set[Future[Graded]]":
        """Wait for one of `running`, or for all; return those that are done."""
        ...

    def close(self) -> None:
        """End; what has not begun is dropped."""
        ...


class Processes:
    """A crew of `jobs` processes of this machine, which start with their first task.

    Args:
        classroom: the folder that no submission may see.
        sandbox: which walls will do; "none" has no wall (see `sandbox.proven`).
        jobs: how many processes.
        store: where they keep reports; None for nowhere.
        start: how processes begin; "fork" is fast, but not for programs with threads.
    """

    broken: ClassVar[type[Exception]] = BrokenProcessPool

    def __init__(
        self,
        classroom: Path,
        sandbox: Sandbox,
        jobs: int = 1,
        store: Store | None = None,
        start: Start = "spawn",
    ) -> None:
        self._classroom, self._store, self._jobs = classroom, store, jobs
        self._sandbox: Sandbox = sandbox
        self._start = get_context(start)
        self._pool: ProcessPoolExecutor | None = None
        self._course = ""
        self._running: list[Future[Graded]] = []

    @property
    def jobs(self) -> int:
        """How many grade at once."""
        return self._jobs

    def grade(self, data: bytes, task: Task) -> "Future[Graded]":
        """Begin to grade."""
        return self._begin(grade_task, data, task)

    def give_up(self, data: bytes, task: Task) -> "Future[Graded]":
        """Begin to write the report of what brought its grader down twice."""
        return self._begin(give_up, data, task)

    def wait(self, running: Futures, *, for_all: bool = False) -> "set[Future[Graded]]":
        """Wait for one of `running`, or for all; return those that are done."""
        return wait(running, return_when=ALL_COMPLETED if for_all else FIRST_COMPLETED).done

    def close(self) -> None:
        """End the processes; what has not begun is dropped."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None
            self._start = get_context(LATER)

    def _begin(self, work: Work, data: bytes, task: Task) -> "Future[Graded]":
        try:
            future = self._processes(task.assignment).submit(work, data, task, self._store)
        except BrokenProcessPool:
            self.close()
            future = self._processes(task.assignment).submit(work, data, task, self._store)
        self._running = [each for each in self._running if not each.done()] + [future]
        return future

    def _processes(self, first: str) -> ProcessPoolExecutor:
        """Return the processes; new ones if the course has changed since the last were started.

        They read the assignment `first` while their walls go up. What is under way is left to end:
        the old ones refuse to grade with a course that is no longer theirs.
        """
        course = course_hash()
        changed = course != self._course and all(each.done() for each in self._running)
        if self._pool is None or changed:
            self.close()
            place = (self._classroom, self._sandbox, os.getpid(), first)
            self._pool = ProcessPoolExecutor(self._jobs, self._start, prepare, place)
            self._course = course
        return self._pool


def alone(crew: Crew, data: bytes, task: Task) -> Graded:
    """Grade once more with no other beside it: it is plain whose doing a second death is."""
    try:
        return _result(crew, crew.grade(data, task))
    except crew.broken:
        return _result(crew, crew.give_up(data, task))


def _result(crew: Crew, future: "Future[Graded]") -> Graded:
    crew.wait([future])
    return future.result()
