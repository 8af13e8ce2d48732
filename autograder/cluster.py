# pyright: basic
# (dask has few types)
"""A crew past one machine: the workers of a dask.distributed cluster, see docs/instructors.

Dask runs again what a lost worker had, as often as the scheduler's `allowed-failures` says; what
takes its workers along even then is graded once more alone, as with processes of this machine.
"""

import asyncio
import logging
import time
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, CancelledError, Future, wait
from pathlib import Path
from typing import ClassVar, cast

import distributed
import msgspec
from distributed import KilledWorker, Security
from distributed.core import rpc
from distributed.versions import VersionMismatchWarning

from autograder.crew import Futures
from autograder.grade import Graded
from autograder.grader import Task
from autograder.on_worker import ClusterError, give_up_here, grade_here, programs, unfit
from autograder.sandbox.proven import Sandbox
from autograder.store import Store

CONNECT_SECONDS = 10.0
PATIENCE = 60.0  # seconds without any worker
LOOK_SECONDS = 2.0
GIVE = "give it as HOST:8786 or tls://HOST:8786"
START_SCHEDULER = f"start one with `dask scheduler`, or {GIVE}"
START_WORKERS = "start some with `dask worker ADDRESS --nthreads 1 --no-nanny`"
TLS = "name them in dask's configuration, under distributed.comm.tls"
LOST = "what is graded is kept, and the same command goes on from there"

OnWorker = Callable[[bytes, Task, Sandbox, Mapping[str, str]], bytes]


class Cluster:
    """A crew of all workers that a scheduler has, now and later.

    Args:
        address: the scheduler's, as `tcp://host:8786`, or `tls://` with dask's own configuration.
        sandbox: which walls will do on the workers.
        store: where reports are kept here; None for nowhere.

    Raises:
        ClusterError: there is no scheduler, no worker comes, or one is not fit.
    """

    broken: ClassVar[type[Exception]] = KilledWorker

    def __init__(self, address: str, sandbox: Sandbox, store: Store | None) -> None:
        self._address, self._store = address, store
        self._sandbox: Sandbox = sandbox
        self._seen = time.monotonic()
        self._client = _client(address)
        self._executor = self._client.get_executor(pure=False)
        self._asked: dict[Future[Graded], Future[bytes]] = {}
        try:
            self._examine()
        except BaseException:
            self.close()
            raise

    @property
    def jobs(self) -> int:
        """How many grade at once: one for each thread of each worker that is there now."""
        return max(1, sum(self._workers().values()))

    def grade(self, data: bytes, task: Task) -> "Future[Graded]":
        """Begin to grade."""
        return self._begin(grade_here, data, task)

    def give_up(self, data: bytes, task: Task) -> "Future[Graded]":
        """Begin to write the report of what took its workers along."""
        return self._begin(give_up_here, data, task)

    def wait(self, running: Futures, *, for_all: bool = False) -> "set[Future[Graded]]":
        """Wait for one of `running`, or for all; return those that are done.

        Raises:
            ClusterError: for a minute there has been no worker, or there is no scheduler any more.
        """
        until = ALL_COMPLETED if for_all else FIRST_COMPLETED
        while True:
            under_way = {self._asked[each]: each for each in running if not each.done()}
            for asked in wait(under_way, LOOK_SECONDS, return_when=until).done:
                self._answer(under_way[asked])
            done = {each for each in running if each.done()}
            if done and (not for_all or len(done) == len(running)):
                return done
            if not self._workers() and time.monotonic() - self._seen > PATIENCE:
                raise ClusterError(f"{self._without_workers()}; {LOST}")

    def close(self) -> None:
        """Leave the cluster; what has not begun is dropped."""
        self._client.close()

    def _begin(self, work: OnWorker, data: bytes, task: Task) -> "Future[Graded]":
        there = task._replace(file=Path(task.file.name))  # no path of ours
        answer: Future[Graded] = Future()
        self._asked[answer] = self._executor.submit(work, data, there, self._sandbox, programs())
        return answer

    def _answer(self, answer: "Future[Graded]") -> None:
        """Read and keep what came: here, as dask's threads may outlive an interrupted run."""
        try:
            graded = msgspec.json.decode(self._asked.pop(answer).result(), type=Graded)
            if self._store is not None:
                self._store.put(graded)
        except CancelledError:
            answer.set_exception(self._lost())
        except Exception as error:
            answer.set_exception(error)
        else:
            answer.set_result(graded)

    def _workers(self) -> dict[str, int]:
        """Return the threads of each worker by its address."""
        if self._client.status == "closed":  # dask has given up
            raise self._lost()
        try:
            workers = cast("dict[str, int]", self._client.nthreads())
        except OSError:
            raise self._lost() from None
        if workers:
            self._seen = time.monotonic()
        return workers

    def _lost(self) -> ClusterError:
        return ClusterError(f"the scheduler at {self._address} no longer answers; {LOST}")

    def _without_workers(self) -> str:
        return f"the scheduler at {self._address} has had no worker for {PATIENCE:g} seconds"

    def _examine(self) -> None:
        """See that all who are there can grade for us; those who come later see to it themselves.

        Raises:
            ClusterError: somebody is missing, or not fit.
        """
        try:
            self._client.wait_for_workers(1, PATIENCE)
        except TimeoutError:
            raise ClusterError(f"{self._without_workers()}: {START_WORKERS}") from None
        try:  # it reads what it is to hand on
            self._client.run_on_scheduler(programs)
        except Exception as error:
            raise ClusterError(f"the scheduler at {self._address} {_cannot_load(error)}") from None
        said = self._client.run(unfit, programs(), on_error="return")
        for worker, problem in sorted(cast("dict[str, str | Exception]", said).items()):
            if isinstance(problem, Exception):
                raise ClusterError(f"the worker {worker} {_cannot_load(problem)}")
            if problem:
                raise ClusterError(f"the worker {worker} {problem}")


def _cannot_load(error: Exception) -> str:
    return f"cannot load the autograder ({error}): start it where this project is installed"


def _client(address: str) -> "distributed.Client":
    """Connect to a scheduler, in silence: what matters is said in sentences.

    Raises:
        ClusterError: there is none.
    """
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore", VersionMismatchWarning)
    warnings.filterwarnings("ignore", "Sending large graph")  # a notebook may be large
    try:
        asyncio.run(_knock(address))  # a Client that fails leaves threads and a traceback behind
        return distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except OSError:
        raise ClusterError(f"no scheduler answers at {address}: {START_SCHEDULER}") from None
    except TypeError:
        raise ClusterError(f"{address} needs certificates: {TLS}") from None
    except ValueError as error:
        raise ClusterError(f"{address} is no scheduler's address ({error}): {GIVE}") from None


async def _knock(address: str) -> None:
    words = Security().get_connection_args("client")
    async with rpc(address, timeout=CONNECT_SECONDS, connection_args=words) as there:
        kind = str((await there.identity() or {}).get("type"))
    if kind != "Scheduler":
        raise ValueError(f"a {kind.lower()} answers there")
