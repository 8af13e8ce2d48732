"""KernelExplorer in a real JupyterLab; the page's numbers against SciPy's."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator

from course import datasets
from course.widgets import windows
from course.widgets.kernel_images import grey
from tests.e2e.server import LabServer
from tests.e2e.visitor import Visitor
from tests.e2e.widgets.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

SOURCE = """
import time
import numpy as np
from scipy import signal
from course import datasets, widgets

letter = np.zeros((7, 7))
letter[1, 1:6] = letter[1:6, 1] = letter[2, 4] = letter[3, 3] = letter[4, 2] = 1.0
mood = "right"

def correlate2d(image, kernel, stride, pad):
    while mood == "hangs":
        time.sleep(0.1)
    padded = np.pad(image, pad)
    out = signal.correlate2d(padded, kernel, "valid")[::stride, ::stride]
    if mood == "wrong":
        out[0, 3] += 1.0
    return None if mood == "silent" else out

def unwritten():
    raise NotImplementedError

w = widgets.KernelExplorer(
    {"letter": letter, "china": datasets.photographs()["china"]},
    {"slope": [[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]], "unwritten": unwritten},
    correlate2d,
)
"""


def layer(widget: Locator, name: str) -> Locator:
    """Return what lies above the pixels of a picture."""
    return widget.locator(f".course-layers svg[aria-label='{name}']")


def numbers(widget: Locator, name: str) -> NDArray[np.float64]:
    said = layer(widget, name).locator("text").all_text_contents()
    return np.array([float(each.replace("−", "-")) for each in said])


def probed(stage: Stage, row: int, column: int) -> float:
    stage.set(f"w.row, w.column = {row}, {column}")
    said = stage.widget.get_by_text(f"Row {row}, column {column} of the result").text_content()
    return float(str(said).split()[-1].rstrip(".").replace("−", "-"))


def test_kernel_explorer(visitor: Visitor, lab: LabServer, tmp_path: Path) -> None:
    stage = Stage(visitor, lab, "kernel", SOURCE)
    widget, page = stage.widget, stage.page
    # W28, the numbers of the slide.
    w28 = [3, 2, 2, 3, 1, 2, 0, 2, 1, 0, 2, 2, 1, 0, 0, 3, 1, 0, 0, 0, 1, 0, 0, 0, 0]
    assert numbers(widget, "result").tolist() == w28
    assert numbers(widget, "yours").tolist() == w28
    stage.keep("-letter")
    # By keyboard: an entry is typed, another follows the arrow keys of its slider.
    entry = widget.get_by_label("Kernel row 0, column 2")
    entry.fill("-2")
    stage.until("w.kernel", [[0, 0, -2], [0, 1, 1], [0, 1, 0]])
    strength = widget.get_by_role("slider", name="Kernel entry row 0, column 2")
    strength.focus()
    page.keyboard.press("ArrowRight")
    stage.until("w.kernel[0][2]", -1.9)
    result = layer(widget, "result")
    result.focus()
    page.keyboard.press("ArrowDown")
    stage.until("[w.row, w.column]", [1, 0])
    # By mouse: the picture is asked where it is pressed.
    result.click(position={"x": 30, "y": 30})
    stage.until("[w.row, w.column]", [0, 0])
    # The student's result, wrong in one place, None, and too slow.
    stage.set("mood = 'wrong'; w.stride = 2")
    widget.get_by_text("differs in").wait_for(state="hidden")
    stage.set("w.stride = 1; w.flip = True")
    widget.get_by_text("Your correlate2d differs in 1 of 25 values: at [0, 3]").wait_for()
    assert np.flatnonzero(numbers(widget, "yours − result")).tolist() == [3]
    stage.set("mood = 'silent'; w.pad = 1")
    widget.get_by_role("alert").get_by_text("gave None").wait_for()
    stage.set("mood = 'right'")
    # A photograph, with everything set at once, against SciPy.
    widget.get_by_label("Picture", exact=True).select_option("china")
    stage.until("w.image['name']", "china")
    stage.set("w.kernel = np.arange(35.0).reshape(5, 7) % 4 - 1.3; w.stride, w.pad = 2, 3")
    kernel = (np.arange(35.0).reshape(5, 7) % 4 - 1.3)[::-1, ::-1]
    expected = windows.correlated(grey(datasets.photographs()["china"], "china"), kernel, 2, 3)
    for row, column in ((0, 0), (20, 31), (expected.shape[0] - 1, expected.shape[1] - 1)):
        assert probed(stage, row, column) == pytest.approx(expected[row, column], rel=0.006)
    widget.get_by_label("Kernel", exact=True).select_option("slope")
    stage.until("w.kernel", [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    stage.set("w.stride, w.pad, w.flip, w.row, w.column = 1, 0, False, 60, 70")
    stage.until("w.problem", "")
    widget.get_by_text("Row 60, column 70").wait_for()
    stage.set("w.kernel = np.arange(49.0).reshape(7, 7) % 5 - 2")
    widget.get_by_label("Kernel row 6, column 6").wait_for()
    stage.keep("-seven")
    widget.get_by_label("Kernel", exact=True).select_option("slope")
    widget.get_by_label("Kernel row 6, column 6").wait_for(state="detached")
    stage.keep("-photo")
    widget.get_by_label("Kernel", exact=True).select_option("unwritten")
    widget.get_by_role("alert").get_by_text("`unwritten` is written").wait_for()
    stage.check()


def test_drawing_and_upload(visitor: Visitor, lab: LabServer, tmp_path: Path) -> None:
    stage = Stage(visitor, lab, "drawing", SOURCE)
    widget, page = stage.widget, stage.page
    widget.get_by_label("Picture", exact=True).select_option("drawing")
    widget.get_by_text("Draw on it.").wait_for()
    sheet = layer(widget, "picture")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 50, steps=25)
    page.mouse.up()
    stage.until("int(w.pixels()[5].sum()) > 9", True)
    sheet.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    stage.until("int(w.pixels()[6].sum())", 1)
    stage.until("w.problem", "")
    widget.get_by_role("button", name="Clear the drawing").click()
    stage.until("float(w.pixels().sum())", 0.0)
    # A file of one's own: half black, half white.
    half = np.zeros((40, 60), np.uint8)
    half[:, 30:] = 255
    Image.fromarray(half).save(tmp_path / "half.png")
    widget.get_by_label("Upload").set_input_files(tmp_path / "half.png")
    stage.until("[w.source, *w.pixels().shape, w.pixels().mean()]", ["upload", 40, 60, 0.5])
    stage.set("w.kernel = [[-1.0, 1.0]]")
    assert probed(stage, 5, 29) == 1.0
    assert probed(stage, 5, 30) == 0.0
    (tmp_path / "text.png").write_text("no picture")
    widget.get_by_label("Upload").set_input_files(tmp_path / "text.png")
    widget.get_by_role("alert").get_by_text("cannot read this file").wait_for()
    stage.check()
