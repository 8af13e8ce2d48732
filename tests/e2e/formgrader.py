"""nbgrader's formgrader in JupyterLab, as an instructor in front of it sees it.

Formgrader fills its pages by requests of its own, so each step waits for what it needs to be there.
"""

from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.e2e.course import ASSIGNMENT
from tests.e2e.server import LabServer
from tests.e2e.visitor import open_lab


class Formgrader:
    """The formgrader, opened from JupyterLab's menu."""

    def __init__(self, page: Page, lab: LabServer) -> None:
        open_lab(page, lab.at("lab/workspaces/formgrader"))
        page.get_by_role("menuitem", name="Nbgrader").click()
        page.get_by_role("menuitem", name="Formgrader").click()
        self._page = page
        self.shown: FrameLocator = page.frame_locator("#formgrader-iframe iframe")

    def submission(self, student: str) -> Locator:
        """Go to the submissions of the assignment; return the line of a student."""
        self._follow(self.shown.get_by_role("link", name="Manage Assignments"))
        line = self.shown.locator("tr", has=self.shown.get_by_role("link", name=ASSIGNMENT))
        self._follow(line.locator(".num-submissions a"))
        return self.shown.locator("tr", has=self.shown.locator(f".student-id:text-is('{student}')"))

    def _follow(self, link: Locator) -> None:
        """Click a link and return when its page has come.

        A link may lead to the page that is shown, as the first one to Manage Assignments does: what
        is clicked on the old page while the new one comes is lost.
        """
        with self._page.expect_event("framenavigated"):
            link.click()

    def press(self, line: Locator, column: str) -> str:
        """Click the icon in a student's line; return what formgrader reports when it is done."""
        line.locator(f".{column} a").click()
        report = self.shown.locator(".modal-content")
        expect(report).to_be_visible()
        said = report.inner_text()
        report.get_by_role("button", name="OK").click()
        expect(report).to_have_count(0)
        return said

    def overview(self, student: str) -> Locator:
        """Go to the table for marking by hand; return the line of a student, by name."""
        self._follow(self.shown.get_by_role("link", name="Manual Grading").first)
        for place in (ASSIGNMENT, f"{ASSIGNMENT}/{ASSIGNMENT}"):
            self._follow(self.shown.locator(f"tbody a[href$='/gradebook/{place}']"))
        name = self.shown.locator(f".name-shown:text-is('{student}')")
        line = self.shown.locator("tr", has=name)
        # The button that shows all names does nothing while the lines are on their way.
        line.locator(".reveal .name-hidden").click()
        expect(name).to_be_visible()
        return line

    def open(self, student: str) -> Locator:
        """Open a student's submission; return the page when it shows the saved scores."""
        self.overview(student).locator("a.name-shown").click()
        for extra in self.scores("extra-credit"):
            expect(extra).to_have_attribute("placeholder", "0")
        return self.shown.locator("body")

    def scores(self, kind: str = "score") -> list[Locator]:
        """Return the fields for points of the submission that is open."""
        fields = self.shown.locator(f"input.{kind}")
        expect(fields.first).to_be_visible()
        return fields.all()

    def mark(self, cell: str, points: str) -> None:
        """Write points into a cell's field and leave it; return when they are saved."""
        field = self.shown.locator(f"input#{cell}")
        with self._page.expect_response(
            lambda answer: "/formgrader/api/grade/" in answer.url and answer.ok
        ):
            field.fill(points)
            field.press("Tab")
