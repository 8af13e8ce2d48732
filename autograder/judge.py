"""Judge a submission: run the hidden suite in this process and collect its verdicts.

A hidden test is pytest code here; it reaches the student's code only through `student`. A test
counts as passed when pytest says so, every call it made was answered, and the answers were no more
work than `watchdog` allows.
"""

import os
import zlib
from collections.abc import Collection, Generator, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from _pytest.runner import runtestprotocol

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


class _Suite:
    """An assignment's hidden tests, collected once; gives them their fixtures.

    `trial` is what they are run for at present.
    """

    trial: "_Trial"

    def __init__(self, folder: Path) -> None:
        self.items: list[pytest.Item] = []
        self.broken: list[str] = []
        code = pytest.main([str(folder), f"--rootdir={folder}", *OPTIONS], plugins=[self])
        if code not in ENDS:
            self.broken.append(f"pytest ended with {code}")
        try:
            list(map(_verdict, self.items))
        except JudgeError as error:
            self.broken.append(str(error))
        if not self.items:
            self.broken.append("it has no tests")

    @pytest.fixture
    def student(self, request: pytest.FixtureRequest) -> StudentCalls:
        return self.trial.student(self.trial.verdicts[request.node.nodeid])

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Random inputs of this submission and this test, whatever ran before."""
        name = f"{request.node.path.stem}/{request.node.name}"
        return np.random.default_rng([self.trial.seed, zlib.crc32(name.encode())])

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "category(name): what the test tries")
        config.addinivalue_line("markers", "weight(number): how much it counts")
        config.addinivalue_line("markers", "required: without it the exercise earns nothing")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.broken.append(str(report.longrepr))

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Keep what was collected; `judge` runs it."""
        self.items = session.items
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None]:
        """Watch over one test; all that are stopped take twice the time of one, and no more."""
        verdict = self.trial.verdicts[item.nodeid]
        try:
            with watched(self.trial.seconds):
                yield
        except Excess:
            self.trial.seconds /= 2
            verdict.says = TOO_MUCH
            verdict.asked.clear()
            raise

    def pytest_runtest_makereport(
        self, item: pytest.Item, call: "pytest.CallInfo[None]"
    ) -> pytest.TestReport:
        """Report in one line; pytest's own view of the source takes longer than the test."""
        error = call.excinfo
        return pytest.TestReport(
            nodeid=item.nodeid,
            location=item.location,
            keywords={},
            outcome="passed" if error is None else "failed",
            longrepr=None if error is None else error.exconly(),
            when="call" if call.when == "collect" else call.when,
        )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        verdict = self.trial.verdicts[report.nodeid]
        if report.when == "call":
            verdict.passed = report.passed and not verdict.faults
            verdict.why = "" if report.passed else str(report.longrepr)[-2_000:]
        elif not report.passed:
            self.trial.broken.append(f"{report.nodeid}: {report.longrepr}")


class _Trial:
    """Some hidden tests, run for one submission."""

    def __init__(self, peer: Peer, seed: int) -> None:
        self.sharing = Sharing(peer) if isinstance(peer, Forks) else None
        self.peer: Peer = self.sharing or peer
        self.seed = seed
        self.verdicts: dict[str, Verdict] = {}
        self.broken: list[str] = []
        self.memory = Memory(REMEMBERED)
        self.fallen: list[WallError] = []
        self.seconds = TEST_SECONDS

    def student(self, verdict: Verdict) -> StudentCalls:
        return StudentCalls(self.peer, verdict, self.broken, self.memory, self.fallen)

    def run(self, items: Sequence[pytest.Item]) -> None:
        """Run tests, and those again that fail in a fork which others have used."""
        for place, item in enumerate(items, 1):
            following = items[place] if place < len(items) else None
            again = True
            while again and not self.broken and not self.fallen:
                verdict = self.verdicts[item.nodeid] = _verdict(item)
                if self.sharing is not None:
                    self.sharing.begin(verdict.exercise)
                runtestprotocol(item, nextitem=following)
                again = self.sharing is not None and self.sharing.end(verdict.passed)


@cache
def _suite(assignment: str) -> _Suite:
    return _Suite(SUITES / assignment)


def _id(item: pytest.Item) -> TestId:
    return item.path.stem.removeprefix("test_"), item.name


def _verdict(item: pytest.Item) -> Verdict:
    category, weight = item.get_closest_marker("category"), item.get_closest_marker("weight")
    test = cast(pytest.Function, item).obj
    if category is None or category.args[0] not in CATEGORIES:
        raise JudgeError(f"{item.nodeid}: a hidden test has one category of {CATEGORIES}")
    exercise, name = _id(item)
    return Verdict(
        exercise=exercise,
        name=name,
        category=str(category.args[0]),
        weight=float(weight.args[0]) if weight else 1.0,
        says=(test.__doc__ or "").strip().split("\n")[0],
        required=item.get_closest_marker("required") is not None,
    )


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
    suite = _suite(assignment) if suites == SUITES else _Suite(suites / assignment)
    suite.trial = trial = _Trial(peer, seed)
    if not suite.broken:
        trial.run([item for item in suite.items if only is None or _id(item) in only])
    if trial.fallen:
        raise trial.fallen[0]
    broken = [*suite.broken, *trial.broken]
    if broken:
        raise JudgeError(f"the hidden suite of {assignment} is at fault: {broken[0][-500:]}")
    verdicts = list(trial.verdicts.values())
    say_once(verdicts)
    return verdicts
