"""Many tasks for those who grade, and for each task one report.

No submission costs a batch. Where one fells its wall, a fresh one is put up and it is tried once
more. Where a grader is ended from outside (by the kernel for memory, by `kill -9`), all that was
under way is tried once more, one by one and alone. What brings its grader down a second time gets a
report that says so. Processes end with the one that started them, however that ends.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from multiprocessing import active_children
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from autograder.crew import Crew, Processes, Start, alone
from autograder.grade import Graded
from autograder.grader import Task
from autograder.handed_in import handed_in
from autograder.sandbox.proven import Sandbox
from autograder.store import Store
from autograder.versions import key

INSTALL = "a cluster needs `pip install 'backprop-course[cluster]'`"
AHEAD = 3  # tasks under way for each job, so that none waits while reports are written


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
    """A context manager that grades tasks on `jobs` processes, or on a cluster.

    Args:
        classroom: the folder that no submission may see, and whose store keeps reports.
        sandbox: which walls will do; "none" has no wall (see `sandbox.proven`).
        jobs: how many processes.
        keep: whether reports come from and go to the store.
        regrade: whether reports only go there.
        start: how processes begin; "fork" is fast, but not for programs with threads.
        scheduler: the address of a cluster's scheduler, whose workers are in the place of `jobs`.

    Raises:
        RuntimeError: there is no cluster, or it cannot grade.
    """

    def __init__(
        self,
        classroom: Path,
        sandbox: Sandbox,
        jobs: int = 1,
        keep: bool = True,
        start: Start = "spawn",
        regrade: bool = False,
        scheduler: str | None = None,
    ) -> None:
        self._store = Store(classroom) if keep else None
        self._regrade = regrade
        self._crew: Crew
        if scheduler is None:
            self._crew = Processes(classroom, sandbox, jobs, self._store, start)
        else:
            self._crew = _cluster(scheduler, sandbox, self._store)

    @property
    def jobs(self) -> int:
        """How many grade at once."""
        return self._crew.jobs

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
        """Let those who grade go; what has not begun is dropped."""
        self._crew.close()

    def submit(self, task: Task) -> "Future[Graded]":
        """Begin to grade.

        Raises:
            OSError: the notebook cannot be read.
            WallError: there can be no wall, and the store does not know the report.
        """
        data = handed_in(task.file)
        known = self._known(data, task)
        if known is None:
            return self._crew.grade(data, task)
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
            while waiting and len(running) < AHEAD * self._crew.jobs:
                index, task = waiting.popleft()
                data = handed_in(task.file)
                known = self._known(data, task)
                if known is not None:
                    yield Outcome(index, known, kept=True)
                else:
                    running[self._crew.grade(data, task)] = index
            if not running:
                return
            done = self._crew.wait(running)
            if any(map(self._was_broken, done)):
                done = self._crew.wait(running, for_all=True)
            # Whole reports first: they need nothing more, and the others may take long.
            for future in sorted(done, key=self._was_broken):
                index = running.pop(future)
                broken = self._was_broken(future)
                yield Outcome(index, self._alone(tasks[index]) if broken else future.result())

    def _alone(self, task: Task) -> Graded:
        """Return the report that was kept before the grader's end, else grade with no other."""
        data = handed_in(task.file)
        found = None if self._regrade else self._known(data, task)
        return found or alone(self._crew, data, task)

    def _known(self, data: bytes, task: Task) -> Graded | None:
        if self._store is None or self._regrade:
            return None
        return self._store.get(task.assignment, key(data, task.assignment, task.seed))

    def _was_broken(self, future: "Future[Graded]") -> bool:
        return isinstance(future.exception(), self._crew.broken)


def _cluster(scheduler: str, sandbox: Sandbox, store: Store | None) -> Crew:
    try:
        from autograder.cluster import Cluster
    except ModuleNotFoundError as error:
        raise RuntimeError(f"{error.name} is not installed: {INSTALL}") from None
    return Cluster(scheduler, sandbox, store)
