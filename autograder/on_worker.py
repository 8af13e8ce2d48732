"""What a cluster's worker does: it grades as one machine does, in a process beside it.

A worker's threads are no place to judge in (clocks and signals want a main thread), so each has a
process of its own, with its wall, which stays for the next submission. It has neither gradebook nor
classroom: a notebook's bytes come, and a report's bytes go.
"""

import tempfile
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor
from importlib import metadata
from multiprocessing import current_process
from pathlib import Path

import distributed
import msgspec

from autograder.crew import Processes, alone
from autograder.grade import Graded
from autograder.grader import Task
from autograder.judge import JudgeError
from autograder.sandbox.proven import Sandbox
from autograder.sandbox.wall import WallError
from autograder.versions import versions

DAEMON = (
    "may start no processes, as it is a daemon: start it with --no-nanny, or with "
    "DASK_DISTRIBUTED__WORKER__DAEMON=False in its environment"
)


class ClusterError(RuntimeError):
    """The cluster cannot grade; the sentence says which part of it, and what to do."""


class _Own(threading.local):
    """What a thread holds: a crew for each kind of wall that was asked of it."""

    def __init__(self) -> None:
        self.crews: dict[Sandbox, Processes] = {}


_own = _Own()


def programs() -> dict[str, str]:
    """Return what must be the same everywhere, so that reports are, and their keys."""
    return {**versions(), "distributed": metadata.version("distributed")}


def unfit(wanted: Mapping[str, str]) -> str:
    """Return why this process cannot grade for one with `wanted` programs; nothing if it can."""
    here = programs()
    other = [
        f"{name} {here.get(name, 'missing')} instead of {version}"
        for name, version in wanted.items()
        if here.get(name) != version
    ]
    if other:
        return f"has {', '.join(other)}: give it the same project folder and the same packages"
    return DAEMON if current_process().daemon else ""


def grade_here(data: bytes, task: Task, sandbox: Sandbox, wanted: Mapping[str, str]) -> bytes:
    """Grade a notebook; one that ends its process twice gets the report that says so.

    Raises:
        ClusterError: this worker cannot grade; the sentence names it.
    """
    return _on_this_worker(_grade, data, task, sandbox, wanted)


def give_up_here(data: bytes, task: Task, sandbox: Sandbox, wanted: Mapping[str, str]) -> bytes:
    """Write the report of what took its workers along, again and again.

    Raises:
        ClusterError: this worker cannot write it; the sentence names it.
    """
    return _on_this_worker(_give_up, data, task, sandbox, wanted)


def _on_this_worker(
    work: Callable[[Processes, bytes, Task], Graded],
    data: bytes,
    task: Task,
    sandbox: Sandbox,
    wanted: Mapping[str, str],
) -> bytes:
    address = distributed.get_worker().address
    if problem := unfit(wanted):
        raise ClusterError(f"the worker {address} {problem}")
    try:
        return msgspec.json.encode(work(_crew(sandbox), data, task))
    except (WallError, JudgeError, BrokenExecutor, OSError) as error:
        raise ClusterError(f"the worker {address} could not grade: {error}") from None


def _grade(crew: Processes, data: bytes, task: Task) -> Graded:
    try:
        return crew.grade(data, task).result()
    except crew.broken:
        return alone(crew, data, task)


def _give_up(crew: Processes, data: bytes, task: Task) -> Graded:
    return crew.give_up(data, task).result()


def _crew(sandbox: Sandbox) -> Processes:
    """Return this thread's crew; no submission may see its folder, as at home the classroom."""
    if sandbox not in _own.crews:
        hidden = tempfile.mkdtemp(prefix="hidden-", dir=distributed.get_worker().local_directory)
        _own.crews[sandbox] = Processes(Path(hidden), sandbox)
    return _own.crews[sandbox]
