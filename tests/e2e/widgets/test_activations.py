"""Activations in a real JupyterLab: by mouse, by keyboard, from Python, in both themes."""

import pytest

from tests.e2e.notebook import Notebook
from tests.e2e.server import LabServer
from tests.e2e.visitor import Visitor
from tests.e2e.widgets.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

SOURCE = """
import numpy as np
from course import widgets

def tanh_forward(x):
    out = np.tanh(x)
    return out, out

def tanh_backward(dout, out):
    return dout * (1 - out**2)

def broken_forward(x):
    raise ValueError("no such function")

w = widgets.Activations({
    "tanh": (tanh_forward, tanh_backward),
    "broken": (broken_forward, tanh_backward),
})
"""


def test_activations(visitor: Visitor, lab: LabServer) -> None:
    stage = Stage(visitor, lab, "activations", SOURCE)
    widget = stage.widget
    stage.check()
    # By keyboard: the slider moves the point, in the page and in the kernel.
    slider = widget.get_by_role("slider", name="Input x")
    slider.focus()
    stage.page.keyboard.press("ArrowRight")
    stage.until("w.x", 0.05)
    stage.page.keyboard.press("End")
    stage.until("w.x", 5.0)
    expect_words = widget.get_by_role("status")
    expect_words.get_by_text("flat").wait_for()
    point = widget.locator("circle").first
    right = float(str(point.get_attribute("cx")))
    # From Python: the page follows.
    stage.set("w.x = -5.0")
    widget.get_by_text("tanh at x = −5").wait_for()
    assert float(str(point.get_attribute("cx"))) < right - 500
    # By mouse: the point is dragged along the curve.
    box = widget.get_by_role("img").bounding_box()
    assert box is not None
    stage.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 100)
    stage.page.mouse.down()
    stage.page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 100)
    stage.page.mouse.up()
    stage.until("0.3 < w.x < 1.5", True)
    stage.keep()
    # A function that fails is a sentence, and the others still work.
    widget.get_by_label("Activation", exact=True).select_option("broken")
    widget.get_by_role("alert").get_by_text("no such function").wait_for()
    stage.check()
    widget.get_by_label("Activation", exact=True).select_option("tanh")
    stage.until("w.problem", "")
    stage.check()


def test_saved_and_opened_again(visitor: Visitor, lab: LabServer) -> None:
    stage = Stage(visitor, lab, "saved", SOURCE)
    stage.page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    stage.page.wait_for_timeout(1000)
    saved = stage.file.read_text()
    assert '"image/png": ' in saved
    assert "tanh: values" in saved
    stage.set("w.x = 1.5")
    # The kernel keeps the widget: who comes back finds it as it was left.
    Notebook(visitor.page, lab, stage.path)
    visitor.page.get_by_text("tanh at x = 1.5").wait_for()
    stage.check()
