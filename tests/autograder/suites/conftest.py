"""Hidden suites run here on any definitions, without a wall, one exercise at a time."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from autograder.judge import SUITES, judge
from autograder.verdict import Verdict
from tests.autograder.suites.peers import LocalPeer

Assess = Callable[[str, str, Mapping[str, object], int], list[Verdict]]
"""assess(assignment, exercise, names, seed)"""


@pytest.fixture(autouse=True)
def _few_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hidden suites run without the plugins of this run, which take a third of their time."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@pytest.fixture
def local_peer() -> Callable[[str, Mapping[str, object]], LocalPeer]:
    return LocalPeer


@pytest.fixture
def suite_of(tmp_path: Path) -> Callable[[str, str], Path]:
    """A folder of suites that holds one exercise's alone."""

    def copy(assignment: str, exercise: str) -> Path:
        folder = tmp_path / exercise / assignment
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(SUITES / assignment / f"test_{exercise}.py", folder)
        return folder.parent

    return copy


@pytest.fixture
def assess(suite_of: Callable[[str, str], Path]) -> Assess:
    """Judge definitions by the hidden suite of one exercise, called as `Assess` says."""

    def run(
        assignment: str, exercise: str, names: Mapping[str, object], seed: int
    ) -> list[Verdict]:
        peer = LocalPeer(assignment, names)
        return judge(assignment, peer, seed, suite_of(assignment, exercise))

    return run
