"""ConvStepper and PoolStepper in a real JupyterLab; the page's numbers against SciPy's."""

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator

from course.widgets import windows
from tests.e2e.server import LabServer
from tests.e2e.visitor import Visitor
from tests.e2e.widgets.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

CONV = """
import time
import numpy as np
from course import widgets

x = np.arange(50.0).reshape(2, 5, 5) % 7
w_ = np.arange(36.0).reshape(2, 2, 3, 3) % 5 - 2
right = {}

def conv2d_forward(x, w, b, stride, pad):
    return right[stride, pad]["out"], (stride, pad)

def conv2d_backward(dout, cache):
    return tuple(right[cache][name] for name in ("dx", "dw", "db"))

def fill(stride, pad):
    w.stride, w.pad = stride, pad
    names = "out", "dx", "dw", "db"
    right[stride, pad] = dict(zip(names, w.expected()))
    right[stride, pad]["out"] = right[stride, pad]["out"][None].copy()
    right[stride, pad]["dx"] = right[stride, pad]["dx"][None]
    w._settle()

w = widgets.ConvStepper(x, w_, [0.5, -1.0], None, conv2d_forward, conv2d_backward)
fill(1, 0)
"""
POOL = """
import numpy as np
from course import widgets

def pool_forward(x, size, stride):
    return np.zeros((1, 1, 2, 2)), None

def pool_backward(dout, cache):
    return np.zeros((1, 1, 3, 3))

x = np.array([[1.0, 3, 2], [5, 4, 0], [2, 6, 6]])
w = widgets.PoolStepper(x, [[1.0, 2], [3, 4]], {"max": (pool_forward, pool_backward)}, stride=1)
"""


def grid(widget: Locator, caption: str) -> NDArray[np.float64]:
    """Return the numbers of the grid with this caption; an empty cell is NaN."""
    cells = (
        widget.locator(".course-grid")
        .filter(has=widget.page.get_by_text(caption, exact=True))
        .locator("text:not(.course-sign)")
    )
    said = cells.all_text_contents()
    return np.array([float(each.replace("−", "-")) if each else np.nan for each in said])


def signs(widget: Locator, caption: str) -> list[str]:
    found = widget.locator(".course-grid").filter(has=widget.page.get_by_text(caption, exact=True))
    return found.locator(".course-sign").all_text_contents()


def close(found: NDArray[np.float64], expected: NDArray[np.float64]) -> None:
    np.testing.assert_allclose(found, expected.ravel(), rtol=0.006)  # three digits are shown


def test_convolution(visitor: Visitor, lab: LabServer) -> None:
    stage = Stage(visitor, lab, "conv", CONV)
    widget, keyboard = stage.widget, stage.page.keyboard
    x = np.arange(50.0).reshape(2, 5, 5) % 7
    w = np.arange(36.0).reshape(2, 2, 3, 3) % 5 - 2
    # By keyboard: the slider to the last step fills the output.
    slider = widget.get_by_role("slider", name="Step", exact=True)
    slider.focus()
    keyboard.press("End")
    stage.until("w.step", 17)
    close(grid(widget, "output y, map 1"), windows.correlated(x, w[1], 1, 0) - 1.0)
    widget.get_by_text("Your out agrees").wait_for()
    # The output's own grid takes arrows and clicks.
    first = widget.get_by_role("slider", name="output y, map 0")
    first.focus()
    keyboard.press("Home")
    keyboard.press("ArrowDown")
    stage.until("w.step", 3)
    close(grid(widget, "products, channel 1"), (x[1, 1:4, :3] * w[0, 1]))
    first.click(position={"x": 20, "y": 20})
    stage.until("w.step", 0)
    stage.keep("-forward")
    # Backward, from Python, with stride and padding: what has been scattered at the end.
    stage.set("fill(2, 1); w.direction = 'backward'; w.step = 17")
    widget.get_by_text("18 of 18", exact=True).wait_for()
    dout = np.arange(1.0, 19).reshape(2, 3, 3)
    dx, dw = windows.scattered(x, w, dout, 2, 1)
    for c in range(2):
        inner = grid(widget, f"dx so far, channel {c}").reshape(7, 7)[1:6, 1:6]
        close(inner.ravel(), dx[c])
        close(grid(widget, f"dw so far, filter 1, channel {c}"), dw[1, c])
    close(grid(widget, "db so far"), dout.sum(axis=(1, 2)))
    stage.set("w.step = 4")
    widget.get_by_text("row 1, column 1 hears 5").wait_for()
    stage.keep("-backward")
    # A wrong gradient is marked where it is wrong, a function that fails is a sentence.
    stage.set("right[2, 1]['dw'] = right[2, 1]['dw'].copy(); right[2, 1]['dw'][0, 0, 0, 1] += 1")
    stage.set("w._settle()")
    widget.get_by_text("Your dw differs in 1 of 36 values: at [0, 0, 0, 1]").wait_for()
    assert signs(widget, "your dw, channel 0") == ["", "≠", *[""] * 7]
    widget.get_by_role("slider", name="Stride").focus()
    keyboard.press("ArrowRight")
    widget.get_by_role("alert").get_by_text("KeyError").wait_for()
    stage.check()
    # It goes on, plays by itself and stops at the end.
    keyboard.press("ArrowLeft")
    stage.until("w.problem", "")
    stage.set("w.step = 16")
    widget.get_by_text("17 of 18", exact=True).wait_for()
    widget.get_by_role("button", name="Play").click()
    stage.until("w.step", 17)
    widget.get_by_role("button", name="Play").wait_for()
    stage.check()


def test_pooling(visitor: Visitor, lab: LabServer) -> None:
    stage = Stage(visitor, lab, "pool", POOL)
    widget = stage.widget
    x, dout = np.array([[1.0, 3, 2], [5, 4, 0], [2, 6, 6]]), np.array([[1.0, 2], [3, 4]])
    widget.get_by_text("Your out differs in 4 of 4 values").wait_for()
    assert signs(widget, "your out") == ["≠"] * 4
    for _ in range(3):
        widget.get_by_role("button", name="Next").click()
    stage.until("w.step", 3)
    close(grid(widget, "output y"), windows.largest(x[None], 2, 1))
    assert signs(widget, "window") == ["", "", "▲", "▲"]
    # Backward: at the tie the first takes all, or both a half; the sum stays.
    widget.get_by_label("Direction").select_option("backward")
    stage.until("w.direction", "backward")
    close(grid(widget, "dx so far"), np.array([0, 0, 0, 1, 2, 0, 0, 7, 0]))
    widget.get_by_label("At a tie").select_option("equal shares")
    widget.get_by_text("each gets an equal share").wait_for()
    close(grid(widget, "dx so far"), np.array([0, 0, 0, 1, 2, 0, 0, 5, 2]))
    stage.keep("-max")
    widget.get_by_label("Pooling", exact=True).select_option("average")
    stage.until("w.kind", "average")
    close(grid(widget, "dx so far"), windows.average_shares(x[None], dout[None], 2, 1))
    # From Python: another window, whose steps are fewer.
    stage.set("w.window = 3")
    widget.get_by_text("1 of 1", exact=True).wait_for()
    stage.until("w.step", 0)
    assert grid(widget, "its shares of dy") == pytest.approx(1 / 9, rel=0.01)
    stage.check()
