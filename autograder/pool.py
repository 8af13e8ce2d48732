"""Processes that grade: each has a wall of its own, tried by the canary before its first grade."""

import gc
import os
import signal
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from functools import cache
from multiprocessing import get_context
from multiprocessing.util import Finalize
from pathlib import Path
from types import TracebackType
from typing import Literal, NamedTuple, Self

from autograder.assignment import Assignment, read_assignment
from autograder.grade import Graded, grade
from autograder.handed_in import handed_in
from autograder.manifest import manifest
from autograder.sandbox.canary import send_canary
from autograder.sandbox.wall import Wall, WallError, find_bwrap
from autograder.store import Store
from autograder.versions import course_hash, key

Sandbox = Literal["auto", "bwrap", "none"]
GARBAGE = 10_000  # objects between two looks for garbage: of a suite's inputs, little is


class Task(NamedTuple):
    """One notebook to grade."""

    file: Path
    assignment: str
    student: str
    seed: int


class Graders:
    """A context manager that grades tasks on `jobs` processes.

    Args:
        classroom: the folder that no submission may see, and whose store keeps reports.
        sandbox: "auto" and "bwrap" refuse to go on without a wall; "none" has no wall.
        jobs: how many processes.
        keep: whether reports come from and go to the store.
        start: how processes begin; "fork" is fast, but not for programs with threads.
    """

    def __init__(
        self,
        classroom: Path,
        sandbox: Sandbox,
        jobs: int = 1,
        keep: bool = True,
        start: Literal["fork", "spawn"] = "spawn",
    ) -> None:
        self._store = Store(classroom) if keep else None
        self._classroom, self._jobs = classroom, jobs
        self._sandbox: Sandbox = sandbox
        self._start = get_context(start)
        self._pool: ProcessPoolExecutor | None = None
        self._course = ""

    def __enter__(self) -> Self:
        """Processes start with their first task."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the processes; what has not begun is dropped."""
        self.close()

    def close(self) -> None:
        """End the processes; what has not begun is dropped."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def submit(self, task: Task) -> "Future[Graded]":
        """Begin to grade.

        Raises:
            OSError: the notebook cannot be read.
            WallError: there can be no wall, and the store does not know the report.
        """
        data = handed_in(task.file)
        if self._store is not None:
            known = self._store.get(task.assignment, key(data, task.assignment, task.seed))
            if known is not None:
                future: Future[Graded] = Future()
                future.set_result(known)
                return future
        return self._processes().submit(_grade, data, task, self._store)

    def _processes(self) -> ProcessPoolExecutor:
        """Return the processes; new ones if the course has changed since the last were started."""
        course = course_hash()
        if self._pool is None or course != self._course:
            self.close()
            place = (self._classroom, _choose(self._sandbox))
            self._pool = ProcessPoolExecutor(self._jobs, self._start, _prepare, place)
            self._course = course
        return self._pool


def _choose(sandbox: Sandbox) -> str:
    if sandbox == "none":
        return "none"
    if find_bwrap() is None:
        raise WallError(
            "there is no wall on this machine: bubblewrap is missing "
            "(Debian: apt-get install bubblewrap); `autograder doctor` says more"
        )
    return "bwrap"


class _Process:
    """What a grading process holds."""

    wall: Wall | None = None
    refusal: str | None = None
    resources = ExitStack()


def _prepare(classroom: Path, sandbox: str) -> None:
    """Put up this process's wall; a refusal is kept for the first task to tell."""
    if signal.getsignal(signal.SIGINT) != signal.SIG_IGN:  # as shells set it in the background
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it at once, and in silence
    Finalize(None, _Process.resources.close, exitpriority=1)  # such processes run no atexit
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        wall = _Process.resources.enter_context(Wall(sandbox))
        if sandbox != "none":
            send_canary(wall, classroom)
        _Process.wall = wall
        gc.freeze()  # what is loaded by now stays: no collection need look at it again
        gc.set_threshold(GARBAGE)
    except WallError as error:
        _Process.refusal = str(error)


@cache
def prepared(name: str) -> Assignment:
    """Read an assignment and import its suites, once; forked processes inherit it.

    Raises:
        DirectiveError: it cannot be built.
    """
    assignment = read_assignment(name)
    manifest(assignment)
    return assignment


def _grade(data: bytes, task: Task, store: Store | None) -> Graded:
    if _Process.wall is None:
        raise WallError(_Process.refusal or "there is no wall")
    graded = grade(
        data,
        prepared(task.assignment),
        task.seed,
        wall=_Process.wall,
        notebook=task.file.name,
        student=task.student,
    )
    if store is not None:
        store.put(graded)
    return graded
