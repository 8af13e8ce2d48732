"""How long from a slider moved to pixels painted: our widgets against `interactive_output`.

    python -m benchmarks.widgets

Both stand in the same notebook of a real JupyterLab under headless Chromium and take turns. The
clock is the page's: it starts as the slider hears of the move and stops after the next frame is
painted with the new picture in it.
"""

import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from playwright.sync_api import Page, sync_playwright

from autograder.notebooks import read_text_notebook
from benchmarks.harness import machine
from tests.e2e.browser import ADVICE, chromium
from tests.e2e.conftest import FLAGS
from tests.e2e.server import LabServer
from tests.e2e.visitor import visit
from tests.e2e.widgets.stage import Stage

ROUNDS = 15
SETTLE = 400  # milliseconds: kernel and page clear up after a figure, which is no part of our turn
TIMES_FASTER = 4.0
PEER = """
import matplotlib.pyplot as plt
from course import plots
from IPython.display import display
from ipywidgets import IntSlider, VBox, interactive_output

def shown(*arrays):
    figure, axes = plt.subplots(1, len(arrays), figsize=(3 * len(arrays), 3), squeeze=False)
    for canvas, array in zip(axes[0], arrays):
        canvas.imshow(array)
    plt.show()
"""
PEER_SLIDER = """
n = IntSlider(value={low}, min={low}, max={high})
display(VBox([n, interactive_output(peer, {{"n": n}})]))
"""
PAINTED = """
const painted = () => new Promise(done => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(performance.now());
    port2.postMessage(null);
}));
const changed = (node, options) => new Promise(done => {
    const observer = new MutationObserver(() => { observer.disconnect(); done(); });
    observer.observe(node, options);
});
"""
OURS = f"""async ([label, value]) => {{ {PAINTED}
    const widget = document.querySelector('.course-widget');
    const name = [...widget.querySelectorAll('label')].find(each => each.textContent === label);
    const input = document.getElementById(name.htmlFor);
    if (Number(input.value) === value) return null; // as it may stand in the beginning
    const done = changed(widget, {{ attributes: true, attributeFilter: ['data-painted'] }});
    input.value = value;
    const start = performance.now();
    input.dispatchEvent(new Event('input', {{ bubbles: true }}));
    await done;
    return (await painted()) - start;
}}"""
THEIRS = f"""async key => {{ {PAINTED}
    const box = document.querySelector('.widget-vbox');
    const handle = box.querySelector('.noUi-handle');
    const before = box.querySelector('img').src;
    const start = performance.now();
    handle.dispatchEvent(new KeyboardEvent('keydown', {{ key, bubbles: true }}));
    let image;
    while (!(image = box.querySelector('img')) || image.src === before) {{
        await changed(box, {{ childList: true, subtree: true, attributes: true }});
    }}
    await image.decode();
    return (await painted()) - start;
}}"""


GALLERY = Path(__file__).resolve().parent.parent / "docs" / "gallery.py"


@dataclass
class Case:
    """A widget of the gallery, the slider to move and between what, and `peer(n)` with a figure."""

    name: str
    limit: float
    label: str
    low: float
    high: float
    peer: str


PEER_STEP = """
board = rng.normal(size=(7, 7))
peer = lambda n: shown(board, board[n % 5:, n % 5:][:3, :3], board[:5, :5])
"""
CASES = [
    Case(
        *("KernelExplorer", 15, "Entry", 2, 3),
        """
from scipy.signal import correlate2d as by_scipy
photo = datasets.photographs()["china"][::3, ::3].mean(axis=2)
def peer(n):
    kernel = named_kernel("sobel_x"); kernel[1, 1] = n % 3
    shown(photo, by_scipy(photo, kernel, "valid"))
""",
    ),
    Case("ConvStepper", 30, "Step", 3, 4, PEER_STEP),
    Case("PoolStepper", 30, "Step", 1, 2, PEER_STEP),
    Case(
        "GraphStepper",
        30,
        "Step",
        3,
        4,
        "peer = lambda n: display(plots.draw_graph(f, title=f'Step {n}'))",
    ),
    Case(
        *("FeatureMaps", 40, "Image", 0, 1),
        """
def peer(n):
    maps = feature_maps(network, large[n])
    shown(large[n, 0], *maps["conv1"], *maps["pool1"])
""",
    ),
    Case(
        *("Playground", 40, "Noise", 0.05, 0.1),
        """
corner = np.stack(np.meshgrid(np.linspace(-1, 1, 60), np.linspace(-1, 1, 60)), -1).reshape(-1, 2)
params = [(initialise(s, "he", rng), np.zeros(s[1])) for s in ((2, 16), (16, 3))]
peer = lambda n: shown(mlp_forward(corner + n / 10, params)[0].argmax(1).reshape(60, 60))
""",
    ),
    Case(
        *("Shift", 40, "To the right", 0, 1),
        """
def peer(n):
    maps = feature_maps(network, shift(large[0], 0, n % 2))
    shown(large[0, 0], *maps["conv1"])
""",
    ),
    Case(
        *("Activations", 40, "Input x", 0, 1),
        """
def peer(n):
    x = np.linspace(-5, 5, 401)
    figure, canvas = plt.subplots()
    canvas.plot(x, np.tanh(x)); canvas.plot([n / 5], [np.tanh(n / 5)], "o")
    plt.show()
""",
    ),
]


def sources() -> tuple[str, dict[str, str]]:
    """Return the gallery's first cell, and by their names the cells that make widgets."""
    cells = read_text_notebook(GALLERY.read_text("utf-8")).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    made = {str(cell.metadata["widget"]): cell.source for cell in code if "widget" in cell.metadata}
    return code[0].source, made


@dataclass
class Latency:
    """Medians in milliseconds."""

    case: Case
    ours: float
    theirs: float

    @property
    def missed(self) -> bool:
        """Say whether it is too slow, or not enough faster than the other way."""
        return self.ours > self.case.limit or self.theirs < TIMES_FASTER * self.ours

    def __str__(self) -> str:
        return (
            f"{self.case.name:16} {self.ours:7.1f} ms  limit {self.case.limit:3.0f} ms   "
            f"interactive_output {self.theirs:6.1f} ms  {self.theirs / self.ours:5.1f} times"
            + ("   MISSED" if self.missed else "")
        )


def measured(page: Page, case: Case) -> Latency:
    """Move the two sliders in turn, forth and back; the first moves warm up and do not count."""
    ours: list[float] = []
    theirs: list[float] = []
    for turn in range(2 * (ROUNDS + 2)):
        forth = turn % 2 == 0
        value, key = (case.high, "ArrowRight") if forth else (case.low, "ArrowLeft")
        ours.append(cast("float", page.evaluate(OURS, [case.label, value])))
        theirs.append(cast("float", page.evaluate(THEIRS, key)))
        page.wait_for_timeout(SETTLE)
    return Latency(case, statistics.median(ours[4:]), statistics.median(theirs[4:]))


def main() -> None:
    """Measure every widget in a notebook of its own; exit 1 where a limit is missed."""
    path = chromium()
    if path is None:
        sys.exit(f"No Chromium was found: {ADVICE}.")
    print(", ".join(f"{name} {value}" for name, value in machine().items()))
    first, made = sources()
    found: list[Latency] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = LabServer(Path(folder, "root"), Path(folder, "home"))
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            server.start()
            for case in CASES:
                slider = PEER_SLIDER.format(low=0, high=ROUNDS)
                source = "\n".join([first, made[case.name], PEER, case.peer, slider])
                with visit(browser, server.url) as visitor:
                    stage = Stage(visitor, server, case.name, source)
                    found.append(measured(stage.page, case))
                print(found[-1], flush=True)
        finally:
            browser.close()
            server.stop()
    if missed := [each.case.name for each in found if each.missed]:
        sys.exit(f"Over the limit: {', '.join(missed)}.")


if __name__ == "__main__":
    main()
