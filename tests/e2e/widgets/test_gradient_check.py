"""GradientCheck in a real JupyterLab: by mouse, by keyboard, from Python, with wrong functions."""

import pytest
from playwright.sync_api import expect

from tests.e2e.server import LabServer
from tests.e2e.visitor import Visitor
from tests.e2e.widgets.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

SOURCE = """
import numpy as np
from course import widgets

def f(x):
    return float(np.sum(np.exp(x) * (x - 1)))

def gradient(x):
    if x[0, 0] != given[0, 0] and broken:
        return None
    claimed = x * np.exp(x)
    claimed[1, 2] *= -1
    return claimed

broken = False
given = np.random.default_rng(0).normal(size=(3, 4))
w = widgets.GradientCheck(f, gradient, given, title="One sign is wrong")
"""


def test_gradient_check(visitor: Visitor, lab: LabServer) -> None:
    stage = Stage(visitor, lab, "check", SOURCE)
    widget, keyboard = stage.widget, stage.page.keyboard
    status = widget.locator(".course-words")
    expect(status).to_contain_text("at entry [1, 2]")
    stage.until("w.entry", 6)
    # The page writes what Python has measured.
    written = widget.get_by_label("difference, shape (3, 4)").locator("text").all_text_contents()
    worst = stage.kernel("float(w.x[1, 2] * np.exp(w.x[1, 2]) * -2)")
    assert isinstance(worst, float)
    assert float(written[1 + 6].replace("−", "-")) == pytest.approx(worst, rel=6e-3)
    # By keyboard: a smaller step, at which rounding rules.
    slider = widget.get_by_role("slider", name="Step eps")
    slider.focus()
    for _ in range(4):
        keyboard.press("ArrowLeft")
    stage.until("w.power", -6.0)
    # By mouse: an entry of a map, and a step in the curve.
    box = widget.get_by_label("numeric, shape (3, 4)").bounding_box()
    assert box is not None
    stage.page.mouse.click(box["x"] + 20, box["y"] + 55)
    stage.until("w.entry", 0)
    expect(status).to_contain_text("Entry [0, 0]")
    box = widget.get_by_label("The largest difference against").bounding_box()
    assert box is not None
    stage.page.mouse.click(box["x"] + box["width"] * 0.98, box["y"] + 60)
    stage.until("-0.5 <= w.power <= 0", True)
    widget.get_by_role("button", name="Worst entry").click()
    stage.until("w.entry", 6)
    stage.keep()
    # From Python; a gradient that is None is a sentence, and the given point works again.
    stage.set("w.power = -12; broken = True")
    expect(status).to_contain_text("At eps = 1e−12")
    widget.get_by_role("button", name="Another point").click()
    widget.get_by_role("alert").get_by_text("gave None").wait_for()
    stage.check()
    widget.get_by_role("button", name="Given point").click()
    stage.until("w.problem", "")
    expect(status).to_contain_text("disagree at every step")
    stage.check()
