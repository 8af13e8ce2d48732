"""Playground in a real JupyterLab, and the numbers of its engine against NumPy's."""

from collections.abc import Callable
from itertools import pairwise, product
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from reference.arrays import Array
from reference.layers.losses import multiclass_hinge, softmax_cross_entropy, squared_error
from reference.mlp import mlp_forward
from reference.updates import adagrad_update, adam_update, rmsprop_update, sgd_update
from tests.e2e.notebook import Notebook
from tests.e2e.server import PROJECT, LabServer
from tests.e2e.visitor import Visitor
from tests.e2e.widgets.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

ENGINE = Path(PROJECT, "course/widgets/static/playground_engine.js")
SIZES = [2, 4, 3, 3]
SOURCE = """
from course import widgets
from reference.arrays import Array
from reference.layers.losses import softmax_cross_entropy
from reference.mlp import mlp_backward, mlp_forward

def forward(x, params, activation):
    if activation == "sigmoid":
        raise ValueError("no such activation")
    return mlp_forward(x, params, activation)

w = widgets.Playground(forward, mlp_backward, softmax_cross_entropy, hidden=[6], batch=50)
"""
# The engine's own functions, asked for losses, gradients, and weights after steps by each rule.
ASK = """async ([source, sizes, normals, x, labels, activation, loss, l2, rules]) => {
    const text = `${source}\nexport { network, measure, gradients, memory, move, grid, forward };`;
    const engine = await import(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
    const data = { x: Float64Array.from(x), labels };
    const net = engine.network(sizes, activation, normals, 1);
    const start = Array.from(net.weights);
    const { loss: mean, right } = engine.measure(net, loss, data);
    const grads = Array.from(engine.gradients(net, loss, l2, data));
    const after = rules.map((rule) => {
        net.weights.set(start);
        const kept = engine.memory(net);
        for (let t = 0; t < 3; t++) {
            engine.move(net, engine.gradients(net, loss, l2, data), rule, 0.1, kept);
        }
        return Array.from(net.weights);
    });
    net.weights.set(start);
    const plane = engine.forward(net, engine.grid([0, 0, 1]), 61 * 61).pop();
    return { start, mean, right, grads, after, plane: Array.from(plane) };
}"""


def layers(row: Array) -> list[tuple[Array, Array]]:
    """The weights and biases that stand in a row."""
    params: list[tuple[Array, Array]] = []
    at = 0
    for d, m in pairwise(SIZES):
        params.append((row[at : at + d * m].reshape(d, m), row[at + d * m : at + (d + 1) * m]))
        at += (d + 1) * m
    return params


def one_hot(scores: Array, labels: NDArray[np.int64]) -> tuple[float, Array]:
    return squared_error(scores, np.eye(scores.shape[1])[labels])


LOSSES: dict[str, Callable[..., tuple[float, Array]]] = {
    "cross-entropy": softmax_cross_entropy,
    "hinge": multiclass_hinge,
    "squared error": one_hot,
}
RULES: dict[str, tuple[Callable[..., tuple[Array, object]], dict[str, float]]] = {
    "sgd": (sgd_update, {}),
    "momentum": (sgd_update, {"momentum": 0.9}),
    "adagrad": (adagrad_update, {}),
    "rmsprop": (rmsprop_update, {}),
    "adam": (adam_update, {}),
}


def test_the_engine_agrees_with_numpy(visitor: Visitor, lab: LabServer) -> None:
    visitor.page.goto("about:blank")  # Jupyter lets no other module in
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(12, 2)), rng.integers(0, 3, 12)
    normals = rng.normal(size=100)
    for activation, loss in product(("relu", "tanh", "sigmoid"), LOSSES):
        asked = [ENGINE.read_text(), SIZES, normals.tolist(), x.ravel().tolist(), labels.tolist()]
        said = visitor.page.evaluate(ASK, [*asked, activation, loss, 0.01, list(RULES)])
        found = cast("dict[str, list[float]]", said)
        start = np.array(found["start"])

        def total(row: Array, activation: str = activation, loss: str = loss) -> float:
            params = layers(row)
            mean = LOSSES[loss](mlp_forward(x, params, activation)[0], labels)[0]
            return mean + 0.01 * sum(float((w**2).sum()) for w, _ in params)

        def slopes(row: Array, total: Callable[[Array], float] = total) -> Array:
            steps = 1e-6 * np.eye(len(row))
            return np.array([(total(row + e) - total(row - e)) / 2e-6 for e in steps])

        scores = mlp_forward(x, layers(start), activation)[0]
        np.testing.assert_allclose(found["mean"], LOSSES[loss](scores, labels)[0], rtol=1e-12)
        assert found["right"] == np.mean(scores.argmax(axis=1) == labels)
        np.testing.assert_allclose(found["grads"], slopes(start), rtol=1e-5, atol=1e-8)
        ticks = np.linspace(-1, 1, 61)
        nodes = np.stack(np.meshgrid(ticks, -ticks), axis=-1).reshape(-1, 2)
        plane = mlp_forward(nodes, layers(start), activation)[0]
        np.testing.assert_allclose(found["plane"], plane.ravel(), atol=1e-12)
        if activation != "tanh" or loss == "hinge":
            continue  # steps by slopes found numerically need a loss without kinks
        for (rule, (update, how)), after in zip(RULES.items(), found["after"], strict=True):
            row, state = start, None
            for _ in range(3):
                row, state = update(row, slopes(row), state, 0.1, **how)
            np.testing.assert_allclose(after, row, rtol=1e-4, atol=1e-5, err_msg=rule)


def test_playground(visitor: Visitor, lab: LabServer) -> None:
    stage = Stage(visitor, lab, "playground", SOURCE)
    widget, page = stage.widget, stage.page
    readout, press = widget.locator(".course-readout"), page.keyboard.press
    stage.until("w._figures.train_loss is not None", True)
    stage.check()
    # A step by keyboard: loss and weights are the same in page and kernel.
    widget.get_by_role("button", name="Step", exact=True).focus()
    press("Enter")
    readout.get_by_text("Step 1.").wait_for()
    stage.until("w.steps", 1)
    loss = cast("float", stage.kernel("w._figures.train_loss"))
    assert f"Training: loss {float(f'{loss:.3g}'):g}," in str(readout.text_content())
    truth = "softmax_cross_entropy(mlp_forward(w._parts[0].x, w.params)[0], w._parts[0].labels)[0]"
    assert loss == pytest.approx(cast("float", stage.kernel(truth)), rel=1e-5)
    wins = "abs(w._scores.reshape(-1, 3) - mlp_forward(__import__('numpy').array("
    wins += "[(1.4*(j/30-1), 1.4*(1-i/30)) for i in range(61) for j in range(61)]), w.params)[0])"
    assert cast("float", stage.kernel(f"float(({wins}).max())")) < 1e-4
    # Played and paused by mouse; the same seed gives the same curve, whoever trains.
    widget.get_by_role("button", name="Reset").click()
    readout.get_by_text("Step 0.").wait_for()
    widget.get_by_role("button", name="Play").click()
    page.wait_for_function(
        "() => +document.querySelector('.course-readout').textContent.match(/\\d+/)[0] > 40"
    )
    widget.get_by_role("button", name="Pause").click()
    stage.until("w.playing", False)
    stage.until("w.steps > 40 and 'After' in w.words", True)
    page_line = cast("list[float]", stage.kernel("w.history['train_loss'][:41]"))
    assert page_line[40] < page_line[0]
    stage.keep("-page")
    widget.get_by_label("Trained by").select_option("yours")
    stage.until("(w.engine, w.steps, w.problem)", ["yours", 0, ""])
    stage.set("w.advance(40)")
    readout.get_by_text("Step 40.").wait_for()
    own_line = cast("list[float]", stage.kernel("w.history['train_loss']"))
    np.testing.assert_allclose(own_line, page_line, rtol=1e-5)
    # Yours trains slice by slice, and the page stays live.
    widget.get_by_role("button", name="Play").click()
    stage.until("w.steps > 60", True)
    widget.get_by_role("button", name="Pause").click()
    stage.until("w.playing", False)
    stage.check()
    widget.get_by_label("Activation").select_option("sigmoid")
    widget.get_by_role("alert").get_by_text("no such activation").wait_for()
    stage.check()
    widget.get_by_label("Activation").select_option("tanh")
    stage.until("w.problem", "")
    widget.get_by_label("Trained by").select_option("page")
    # A unit is chosen by mouse, its weight edited by keyboard; the classes follow.
    stage.until("w.engine == 'page' and w._figures.train_loss is not None", True)
    box = widget.locator(".course-net svg").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 - 20)
    stage.until("w.unit[0]", 1)
    painted = int(str(widget.get_attribute("data-painted")))
    field = widget.get_by_label("bias")
    before = cast("float", stage.kernel("w.params[0][1][w.unit[1] - 1]"))
    field.focus()
    press("ArrowUp")
    assert int(str(widget.get_attribute("data-painted"))) > painted
    stage.until(f"bool(abs(w.params[0][1][w.unit[1] - 1] - {before} - 0.1) < 1e-3)", True)
    stage.keep("-unit")
    # From Python: settings and weights; the page follows.
    stage.set("w.unit = []; w.hidden = [3, 2]; w.activation = 'relu'")
    widget.get_by_label("Units in layer 2").wait_for()
    stage.until("w._figures.train_loss is not None and w.steps", 0)
    stage.set("w.params = [(0 * a, 0 * b) for a, b in w.params]")
    readout.get_by_text("loss 1.1,").wait_for()
    stage.set("w.advance(25)")
    stage.until("w.steps", 25)
    # A rate that is too large ends in a sentence.
    stage.set("w.loss = 'squared error'; w.rate = 100.0")
    stage.until("w.steps", 0)
    widget.get_by_role("button", name="Play").click()
    widget.get_by_role("alert").get_by_text("the rate is too large").wait_for()
    stage.until("w.playing", False)
    stage.check()


def test_points_drawn_by_hand(visitor: Visitor, lab: LabServer) -> None:
    stage = Stage(visitor, lab, "drawn", "from course import widgets\nw = widgets.Playground()")
    widget, press = stage.widget, stage.page.keyboard.press
    widget.get_by_label("Set", exact=True).select_option("drawn by hand")
    widget.get_by_role("status").get_by_text("No points to learn from yet").wait_for()
    plane = widget.locator(".course-plane")
    plane.focus()
    for key in ("ArrowRight", "ArrowUp", "Enter"):
        press(key)
    stage.until("len(w.drawn)", 1)
    assert stage.kernel("[round(each, 2) for each in w.drawn[0]]") == [0.07, 0.07, 0]
    widget.get_by_text("At (0.07, 0.07): scores").wait_for()
    widget.get_by_label("Draw class").select_option("2")
    box = plane.bounding_box()
    assert box is not None
    stage.page.mouse.move(box["x"] + 40, box["y"] + 60)
    stage.page.mouse.down()
    stage.page.mouse.move(box["x"] + 300, box["y"] + 60, steps=10)
    stage.page.mouse.up()
    stage.until("len(w.drawn) > 6 and {dot[2] for dot in w.drawn[1:]} == {2}", True)
    stage.until("w.params[-1][1].size", 3)
    widget.get_by_role("button", name="One pass").click()
    stage.until("w.steps", 1)
    widget.get_by_role("status").get_by_text("After 1 step").wait_for()
    stage.check()
    stage.keep()
    # Who comes back finds the training as it was left.
    weights = stage.kernel("w.params[0][0].tolist()")
    stage.page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    Notebook(visitor.page, lab, stage.path)
    widget.locator(".course-readout").get_by_text("Step 1.").wait_for()
    stage.page.wait_for_timeout(300)
    assert stage.kernel("[w.params[0][0].tolist(), w.steps]") == [weights, 1]
    widget.get_by_role("button", name="Clear").click()
    stage.until("len(w.drawn)", 0)
    stage.check()
