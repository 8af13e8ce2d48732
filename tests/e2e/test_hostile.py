"""What a hostile student writes and prints is shown to people, and nothing of it runs."""

import ast
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from autograder.demo.hostile import ESSAY
from autograder.rooms import Rooms
from tests.e2e import screenshots
from tests.e2e.course import ASSIGNMENT, NOTEBOOK, Course
from tests.e2e.formgrader import Formgrader
from tests.e2e.server import LabServer
from tests.e2e.visitor import Visitor, visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
STUDENT = "mallory"
ATTACHED = "![](attachment:nowhere.png) <b id='test_gates'>mine</b>"
LIVE = """() => [...document.querySelectorAll('*')].filter(one =>
    one.tagName === 'SCRIPT' && one.textContent.includes('taken over')
    || [...one.attributes].some(({ name, value }) =>
        name.startsWith('on') || /^\\s*javascript:/i.test(value)))
    .map(one => one.outerHTML)"""


@pytest.fixture(scope="module")
def feedback(browser: Browser, lab: LabServer, course: Course) -> Path:
    """Grade a hostile submission and write its feedback, in formgrader; return the page's file."""
    notebook = course.samples.hostile()
    cells = notebook["cells"]
    notebook["cells"] = [cell for cell in cells if "while True" not in str(cell["source"])]
    notebook["cells"].append(
        {"cell_type": "markdown", "id": "attached", "metadata": {}, "source": ATTACHED}
    )
    course.hand_in(STUDENT, notebook)
    with visit(browser, lab.url) as instructor:
        formgrader = Formgrader(instructor.page, lab)
        for column in ("autograde", "generate-feedback"):
            said = formgrader.press(formgrader.student(STUDENT), column)
            expect(said).to_contain_text("Success")
            formgrader.dismiss(said)
    return lab.classroom / "feedback" / STUDENT / ASSIGNMENT / NOTEBOOK.replace(".ipynb", ".html")


def test_formgrader_runs_nothing_of_it(visitor: Visitor, lab: LabServer, feedback: Path) -> None:
    page = Formgrader(visitor.page, lab).open(STUDENT)
    page.locator("#essay_chain_rule").scroll_into_view_if_needed()
    screenshots.keep(visitor.page, "hostile")
    assert_tame(page, visitor)
    expect(page.locator("#test_gates")).to_have_attribute("placeholder", "10")


def test_the_feedback_page_runs_nothing_of_it(visitor: Visitor, feedback: Path) -> None:
    visitor.page.goto(feedback.as_uri())
    assert_tame(visitor.page, visitor)
    expect(visitor.page.locator("h4").first).to_contain_text("(Score: 10.0 / 110.0)")
    expect(visitor.page.locator("body")).to_contain_text("gates: 10 of 10 points")


def assert_tame(page: Page | Frame, visitor: Visitor) -> None:
    """The student's words are there to be read; no script ran, and nothing hidden is told."""
    body = page.locator("body")
    for line in ESSAY.splitlines():
        expect(body).to_contain_text(line.split("[")[0].strip())
    expect(body).to_contain_text("display(HTML(")
    expect(body).to_contain_text("attachment:nowhere.png")
    assert page.title() == ASSIGNMENT
    assert visitor.page.title() != "taken over"
    assert visitor.dialogs == []
    live = page.evaluate(LIVE)
    assert [one for one in live if "taken over" in one or "alert" in one] == []
    text = " ".join(body.inner_text().split())
    assert [secret for secret in hidden() if secret in text] == []
    accounts = re.findall(r"\w+: [\d.]+ of \d+ points.*?(?=Out\[)", text)
    assert len(accounts) == 10
    assert [each for each in accounts if re.search(r"\d\.\d\d", each)] == []


def hidden() -> set[str]:
    """Return the hidden tests of the assignment: their names, and what they do, a line each."""
    found: set[str] = set()
    for file in Rooms().suite(ASSIGNMENT, "any").parent.glob("test_*.py"):
        for function in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(function, ast.FunctionDef) and function.name.startswith("test_"):
                statements = [ast.unparse(node) for node in function.body[1:]]
                found |= {function.name, *(" ".join(each.split()) for each in statements)}
    assert len(found) > 100
    return found
