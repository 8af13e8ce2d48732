"""What a hostile student writes and prints is shown to people, and nothing of it runs."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from autograder.demo.hostile import EARNED, ESSAY
from tests.e2e import screenshots
from tests.e2e.course import ASSIGNMENT, Course
from tests.e2e.formgrader import Formgrader
from tests.e2e.hidden import leaks
from tests.e2e.server import LabServer
from tests.e2e.visitor import Visitor, visit

pytestmark = pytest.mark.browser
STUDENT = "eve"
HANGS = "while True"
ATTACHED = "![](attachment:nowhere.png) <b id='test_gates'>mine</b>"
OTHERS = "cdnjs.cloudflare.com"  # nbgrader's own pages ask for MathJax there
LIVE = """body => [...body.querySelectorAll('*')].filter(one =>
    one.closest('.cell') && ['SCRIPT', 'STYLE', 'IFRAME', 'OBJECT', 'EMBED'].includes(one.tagName)
    || [...one.attributes].some(({ name, value }) =>
        /taken over|alert/.test(value) || /^\\s*javascript:/i.test(value)))
    .map(one => one.outerHTML)"""


@pytest.fixture(scope="module")
def feedback(browser: Browser, lab: LabServer, course: Course) -> Path:
    """Grade a hostile submission and write its feedback, in formgrader; return the page's file."""
    notebook = course.samples.hostile()
    # What never ends costs half a minute until it is stopped, and shows nothing in a browser.
    notebook["cells"] = [cell for cell in notebook["cells"] if HANGS not in str(cell["source"])]
    notebook["cells"].append(
        {"cell_type": "markdown", "id": "attached", "metadata": {}, "source": ATTACHED}
    )
    course.hand_in(STUDENT, notebook)
    with visit(browser, lab.url) as instructor:
        formgrader = Formgrader(instructor.page, lab)
        for column in ("autograde", "generate-feedback"):
            said = formgrader.press(formgrader.submission(STUDENT), column)
            assert "Success" in said
    return course.feedback(STUDENT)


def test_formgrader_runs_nothing_of_it(visitor: Visitor, lab: LabServer, feedback: Path) -> None:
    page = Formgrader(visitor.page, lab).open(STUDENT)
    page.locator("input#essay_chain_rule").scroll_into_view_if_needed()
    screenshots.keep(visitor.page, "hostile")
    assert_tame(page, visitor, lab)
    expect(page.locator(f"#test_{EARNED}")).to_have_attribute("placeholder", "10")


def test_the_feedback_page_runs_nothing_of_it(
    visitor: Visitor, lab: LabServer, feedback: Path
) -> None:
    visitor.page.goto(feedback.as_uri())
    assert_tame(visitor.page.locator("body"), visitor, lab)
    expect(visitor.page.locator("h4").first).to_contain_text(re.compile(r"\b10\b.*\b110\b"))


def assert_tame(body: Locator, visitor: Visitor, lab: LabServer) -> None:
    """The student's words are there to be read; no script ran, and nothing hidden is told."""
    expect(body).to_contain_text(ESSAY.splitlines()[0])
    expect(body).to_contain_text("display(HTML(")
    expect(body).to_contain_text("attachment:nowhere.png")
    expect(body).to_contain_text(f"{EARNED}: 10 of 10 points")
    assert body.evaluate("body => body.ownerDocument.title") == ASSIGNMENT
    assert "taken over" not in visitor.page.title()
    assert visitor.dialogs == []
    assert [url for url in visitor.outside if OTHERS not in url] == []
    assert body.evaluate(LIVE) == []
    assert leaks(body.inner_text(), lab.classroom, STUDENT) == []
