"""FeatureMaps, Shift and Saliency in a real JupyterLab, by mouse, by keyboard and from Python."""

from collections.abc import Callable
from typing import cast

import numpy as np
import pytest
from playwright.sync_api import Locator

from tests.e2e.server import LabServer
from tests.e2e.visitor import Visitor
from tests.e2e.widgets.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

SOURCE = """
import numpy as np
from course import datasets, widgets
from reference.inspection import feature_maps, saliency_map
from reference.lenet_experiment import stored_network
from reference.signals import shift

network = stored_network()
images, labels = datasets.digits(28)[2:]
mood = {"broken": False}

def my_maps(model, image):
    maps = feature_maps(model, image)
    return {**maps, "pool2": maps["pool2"][:, :3]} if mood["broken"] else maps

def my_saliency(model, image, label):
    if mood["broken"]:
        raise ValueError("no gradient today")
    return saliency_map(model, image, label)
"""
PIXEL = """(canvas, [x, y]) =>
    [...canvas.getContext("2d").getImageData(x, y, 1, 1).data.slice(0, 3)]"""


def mouse(stage: Stage, canvas: Locator) -> Callable[[float, float], None]:
    """Return what moves the mouse over the canvas, whose corner is inside its border."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    return lambda x, y: stage.page.mouse.move(box["x"] + x, box["y"] + y)


def colour(canvas: Locator, x: int, y: int) -> list[int]:
    return cast("list[int]", canvas.evaluate(PIXEL, [x, y]))


def expected(stage: Stage, share: float) -> list[int]:
    """Return viridis at that share of the scale."""
    found = stage.kernel(
        "(lambda c: [round(255 * float(v)) for v in c[:3]])"
        f"(__import__('matplotlib').colormaps['viridis'](round(255 * {share}) / 255))"
    )
    return cast("list[int]", found)


def test_feature_maps(visitor: Visitor, lab: LabServer) -> None:
    make = "w = widgets.FeatureMaps(network, my_maps, images[:50], labels[:50])"
    stage = Stage(visitor, lab, "feature-maps", SOURCE + make)
    widget, page = stage.widget, stage.page
    page.set_viewport_size({"width": 1400, "height": 1300})  # so that all of it is seen
    stage.check()
    board = widget.get_by_role("application", name="Feature maps")
    # By mouse: the entry under it, its receptive field in the words, its colour from the table.
    mouse(stage, board)(286 + 3 * 11 + 1, 40 + 3 * 9 + 1)
    stage.until("[w.layer, w.channel, w.row, w.column]", ["conv1", 0, 9, 11])
    widget.get_by_text("rows 9 to 13, columns 11 to 15").wait_for()
    share = cast(
        "float", stage.kernel("float(w._found['conv1'][0, 9, 11] / w._found['conv1'].max())")
    )
    assert colour(board, 286 + 3 * 11 + 1, 40 + 3 * 9 + 1) == expected(stage, share)
    # By keyboard: to other entries, other maps, other layers.
    widget.get_by_label("Layer", exact=True).select_option("conv2")
    stage.until("[w.row, w.column]", [7, 7])  # conv2 has no row 9
    board.focus()
    for key in ("PageDown", "PageDown", "ArrowUp", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
    stage.until("[w.layer, w.channel, w.row, w.column]", ["conv2", 2, 6, 5])
    widget.get_by_text("conv2[2, 6, 5]").first.wait_for()
    # What the page computes from window and filter is what the student's function gave.
    value = cast("float", stage.kernel("float(w._found['conv2'][2, 6, 5])"))
    said = str(widget.locator("[data-recipe]").text_content())
    assert "look at" not in said
    assert float(said.rpartition("makes ")[2].replace("−", "-")) == pytest.approx(value, rel=5e-3)
    stage.keep()
    # From Python: the page follows.
    stage.set("w.layer, w.channel, w.row, w.column, w.number = 'pool2', 7, 1, 2, 3")
    widget.get_by_text("pool2[7, 1, 2] =").wait_for()
    widget.get_by_text("It has seen 16×16 pixels").wait_for()
    painted = int(str(widget.get_attribute("data-painted")))
    widget.get_by_role("slider", name="Image").press("ArrowRight")
    stage.until("w.number", 4)
    page.wait_for_function(
        "before => +document.querySelector('.course-widget').dataset.painted > before", arg=painted
    )
    # Drawing, by mouse and by keyboard.
    widget.get_by_role("button", name="Clear").click()
    stage.until("float(w.pixels.sum())", 0.0)
    pad = widget.get_by_role("application", name="Drawing pad")
    point = mouse(stage, pad)
    point(101, 40)
    page.mouse.down()
    point(101, 160)
    page.mouse.up()
    stage.until("bool(w.pixels[8:20, 14].min() > 0.9)", True)
    pad.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    stage.until("float(w.pixels[14, 15])", 1.0)
    page.keyboard.press("Delete")
    stage.until("float(w.pixels[14, 15])", 0.0)
    widget.get_by_text("On your drawing").wait_for()
    # Wrong use is a sentence, and the widget works again afterwards.
    stage.set("mood['broken'] = True; w.number = 5")
    widget.get_by_role("alert").get_by_text("pool2 of `feature_maps` has the shape").wait_for()
    stage.check()
    stage.set("mood['broken'] = False; w.number = 6")
    stage.until("[w.problem, len(w.maps) // 4]", ["", 3456 + 864 + 1024 + 256])
    stage.check()


def test_shift(visitor: Visitor, lab: LabServer) -> None:
    make = "w = widgets.Shift(lambda: network, my_maps, shift, images[:50], labels[:50])"
    stage = Stage(visitor, lab, "shift", SOURCE + make)
    widget, page = stage.widget, stage.page
    page.set_viewport_size({"width": 1400, "height": 1300})  # so that all of it is seen
    stage.check()
    image = widget.get_by_role("application", name="The digit")
    image.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    stage.until("[w.dy, w.dx, w.placed]", [-2, 2, [-2, 2]])
    widget.get_by_text("Moved 2 to the right and 2 up").wait_for()
    # What the page works out is what NumPy works out.
    for name, change in cast("dict[str, float]", stage.kernel("w.changes()")).items():
        cells = widget.locator(f"tr[data-stage={name}] td").all_text_contents()
        assert abs(float(cells[0].rstrip(" %")) - 100 * change) <= 0.5
        if name in ("conv1", "pool1", "conv2"):
            assert cells[1] == "0 %"  # equivariant, to the digit
        if name == "pool2":
            assert cells[1] == "—"  # it moves by one when the image moves by four
        if name == "conv1":
            assert cells[2] == "0 %"
    stage.keep()
    # By mouse: drag; by slider; and back.
    point = mouse(stage, image)
    point(60, 60)
    page.mouse.down()
    point(60 + 3 * 7, 60 + 7)
    page.mouse.up()
    stage.until("[w.dy, w.dx]", [-1, 5])
    widget.get_by_role("slider", name="Down").press("Home")
    stage.until("[w.dy, w.dx]", [-10, 5])
    image.press("Home")
    stage.until("w.placed", [0, 0])
    # From Python, with another layer.
    stage.set("w.dx, w.layer = 4, 'pool2'")
    widget.get_by_text("Moved 4 to the right").wait_for()
    widget.get_by_text("pool2, digit moved").wait_for()
    stage.set("mood['broken'] = True; w.dx = 3")
    widget.get_by_role("alert").get_by_text("pool2 of `feature_maps` has the shape").wait_for()
    stage.set("mood['broken'] = False; w.dx = 2")
    stage.until("w.problem", "")
    stage.check()


def test_saliency(visitor: Visitor, lab: LabServer) -> None:
    make = "w = widgets.Saliency(network, my_saliency, images[:50], labels[:50])"
    stage = Stage(visitor, lab, "saliency", SOURCE + make)
    widget, page = stage.widget, stage.page
    page.set_viewport_size({"width": 1400, "height": 1300})  # so that all of it is seen
    stage.check()
    canvas = widget.get_by_role("application", name="Sensitivity")
    # By keyboard: a pixel, a class.
    canvas.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    stage.until("[w.row, w.column]", [13, 13])
    widget.get_by_text("Here, in row 13, column 13").wait_for()
    shares = np.asarray(stage.kernel("(w._found / w._found.max()).tolist()"))
    assert colour(canvas, 13, 13) == expected(stage, float(shares[13, 13]))
    widget.get_by_label("Score of").select_option("3")
    stage.until("w.label", 3)
    stage.until("'The score of 3,' in w.words", True)
    # By mouse: another pixel, and ink.
    mouse(stage, canvas)(201 + 5, 101 + 5)
    stage.until("[w.row, w.column]", [10, 20])
    pad = widget.get_by_role("application", name="Drawing pad")
    point = mouse(stage, pad)
    point(30, 30)
    page.mouse.down()
    point(30, 120)
    page.mouse.up()
    widget.get_by_text("On your drawing").wait_for()
    stage.until("bool(w.pixels[4:10, 3].min() > 0.9)", True)
    widget.get_by_role("button", name="Back to the image").click()
    stage.until("[len(w.drawing), bool((w.pixels == images[0, 0]).all())]", [0, True])
    # From Python: an average, and a failure.
    stage.set("w.label = 7; w.copies = 20")
    widget.get_by_text("mean over 20 noisy copies").wait_for()
    stage.keep()
    stage.set("mood['broken'] = True; w.label = 2")
    widget.get_by_role("alert").get_by_text("no gradient today").wait_for()
    stage.check()
    stage.set("mood['broken'] = False; w.label = 1")
    stage.until("w.problem", "")
    stage.check()
