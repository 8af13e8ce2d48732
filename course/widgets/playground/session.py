"""What the playground asks of somebody's functions: steps for a while, losses, the whole plane."""

import time
from typing import Final, cast

import numpy as np

from course.widgets.playground.data import Floats, Points, nodes
from course.widgets.playground.own import Own, Params
from course.widgets.playground.run import How, Run
from course.widgets.playground.words import Figures
from course.widgets.trying import tried

SIDE: Final = 61  # nodes along a side of the grid that stands for the plane
SLICE: Final = 0.06  # seconds of computing between two messages: the page stays live


def train(
    own: Own,
    run: Run,
    parts: tuple[Points, Points],
    how: How,
    goal: int | None,
    seconds: float,
) -> None:
    """Make steps up to `goal` (None: without an end), for so many seconds at most.

    Raises:
        CannotDrawError: a function failed, hung or returned something else; in a sentence.
    """
    until = time.monotonic() + seconds
    while len(parts[0].x) and (goal is None or run.steps < goal):
        if not run.steps:
            _keep(own, run, parts, how.activation)
        tried(run.step, own, parts[0], how)
        _keep(own, run, parts, how.activation)
        if time.monotonic() > until:
            return


def look(own: Own, params: Params, parts: tuple[Points, Points], activation: str) -> Figures:
    """Return the losses and the shares of right answers; raises as `train` does."""
    found = [_measured(own, params, part, activation) for part in parts]
    (train_loss, train_right), (test_loss, test_right) = found
    return Figures(train_loss, test_loss, train_right, test_right)


def plane(own: Own, params: Params, data: str, activation: str) -> Floats:
    """Return the scores (SIDE, SIDE, K) over a set's window; raises as `train` does."""
    scores, _ = cast(
        "tuple[Floats, object]", tried(own.scores, params, nodes(data, SIDE), activation)
    )
    return scores.reshape(SIDE, SIDE, -1)


def _measured(
    own: Own, params: Params, part: Points, activation: str
) -> tuple[float | None, float | None]:
    if not len(part.x):
        return None, None
    scores, _ = cast("tuple[Floats, object]", tried(own.scores, params, part.x, activation))
    loss, _ = cast("tuple[float, Floats]", tried(own.judge, scores, part.labels))
    return loss, float(np.count_nonzero(scores.argmax(axis=1) == part.labels) / len(part.x))


def _keep(own: Own, run: Run, parts: tuple[Points, Points], activation: str) -> None:
    if run.steps % run.every == 0:
        losses = look(own, run.params, parts, activation)
        learnt, tested = losses.train_loss, losses.test_loss
        run.keep(np.nan if learnt is None else learnt, np.nan if tested is None else tested)
