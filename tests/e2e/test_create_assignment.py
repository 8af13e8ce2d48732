"""nbgrader's Create Assignment panel reads the built source notebook."""

import json

import pytest
from playwright.sync_api import expect

from autograder.assignment import read_assignment
from tests.e2e import screenshots
from tests.e2e.course import ASSIGNMENT, NOTEBOOK
from tests.e2e.notebook import Notebook
from tests.e2e.server import LabServer
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.browser


def test_the_panel_shows_every_graded_cell(visitor: Visitor, lab: LabServer) -> None:
    page = visitor.page
    path = f"classroom/source/{ASSIGNMENT}/{NOTEBOOK}"
    built = json.loads((lab.root / path).read_text(encoding="utf-8"))
    Notebook(page, lab, path)
    page.get_by_role("menuitem", name="Nbgrader").click()
    page.get_by_role("menuitem", name="Create assignment").click()
    assignment = read_assignment(ASSIGNMENT)
    expected: dict[str, tuple[str, str]] = {}
    for exercise in assignment.exercises:
        expected[exercise.id] = ("solution", "")
        expected[f"test_{exercise.id}"] = ("tests", str(exercise.points))
    for essay in assignment.essays:
        expected[essay.id] = ("manual", str(essay.points))
    shown: dict[str, tuple[str, str]] = {}
    cells = page.locator(".nbgrader-CellWidget")
    expect(cells).to_have_count(len(built["cells"]))
    for cell in cells.all():
        name, points = cell.get_by_label("ID:"), cell.get_by_label("Points:")
        if name.is_enabled() and name.input_value():
            kind = cell.get_by_label("Type:").input_value()
            graded = "" if kind == "solution" else points.input_value()
            shown[name.input_value()] = (kind, graded)
    assert shown == expected
    total = sum(int(points or 0) for _, points in expected.values())
    assert total == 110
    expect(page.get_by_label("Total points:")).to_have_value(str(total))
    screenshots.keep(page, "create")
    assert visitor.errors == []
