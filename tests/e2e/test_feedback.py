"""The page that a student gets back shows points, reasons and plots."""

import pytest
from playwright.sync_api import expect

from tests.e2e import screenshots
from tests.e2e.course import ASSIGNMENT, Course
from tests.e2e.server import LabServer
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.browser
STUDENT = "bela"


def test_feedback_shows_points_reasons_and_plots(
    visitor: Visitor, lab: LabServer, course: Course
) -> None:
    course.hand_in(STUDENT, course.half_subtle())
    lab.run("nbgrader", "autograde", ASSIGNMENT, "--student", STUDENT)
    lab.run("nbgrader", "generate_feedback", ASSIGNMENT, "--student", STUDENT)
    page = visitor.page
    file = lab.classroom / "feedback" / STUDENT / ASSIGNMENT / f"{ASSIGNMENT}.html"
    page.goto(file.as_uri())
    plot = page.locator("img[src^='data:image/png']").last
    expect(plot).to_be_visible()
    assert plot.evaluate("image => image.naturalWidth") > 200
    said = page.get_by_text("backward_push: ").first
    expect(said).to_contain_text("A value that is used twice")
    said.evaluate("account => account.closest('.cell').scrollIntoView()")
    screenshots.keep(page, "feedback")
    assert visitor.dialogs == []
