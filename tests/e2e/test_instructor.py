"""An instructor grades with formgrader's button, reads the reasons, and marks the essay by hand."""

import json
import re

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e import screenshots
from tests.e2e.course import ASSIGNMENT, Course
from tests.e2e.formgrader import Formgrader
from tests.e2e.server import LabServer
from tests.e2e.visitor import Visitor, visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
STUDENT = "mira"
ESSAY = "essay_chain_rule"


@pytest.fixture(scope="module")
def report(browser: Browser, lab: LabServer, course: Course) -> dict:
    """Grade a submission with formgrader's button; return what the engine says of the same file."""
    file = course.hand_in(STUDENT, course.half_subtle())
    with visit(browser, lab.url) as instructor:
        formgrader = Formgrader(instructor.page, lab)
        expect(formgrader.assignment().locator(".num-submissions")).to_have_text("1")
        line = formgrader.student(STUDENT)
        expect(line.locator(".status")).to_have_text("needs autograding")
        said = formgrader.press(line, "autograde")
        expect(said).to_contain_text(f"Successfully autograded '{ASSIGNMENT}' for student")
        formgrader.dismiss(said)
    return json.loads(
        lab.run("autograder", "grade", file, "--assignment", ASSIGNMENT, "--format", "json")
    )


def test_the_button_gives_the_engines_score(visitor: Visitor, lab: LabServer, report: dict) -> None:
    line = Formgrader(visitor.page, lab).student(STUDENT)
    expect(line.locator(".status")).to_have_text("needs manual grading")
    assert 0 < report["score"] < report["max_score"] == 100
    expect(line.locator(".score")).to_have_text(f"{report['score']:g} / 110")


def test_a_submission_shows_points_reasons_and_plots(
    visitor: Visitor, lab: LabServer, report: dict
) -> None:
    page = Formgrader(visitor.page, lab).open(STUDENT)
    for exercise in report["exercises"]:
        score = page.locator(f"#test_{exercise['id']}")
        expect(score).to_have_attribute("placeholder", f"{exercise['score']:g}")
        said = below(score)
        expect(said).to_contain_text(
            f"{exercise['id']}: {exercise['score']:g} of {exercise['max_score']:g} points"
        )
        for test in exercise["tests"]:
            if not test["passed"]:
                expect(said).to_contain_text(f"✗ [{test['category']}] {test['message']}")
    assert {exercise["status"] for exercise in report["exercises"]} >= {"passed", "partial"}
    (plot,) = page.locator(".output_png img").all()
    assert plot.evaluate("image => image.naturalWidth") > 200
    expect(page.get_by_role("heading", name="1. A formula is a graph")).to_be_visible()
    expect(page.get_by_role("row", name="E442 EECS 442")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("<p>")
    page.locator("#test_backward_push").evaluate(
        "score => score.closest('.cell').scrollIntoView({block: 'center'})"
    )
    screenshots.keep(visitor.page, "formgrader")


def test_the_essay_waits_for_a_person(visitor: Visitor, lab: LabServer, report: dict) -> None:
    formgrader = Formgrader(visitor.page, lab)
    line = formgrader.overview(STUDENT)
    expect(line.locator(".needs-manual-grade .glyphicon-ok")).to_be_visible()
    expect(line.locator(".written-score")).to_have_text("0 / 10")
    page = formgrader.open(STUDENT)
    essay = page.locator(f"#{ESSAY}")
    expect(essay).to_have_value("")
    expect(essay).not_to_have_attribute("placeholder", re.compile("."))
    panel = page.locator(".nbgrader_cell", has=essay)
    expect(panel).to_contain_text("The backward pass visits every node once")
    essay.scroll_into_view_if_needed()
    screenshots.keep(visitor.page, "essay")
    with visitor.page.expect_response("**/formgrader/api/grade/*") as saved:
        essay.fill("8")
        essay.press("Tab")
    assert saved.value.ok
    line = formgrader.overview(STUDENT)
    expect(line.locator(".written-score")).to_have_text("8 / 10")
    expect(line.locator(".score").first).to_have_text(f"{report['score'] + 8:g} / 110")
    expect(line.locator(".needs-manual-grade .glyphicon-ok")).to_have_count(0)


def below(score: Locator) -> Locator:
    """Return what stands below the test cell of a score."""
    return score.locator("xpath=ancestor::div[contains(@class, 'code_cell')]").locator(
        ".output_wrapper"
    )
