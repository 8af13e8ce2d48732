"""Whoever asks for less motion: Play takes one step and rests, nothing runs by itself."""

import pytest

from tests.e2e.server import LabServer
from tests.e2e.visitor import Visitor
from tests.e2e.widgets.stage import Stage
from tests.e2e.widgets.test_graph_stepper import SOURCE as GRAPH

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

NETWORK = "from course import widgets\nw = widgets.Playground(hidden=[4], batch=300)"
LONGER_THAN_A_STEP = 2_500  # milliseconds, three of the stepper's


@pytest.mark.parametrize(
    ("name", "source", "steps"), [("graph", GRAPH, "w.step"), ("playground", NETWORK, "w.steps")]
)
def test_play_takes_one_step(
    visitor: Visitor, lab: LabServer, name: str, source: str, steps: str
) -> None:
    visitor.page.emulate_media(reduced_motion="reduce")
    stage = Stage(visitor, lab, f"still-{name}", source)
    before = stage.kernel(steps)
    assert isinstance(before, int)
    stage.widget.get_by_role("button", name="Play").click()
    stage.until(steps, before + 1)
    stage.page.wait_for_timeout(LONGER_THAN_A_STEP)
    assert stage.kernel(steps) == before + 1
    assert stage.widget.get_by_role("button", name="Pause").count() == 0
    stage.check()
