"""Browser tests run where a Chromium is found, and the last lines say how many did.

A test marked `browser` is left out where there is none; with `REQUIRE_BROWSER=1` the run fails
instead.
"""

import os

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.e2e.browser import ADVICE, chromium


class OneBrowserWorker(LoadScopeScheduling):
    """Gives the browser tests to one worker, since they share a JupyterLab.

    pytest-xdist's own way, its mark `xdist_group` with `--dist loadgroup`, does nothing under
    pytest 9.2: pytest-xdist 3.8 writes the group into a node id that pytest no longer reads
    (github.com/pytest-dev/pytest-xdist/issues/1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/e2e/") else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneBrowserWorker:
    return OneBrowserWorker(config, log)


def pytest_configure() -> None:
    if os.environ.get("REQUIRE_BROWSER") == "1" and chromium() is None:
        pytest.exit(f"REQUIRE_BROWSER=1, but no browser was found: {ADVICE}", returncode=1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if chromium() is None:
        left_out = [item for item in items if item.get_closest_marker("browser")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many browser tests ran, counted from the reports, which xdist's workers send too."""
    reports = (report for group in terminalreporter.stats.values() for report in group)
    ran = {
        report.nodeid
        for report in reports
        if isinstance(report, pytest.TestReport)
        and report.when == "call"
        and "browser" in report.keywords
        and not report.skipped
    }
    advice = "" if chromium() else f"; {ADVICE}"
    terminalreporter.ensure_newline()
    terminalreporter.write_line(f"browser tests: {len(ran)} ran{advice}")
