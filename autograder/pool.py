"""Processes that grade: each has a wall of its own, tried by the canary before its first grade.

No submission costs a batch. Where one fells its wall, a fresh one is put up and it is tried once
more. Where a process is ended from outside (by the kernel for memory, by `kill -9`), all that was
under way is tried once more, one by one and alone. What brings its grader down a second time gets a
report that says so. Processes end with the one that started them, however that ends.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context
from pathlib import Path
from types import TracebackType
from typing import Literal, NamedTuple, Self

from autograder.grade import Graded
from autograder.grader import Task, give_up, grade_task, prepare
from autograder.handed_in import handed_in
from autograder.sandbox.proven import Sandbox
from autograder.store import Store
from autograder.versions import course_hash, key

LATER = "spawn"  # by the time that a pool is replaced, its owner may have threads
AHEAD = 3  # tasks under way for each process, so that none waits while reports are written


Work = Callable[[bytes, Task, Store | None], Graded]


class Outcome(NamedTuple):
    """What became of one of many tasks.

    Attributes:
        number: which of the tasks it was, from 0.
        graded: its report.
        kept: whether the store had it already.
    """

    number: int
    graded: Graded
    kept: bool = False


class Graders:
    """A context manager that grades tasks on `jobs` processes.

    Args:
        classroom: the folder that no submission may see, and whose store keeps reports.
        sandbox: which walls will do; "none" has no wall (see `sandbox.proven`).
        jobs: how many processes.
        keep: whether reports come from and go to the store.
        regrade: whether reports only go there.
        start: how processes begin; "fork" is fast, but not for programs with threads.
    """

    def __init__(
        self,
        classroom: Path,
        sandbox: Sandbox,
        jobs: int = 1,
        keep: bool = True,
        start: Literal["fork", "spawn"] = "spawn",
        regrade: bool = False,
    ) -> None:
        self._store = Store(classroom) if keep else None
        self._classroom, self._jobs, self._regrade = classroom, jobs, regrade
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
        """End the processes; what has not begun is dropped, and after Ctrl-C what has as well."""
        if kind is KeyboardInterrupt:
            for process in active_children():
                process.kill()
        self.close()

    def close(self) -> None:
        """End the processes; what has not begun is dropped."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def submit(self, task: Task) -> "Future[Graded]":
        """Begin to grade.

        Raises:
            OSError: the notebook cannot be read.
            WallError: there can be no wall, and the store does not know the report.
        """
        data = handed_in(task.file)
        known = self._known(data, task)
        if known is None:
            return self._begin(grade_task, data, task)
        future: Future[Graded] = Future()
        future.set_result(known)
        return future

    def grade_all(self, tasks: Sequence[Task]) -> Iterator[Outcome]:
        """Grade tasks, and yield what became of each as soon as it is there.

        Only as many notebooks are in memory as are under way.

        Raises:
            OSError: a notebook cannot be read, or a report cannot be kept.
            WallError: there can be no wall.
            JudgeError: the hidden suite is at fault.
        """
        waiting = deque(enumerate(tasks))
        running: dict[Future[Graded], int] = {}
        while waiting or running:
            while waiting and len(running) < AHEAD * self._jobs:
                index, task = waiting.popleft()
                data = handed_in(task.file)
                known = self._known(data, task)
                if known is not None:
                    yield Outcome(index, known, kept=True)
                else:
                    running[self._begin(grade_task, data, task)] = index
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            if any(map(_was_broken, done)):
                done, _ = wait(running)  # all that was under way has ended as well
            # Whole reports first: they need nothing more, and the others may take long.
            for future in sorted(done, key=_was_broken):
                index = running.pop(future)
                alone = _was_broken(future)
                yield Outcome(index, self._alone(tasks[index]) if alone else future.result())

    def _alone(self, task: Task) -> Graded:
        """Grade with no other beside it, so that it is plain whose doing a second death is."""
        data = handed_in(task.file)
        found = None if self._regrade else self._known(data, task)
        if found is not None:
            return found
        try:
            return self._begin(grade_task, data, task).result()
        except BrokenProcessPool:
            return self._begin(give_up, data, task).result()

    def _known(self, data: bytes, task: Task) -> Graded | None:
        if self._store is None or self._regrade:
            return None
        return self._store.get(task.assignment, key(data, task.assignment, task.seed))

    def _begin(self, work: Work, data: bytes, task: Task) -> "Future[Graded]":
        try:
            return self._processes().submit(work, data, task, self._store)
        except BrokenProcessPool:
            self.close()
            self._start = get_context(LATER)
            return self._processes().submit(work, data, task, self._store)

    def _processes(self) -> ProcessPoolExecutor:
        """Return the processes; new ones if the course has changed since the last were started."""
        course = course_hash()
        if self._pool is None or course != self._course:
            self.close()
            place = (self._classroom, self._sandbox, os.getpid())
            self._pool = ProcessPoolExecutor(self._jobs, self._start, prepare, place)
            self._course = course
        return self._pool


def _was_broken(future: "Future[Graded]") -> bool:
    return isinstance(future.exception(), BrokenProcessPool)
