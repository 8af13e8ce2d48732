"""TrainingDashboard: loops end and go on, `train` goes epoch by epoch, wrong use is survived."""

import itertools
import signal
import time

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from course import datasets
from course.widgets import Epochs, TrainingDashboard
from course.widgets.training.journal import MOST, Journal
from reference.initialise import initialise
from reference.mlp import mlp_forward
from reference.training import train

IMAGES, LABELS = datasets.digits()[:2]
ROWS = IMAGES.reshape(len(IMAGES), -1)
DATA = ROWS[:300], LABELS[:300], ROWS[300:400], LABELS[300:400]


def start():
    rng = np.random.default_rng(0)
    return [(initialise(shape, "he", rng), np.zeros(shape[1])) for shape in ((64, 16), (16, 10))]


def driven(own=train, epochs=4, forward=mlp_forward, data=DATA):
    return TrainingDashboard(Epochs(own, forward, start, data, epochs), rate=0.2)


def run(board, steps, stop_at=None):
    seen = []
    for step in board.watch(steps):
        seen.append(step)
        board.record(loss=1 / (step + 1), accuracy=0.5)
        if step == stop_at:
            board.playing = False
    return seen


def curves(board):
    points = np.frombuffer(board.curves, "<f4").reshape(-1, 2)
    return np.split(points, np.cumsum(board.lengths)[:-1])


def test_a_loop_stops_and_goes_on_with_the_steps_that_are_left():
    board = TrainingDashboard()
    assert run(board, range(10), stop_at=3) == [0, 1, 2, 3]
    assert (board.state, board.done, board.total, board.in_cell) == ("stopped", 4, 10, False)
    assert "Run the cell of the loop again" in board.words
    assert run(board, range(10)) == [4, 5, 6, 7, 8, 9]
    assert (board.state, board.done, board.total) == ("finished", 10, 10)
    loss = curves(board)[0]
    np.testing.assert_allclose(loss[:, 0], np.arange(1, 11))
    np.testing.assert_allclose(loss[:, 1], 1 / np.arange(1, 11), rtol=1e-6)


def test_an_interrupt_ends_the_loop_after_its_step():
    board, seen = TrainingDashboard(), []
    before = signal.getsignal(signal.SIGINT)
    for step in board.watch(itertools.count()):
        signal.raise_signal(signal.SIGINT)
        seen.append(step)
    assert seen == [0]
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_interrupt_is_as_ever():
    def impatient():
        for _ in TrainingDashboard().watch(itertools.count()):
            for _ in range(2):
                signal.raise_signal(signal.SIGINT)  # `kill` may leave two as one, to any thread

    with pytest.raises(KeyboardInterrupt):
        impatient()


def test_inner_loops_end_as_well():
    board, seen = TrainingDashboard(), []
    for epoch in board.watch(range(3)):
        for batch in board.watch(range(4)):
            seen.append((epoch, batch))
            if (epoch, batch) == (1, 1):
                board.playing = False
    assert seen == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1)]
    assert (board.done, board.total, board.state) == (2, 3, "stopped")


def test_a_cell_that_fails_leaves_no_loop_behind_and_a_new_one_begins_anew(monkeypatch):
    shell = InteractiveShell()
    monkeypatch.setattr("course.widgets.training.dashboard.get_ipython", lambda: shell)
    board = shell.user_ns["board"] = TrainingDashboard()
    loop = "for step in board.watch(range(4)):\n    board.record(loss=1 / (2 - step))"
    assert not shell.run_cell(loop).success
    assert (board.in_cell, board.playing, board.state) == (False, False, "stopped")
    assert shell.run_cell("for step in board.watch(range(4)):\n    board.record(loss=1)").success
    assert (board.state, board.done) == ("finished", 3)  # the step that failed is not counted
    assert shell.run_cell("for step in board.watch(range(2)):\n    board.record(loss=1)").success
    assert (board.done, board.total, board.lengths[0]) == (2, 2, 2)


def test_batches_are_counted_and_without_watch_each_record_is_a_step():
    board = TrainingDashboard()
    for _ in board.watch([(ROWS[:32], LABELS[:32])] * 3):
        time.sleep(0.01)
    assert 0 < board.speed < 32 / 0.01
    board = TrainingDashboard()
    board.record(test_loss=2, rate=0.5)
    board.record(test_loss=1, images=5)
    board.judge(np.eye(2), np.array([0, 1]))
    assert (board._journal.steps, board._journal.images, board.rate) == (2, 5, 0.5)


def test_epoch_by_epoch_is_what_train_does():
    board = driven()
    assert (board.unit, board.total, board.state) == ("epoch", 4, "ready")
    board.advance(2)
    assert (board.done, board.state) == (2, "stopped")
    board.playing = True  # without an event loop it runs to its end at once
    assert (board.done, board.state, board.playing) == (4, "finished", False)
    params, history = train(start(), DATA, 4, 0.2, 32, np.random.default_rng(0))
    loss, test_loss, _, accuracy = curves(board)
    for curve, key in ((loss, "train_loss"), (test_loss, "test_loss"), (accuracy, "test_accuracy")):
        np.testing.assert_allclose(curve[:, 1], history[key], rtol=1e-6)
    scores = mlp_forward(DATA[2], params)[0]
    confusion = np.frombuffer(board.confusion, "<f4").reshape(10, 10)
    assert np.trace(confusion) == (scores.argmax(axis=1) == DATA[3]).sum()
    assert confusion.sum() == len(DATA[3])
    margins = scores.max(axis=1) - scores[np.arange(100), DATA[3]]
    worst = int(margins.argmax())
    assert board.mistakes[0].startswith(f"said {scores[worst].argmax()}, is {DATA[3][worst]}")
    pixels = np.frombuffer(board.pixels, "<f4").reshape(board.pixels_shape)
    np.testing.assert_allclose(pixels[0], DATA[2][worst].reshape(8, 8), rtol=1e-6)
    board.restarts += 1
    assert (board.done, board.state, board.lengths, board.mistakes) == (0, "ready", [0] * 4, [])
    board.advance()
    np.testing.assert_allclose(curves(board)[0][0, 1], history["train_loss"][0], rtol=1e-6)


def test_the_rate_holds_from_the_next_epoch_on():
    rates = []

    def own(params, data, epochs, rate, size, rng):
        rates.append(rate)
        return train(params, data, epochs, rate, size, rng)

    board = driven(own)
    board.advance()
    board.rate = 0.01
    board.advance()
    assert rates == [0.2, 0.01]


def test_the_twin_has_curves_and_mistakes():
    board = driven()
    assert board.picture().figure is None
    board.advance(2)
    data, _ = board.picture().bundle()
    assert "epoch 2 of 4" in data["text/plain"]
    assert "of 100 looked at are wrong" in data["text/plain"]
    assert data["image/png"]
    loop = TrainingDashboard()
    run(loop, range(3))
    assert loop.picture().figure is not None


@pytest.mark.parametrize(
    ("own", "says"),
    [
        (lambda *inputs: None, "a `return` missing"),
        (lambda *inputs: (start(), {}), 'the list "train_loss"'),
        (lambda *inputs: (start(), {"train_loss": []}), 'the list "train_loss"'),
        (lambda *inputs: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_a_train_that_fails_is_one_sentence(own, says):
    board = driven(own)
    board.playing = True
    assert says in board.problem
    assert (board.done, board.playing) == (0, False)


def test_a_train_that_hangs_is_one_sentence_and_works_again(monkeypatch):
    limit = "course.widgets.training.dashboard.EPOCH_SECONDS"
    monkeypatch.setattr(limit, 0.2)
    good = [False]

    def own(*inputs):
        while not good[0]:
            pass
        return train(*inputs)

    board = driven(own)
    board.advance()
    assert "`own` did not finish" in board.problem
    good[0] = True
    monkeypatch.setattr(limit, 60.0)
    board.playing = True
    assert (board.problem, board.state, board.done) == ("", "finished", 4)


def test_what_is_recorded_wrongly_is_said_and_the_loop_goes_on():
    board = TrainingDashboard()
    board.record(loss="low")
    assert "record takes numbers" in board.problem
    board = TrainingDashboard()
    board.record(loss=float("nan"))
    assert "Is the rate too large?" in board.problem
    for scores, labels, says in (
        (np.zeros(3), np.zeros(3, int), "(N, K)"),
        (np.zeros((3, 2)), np.zeros(2, int), "one label for each row"),
        (np.zeros((3, 2)), np.array([0, 1, 2]), "labels from 0 to 1"),
        (np.zeros((3, 2)), -np.ones(3, int), "not known here"),
        (np.full((3, 2), np.nan), np.zeros(3, int), "not a number"),
        ("scores", np.zeros(3, int), "no array of numbers"),
        (np.zeros((3, 2)), np.zeros(3), "whole numbers"),
    ):
        board.judge(scores, labels)
        assert says in board.problem
    board.judge(np.eye(3), np.arange(3), np.zeros((2, 8)))
    assert "it should be (3, H, W)" in board.problem
    with pytest.raises(ValueError, match="watch your loop"):
        board.advance()


def test_long_curves_are_thinned_by_means():
    journal = Journal()
    journal.points["loss"] = [(step, step) for step in range(10 * MOST)]
    curve = journal.curve("loss")
    assert curve.shape == (MOST, 2)
    np.testing.assert_allclose(curve[0], 4.5)
    np.testing.assert_allclose(curve[:, 0], curve[:, 1])
