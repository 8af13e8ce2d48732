"""course.plots: quantities as bars, one axis for each measure."""

import math

import pytest

from course import plots

DECADE = {"2010": [28.2, None], "2012 AlexNet": [16.4, 8], "2015": [4.5, 152]}
MEASURES = ["error in percent", "layers"]


def unwritten(*args: object) -> object:
    raise NotImplementedError


def lengths(axes) -> list[float]:
    return [bar.get_width() for bar in axes.patches]


@pytest.mark.parametrize("rows", [DECADE, lambda: DECADE])
def test_a_bar_for_each_number_and_none_where_there_is_none(rows) -> None:
    picture = plots.draw_bars(rows, MEASURES, "W39", mark=("a person", 5.1))
    assert picture.figure is not None
    errors, layers = picture.figure.axes
    assert lengths(errors) == [28.2, 16.4, 4.5]
    assert lengths(layers) == [8, 152]
    # a bar stands in the row of its name, the first row on top
    assert [round(bar.get_y() + bar.get_height() / 2) for bar in layers.patches] == [1, 2]
    assert errors.get_ylim()[0] > errors.get_ylim()[1]
    assert [label.get_text() for label in errors.get_yticklabels()] == list(DECADE)
    (line,) = errors.lines
    assert set(line.get_xdata()) == {5.1}
    assert not layers.lines
    assert {"28.2", "a person 5.1"} <= {text.get_text() for text in errors.texts}


def test_bars_in_words() -> None:
    picture = plots.draw_bars(DECADE, MEASURES, "W39", mark=("a person", 5.1))
    assert str(picture).splitlines() == [
        "W39",
        "2010: error in percent 28.2, layers –",
        "2012 AlexNet: error in percent 16.4, layers 8",
        "2015: error in percent 4.5, layers 152",
        "for comparison, a person: error in percent 5.1",
    ]


def test_orders_of_magnitude() -> None:
    rows = {"dense": [120_000_000], "convolution": [75_000]}
    picture = plots.draw_bars(rows, ["weights"], "W33", logarithmic=True)
    assert picture.figure is not None
    (axes,) = picture.figure.axes
    assert axes.get_xscale() == "log"
    assert axes.get_xlim()[0] < 75_000 < 120_000_000 < axes.get_xlim()[1]
    assert lengths(axes) == [120_000_000, 75_000]
    assert "dense: weights 120 000 000" in str(picture)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ({}, "a dict with a list of numbers"),
        (lambda: None, "a dict with a list of numbers"),
        ({"a": [1.0]}, "a should have 2 finite numbers"),
        ({"a": [1.0, math.inf]}, "a should have 2 finite numbers"),
        ({"a": "no"}, "a should have a list of numbers"),
        ({"a": [0.0, 1.0]}, "which a logarithmic axis cannot show"),
        (unwritten, "once `unwritten` is written"),
    ],
)
def test_bars_that_cannot_be_drawn(rows, says: str) -> None:
    picture = plots.draw_bars(rows, MEASURES, "t", logarithmic=True)
    assert picture.figure is None
    assert says in str(picture)
