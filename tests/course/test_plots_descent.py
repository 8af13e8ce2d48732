"""course.plots: the path of gradient descent."""

import math

import numpy as np
import pytest

from course import plots
from reference.scalar import Value


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
