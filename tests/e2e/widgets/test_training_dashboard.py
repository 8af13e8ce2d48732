"""TrainingDashboard in a real JupyterLab: a loop in a busy cell, and `train` epoch by epoch."""

import json
from typing import cast

import pytest
from playwright.sync_api import expect

from tests.e2e.server import LabServer
from tests.e2e.visitor import Visitor
from tests.e2e.widgets.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

IMPORTS = """
from itertools import pairwise
import time
import numpy as np
from course import datasets, widgets
from reference.initialise import initialise
from reference.layers.losses import softmax_cross_entropy
from reference.mlp import mlp_backward, mlp_forward
from reference.training import minibatches, train

images, labels, _, _ = datasets.digits()
rows = images.reshape(len(images), -1)
data = rows[:1200], labels[:1200], rows[1200:], labels[1200:]

def fresh():
    rng = np.random.default_rng(0)
    return [(initialise(s, "he", rng), np.zeros(s[1])) for s in pairwise([64, 32, 10])]
"""
EPOCHS = f"""{IMPORTS}
broken = False

def own_train(*inputs):
    if broken:
        raise ValueError("no more today")
    time.sleep(0.05)
    return train(*inputs)

w = widgets.TrainingDashboard(widgets.Epochs(own_train, mlp_forward, fresh, data, 200), rate=0.2)
"""
WATCHED = f"{IMPORTS}\nw = widgets.TrainingDashboard()\nparams, seen = fresh(), []\n"
LOOP = """for step in w.watch(range(60)):
    for xb, lb in minibatches(*data[:2], 64, np.random.default_rng(step)):
        scores, cache = mlp_forward(xb, params)
        loss, dscores = softmax_cross_entropy(scores, lb)
        grads = mlp_backward(dscores, cache)
        params = [(w_ - 0.2 * dw, b - 0.2 * db) for (w_, b), (dw, db) in zip(params, grads)]
    seen.append(step)
    scores = mlp_forward(data[2], params)[0]
    w.record(loss=loss, test_accuracy=(scores.argmax(axis=1) == data[3]).mean(), images=1200)
    w.judge(scores, data[3], data[2])
    time.sleep(0.05)
last = (step, w.state)
"""
# A second cell with the loop; and whether it is running.
ADD = """source => {
    const { sharedModel } = jupyterapp.shell.currentWidget.content.model;
    const metadata = { trusted: true };
    sharedModel.insertCell(1, { id: 'loop', cell_type: 'code', source, metadata });
}"""
RUN = """() => {
    const { content } = jupyterapp.shell.currentWidget;
    content.activeCellIndex = 1;
    jupyterapp.commands.execute('notebook:run-cell');
}"""
DONE = """() => jupyterapp.shell.currentWidget.content.widgets[1].model.executionState === 'idle'"""
OUTPUTS = """() => JSON.stringify(jupyterapp.shell.currentWidget.content.widgets[1].model
    .outputs.toJSON())"""


def test_a_loop_in_a_cell_stops_and_goes_on(visitor: Visitor, lab: LabServer) -> None:
    stage = Stage(visitor, lab, "dashboard-loop", WATCHED)
    widget, page = stage.widget, stage.page
    page.evaluate(ADD, LOOP)
    page.evaluate(RUN)
    # The kernel is busy with the loop, and the page moves all the same.
    accuracy = widget.locator("polyline[data-kind=test_accuracy]")
    accuracy.wait_for()
    stop = widget.get_by_role("button", name="Stop")
    stop.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(DONE)
    seen = cast("list[int]", stage.kernel("seen"))
    assert seen == list(range(len(seen)))
    assert stage.kernel("last") == [seen[-1], "stopped"]
    assert json.loads(page.evaluate(OUTPUTS)) == []  # the cell ended without an error
    expect(widget.locator(".course-words")).to_contain_text("Run the cell of the loop again")
    stage.check()
    # Again: it goes on with the steps that are left, and comes to its end.
    page.evaluate(RUN)
    expect(widget.locator(".course-fact").first).to_have_text("training")
    page.wait_for_function(DONE)
    assert stage.kernel("[seen, w.state, w.done]") == [list(range(60)), "finished", 60]
    drawn = float(str(accuracy.get_attribute("data-last")))
    judged = "np.frombuffer(w.confusion, '<f4').reshape(10, 10)"
    right = stage.kernel(f"float(np.trace({judged}) / {judged}.sum())")
    assert abs(drawn - float(str(right))) < 1e-6
    cells = widget.locator("table td").all_text_contents()
    counts = stage.kernel(f"[str(int(n)) if n else '' for n in {judged}.ravel()]")
    assert [each for each in cells if each != "is \\ said"] == counts
    stage.keep()
    # An error in the loop leaves no dashboard that believes it still runs.
    stage.set("del params")
    page.evaluate(RUN)
    page.wait_for_function(f"() => ({OUTPUTS})().includes('NameError')")
    page.wait_for_function(DONE)
    page.wait_for_timeout(500)  # what came in with the error is aborted
    stage.until("[w.in_cell, w.state]", [False, "stopped"])
    expect(stop).to_be_disabled()


def test_epochs_start_stop_and_resume(visitor: Visitor, lab: LabServer) -> None:
    stage = Stage(visitor, lab, "dashboard", EPOCHS)
    widget = stage.widget
    start = widget.get_by_role("button", name="Start", exact=True)
    start.focus()
    stage.page.keyboard.press("Enter")
    stage.until("w.done > 3", True)
    # The kernel is free in between: what Python sets, the page shows.
    rate = widget.get_by_label("Learning rate")
    rate.fill("0.05")
    rate.press("Tab")
    stage.until("w.rate", 0.05)
    widget.get_by_role("button", name="Stop").click()
    stage.until("[w.playing, w.state]", [False, "stopped"])
    done = stage.kernel("w.done")
    expect(widget.locator(".course-words")).to_contain_text("Resume goes on from here")
    stage.keep("-epochs")
    # A failing function is a sentence; afterwards the same training goes on.
    stage.set("broken = True")
    resume = widget.get_by_role("button", name="Resume")
    resume.click()
    widget.get_by_role("alert").get_by_text("no more today").wait_for()
    assert stage.kernel("w.done") == done
    stage.set("broken = False")
    resume.click()
    stage.until(f"w.done > {done} and w.problem == ''", True)
    stage.set("w.playing = False")
    expect(resume).to_be_enabled()
    widget.get_by_role("button", name="Start afresh").click()
    stage.until("[w.done, w.state]", [0, "ready"])
    stage.check()
