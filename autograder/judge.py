"""Judge a submission: run the hidden suite in this process and collect its verdicts.

A hidden test is pytest code here; it reaches the student's code only through `student`. A test
counts as passed when pytest says so and every call it made was answered.
"""

import os
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType
from typing import Protocol, TypeVar, cast

import numpy as np
import pytest

from autograder.program import Program, ProgramError, program_of
from autograder.sandbox.submission import Fault

SUITES = Path(__file__).resolve().parent / "suites"
CATEGORIES = ("values", "shapes", "edges", "ties", "reuse", "scale", "cost")
UNUSED = (
    *("cacheprovider", "debugging", "doctest", "faulthandler", "junitxml", "legacypath"),
    *("logging", "pastebin", "stepwise", "terminal", "threadexception", "unittest"),
    *("unraisableexception", "warnings"),
)
OPTIONS = (
    *("-c", os.devnull, "--import-mode=importlib", "--assert=plain", "--capture=no"),
    *(word for plugin in UNUSED for word in ("-p", f"no:{plugin}")),
)
Observation = TypeVar("Observation")


class Peer(Protocol):
    """Whoever answers calls: a submission behind the wall, or the reference in our own tests."""

    def call(self, program: Program, cases: Sequence[Sequence[object]]) -> list[object]:
        """Run a program on each case.

        Raises:
            Fault: there is no answer.
        """
        ...


class JudgeError(RuntimeError):
    """The suite itself is at fault; nothing may be graded with it."""


@dataclass(frozen=True)
class Asked:
    """One call of a program: the results, or the type of the exception that the code raised.

    Neither is there if it hung, ended its process or is not defined.
    """

    program: Callable[..., object]
    cases: Sequence[Sequence[object]]
    results: Sequence[object] | None = None
    error: str = ""


@dataclass
class Verdict:
    """One hidden test's outcome. `why` is for the instructor, `says` for the student."""

    exercise: str
    name: str
    category: str
    weight: float
    says: str
    passed: bool = False
    why: str = ""
    faults: list[Fault] = field(default_factory=list[Fault])
    asked: list[Asked] = field(default_factory=list[Asked])


@dataclass(frozen=True)
class StudentCalls:
    """The `student` fixture: programs go to the peer, what comes of it is remembered."""

    peer: Peer
    verdict: Verdict
    broken: list[str]

    def __call__(self, program: Callable[..., Observation], *inputs: object) -> Observation:
        """Run `program(*inputs)` behind the wall."""
        return self.map(program, [inputs])[0]

    def map(
        self, program: Callable[..., Observation], cases: Iterable[Sequence[object]]
    ) -> list[Observation]:
        """Run `program` on each case, in one fork."""
        assert isinstance(program, FunctionType)
        cases = list(cases)
        try:
            results = self.peer.call(program_of(program), cases)
        except Fault as fault:
            self.verdict.faults.append(fault)
            error = fault.error if fault.kind == "error" else ""
            self.verdict.asked.append(Asked(program, cases, error=error))
            raise
        except ProgramError as error:
            self.broken.append(str(error))
            raise
        self.verdict.asked.append(Asked(program, cases, results))
        return cast(list[Observation], results)


class _Plugin:
    """Gives hidden tests their fixtures and collects what becomes of them."""

    def __init__(self, peer: Peer, seed: int) -> None:
        self.peer, self.seed = peer, seed
        self.verdicts: dict[str, Verdict] = {}
        self.broken: list[str] = []

    @pytest.fixture
    def student(self, request: pytest.FixtureRequest) -> StudentCalls:
        return StudentCalls(self.peer, self.verdicts[request.node.nodeid], self.broken)

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Random inputs of this submission and this test, whatever ran before."""
        name = f"{request.node.path.stem}/{request.node.name}"
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "category(name): what the test tries")
        config.addinivalue_line("markers", "weight(number): how much it counts")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.broken.append(str(report.longrepr))

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        try:
            self.verdicts = {item.nodeid: _verdict(item) for item in items}
        except JudgeError as error:
            self.broken.append(str(error))
            items.clear()

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
        verdict = self.verdicts[report.nodeid]
        if report.when == "call":
            verdict.passed = report.passed and not verdict.faults
            verdict.why = "" if report.passed else str(report.longrepr)[-2_000:]
        elif not report.passed:
            self.broken.append(f"{report.nodeid}: {report.longrepr}")


def _verdict(item: pytest.Item) -> Verdict:
    category, weight = item.get_closest_marker("category"), item.get_closest_marker("weight")
    test = cast(pytest.Function, item).obj
    if category is None or category.args[0] not in CATEGORIES:
        raise JudgeError(f"{item.nodeid}: a hidden test has one category of {CATEGORIES}")
    return Verdict(
        exercise=item.path.stem.removeprefix("test_"),
        name=item.name,
        category=str(category.args[0]),
        weight=float(weight.args[0]) if weight else 1.0,
        says=(test.__doc__ or "").strip().split("\n")[0],
    )


def judge(assignment: str, peer: Peer, seed: int, suites: Path = SUITES) -> list[Verdict]:
    """Run an assignment's hidden suite against a peer.

    Raises:
        JudgeError: a test could not be collected or set up, which is no fault of the student's.
    """
    plugin = _Plugin(peer, seed)
    folder = suites / assignment
    code = pytest.main([str(folder), f"--rootdir={folder}", *OPTIONS], plugins=[plugin])
    if plugin.broken or code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        reason = plugin.broken[0] if plugin.broken else f"pytest ended with {code}"
        raise JudgeError(f"the hidden suite of {assignment} is at fault: {reason[-500:]}")
    return list(plugin.verdicts.values())
