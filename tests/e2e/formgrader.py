"""nbgrader's formgrader in JupyterLab, as an instructor in front of it sees it."""

from playwright.sync_api import Frame, Locator, Page, expect

from tests.e2e.course import ASSIGNMENT
from tests.e2e.server import LabServer


class Formgrader:
    """The formgrader, opened from JupyterLab's menu."""

    def __init__(self, page: Page, lab: LabServer) -> None:
        self.page = page
        page.goto(lab.at("lab/workspaces/instructor"))
        page.get_by_role("menuitem", name="Nbgrader").click()
        page.get_by_role("menuitem", name="Formgrader").click()
        self._within = page.frame_locator("iframe")

    @property
    def frame(self) -> Frame:
        """What the formgrader shows now."""
        frame = self.page.locator("iframe").element_handle().content_frame()
        assert frame is not None
        return frame

    def assignment(self) -> Locator:
        """Go to the list of assignments; return the line of ours."""
        self._within.get_by_role("link", name="Manage Assignments").click()
        return self._within.locator("tr", has=self._within.get_by_role("link", name=ASSIGNMENT))

    def student(self, name: str) -> Locator:
        """Go to the submissions of our assignment; return the line of a student."""
        self.assignment().locator(".num-submissions a").click()
        expect(self._within.locator("h1", has_text="Manage Submissions")).to_be_visible()
        return self._within.locator("tr", has=self._within.get_by_text(name, exact=True))

    def press(self, line: Locator, column: str) -> Locator:
        """Click the icon in a student's line; return what the formgrader reports."""
        line.locator(f".{column} a").click()
        report = self._within.locator(".modal-content")
        expect(report).to_be_visible()
        return report

    def dismiss(self, report: Locator) -> None:
        """Close a report."""
        report.get_by_text("OK", exact=True).click()
        expect(report).to_have_count(0)

    def overview(self, name: str) -> Locator:
        """Go to the table for marking by hand, by names; return the line of a student."""
        self._within.get_by_role("link", name="Manual Grading").first.click()
        for place in (ASSIGNMENT, f"{ASSIGNMENT}/{ASSIGNMENT}"):
            self._within.locator(f"tbody a[href$='/gradebook/{place}']").click()
        self._within.get_by_text("Show All Names").click()
        return self._within.locator("tr", has=self._within.get_by_role("link", name=name))

    def open(self, name: str) -> Frame:
        """Open a student's submission; return it when its scores are there."""
        self.overview(name).get_by_role("link", name=name).click()
        expect(self._within.locator("input.score").first).to_be_visible()
        frame = self.frame
        frame.wait_for_function("() => window.formgrader?.loaded && formgrader.grades.loaded")
        return frame
