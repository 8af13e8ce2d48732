"""A student opens the released notebook, makes a mistake, reads why, and mends it."""

import pytest
from playwright.sync_api import expect

from tests.e2e import screenshots
from tests.e2e.course import Course
from tests.e2e.notebook import Notebook
from tests.e2e.server import LabServer
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.browser
VIEW = "application/vnd.jupyter.widget-view+json"
UNWRITTEN = {"CheckFailed", "NotImplementedError"}


def test_the_release_runs(visitor: Visitor, lab: LabServer, course: Course) -> None:
    notebook = Notebook(visitor.page, lab, course.student("new"))
    notebook.run_all()
    outputs = notebook.outputs()
    errors = {name: set(seen) & UNWRITTEN for name, seen in outputs.items()}
    checks = {f"test_{exercise}" for exercise in course.samples.exercises}
    cells = [cell for cell in course.released()["cells"] if cell["cell_type"] == "code"]
    checks |= {str(cell["id"]) for cell in cells if "check_backward(" in str(cell["source"])}
    assert {name for name, seen in errors.items() if "CheckFailed" in seen} == checks
    known = {"", "text/plain", "text/plain image/png", "text/html text/plain"} | UNWRITTEN
    widgets = {f"text/plain {VIEW}", f"text/plain {VIEW} image/png"}
    assert set().union(*outputs.values()) <= known | widgets
    pictures = [name for name, seen in outputs.items() if "text/plain image/png" in seen]
    moving = [name for name, seen in outputs.items() if widgets & set(seen)]
    assert min(len(pictures), len(moving)) >= 4
    for name in moving:
        expect(notebook.cell(name).locator(".course-widget")).to_be_visible()
    for name in pictures:
        picture = notebook.cell(name).get_by_role("img")
        expect(picture).to_be_visible()
        assert picture.evaluate("image => image.naturalWidth") > 200
    said = notebook.cell("test_value_ops").locator(".jp-Cell-outputWrapper")
    expect(said).to_contain_text("are not written yet. Fill in the cell above")
    screenshots.keep(visitor.page, "release")
    assert visitor.outside == []
    assert visitor.errors == []


def test_the_quiz_answers_a_click(visitor: Visitor, lab: LabServer, course: Course) -> None:
    notebook = Notebook(visitor.page, lab, course.student("quizzed"))
    notebook.run_all()
    (quiz,) = [name for name, seen in notebook.outputs().items() if "text/html text/plain" in seen]
    cell = notebook.cell(quiz)
    right = "Yes: what arrives, 2, times the gate's own slope"
    expect(cell).not_to_contain_text(right)
    cell.get_by_text("6", exact=True).click()
    expect(cell).to_contain_text("That is what z receives")
    cell.get_by_text("−8", exact=True).click()
    expect(cell).to_contain_text(right)
    screenshots.keep(visitor.page, "quiz")
    assert visitor.outside == []
    assert visitor.errors == []


@pytest.mark.parametrize(
    ("exercise", "right", "wrong", "told", "picture"),
    [
        (
            "backward_push",
            "parent.grad += ",
            "parent.grad = ",
            [
                "fan_out(2.0, -3.0) - `x` is used twice",
                "(x * y + x).backward()",
                "came back: {'x': -3.0, 'y': 2.0}",
                "expected: {'x': -2.0, 'y': 2.0}",
                "Hint: A value that is used twice receives a gradient along each path.",
                "CheckFailed: backward_push:",
            ],
            "check",
        ),
        (
            "gates",
            "return dout * b, dout * a",
            "return dout * a, dout * b",
            [
                "came back:",
                "expected:",
                "Hint: When only a moves, how much does a * b move: a times as much, or b times?",
                "CheckFailed: gates:",
            ],
            "check-gates",
        ),
    ],
    ids=["backward_push", "gates"],
)
def test_a_mistake_is_explained_and_mended(
    visitor: Visitor,
    lab: LabServer,
    course: Course,
    exercise: str,
    right: str,
    wrong: str,
    told: list[str],
    picture: str,
) -> None:
    path = course.student(f"mistaken-{exercise}", course.solved_but(exercise))
    notebook = Notebook(visitor.page, lab, path)
    notebook.run_all()
    answer = course.samples.answers[exercise]
    assert answer.count(right) == 1
    notebook.write(exercise, answer.replace(right, wrong))
    notebook.run(exercise)
    said = notebook.run(f"test_{exercise}")
    for words in told:
        expect(said).to_contain_text(words)
    notebook.cell(f"test_{exercise}").evaluate("cell => cell.scrollIntoView({block: 'center'})")
    screenshots.keep(visitor.page, picture)
    notebook.write(exercise, answer)
    notebook.run(exercise)
    said = notebook.run(f"test_{exercise}")
    expect(said).to_contain_text(f"{exercise}: the visible checks pass (")
    expect(said).not_to_contain_text("CheckFailed")
    assert visitor.outside == []
    assert visitor.errors == []
