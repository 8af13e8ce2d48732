"""Properties are judged by what they find, not by how fast a busy machine draws examples.

The run's last lines say how many random cases PyTorch has judged, counted in the processes that
ran them and sent home with the reports.
"""

import pytest
from hypothesis import HealthCheck, settings

from tests.reference import torch_oracle

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

COUNT = "cases judged by PyTorch"


def pytest_runtest_teardown(item: pytest.Item) -> None:
    item.user_properties.append((COUNT, torch_oracle.cases))
    torch_oracle.cases = 0


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "teardown"
        for name, value in report.user_properties
        if name == COUNT and isinstance(value, int)
    ]
    advice = "" if torch_oracle.INSTALLED else "; to have it judge, pip install torch"
    terminalreporter.ensure_newline()
    terminalreporter.write_line(f"PyTorch as oracle: {sum(counts)} random cases{advice}")
