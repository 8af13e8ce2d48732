"""ConvStepper and PoolStepper without a browser: steps, words, twins, the student's functions."""

import re
import time
from functools import partial

import numpy as np
import pytest
import traitlets

from course.widgets import ConvStepper, PoolStepper, stepping, windows
from course.widgets.trying import tried
from reference.layers.convolution import conv2d_backward, conv2d_forward
from reference.layers.pooling import (
    avgpool2d_backward,
    avgpool2d_forward,
    maxpool2d_backward,
    maxpool2d_forward,
)

X31 = np.arange(1.0, 10.0).reshape(3, 3)
ALPHA = np.array([[1.0, 0.0], [2.0, -1.0]])
DY = np.array([[1.0, 2.0], [0.0, -1.0]])
TIED = np.array([[1.0, 3, 2], [5, 4, 0], [2, 6, 6]])
MAX, AVERAGE = (maxpool2d_forward, maxpool2d_backward), (avgpool2d_forward, avgpool2d_backward)


def w31(**kwargs) -> ConvStepper:
    return ConvStepper(X31, ALPHA, [0.5], DY, **kwargs)


def test_the_numbers_of_w31_step_by_step():
    stepper = w31()
    stepper.step = 1
    assert stepper.words == (
        "Map 0, row 0, column 1: 2·1 + 3·0 + 5·2 + 6·(−1) = 6; with the bias 0.5 it is 6.5."
    )
    out, dx, dw, db = stepper.expected()
    assert out[0].tolist() == [[4.5, 6.5], [10.5, 12.5]]
    assert dw[0, 0].tolist() == [[0, 2], [6, 8]]
    assert dx[0].tolist() == [[1, 2, 0], [2, 2, -2], [0, -2, 1]]
    assert db.tolist() == [2]


@pytest.mark.parametrize(("stride", "pad"), [(1, 0), (2, 0), (3, 2), (2, 1)])
def test_scipy_and_the_reference_agree(stride: int, pad: int):
    rng = np.random.default_rng(0)
    x, w, b = rng.normal(size=(3, 6, 5)), rng.normal(size=(2, 3, 3, 2)), rng.normal(size=2)
    stepper = ConvStepper(
        x, w, b, forward=conv2d_forward, backward=conv2d_backward, stride=stride, pad=pad
    )
    assert [answer.what for answer in stepper.judged] == ["out", "dx", "dw", "db"]
    assert [answer.wrong.tolist() for answer in stepper.judged] == [[]] * 4
    assert "Your out agrees" in stepper.words
    stepper.direction = "backward"
    assert "Your dx agrees" in stepper.words
    assert "Your out" not in stepper.words


def test_what_is_scattered_so_far_is_the_gradient_at_the_end():
    stepper = w31()
    stepper.direction, stepper.step = "backward", 3
    text = repr(stepper.picture())
    assert "dx so far (framed: 2x2 from row 1, column 1): 1 2 0; 2 2 −2; 0 −2 1" in text
    assert "dw so far: 0 2; 6 8" in text
    stepper.step = 0
    assert "dw so far: 1 2; 4 5" in repr(stepper.picture())
    assert stepper.picture().figure is not None
    assert stepper.gradients()[0].tolist() == DY.tolist()  # drawing does not change them


def test_a_new_stride_keeps_a_step_that_is_there():
    stepper = ConvStepper(np.ones((6, 6)), np.ones((2, 2)))
    stepper.step = 24
    stepper.stride = 2
    assert stepper.step == 8
    assert stepper.size() == (1, 3, 3)
    assert stepper.gradients().ravel().tolist() == list(range(1, 10))
    assert np.frombuffer(stepper.dout, "<f4").tolist() == list(range(1, 10))


def test_a_wrong_answer_is_told_with_its_place():
    def forward(x, w, b, stride, pad):
        out, cache = conv2d_forward(x, w, b, stride, pad)
        out[0, 0, 1, 0] = 3.0
        return out, cache

    stepper = w31(forward=forward, backward=lambda dout, cache: (X31[None, None], dout, [2.0]))
    assert (
        "Your out differs in 1 of 4 values: at [0, 1, 0] it is 3, expected 10.5." in stepper.words
    )
    assert stepper.theirs["answers"]["out"]["wrong"] == [2]
    stepper.direction = "backward"
    assert "Your dx differs in" in stepper.words


@pytest.mark.parametrize(
    ("forward", "says"),
    [
        (lambda *given: None, "should return (out, cache)"),
        (lambda *given: (np.zeros((1, 1, 3, 3)), 0), "it should be (1, 1, 2, 2)"),
        (lambda *given: (None, 0), "is a `return` missing?"),
        (lambda *given: 1 / 0, "ZeroDivisionError"),
        (lambda *given: time.sleep(60), "did not finish within 0.2 s"),
    ],
)
def test_a_function_that_fails_is_a_sentence(forward, says: str, monkeypatch):
    if "0.2 s" in says:
        monkeypatch.setattr(stepping, "tried", partial(tried, seconds=0.2))
    stepper = w31(forward=forward, backward=conv2d_backward)
    assert says in stepper.problem
    assert stepper.words.startswith("Map 0, row 0, column 0")
    assert stepper.picture().figure is not None


def test_a_backward_that_returns_one_array_is_a_sentence():
    stepper = w31(forward=conv2d_forward, backward=lambda dout, cache: dout)
    assert "should return (dx, dw, db)" in stepper.problem


def test_arguments_may_be_changed_by_the_student_without_harm():
    def forward(x, w, b, stride, pad):
        found = conv2d_forward(x.copy(), w.copy(), b.copy(), stride, pad)
        x[:], w[:], b[:] = 0, 0, 0
        return found

    stepper = w31(forward=forward)
    assert "agrees" in stepper.words
    assert stepper.expected()[0][0, 0, 0] == 4.5


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((np.ones((5, 4, 4)), np.ones((5, 2, 2))), "up to 4 maps of 10x10"),
        ((np.ones((11, 4)), ALPHA), "up to 4 maps of 10x10"),
        ((np.ones((2, 4, 4)), ALPHA), "2 channels need filters"),
        ((X31, np.ones((4, 4))), "does not fit into 3x3"),
        ((X31, np.ones((6, 1))), "up to 4 filters of 5x5"),
        ((X31, ALPHA, [1.0, 2.0]), "1 filters have as many biases"),
        ((X31, ALPHA, [1.0], X31), "but the output has (1, 2, 2)"),
        ((X31 * np.nan, ALPHA), "infinite or not a number"),
        ((np.ones(3), ALPHA), "give one image as"),
    ],
)
def test_what_cannot_be_shown_is_refused(arguments, says: str):
    with pytest.raises(ValueError, match=re.escape(says)):
        ConvStepper(*arguments)


@pytest.mark.parametrize(
    ("trait", "value"), [("step", 4), ("step", -1), ("stride", 0), ("pad", 3), ("direction", "up")]
)
def test_a_setting_that_is_not_there_is_refused(trait: str, value: object):
    stepper = w31()
    before = getattr(stepper, trait)
    with pytest.raises(traitlets.TraitError):
        setattr(stepper, trait, value)
    assert getattr(stepper, trait) == before


def test_max_pooling_names_maximum_and_tie():
    stepper = PoolStepper(TIED, DY, {"max": MAX, "average": AVERAGE}, stride=1)
    assert stepper.words == "Map 0, row 0, column 0: the maximum is 5.\nYour out agrees (4 values)."
    stepper.step = 3
    assert "the maximum is 6 (2 tie)" in stepper.words
    stepper.direction = "backward"
    assert "2 entries tie, and the first takes all" in stepper.words
    assert "Your dx agrees (9 values)." in stepper.words
    assert "its shares: 0 0; −1 0" in repr(stepper.picture())
    stepper.ties = "equal shares"
    assert "its shares: 0 0; −0.5 −0.5" in repr(stepper.picture())
    stepper.kind = "average"
    assert "each of the 4 entries gets 0.25 of it" in stepper.words
    assert "Your dx agrees" in stepper.words


@pytest.mark.parametrize("kind", ["max", "average"])
@pytest.mark.parametrize(("window", "stride"), [(2, 2), (3, 1), (1, 2), (4, 3)])
def test_pooling_agrees_with_the_reference(kind: str, window: int, stride: int):
    x = np.random.default_rng(1).normal(size=(3, 7, 6))
    pairs = {"max": MAX, "average": AVERAGE}
    stepper = PoolStepper(x, None, pairs, kind, window, stride)
    assert [answer.wrong.tolist() for answer in stepper.judged] == [[], []]


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_ties_may_be_shared_in_any_way_but_not_multiplied(sign: float):
    def back(*shares: float):
        def backward(dout, cache):
            dx = np.zeros((1, 1, 2, 2))
            dx[0, 0, 1] = sign * np.array(shares)
            return dx

        return {"max": (maxpool2d_forward, backward)}

    x, dout = TIED[1:, 1:], [[sign * 4.0]]
    fine = [(4.0, 0.0), (0.0, 4.0), (1.0, 3.0)]
    wrong = [(4.0, 4.0), (5.0, -1.0), (2.0, 1.0), (0.0, 0.0)]
    for shares, verdict in [*((s, True) for s in fine), *((s, False) for s in wrong)]:
        stepper = PoolStepper(x, dout, back(*shares))
        stepper.direction = "backward"
        assert ("differs" not in stepper.words) == verdict, shares


def test_pooling_refuses_what_it_does_not_know():
    with pytest.raises(ValueError, match="does not fit into 3x3"):
        PoolStepper(TIED, window=4)
    with pytest.raises(ValueError, match="pairs may name max and average"):
        PoolStepper(TIED, pairs={"mean": MAX})
    stepper = PoolStepper(TIED)
    with pytest.raises(traitlets.TraitError, match="window goes from 1 to 3"):
        stepper.window = 4


def test_without_scipy_there_are_words(monkeypatch):
    def unasked(*given: object) -> object:
        raise AssertionError

    for module in ("stepping", "conv_stepper", "pool_stepper"):
        monkeypatch.setattr(f"course.widgets.{module}.available", lambda: False)
    stepper = w31(forward=unasked)
    assert "6 = 4; with the bias" not in stepper.words
    assert "it is 4.5" in repr(stepper.picture())
    stepper.direction = "backward"
    assert "dy · filter: 1 0; 2 −1" in repr(stepper.picture())
    assert "the maximum is 5" in repr(
        PoolStepper(TIED, pairs={"max": (unasked, unasked)}).picture()
    )
    assert windows.available()
