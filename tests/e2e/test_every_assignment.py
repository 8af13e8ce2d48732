"""Every notebook with the answers in runs from top to bottom, as its author sees it."""

import shutil

import pytest

from autograder.rooms import Rooms
from tests.e2e import screenshots
from tests.e2e.notebook import Notebook
from tests.e2e.server import LabServer
from tests.e2e.visitor import Visitor

VIEW = "application/vnd.jupyter.widget-view+json"  # its picture is what exports show

pytestmark = pytest.mark.browser


@pytest.mark.thorough
@pytest.mark.parametrize("assignment", Rooms().known())
def test_the_solved_notebook_runs(visitor: Visitor, lab: LabServer, assignment: str) -> None:
    lab.run("autograder", "build", assignment)
    place = f"solved-{assignment}"
    shutil.copytree(lab.classroom / "source" / assignment, lab.root / place)
    path = f"{place}/{assignment}.ipynb"
    notebook = Notebook(visitor.page, lab, path)
    notebook.run_all()
    outputs = notebook.outputs()
    kinds = [kind for seen in outputs.values() for kind in seen]
    assert [kind for kind in kinds if "Error" in kind or "Failed" in kind] == []
    pictures = [name for name, seen in outputs.items() if "image/png" in " ".join(seen)]
    assert len(pictures) >= 4
    for number, name in enumerate(pictures):
        cell = notebook.cell(name)
        if any({"image/png", VIEW} <= set(seen.split()) for seen in outputs[name]):
            cell.locator(".course-widget").wait_for()
        else:
            width = "image => image.naturalWidth"
            assert cell.locator("img").first.evaluate(width) > 200
        screenshots.keep(visitor.page, f"{assignment}-{number}")
    assert visitor.outside == []
    assert visitor.errors == []
