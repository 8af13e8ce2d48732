"""An instructor grades in formgrader: autograde, read a submission, mark the essay by hand."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, expect

from tests.e2e import screenshots
from tests.e2e.course import ASSIGNMENT, Course
from tests.e2e.server import LabServer
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.browser
READY = "() => window.jupyterapp?.commands.hasCommand('nbgrader:open-formgrader')"
OPEN = "jupyterapp.commands.execute('nbgrader:open-formgrader')"
MATHJAX = "cdnjs.cloudflare.com/ajax/libs/mathjax"
RUNNING = "#notebook-container script, #notebook-container [onerror]"


@pytest.fixture
def formgrader(visitor: Visitor, lab: LabServer) -> Iterator[FrameLocator]:
    """Formgrader as JupyterLab's menu opens it."""
    visitor.page.goto(lab.at("lab"))
    visitor.page.wait_for_function(READY)
    visitor.page.evaluate(OPEN)
    yield visitor.page.frame_locator("iframe").first
    elsewhere = [url for url in visitor.outside if MATHJAX not in url]  # nbgrader's own template
    assert elsewhere == []
    assert visitor.dialogs == []


def autograde(formgrader: FrameLocator, student: str) -> None:
    """Press the button of one student and wait for nbgrader's answer."""
    formgrader.locator("td.num-submissions a").first.click()
    formgrader.locator("tr", has_text=student).locator("td.autograde a").click()
    expect(formgrader.locator(".modal-body").last).to_contain_text("Successfully autograded")
    formgrader.locator(".modal-footer button").last.click()


def open_submission(formgrader: FrameLocator, student: str) -> None:
    """Go from the list of submissions to the notebook of one student."""
    formgrader.locator("tr", has_text=student).locator("td a").first.click()
    formgrader.locator("tr", has_text=ASSIGNMENT).locator("td a").last.click()
    expect(formgrader.locator("#notebook-container").first).to_be_visible()


def test_autograde_read_and_mark(
    visitor: Visitor, course: Course, formgrader: FrameLocator
) -> None:
    course.hand_in("ann", course.half_subtle())
    autograde(formgrader, "ann")
    graded = formgrader.locator("tr", has_text="ann")
    expect(graded).to_contain_text("needs manual grading")
    points = course.report("ann").score
    expect(graded).to_contain_text(f"{points:g} / 110")

    open_submission(formgrader, "ann")
    account = formgrader.get_by_text("backward_push: ").first
    expect(account).to_contain_text("hidden tests passed")
    account.scroll_into_view_if_needed()
    screenshots.keep(visitor.page, "formgrader")
    expect(formgrader.locator("img[src^='data:image/png']").last).to_be_visible()
    essay = formgrader.locator("input#essay_chain_rule")
    essay.fill("7")
    essay.press("Tab")
    assert course.total_soon("ann", points + 7)


def test_a_hostile_submission_is_safe_to_open(
    visitor: Visitor, lab: LabServer, course: Course, formgrader: FrameLocator
) -> None:
    course.hand_in("eve", course.samples.hostile())
    autograde(formgrader, "eve")
    open_submission(formgrader, "eve")
    expect(formgrader.locator("#notebook-container").first).to_contain_text("taken over")
    assert "taken over" not in visitor.page.title()
    assert formgrader.locator(RUNNING).count() == 0
    lab.run("nbgrader", "generate_feedback", ASSIGNMENT, "--student", "eve", "--force")
    page = visitor.page
    page.goto(course.feedback("eve").as_uri())
    expect(page.locator("#notebook-container").first).to_contain_text("hidden tests passed")
    assert page.title() == ASSIGNMENT
    assert page.locator(RUNNING).count() == 0
    assert "def test_" not in page.locator("body").inner_text()
