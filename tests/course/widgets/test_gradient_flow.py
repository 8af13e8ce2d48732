"""GradientFlow: its numbers are NumPy's, its verdicts true, and it survives all functions."""

from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import traitlets

from course import datasets
from course.widgets import GradientFlow, gradient_flow
from course.widgets.gradient_flow import verdict
from course.widgets.trying import tried
from course.widgets.two_networks import BINS, Frame
from reference.initialise import initialise
from reference.inspection import gradient_norms
from reference.layers.losses import softmax_cross_entropy
from reference.mlp import mlp_backward, mlp_forward

IMAGES, LABELS = datasets.digits()[:2]
DATA = IMAGES.reshape(len(IMAGES), -1), LABELS


def flow(backward=mlp_backward, **more):
    return GradientFlow(initialise, mlp_forward, backward, softmax_cross_entropy, DATA, **more)


def numbers(widget, name):
    return np.frombuffer(getattr(widget, name), "<f4").reshape(widget.measured, 2, widget.layers)


def test_the_norms_are_those_of_the_gradients():
    widget = flow()
    drawn = np.random.default_rng(1).integers(0, len(LABELS), 64)
    x, labels = DATA[0][drawn], LABELS[drawn]
    for side, (activation, scheme) in enumerate((widget.a, widget.b)):
        rng = np.random.default_rng(0)
        shapes = pairwise([64] * 8 + [10])
        params = [(initialise(shape, scheme, rng), np.zeros(shape[1])) for shape in shapes]
        expected = np.array(gradient_norms(params, x, labels, activation))
        np.testing.assert_allclose(numbers(widget, "norms")[0, side], expected, rtol=1e-5)
        weights = np.array([np.linalg.norm(w) for w, _ in params])
        ratios = widget.rate * expected / weights
        np.testing.assert_allclose(numbers(widget, "ratios")[0, side], ratios, rtol=1e-5)


def test_training_goes_on_where_it_was_and_both_see_the_same_batches():
    whole, parts = flow(a=("relu", "he"), frames=6), flow(a=("relu", "he"), frames=2)
    parts.wanted = 6
    assert parts.norms == whole.norms
    assert parts.measured == 6
    assert parts.shown == 5
    assert np.array_equal(numbers(whole, "norms")[:, 0], numbers(whole, "norms")[:, 1])
    losses = np.frombuffer(whole.losses, "<f4")
    assert losses.min() < 0.8 * losses[0]
    shares = np.frombuffer(whole.shares, np.uint8).reshape(6, 2, 8, BINS)
    assert (shares.max(axis=-1) == 255).all()


def test_who_looks_back_stays_there():
    widget = flow(frames=5)
    widget.shown = 1
    widget.wanted = 7
    assert (widget.shown, widget.measured) == (1, 7)
    assert widget.words.startswith("After 5 steps.")


@pytest.mark.parametrize(
    ("network", "gain", "says"),
    [
        (["sigmoid", "xavier"], 1.0, "vanishes on its way back"),
        (["relu", "he"], 1.0, "flows"),
        (["tanh", "xavier"], 1.0, "flows"),
        (["relu", "zeros"], 1.0, "vanishes in all layers"),
        (["relu", "small"], 1.0, "vanishes"),
        (["relu", "he"], 3.0, "explodes"),
    ],
)
def test_the_words_say_what_becomes_of_the_gradient(network, gain, says):
    widget = flow()
    widget.b_gain, widget.b = gain, network
    assert widget.measured == 1
    assert says in widget.words.splitlines()[2]


def test_numbers_out_of_range_are_said_and_drawn():
    widget = flow()
    widget.b_gain, widget.rate = 5.0, 5.0
    widget.wanted = 8
    assert "left the range of floats" in widget.words
    assert widget.problem == ""
    assert widget.picture().figure is not None


def test_the_twin_shows_the_words():
    data, metadata = flow(frames=3).picture().bundle()
    assert "A, sigmoid with xavier" in data["text/plain"]
    assert data["image/png"]
    assert metadata["image/png"]["alt"] == data["text/plain"]


def test_settings_begin_anew():
    widget = flow(frames=4)
    widget.layers = 3
    assert (widget.measured, widget.wanted, widget.shown) == (1, 1, 0)
    assert len(widget.norms) == 4 * 2 * 3
    widget.wanted = 3
    widget.restarts += 1
    assert (widget.measured, widget.wanted) == (1, 1)


@pytest.mark.parametrize(
    ("backward", "says"),
    [
        (lambda dscores, cache: None, "a `return` missing"),
        (lambda dscores, cache: [], "0 pairs for 8 layers"),
        (lambda dscores, cache: [1] * 8, "(dw, db) for each layer"),
        (lambda dscores, cache: [(np.zeros(3), np.zeros(3))] * 8, "dw of layer 1 has the shape"),
        (lambda dscores, cache: [("a", "b")] * 8, "no array of numbers"),
        (lambda dscores, cache: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_a_function_that_fails_is_one_sentence(backward, says):
    widget = flow(backward)
    assert says in widget.problem
    assert (widget.measured, widget.words) == (0, "")
    assert widget.picture().figure is None


def test_a_function_that_hangs_only_later_leaves_what_was_measured(monkeypatch):
    good = [True]

    def backward(dscores, cache):
        while not good[0]:
            pass
        return mlp_backward(dscores, cache)

    widget = flow(backward, frames=2)
    good[0] = False
    monkeypatch.setattr(gradient_flow, "tried", partial(tried, seconds=0.3))
    widget.wanted = 3
    assert "`backward` did not finish" in widget.problem
    assert widget.measured == 2
    good[0] = True
    monkeypatch.setattr(gradient_flow, "tried", tried)
    widget.restarts += 1
    assert (widget.problem, widget.measured) == ("", 1)


def test_bad_use():
    widget = flow()
    with pytest.raises(traitlets.TraitError, match="A network is"):
        widget.a = ["relu", "best"]
    with pytest.raises(traitlets.TraitError):
        widget.layers = 40
    with pytest.raises(ValueError, match=r"\(N, D\) and \(N,\)"):
        GradientFlow(initialise, mlp_forward, mlp_backward, softmax_cross_entropy, (IMAGES, LABELS))


def test_an_update_of_nothing_is_no_division():
    zero = Frame(2.3, np.zeros(3), np.zeros(3), np.zeros((3, BINS)))
    assert "vanishes in all layers" in verdict(zero)


def test_what_is_not_written_yet_is_said():
    def unwritten(shape, scheme, rng):
        raise NotImplementedError

    widget = GradientFlow(unwritten, mlp_forward, mlp_backward, softmax_cross_entropy, DATA)
    assert "once `" in widget.problem
