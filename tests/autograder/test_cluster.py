"""A cluster grades as one machine does: the same reports, whichever of its workers is lost.

A real scheduler and three real workers, which must not need a classroom.
"""

import copy
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import distributed
import pytest

from autograder import cluster as cluster_module
from autograder import pool
from autograder.cli import GO_ON
from autograder.grade import Graded
from autograder.handed_in import handed_in as read_handed_in
from autograder.on_worker import ClusterError, programs
from autograder.pool import AHEAD, Graders
from autograder.rooms import PROJECT
from autograder.seeds import course_key
from autograder.store import Store
from autograder.ungraded import is_ungraded
from tests.autograder.conftest import Classroom
from tests.autograder.test_nbgrader import gradebook
from tests.autograder.test_pool import task, wait_for
from tests.autograder.test_released import copy_of

pytestmark = pytest.mark.thorough

GRADE = ("autograder", "grade", "a1_graphs", "--format", "json")
ENDS_ITS_GRADER = """
import os, signal
from autograder import grader

real = grader.grade

def grade(data, *words, **names):
    if b"ends its grader" in data:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"ends its worker" in data:
        os.kill(os.getppid(), signal.SIGKILL)
    return real(data, *words, **names)

grader.grade = grade
"""


@dataclass
class Machines:
    """A scheduler and its workers, each a process."""

    folder: Path
    env: dict[str, str]
    resources: ExitStack
    address: str = ""
    scheduler: "subprocess.Popen[bytes] | None" = None
    workers: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start_scheduler(self) -> None:
        file = self.folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--scheduler-file", str(file), "--port", "0")
        wait_for(lambda: file.exists() and file.read_text().endswith("}"))
        self.address = json.loads(file.read_text())["address"]

    def start_worker(self, name: str, *options: str, **env: str) -> None:
        words = ("worker", self.address, "--name", name, "--nthreads", "1", *options)
        self.workers[name] = self._start(*words, **env)

    def _start(self, kind: str, *words: str, **env: str) -> "subprocess.Popen[bytes]":
        options = ("--host", "127.0.0.1", "--dashboard-address", ":0")
        process = self.resources.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "dask", kind, *words, *options],
                cwd=PROJECT,
                env={**self.env, **env},
                stdout=subprocess.DEVNULL,
                stderr=(self.folder / "log").open("ab"),
            )
        )
        self.resources.callback(process.kill)
        return process


def machines(folder: Path, resources: ExitStack) -> Machines:
    """Return machines without a classroom, on which a word in a notebook ends its grader."""
    (folder / "sitecustomize.py").write_text(ENDS_ITS_GRADER)
    path = os.pathsep.join(map(str, (folder, PROJECT)))
    env = {**os.environ, "COURSE_ROOT": "/dev/null", "PYTHONPATH": path}
    return Machines(folder, env, resources)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[Machines]:
    with ExitStack() as resources:
        made = machines(tmp_path_factory.mktemp("cluster"), resources)
        made.start_scheduler()
        for name in ("one", "two", "three"):
            made.start_worker(name, "--no-nanny")
        yield made


@pytest.fixture(scope="module")
def handed_in(classroom: Classroom, samples, tmp_path_factory) -> Classroom:
    """Eight submissions, one of which ends whatever grades it."""
    room = copy_of(classroom, tmp_path_factory.mktemp("handed_in"))
    course_key(room.root)
    blank = samples.release
    notebooks = (samples.full_marks(), samples.subtle_mistakes(), samples.half_done(), *[blank] * 5)
    for number, notebook in enumerate(map(copy.deepcopy, notebooks)):
        words = f"import time; time.sleep({number} / 8)" if number else "# ends its grader"
        notebook["cells"].append({"cell_type": "code", "source": words, "metadata": {}})
        room.hand_in(f"student{number}", notebook)
    return room


def graded(root: Path) -> dict[str, Graded]:
    """Return all that the store has by its key, but how long it took."""
    found: dict[str, Graded] = {}
    for file in (root / "reports" / "a1_graphs").glob("*.json"):
        each = Store(root).get("a1_graphs", file.stem)
        assert each is not None
        found[file.stem] = each
        each.report.duration_s = 0.0
    return found


def events(log: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def grading(room: Classroom, log: Path, *options: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", *GRADE, "--log-json", str(log), *options],
        cwd=PROJECT,
        env=room.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # whoever runs the tests
    )


def test_interrupted_and_with_a_worker_lost_a_cluster_grades_as_one_machine_does(
    cluster: Machines, handed_in: Classroom, tmp_path
):
    here = Classroom(shutil.copytree(handed_in.root, tmp_path / "here"))
    there = Classroom(shutil.copytree(handed_in.root, tmp_path / "there"))
    alone = here.run(*GRADE, PYTHONPATH=cluster.env["PYTHONPATH"])
    log = tmp_path / "log"

    run = grading(there, log, "--scheduler", cluster.address)
    wait_for(lambda: any(each["event"] == "graded" for each in events(log)) or run.poll())
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert (said, run.returncode) == (f"autograder: {GO_ON}\n", 2)
    kept = graded(there.root)
    assert 1 <= len(kept) < 8

    again = tmp_path / "again"
    run = grading(there, again, "--scheduler", cluster.address)
    with distributed.Client(cluster.address, set_as_default=False) as client:
        wait_for(lambda: len(events(again)) > len(kept) + 1 or run.poll())
        busy = {address for address, keys in client.processing().items() if keys}
        names = {w["name"]: address for address, w in client.scheduler_info()["workers"].items()}
    lost = next(name for name, address in names.items() if address in busy)
    cluster.workers[lost].kill()
    written, said = run.communicate(timeout=120)
    assert run.returncode == 0, said
    assert [line for line in said.splitlines() if "not judged" not in line] == []

    of_this_run = [each for each in events(again) if each["event"] == "graded"]
    assert sum(bool(each["kept"]) for each in of_this_run) == len(kept)
    assert graded(there.root) == graded(here.root)
    assert len(of_this_run) == len(graded(here.root)) == 8
    found = [each.report for each in graded(there.root).values()]
    felled = [report.student for report in found if is_ungraded(report)]
    assert felled == ["student0"]
    assert scores(written) == scores(alone.stdout)
    assert gradebook(there.root) == gradebook(here.root)


def scores(text: str) -> dict[str, float]:
    return {each["student"]: each["score"] for each in json.loads(text)}


def test_only_a_few_notebooks_are_under_way(cluster: Machines, tmp_path, monkeypatch):
    read: list[Path] = []
    monkeypatch.setattr(pool, "handed_in", lambda file: read.append(file) or read_handed_in(file))
    tasks = [task(tmp_path, f"student{number}", f"print({number})") for number in range(20)]
    with Graders(tmp_path, "auto", scheduler=cluster.address) as graders:
        next(graders.grade_all(tasks))
        assert len(read) <= AHEAD * graders.jobs < 20


def test_a_worker_with_another_course_grades_nothing(cluster: Machines, tmp_path, monkeypatch):
    """It is found at the start, and again at each submission: workers come and change later."""
    refusal = r"the worker tcp://127.0.0.1:\d+ has course [0-9a-f]{16} instead of another: give"
    ours = {**programs(), "course": "another"}
    with Graders(tmp_path, "auto", scheduler=cluster.address) as graders:
        monkeypatch.setattr(cluster_module, "programs", lambda: ours)
        with pytest.raises(ClusterError, match=refusal):
            next(graders.grade_all([task(tmp_path, "ada", "1")]))
    with pytest.raises(ClusterError, match=refusal):
        Graders(tmp_path, "auto", scheduler=cluster.address)
    assert not list(tmp_path.glob("reports/*/*"))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("127.0.0.1:1", "no scheduler answers at 127.0.0.1:1: start one with `dask scheduler`"),
        ("nowhere", r"nowhere is no scheduler's address \(missing port"),
        ("WORKER", "is no scheduler's address .a worker answers there.: give it as HOST:8786"),
        ("tls://127.0.0.1:1", "tls://127.0.0.1:1 needs certificates: name them in dask's conf"),
    ],
)
def test_where_no_scheduler_is_a_sentence_says_so(
    address, said, cluster: Machines, tmp_path, monkeypatch
):
    monkeypatch.setattr(cluster_module, "CONNECT_SECONDS", 0.5)
    if address == "WORKER":
        with distributed.Client(cluster.address, set_as_default=False) as client:
            address = next(iter(client.nthreads()))
    with pytest.raises(ClusterError, match=said):
        Graders(tmp_path, "auto", scheduler=address)


def test_the_command_line_ends_with_2(handed_in: Classroom):
    done = handed_in.run(*GRADE, "--scheduler", "nowhere", ends=2)
    (line,) = done.stderr.splitlines()
    assert line.startswith("autograder: nowhere is no scheduler's address")
    assert done.stdout == ""


def test_without_dask_a_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    for name in ("cluster", "on_worker"):
        monkeypatch.delitem(sys.modules, f"autograder.{name}")
    with pytest.raises(RuntimeError, match=r"distributed is not installed: .*course\[cluster\]"):
        Graders(tmp_path, "auto", scheduler="127.0.0.1:8786")


def test_no_worker_and_one_that_may_start_no_process(tmp_path, monkeypatch):
    """A nanny's worker is a daemon, unless dask is told otherwise."""
    with ExitStack() as resources:
        made = machines(tmp_path, resources)
        made.start_scheduler()
        monkeypatch.setattr(cluster_module, "PATIENCE", 0.5)
        with pytest.raises(ClusterError, match="start some with `dask worker"):
            Graders(tmp_path, "auto", scheduler=made.address)
        monkeypatch.undo()
        made.start_worker("daemon", "--nanny")
        with pytest.raises(ClusterError, match="may start no processes, as it is a daemon"):
            Graders(tmp_path, "auto", scheduler=made.address)


def test_what_takes_two_workers_along_is_given_up_and_costs_no_other(cluster: Machines, tmp_path):
    """This scheduler gives up at once; each is then graded alone. A nanny replaces its worker."""
    cluster.start_worker("nursed", "--nanny", DASK_DISTRIBUTED__WORKER__DAEMON="False")
    with distributed.Client(cluster.address, set_as_default=False) as client:
        client.wait_for_workers(3, 60)
        client.run_on_scheduler(allow_no_failures)
    tasks = [task(tmp_path, f"honest{number}", f"print({number})") for number in range(3)]
    tasks.insert(1, task(tmp_path, "greedy", "# ends its worker"))
    with Graders(tmp_path, "auto", scheduler=cluster.address) as graders:
        found = [outcome.graded.report for outcome in graders.grade_all(tasks)]
    assert sorted(report.student for report in found) == sorted(each.student for each in tasks)
    assert [report.student for report in found if is_ungraded(report)] == ["greedy"]


def allow_no_failures(dask_scheduler: distributed.Scheduler) -> None:
    dask_scheduler.allowed_failures = 0


def test_a_lost_scheduler_ends_the_run_with_a_sentence(cluster: Machines, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster_module, "CONNECT_SECONDS", 1.0)
    with Graders(tmp_path, "auto", scheduler=cluster.address) as graders:
        outcomes = graders.grade_all([task(tmp_path, "ada", "import time; time.sleep(60)")])
        threading.Timer(1.0, cluster.scheduler.kill).start()
        with pytest.raises(ClusterError, match="no longer answers; what is graded is kept"):
            next(outcomes)
