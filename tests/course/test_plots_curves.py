"""course.plots: the error of a numerical derivative, and the path of gradient descent."""

import math

import numpy as np
import pytest

from course import plots
from reference.differences import numerical_gradient
from reference.scalar import Value


def squares(x):
    return float(np.sum(np.exp(x)))


def test_the_error_curve_marks_its_minimum() -> None:
    x = np.array([1.0, 0.5])
    picture = plots.finite_difference_error(squares, np.exp, x, numerical_gradient)
    assert picture.figure is not None
    (axes,) = picture.figure.axes
    curve, truncation, rounding, star = axes.lines
    eps, errors = curve.get_xdata(), curve.get_ydata()
    assert (star.get_xdata()[0], star.get_ydata()[0]) == (eps[errors.argmin()], errors.min())
    assert 1e-7 < star.get_xdata()[0] < 1e-4
    for line, slope in ((truncation, 2.0), (rounding, -1.0)):
        rise = np.diff(np.log(line.get_ydata())) / np.diff(np.log(line.get_xdata()))
        np.testing.assert_allclose(rise, slope, rtol=1e-9)
        near = np.isin(eps, line.get_xdata())
        middle = np.median(errors[near] / line.get_ydata())
        assert 0.1 < middle < 10
    assert f"smallest error {errors.min():.0e}" in str(picture)
    np.testing.assert_array_equal(x, [1.0, 0.5])


@pytest.mark.parametrize(
    ("gradient", "says"),
    [
        (lambda f, x, eps: np.zeros(3), "the shape (3,); it should be (2,)"),
        (lambda f, x, eps: np.exp(x), "no error was a positive number"),
        (lambda f, x, eps: np.full(2, np.nan), "no error was a positive number"),
    ],
)
def test_a_broken_numerical_gradient_gets_a_sentence(gradient, says: str) -> None:
    picture = plots.finite_difference_error(squares, np.exp, np.array([1.0, 0.5]), gradient)
    assert picture.figure is None
    assert says in str(picture)


def test_the_path_lies_on_the_loss() -> None:
    picture = plots.descent_path([0, 3, 4.5, 5.25], lambda w: (w - 6) ** 2)
    assert picture.figure is not None
    (axes,) = picture.figure.axes
    _, path = axes.lines
    np.testing.assert_array_equal(path.get_xdata(), [0, 3, 4.5, 5.25])
    np.testing.assert_array_equal(path.get_ydata(), [36, 9, 2.25, 0.5625])
    assert [text.get_text() for text in axes.texts] == ["w0", "w1", "w2", "w3"]


@pytest.mark.parametrize(
    ("ws", "says"),
    [
        ([], "the list of w is empty"),
        ([0.0, math.inf], "infinite"),
        ([1e200], "beyond every float"),
        (None, "a list of numbers was expected"),
        ([Value(1.0)], "a list of numbers was expected"),
    ],
)
def test_a_path_that_cannot_be_drawn_gets_a_sentence(ws: list[float], says: str) -> None:
    picture = plots.descent_path(ws, lambda w: w * w)
    assert picture.figure is None
    assert says in str(picture)
