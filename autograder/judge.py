"""Judge a submission: run the hidden suite in this process and collect its verdicts.

A hidden test is pytest code here; it reaches the student's code only through `student`. A test
counts as passed when it raises nothing, every call it made was answered, and the answers were no
more work than `watchdog` allows.
"""

import inspect
import os
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from autograder.sandbox.wall import WallError
from autograder.sharing import Forks, Sharing
from autograder.told import SOME, UNWRITTEN
from autograder.verdict import Peer, StudentCalls, TestId, Verdict
from autograder.watchdog import Excess, Memory, watched

SUITES = Path(__file__).resolve().parent / "suites"
CATEGORIES = ("values", "shapes", "edges", "ties", "reuse", "scale", "cost")
UNUSED = (
    *("cacheprovider", "capture", "debugging", "doctest", "faulthandler", "junitxml", "legacypath"),
    *("logging", "pastebin", "stepwise", "terminal", "threadexception", "unittest"),
    *("unraisableexception", "warnings"),
)
OPTIONS = (
    *("-c", os.devnull, "--import-mode=importlib", "--assert=plain"),
    *(word for plugin in UNUSED for word in ("-p", f"no:{plugin}")),
)
TEST_SECONDS = 10.0  # of the grader's own work; the longest of ours takes 1.4
REMEMBERED = 64 * 2**20
ENDS = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
TOO_MUCH = "What your code returned is far too much, or too odd, to be compared."


class JudgeError(RuntimeError):
    """The suite itself is at fault; nothing may be graded with it."""


@dataclass(frozen=True)
class _Hidden:
    """A hidden test as pytest collected it: a function, what it takes, and its marks."""

    verdict: Verdict
    function: Callable[..., object]
    takes: Sequence[str]
    parameters: Mapping[str, object]

    @property
    def id(self) -> TestId:
        return self.verdict.exercise, self.verdict.name


class _Collector:
    """Lets pytest collect an assignment's suite, and run nothing of it."""

    def __init__(self, folder: Path) -> None:
        self.tests: list[_Hidden] = []
        self.broken: list[str] = []
        with pytest.MonkeyPatch.context() as environment:  # somebody's own is for other tests
            environment.delenv("PYTEST_ADDOPTS", raising=False)
            environment.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
            code = pytest.main([str(folder), f"--rootdir={folder}", *OPTIONS], plugins=[self])
        if code == pytest.ExitCode.INTERRUPTED:
            raise KeyboardInterrupt
        if code not in ENDS:
            self.broken.append(f"pytest ended with {code}")
        if not self.tests:
            self.broken.append("it has no tests")

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "category(name): what the test tries")
        config.addinivalue_line("markers", "weight(number): how much it counts")
        config.addinivalue_line("markers", "required: without it the exercise earns nothing")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.broken.append(str(report.longrepr))

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Keep what was collected. pytest's own way to run a test takes longer than the test."""
        for item in session.items:
            try:
                self.tests.append(_hidden(item))
            except JudgeError as error:
                self.broken.append(str(error))
        return True


def _hidden(item: pytest.Item) -> _Hidden:
    assert isinstance(item, pytest.Function)
    category, weight = item.get_closest_marker("category"), item.get_closest_marker("weight")
    if category is None or category.args[0] not in CATEGORIES:
        raise JudgeError(f"{item.nodeid}: a hidden test has one category of {CATEGORIES}")
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    takes = tuple(inspect.signature(item.obj).parameters)
    unknown = set(takes) - {"student", "rng", *parameters}
    if unknown:
        raise JudgeError(
            f"{item.nodeid} takes {', '.join(sorted(unknown))}: a hidden test has no fixtures but "
            "`student` and `rng`"
        )
    verdict = Verdict(
        exercise=item.path.stem.removeprefix("test_"),
        name=item.name,
        category=str(category.args[0]),
        weight=float(weight.args[0]) if weight else 1.0,
        says=(item.obj.__doc__ or "").strip().split("\n")[0],
        required=item.get_closest_marker("required") is not None,
    )
    return _Hidden(verdict, item.obj, takes, parameters)


class _Trial:
    """Some hidden tests, run for one submission."""

    def __init__(self, peer: Peer, seed: int) -> None:
        self.sharing = Sharing(peer) if isinstance(peer, Forks) else None
        self.peer: Peer = self.sharing or peer
        self.seed = seed
        self.broken: list[str] = []
        self.memory = Memory(REMEMBERED)
        self.fallen: list[WallError] = []
        self.seconds = TEST_SECONDS

    def verdict(self, test: _Hidden) -> Verdict:
        """Run a test; once more if it fails in a fork which others have used."""
        while True:
            verdict = replace(test.verdict, faults=[], asked=[])
            if self.sharing is not None:
                self.sharing.begin(verdict.exercise)
            self._run(test, verdict)
            if self.sharing is None or not self.sharing.end(verdict.passed):
                return verdict

    def _run(self, test: _Hidden, verdict: Verdict) -> None:
        """Run a test; all that take too much take twice the time of one, and no more."""
        student = StudentCalls(self.peer, verdict, self.broken, self.memory, self.fallen)
        name = f"test_{verdict.exercise}/{verdict.name}"
        rng = np.random.default_rng([self.seed, zlib.crc32(name.encode())])
        known = {"student": student, "rng": rng, **test.parameters}
        try:
            with watched(self.seconds):
                test.function(**{taken: known[taken] for taken in test.takes})
        except Excess as error:
            self.seconds /= 2
            verdict.says, verdict.why = TOO_MUCH, str(error)
            verdict.asked.clear()
        except (Exception, pytest.fail.Exception, pytest.skip.Exception) as error:
            verdict.why = f"{type(error).__name__}: {error}"[-2_000:]
        else:
            verdict.passed = not verdict.faults


@cache
def collect(assignment: str) -> _Collector:
    """Collect an assignment's hidden suite, once."""
    return _Collector(SUITES / assignment)


def say_once(verdicts: Iterable[Verdict]) -> None:
    """Let an exercise tell the type and the place of one exception: see `told` for why."""
    said: dict[str, tuple[str, object]] = {}
    for verdict in verdicts:
        for fault in verdict.faults:
            what = (fault.error, fault.place)
            telling = fault.kind == "error" and fault.error != UNWRITTEN
            if telling and said.setdefault(verdict.exercise, what) != what:
                fault.error, fault.place = SOME, None


def judge(
    assignment: str,
    peer: Peer,
    seed: int,
    suites: Path = SUITES,
    only: Collection[TestId] | None = None,
) -> list[Verdict]:
    """Run an assignment's hidden suite against a peer.

    Args:
        assignment: whose suite.
        peer: who answers.
        seed: draws the inputs.
        suites: the folder of all suites.
        only: the tests to run, else all; one draws the same inputs whether others run or not.

    Raises:
        JudgeError: a test could not be collected or set up, which is no fault of the student's.
        WallError: the wall fell under a test; what the others then said means nothing.
    """
    verdicts = list(one_by_one(assignment, peer, seed, suites, only))
    say_once(verdicts)
    return verdicts


def one_by_one(
    assignment: str,
    peer: Peer,
    seed: int,
    suites: Path = SUITES,
    only: Collection[TestId] | None = None,
) -> Iterator[Verdict]:
    """Run the tests that `judge` runs and yield each verdict, as it is before `say_once`."""
    suite = collect(assignment) if suites == SUITES else _Collector(suites / assignment)
    trial = _Trial(peer, seed)
    for test in suite.tests if not suite.broken else ():
        if only is None or test.id in only:
            verdict = trial.verdict(test)
            if trial.broken or trial.fallen:
                break
            yield verdict
    if trial.fallen:
        raise trial.fallen[0]
    broken = [*suite.broken, *trial.broken]
    if broken:
        raise JudgeError(f"the hidden suite of {assignment} is at fault: {broken[0][-500:]}")
