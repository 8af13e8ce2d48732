"""One JupyterLab and one Chromium for all browser tests; a window of its own for each."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.e2e.browser import ADVICE, chromium
from tests.e2e.course import Course
from tests.e2e.server import LabServer
from tests.e2e.visitor import PATIENCE, Visitor, visit

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A JupyterLab whose course has one assignment, built and released."""
    folder = tmp_path_factory.mktemp("lab")
    server = LabServer(folder / "root", folder / "home")
    # With a key of its own each run would draw other inputs for the hidden tests.
    (server.classroom / "course_key").write_text("always the same inputs, " * 2)
    server.run("autograder", "build", "a1_graphs")
    server.run("nbgrader", "generate_assignment", "a1_graphs")
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def course(lab: LabServer) -> Course:
    return Course(lab)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    assert path is not None, ADVICE
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Browser, lab: LabServer) -> Iterator[Visitor]:
    """A new window."""
    with visit(browser, lab.url) as visitor:
        yield visitor
