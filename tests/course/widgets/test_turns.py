"""What the page says is taken over in the thread of the cells, wherever it was heard."""

import asyncio
import threading

import numpy as np

from course.widgets import Activations


def straight(x):
    return x, x


def pair():
    return {"straight": (straight, lambda dout, cache: dout)}


def heard_elsewhere(widget, *states):
    def hear():
        for state in states:
            widget.set_state(state)

    thread = threading.Thread(target=hear)
    thread.start()
    thread.join()


def test_another_thread_hands_over_to_the_loop_of_the_cells():
    async def cells():
        widget, where = Activations(pair()), []
        widget.observe(
            lambda change: where.append((change["new"], threading.current_thread())), "x"
        )
        heard_elsewhere(widget, {"x": 1.0}, {"x": 2.0}, {"chosen": "straight"})
        before = widget.x
        await asyncio.sleep(0)
        return before, widget.x, where

    before, after, where = asyncio.run(cells())
    assert (before, after) == (0.0, 2.0)
    assert where == [(2.0, threading.main_thread())]  # what piled up counts once


def test_without_a_loop_it_is_taken_over_at_once():
    widget = Activations(pair())
    widget.set_state({"x": 1.5})
    assert widget.x == 1.5
    assert np.isfinite(np.frombuffer(widget.values, "<f4")).all()
