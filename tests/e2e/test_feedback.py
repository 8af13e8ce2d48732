"""The page that a student gets back shows points, reasons and plots, and nothing hidden."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e import screenshots
from tests.e2e.course import ASSIGNMENT, Course
from tests.e2e.hidden import leaks, numbers, statements
from tests.e2e.server import LabServer
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.browser
STUDENT = "bela"


@pytest.fixture(scope="module")
def feedback(lab: LabServer, course: Course) -> Path:
    """Grade and write the feedback with nbgrader's own commands; return the page's file."""
    course.hand_in(STUDENT, course.half_subtle())
    lab.run("nbgrader", "autograde", ASSIGNMENT, "--student", STUDENT)
    lab.run("nbgrader", "generate_feedback", ASSIGNMENT, "--student", STUDENT)
    return course.feedback(STUDENT)


def test_it_shows_points_reasons_and_plots(
    visitor: Visitor, course: Course, feedback: Path
) -> None:
    page = visitor.page
    page.goto(feedback.as_uri())
    report = course.report(STUDENT)
    expect(page.locator("h4").first).to_contain_text(re.compile(rf"\b{report.score:g}\b.*\b110\b"))
    body = " ".join(page.locator("body").inner_text().split())
    for exercise in report.exercises:
        assert f"{exercise.id}: {exercise.score:g} of {exercise.max_score:g} points" in body
        reasons = [test.message for test in exercise.tests if not test.passed]
        assert bool(reasons) == any(reason in body for reason in reasons)
    plot = page.locator("img[src^='data:image/png']").last
    expect(plot).to_be_visible()
    assert plot.evaluate("image => image.naturalWidth") > 200
    said = page.locator(".output_wrapper", has_text="backward_push: ").first
    expect(said).to_contain_text("A value that is used twice")
    said.evaluate("account => account.closest('.cell').scrollIntoView()")
    screenshots.keep(page, "feedback")


def test_it_tells_nothing_hidden(visitor: Visitor, lab: LabServer, feedback: Path) -> None:
    visitor.page.goto(feedback.as_uri())
    text = visitor.page.locator("body").inner_text()
    assert len(text) > 10_000
    assert leaks(text, lab.classroom, STUDENT) == []


def test_what_is_hidden_would_be_found(lab: LabServer) -> None:
    drawn = numbers(lab.classroom, STUDENT)
    assert len(drawn) > 1_000
    for secret in (max(statements(), key=len), "def test_max(student):", f"expected {min(drawn)}"):
        assert leaks(f"You were told: {secret}.", lab.classroom, STUDENT)
