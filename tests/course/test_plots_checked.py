"""The picture of a checked gradient: errors on their curve, with the slopes of the two causes."""

import numpy as np

from course.plots.checked import draw_check
from reference.differences import numerical_gradient


def test_the_error_curve_marks_its_minimum_and_shows_the_two_causes() -> None:
    x, eps = np.array([[1.0, 0.5]]), np.geomspace(1e-14, 1.0, 85)
    numeric = [numerical_gradient(lambda x: np.sum(np.exp(x)), x, step) for step in eps]
    errors = np.array([np.abs(each - np.exp(x)).max() for each in numeric])
    figure = draw_check("a check", np.exp(x), numeric[40], eps, errors, 40, agrees=True)
    curve, truncation, rounding, star = figure.axes[-1].lines[:4]
    assert (star.get_xdata()[0], star.get_ydata()[0]) == (eps[errors.argmin()], errors.min())
    assert 1e-7 < star.get_xdata()[0] < 1e-4
    for line, slope in ((truncation, 2.0), (rounding, -1.0)):
        rise = np.diff(np.log(line.get_ydata())) / np.diff(np.log(line.get_xdata()))
        np.testing.assert_allclose(rise, slope, rtol=1e-9)
        near = np.isin(curve.get_xdata(), line.get_xdata())
        assert 0.1 < np.median(curve.get_ydata()[near] / line.get_ydata()) < 10
