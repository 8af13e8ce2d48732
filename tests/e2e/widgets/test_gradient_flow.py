"""GradientFlow in a real JupyterLab: played, stopped, looked back, set from Python, broken."""

import re
from typing import cast

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.e2e.server import LabServer
from tests.e2e.visitor import Visitor
from tests.e2e.widgets.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

SOURCE = """
import numpy as np
from course import datasets, widgets
from reference.initialise import initialise
from reference.layers.losses import softmax_cross_entropy
from reference.mlp import mlp_backward, mlp_forward

broken = False

def backward(dscores, cache):
    while broken:
        pass
    return mlp_backward(dscores, cache)

images, labels = datasets.digits()[:2]
data = images.reshape(len(images), -1), labels
w = widgets.GradientFlow(initialise, mlp_forward, backward, softmax_cross_entropy, data)
norms = lambda: np.frombuffer(w.norms, "<f4").reshape(w.measured, 2, w.layers)
"""


def test_gradient_flow(visitor: Visitor, lab: LabServer) -> None:
    stage = Stage(visitor, lab, "gradient-flow", SOURCE)
    widget = stage.widget
    words = widget.locator(".course-words")
    # By keyboard: one frame more. Then the film plays, and stops when told so.
    widget.get_by_role("button", name="One frame").focus()
    stage.page.keyboard.press("Enter")
    stage.until("w.measured", 2)
    widget.get_by_role("button", name="Play").click()
    stage.until("w.measured > 12", True)
    widget.get_by_role("button", name="Pause").click()
    widget.get_by_role("button", name="Play").wait_for()
    stage.page.wait_for_timeout(300)
    measured = stage.kernel("w.measured")
    expect(words).to_contain_text("A, sigmoid with xavier")
    expect(words).to_contain_text("vanishes on its way back")
    # What the page draws is what NumPy has.
    bars = widget.locator("rect[data-norm]")
    drawn = [float(str(bar.get_attribute("data-norm"))) for bar in bars.all()]
    norms = cast("list[float]", stage.kernel("norms()[w.shown].ravel().tolist()"))
    np.testing.assert_allclose(drawn, norms, rtol=1e-6)
    stage.keep()
    # Back in time.
    slider = widget.get_by_role("slider", name="Look at")
    slider.focus()
    stage.page.keyboard.press("Home")
    stage.until("w.shown", 0)
    expect(words).to_contain_text("After 0 steps.")
    assert stage.kernel("w.measured") == measured
    # From Python, and by the page's own controls: another network begins anew.
    stage.set("w.b_gain = 3.0")
    stage.until("w.measured", 1)
    expect(words).to_contain_text("explodes")
    widget.get_by_label("Network A: activation").select_option("tanh")
    stage.until("w.a", ["tanh", "xavier"])
    layers = widget.get_by_label("Layers")
    layers.fill("4")
    layers.press("Tab")
    stage.until("w.layers", 4)
    expect(bars).to_have_count(8)
    # A function that hangs is a sentence, and everything works again afterwards.
    stage.set("broken = True")
    widget.get_by_role("button", name="One frame").click()
    widget.get_by_role("alert").get_by_text(re.compile("did not finish within")).wait_for()
    stage.check()
    stage.set("broken = False")
    widget.get_by_role("button", name="One frame").click()
    stage.until("[w.problem, w.measured]", ["", 1])
    widget.get_by_role("button", name="Start afresh").click()
    stage.until("w.restarts", 2)
    stage.check()
