"""nbgrader's Validate button, on work not begun and on work that is right."""

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e import screenshots
from tests.e2e.course import Course
from tests.e2e.notebook import Notebook
from tests.e2e.server import LabServer
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.browser


def test_work_not_begun_is_told_exercise_by_exercise(
    visitor: Visitor, lab: LabServer, course: Course
) -> None:
    said = validated(visitor, lab, course.student("untouched"))
    expect(said).to_contain_text("The following cell failed")
    for exercise in course.samples.exercises:
        expect(said).to_contain_text(f"CheckFailed: {exercise}: no")
    expect(said).not_to_contain_text("Success")
    screenshots.keep(visitor.page, "validate")


def test_work_that_is_right_succeeds(visitor: Visitor, lab: LabServer, course: Course) -> None:
    said = validated(visitor, lab, course.student("right", course.samples.full_marks()))
    expect(said).to_contain_text("Success! Your notebook passes all the tests.")
    assert visitor.outside == []
    assert visitor.errors == []


def validated(visitor: Visitor, lab: LabServer, path: str) -> Locator:
    """Open a notebook, click Validate, and return the dialog with the results."""
    Notebook(visitor.page, lab, path)
    visitor.page.get_by_role("button", name="Validate").click()
    dialog = visitor.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Validation Results")
    return dialog
