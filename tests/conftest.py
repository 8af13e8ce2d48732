"""Tests that need a Chromium, PostgreSQL or real data run where it is found; the end says how many.

A test marked `browser` or `postgresql` is left out where there is none; with `REQUIRE_BROWSER=1` or
`REQUIRE_POSTGRESQL=1` the run fails instead. A test marked `real_data` is left out where
`COURSE_DATA` has not the data it names.

What is marked `thorough` takes long. It runs as a whole by name (`pytest tests/hostile`) or in
`make thorough`; a run of everything has a sample of it, another one each day.
"""

import os
from datetime import UTC, datetime

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests import postgresql, real_data
from tests.e2e.browser import ADVICE, chromium

TOGETHER = (
    *("tests/e2e/", "tests/hostile/", "tests/autograder/bundles/"),
    "tests/autograder/sandbox/test_landlock_tier.py",
    *(
        f"tests/autograder/test_{name}.py"
        for name in ("cluster", "every_assignment", "nbgrader", "postgresql")
    ),
)
SHARE = 6  # one of so many is in the sample
SAMPLED = "SAMPLED_TESTS"  # the day, in the environment that xdist's workers inherit; or nothing


class Scheduler(LoadScopeScheduling):
    """Gives tests that share what is dear, such as a JupyterLab, to one worker.

    pytest-xdist's own way, its mark `xdist_group` with `--dist loadgroup`, does nothing under
    pytest 9.2: pytest-xdist 3.8 writes the group into a node id that pytest no longer reads
    (github.com/pytest-dev/pytest-xdist/issues/1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduler:
    return Scheduler(config, log)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # a worker's arguments are not what somebody typed
        everything = config.args_source is pytest.Config.ArgsSource.TESTPATHS
        whole = not everything or "THOROUGH" in os.environ
        os.environ[SAMPLED] = "" if whole else str(datetime.now(UTC).toordinal())
    if os.environ.get("REQUIRE_BROWSER") == "1" and chromium() is None:
        pytest.exit(f"REQUIRE_BROWSER=1, but no browser was found: {ADVICE}", returncode=1)
    if os.environ.get("REQUIRE_POSTGRESQL") == "1" and postgresql.programs() is None:
        pytest.exit(f"REQUIRE_POSTGRESQL=1, but {postgresql.ADVICE}", returncode=1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    browser, missing = chromium(), real_data.missing()
    absent = {"browser": browser is None, "postgresql": postgresql.programs() is None}
    marks = [mark for mark, is_absent in absent.items() if is_absent]
    left_out = [item for item in items if any(map(item.get_closest_marker, marks))]
    for item in items:
        mark = item.get_closest_marker("real_data")
        if mark and mark.args[0] in missing:
            left_out.append(item)
    if os.environ[SAMPLED]:
        thorough = [item for item in items if item.get_closest_marker("thorough")]
        # Tests that need a network are asked for by that name.
        left_out += [
            item for item in _not_today(thorough) if not item.get_closest_marker("network")
        ]
    if left_out:
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]
        config.hook.pytest_deselected(items=left_out)


def _not_today(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return what is not in today's sample; tests marked `together` are in it as a module."""
    today = int(os.environ[SAMPLED])
    units: dict[object, int] = {}
    for item in items:
        units.setdefault(_unit(item), len(units))
    return [item for item in items if (units[_unit(item)] + today) % SHARE]


def _unit(item: pytest.Item) -> object:
    mark = item.get_closest_marker("thorough")
    return item.path if mark and mark.kwargs.get("together") else item


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many of these tests ran, and what was missing for the others."""
    advice = {
        "browser": "" if chromium() else ADVICE,
        "postgresql": "" if postgresql.programs() else postgresql.ADVICE,
        "real_data": real_data.advice(),
    }
    names = {"browser": "browser", "postgresql": "PostgreSQL", "real_data": "real data"}
    terminalreporter.ensure_newline()
    for mark, name in names.items():
        line = f"{name} tests: {_ran(terminalreporter, mark)} ran"
        terminalreporter.write_line("; ".join(filter(None, (line, advice[mark]))))
    if os.environ[SAMPLED]:
        terminalreporter.write_line(
            f"of the thorough tests one in {SHARE} ran, others each day: make thorough runs all"
        )


def _ran(terminalreporter: pytest.TerminalReporter, mark: str) -> int:
    """Counted from the reports, which xdist's workers send too."""
    reports = (report for group in terminalreporter.stats.values() for report in group)
    ran = {
        report.nodeid
        for report in reports
        if isinstance(report, pytest.TestReport)
        and report.when == "call"
        and mark in report.keywords
        and not report.skipped
    }
    return len(ran)
