"""GraphStepper in a real JupyterLab: both ways, by both algorithms, on numbers and arrays."""

import re
from typing import cast

import pytest
from playwright.sync_api import expect

from tests.e2e.server import LabServer
from tests.e2e.visitor import Visitor
from tests.e2e.widgets.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

SOURCE = """
import numpy as np
from course import plots, widgets

def sum_times(x=-2.0, y=5.0, z=-4.0):
    if z > 100:
        raise ValueError("too large for me")
    x, y, z = (plots.Node(each, name=name) for each, name in ((x, "x"), (y, "y"), (z, "z")))
    q = plots.Node(x.data + y.data, parents=(x, y), local=(1, 1), op="+", name="q")
    return plots.Node(q.data * z.data, parents=(q, z), local=(z.data, q.data), op="×", name="f")

w = widgets.GraphStepper(sum_times, title="W2: f = (x + y) z")
"""
ARRAYS = """
import numpy as np
from course import widgets

class Array:
    def __init__(self, data, parents=(), pull=None):
        self.data, self.parents, self.pull, self.grad = np.asarray(data, float), parents, pull, None

def product(x, m):
    def pull(g):
        return g @ m.data.T, x.data.T @ g
    return Array(x.data @ m.data, (x, m), pull)

def total(x):
    return Array((x.data ** 2).sum(), (x,), lambda g: (2 * g * x.data,))

rng = np.random.default_rng(0)
x, m = Array(rng.normal(size=(3, 2))), Array(rng.normal(size=(2, 9)))
w = widgets.GraphStepper(total(product(x, m)), {"x": x, "m": m}, title="Sum of (x @ m)²")
"""


def numbers(stage: Stage, kind: str) -> list[str]:
    """What is read on the lines, root first: values above or gradients below."""
    return stage.widget.locator(f"g.course-{kind}[visibility=visible] text").all_text_contents()


def test_graph_stepper(visitor: Visitor, lab: LabServer) -> None:
    stage = Stage(visitor, lab, "graph", SOURCE)
    widget, keyboard = stage.widget, stage.page.keyboard
    status = widget.locator(".course-words")
    assert numbers(stage, "value") == ["−4", "−2", "5"]
    # By mouse: forward, then backward by pushing.
    for _ in range(4):
        widget.get_by_role("button", name="Step", exact=True).click()
    stage.until("w.step", 4)
    expect(status).to_contain_text("It adds 1 · (−4) = −4 to q")
    assert numbers(stage, "value") == ["−12", "3", "−4", "−2", "5"]
    assert numbers(stage, "gradient") == ["1", "−4", "3", "0", "0"]
    stage.keep("-push")
    # By keyboard: the slider, and the graph itself.
    slider = widget.get_by_role("slider", name="Step")
    slider.focus()
    keyboard.press("End")
    stage.until("w.step", 5)
    assert numbers(stage, "gradient") == ["1", "−4", "3", "−4", "−4"]
    widget.get_by_label("Graph, arrow keys step").focus()
    keyboard.press("ArrowLeft")
    stage.until("w.step", 4)
    # The other algorithm: nobody has a gradient before its turn.
    widget.get_by_label("Backward by").select_option("pull")
    stage.until("(w.algorithm, w.last)", ["pull", 7])
    assert numbers(stage, "gradient") == ["1", "−4"]
    expect(status).to_contain_text("asks its consumers and gets")
    # From Python; then another number, for which the function runs again.
    stage.set("w.step = 7")
    expect(status).to_contain_text("step 5 of 5")
    field = widget.get_by_role("spinbutton", name="x")
    field.fill("1")
    field.press("Enter")
    stage.until("w.inputs['x']", 1.0)
    expect(widget.locator("g.course-value text").first).to_have_text("−24")
    assert numbers(stage, "gradient") == ["1", "−4", "6", "−4", "−4"]
    # A function that fails is a sentence, and the next number works.
    field = widget.get_by_role("spinbutton", name="z")
    field.fill("101")
    field.press("Enter")
    widget.get_by_role("alert").get_by_text("too large for me").wait_for()
    stage.check()
    field.fill("3")
    field.press("Enter")
    stage.until("w.problem", "")
    expect(widget.locator("g.course-value text").first).to_have_text("18")
    # Play goes on by itself, from the start when it has come to the end, until it is stopped.
    widget.get_by_role("button", name="To the start").click()
    widget.get_by_role("button", name="Play").click()
    expect(status).to_contain_text("step 2 of 2")
    widget.get_by_role("button", name="Pause").click()
    stage.check()


def test_arrays_on_the_lines(visitor: Visitor, lab: LabServer) -> None:
    stage = Stage(visitor, lab, "graph-arrays", ARRAYS)
    stage.set("w.step = w.last")
    expect(stage.widget.locator(".course-words")).to_contain_text("It adds (3, 2) from")
    cells = numbers(stage, "gradient")
    assert cells[:2] == ["1", "(3, 9)"]
    # What the page writes is what NumPy computes: the gradient of x.
    right = cast("list[float]", stage.kernel("(2 * x.data @ m.data @ m.data.T).ravel().tolist()"))
    shown = [float(re.sub("−", "-", cell)) for cell in cells if re.fullmatch(r"[−\d.]+", cell)]
    assert "(2, 9)" in cells
    assert shown[1:7] == pytest.approx(right, rel=6e-3)
    stage.keep()
    stage.check()
