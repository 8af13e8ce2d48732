"""An instructor grades with formgrader's button, reads the reasons, and marks the essay by hand."""

import re

import pytest
from playwright.sync_api import Browser, expect

from autograder.report import Report
from tests.e2e import screenshots
from tests.e2e.course import ASSIGNMENT, Course
from tests.e2e.formgrader import Formgrader
from tests.e2e.server import LabServer
from tests.e2e.visitor import Visitor, visit

pytestmark = pytest.mark.browser
STUDENT = "ann"
ESSAY = "essay_chain_rule"


@pytest.fixture(scope="module")
def report(browser: Browser, lab: LabServer, course: Course) -> Report:
    """Grade a submission with formgrader's button; return the report that the engine kept."""
    course.hand_in(STUDENT, course.half_subtle())
    with visit(browser, lab.url) as instructor:
        formgrader = Formgrader(instructor.page, lab)
        line = formgrader.submission(STUDENT)
        expect(line.locator(".status")).to_have_text("needs autograding")
        said = formgrader.press(line, "autograde")
        assert f"Successfully autograded '{ASSIGNMENT}' for student '{STUDENT}'" in said
    return course.report(STUDENT)


def test_the_button_gives_the_engines_score(
    visitor: Visitor, lab: LabServer, report: Report
) -> None:
    line = Formgrader(visitor.page, lab).submission(STUDENT)
    expect(line.locator(".status")).to_have_text("needs manual grading")
    assert 0 < report.score < report.max_score == 100
    expect(line.locator(".score")).to_have_text(f"{report.score:g} / 110")


def test_every_test_cell_shows_points_and_reasons(
    visitor: Visitor, lab: LabServer, report: Report
) -> None:
    formgrader = Formgrader(visitor.page, lab)
    page = formgrader.open(STUDENT)
    assert {exercise.status for exercise in report.exercises} >= {"passed", "partial"}
    for exercise in report.exercises:
        score = page.locator(f"input#test_{exercise.id}")
        expect(score).to_have_attribute("placeholder", f"{exercise.score:g}")
        said = page.locator(f".code_cell:has(#test_{exercise.id}) .output_wrapper")
        expect(said).to_contain_text(
            f"{exercise.id}: {exercise.score:g} of {exercise.max_score:g} points"
        )
        shown = " ".join(said.inner_text().split())
        reasons = [test.message for test in exercise.tests if not test.passed]
        assert bool(reasons) == any(reason in shown for reason in reasons) == ("✗" in shown)
    assert len(formgrader.scores()) == len(report.exercises) + 1
    plot = page.locator(".output_png img").last
    expect(plot).to_be_visible()
    assert plot.evaluate("image => image.naturalWidth") > 200
    page.locator("#test_backward_push").evaluate(
        "score => score.closest('.cell').scrollIntoView({block: 'center'})"
    )
    screenshots.keep(visitor.page, "formgrader")
    assert visitor.dialogs == []


def test_the_essay_is_marked_by_hand(visitor: Visitor, lab: LabServer, report: Report) -> None:
    formgrader = Formgrader(visitor.page, lab)
    line = formgrader.overview(STUDENT)
    expect(line.locator(".needs-manual-grade .glyphicon-ok")).to_be_visible()
    expect(line.locator(".written-score")).to_have_text("0 / 10")
    page = formgrader.open(STUDENT)
    essay = page.locator(f"input#{ESSAY}")
    expect(essay).to_have_value("")
    expect(essay).not_to_have_attribute("placeholder", re.compile("."))
    answer = page.locator(f".nbgrader_cell:has(#{ESSAY})")
    expect(answer).to_contain_text("The backward pass visits every node once")
    essay.scroll_into_view_if_needed()
    screenshots.keep(visitor.page, "essay")
    formgrader.mark(ESSAY, "8")
    line = formgrader.overview(STUDENT)
    expect(line.locator(".written-score")).to_have_text("8 / 10")
    expect(line.locator(".score")).to_have_text(f"{report.score + 8:g} / 110")
    expect(line.locator(".needs-manual-grade .glyphicon-ok")).to_have_count(0)
