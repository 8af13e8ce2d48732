"""GradientCheck: finds the worst entry, and says in a sentence what cannot be compared."""

import math
import time

import numpy as np
import pytest
from traitlets import TraitError

from course.widgets import GradientCheck
from course.widgets.measuring import POWERS
from reference.differences import numerical_gradient

X = np.random.default_rng(0).normal(size=(3, 4))


def f(x):
    return float(np.sum(np.exp(x) * (x - 1)))


def right(x):
    return x * np.exp(x)


def wrong(x):
    claimed = right(x)
    claimed[1, 2] *= -1
    return claimed


def test_a_right_gradient_agrees_and_the_curve_has_its_minimum_inside() -> None:
    widget = GradientCheck(f, right, X)
    assert "The two agree" in widget.words
    difference = np.frombuffer(widget.difference, "<f4").reshape(-1, X.size)
    errors = np.abs(difference).max(axis=1)
    assert len(errors) == len(POWERS)
    best = int(np.nanargmin(errors))
    assert -7 <= POWERS[best] <= -4
    assert errors[best] < 1e-7 < errors[0]


def test_the_worst_entry_is_found_and_told() -> None:
    widget = GradientCheck(f, wrong, X)
    assert widget.entry == 6
    assert "at entry [1, 2]" in widget.words
    assert "The two disagree" in widget.words
    widget.entry = 0
    assert "Entry [0, 0]" in widget.words


@pytest.mark.parametrize("numerical", [None, numerical_gradient])
def test_scipy_and_somebodys_own_measure_the_same(numerical) -> None:
    widget = GradientCheck(f, right, X, numerical)
    numeric = np.frombuffer(widget.numeric, "<f4").reshape(-1, *X.shape)
    step = int(np.flatnonzero(POWERS == -3)[0])
    eps = 1e-3
    by_hand = (np.exp(eps) - np.exp(-eps)) / (2 * eps)
    one = GradientCheck(lambda x: math.exp(x[0]), np.exp, [0.0], numerical)
    assert np.frombuffer(one.numeric, "<f4")[step] == pytest.approx(by_hand, rel=1e-6)
    np.testing.assert_allclose(numeric[step], right(X), rtol=1e-4)


def test_the_step_snaps_to_quarters_and_has_bounds() -> None:
    widget = GradientCheck(f, right, X)
    widget.power = -7.1
    assert (widget.power, widget.eps) == (-7.0, pytest.approx(1e-7))
    assert "At eps = 1e−07" in widget.words
    for name, bad in (("power", -15.0), ("power", 1.0), ("entry", 12), ("point", -1)):
        with pytest.raises(TraitError):
            setattr(widget, name, bad)


def test_another_point_is_near_and_the_given_one_comes_back() -> None:
    widget = GradientCheck(f, right, X)
    widget.point = 3
    assert not np.array_equal(widget.x, X)
    assert np.abs(widget.x - X).max() < 0.5
    widget.point = 0
    assert np.array_equal(widget.x, X)


def test_the_functions_cannot_change_x() -> None:
    def rude(x):
        x[:] = 0
        return right(X)

    widget = GradientCheck(f, rude, X)
    assert np.array_equal(widget.x, X)


@pytest.mark.parametrize("bad", ["abc", [], [float("inf")], np.zeros(401)])
def test_bad_x_is_refused(bad) -> None:
    with pytest.raises(ValueError, match="x "):
        GradientCheck(f, right, bad)


@pytest.mark.parametrize(
    ("function", "gradient", "sentence"),
    [
        (f, lambda x: None, "The gradient gave None"),
        (f, lambda x: x[0], "has the shape (4,); it should be (3, 4)"),
        (f, lambda x: 1 / 0, "ZeroDivisionError"),
        (lambda x: None, right, "The function gave None"),
        (lambda x: x, right, "The function has the shape (3, 4)"),
        (f, lambda x: np.full(x.shape, np.nan), "infinite or not a number"),
    ],
)
def test_what_cannot_be_compared_is_a_sentence(function, gradient, sentence) -> None:
    widget = GradientCheck(function, gradient, X)
    assert sentence in widget.problem
    assert sentence in widget.picture().text


def test_a_numerical_gradient_of_the_wrong_shape_is_a_sentence() -> None:
    widget = GradientCheck(f, right, X, lambda function, x, eps: np.zeros(3))
    assert "The numerical gradient has the shape (3,)" in widget.problem


def test_a_step_that_leaves_the_domain_is_left_out() -> None:
    widget = GradientCheck(lambda x: math.log(x[0]), lambda x: 1 / x, [0.5], numerical_gradient)
    assert widget.problem == ""
    widget.power = 0
    assert "nothing could be measured" in widget.words


def test_a_slow_function_is_measured_at_fewer_steps() -> None:
    def slow(x):
        time.sleep(0.03)
        return f(x)

    widget = GradientCheck(slow, lambda x: right(x), [0.3])
    errors = np.abs(np.frombuffer(widget.difference, "<f4"))
    assert 5 < np.isfinite(errors).sum() < len(POWERS)


def test_a_gradient_that_hangs_is_stopped_and_another_point_works() -> None:
    def hangs(x):
        while np.array_equal(x, X):
            time.sleep(0.01)
        return right(x)

    widget = GradientCheck(f, hangs, X)
    assert "did not finish" in widget.problem
    widget.point = 1
    assert widget.problem == ""
    assert "agree" in widget.words


@pytest.mark.parametrize("x", [X, np.array([1.0]), np.array(1.0), np.zeros((2, 3, 10))])
def test_the_twin_draws_every_shape(x) -> None:
    picture = GradientCheck(lambda v: float(np.sum(v**3)), lambda v: 3 * v**2, x).picture()
    assert picture.figure is not None
    assert len(picture.figure.axes) == 2
    assert "eps" in picture.text
