"""The picture of an error: zero is in the middle, the worst maps are shown, words say the same."""

import numpy as np
import pytest

from course.picture import draw_error


def images(figure):
    return [image for axes in figure.axes for image in axes.images]


def test_one_dimension_gives_stems_centred_at_zero():
    got, expected = np.array([1.0, 2.0, np.nan, 4.0]), np.array([1.0, 1.0, 1.0, 4.5])
    figure, words = draw_error(got, expected, "f: result")
    assert not images(figure)
    assert [label.get_text() for label in (figure.axes[0].xaxis.label,)] == [
        "index (x: not finite)"
    ]
    limits = figure.axes[0].collections[1].get_clim()
    assert limits == (-1.0, 1.0)
    assert words == (
        "Picture of the error: f: result, came back - expected, shape (4,): "
        "largest +1 at [1], 3 of 4 values off, 1 not finite."
    )


def test_two_dimensions_give_one_map_centred_at_zero():
    got = np.zeros((3, 4))
    got[1, 2] = -0.25
    figure, words = draw_error(got, np.zeros((3, 4)), "f: result")
    (image,) = images(figure)
    assert image.get_clim() == (-0.25, 0.25)
    assert image.get_array()[1, 2] == -0.25
    assert "largest -0.25 at [1, 2], 1 of 12 values off." in words
    assert len(figure.axes) == 2  # the map and its colour bar


def test_of_many_maps_the_six_worst_are_shown_in_order():
    got = np.zeros((4, 3, 5, 5))
    for size, place in enumerate([(3, 2), (0, 1), (2, 0), (1, 1), (3, 0), (0, 0), (1, 2)], 1):
        got[place][2, 2] = size
    figure, _ = draw_error(got, np.zeros_like(got), "f: result")
    titles = [axes.get_title() for axes in figure.axes if axes.images]
    assert titles == ["[0, 0]", "[0, 1]", "[1, 1]", "[1, 2]", "[2, 0]", "[3, 0]"]
    assert len({image.get_clim() for image in images(figure)}) == 1


def test_infinities_that_agree_are_no_error():
    got = np.array([[np.inf, np.nan], [np.inf, 1.0]])
    expected = np.array([[np.inf, 1.0], [1.0, 1.0]])
    _, words = draw_error(got, expected, "f: result")
    assert "2 of 4 values off, 2 not finite." in words


@pytest.mark.parametrize("shape", [(1,), (300,), (1, 1), (1, 40), (40, 1), (2, 3, 4), (1, 1, 1, 2)])
def test_every_shape_can_be_drawn_without_a_warning(shape, tmp_path, recwarn):
    rng = np.random.default_rng(0)
    figure, _ = draw_error(rng.normal(size=shape), rng.normal(size=shape), "long_name: result[0]")
    figure.savefig(tmp_path / "error.png")
    assert not list(recwarn)


def test_nothing_but_nan_can_be_drawn(tmp_path):
    figure, words = draw_error(np.full((2, 2), np.nan), np.zeros((2, 2)), "f: result")
    figure.savefig(tmp_path / "error.png")
    assert "4 of 4 values off, 4 not finite." in words


def test_no_largest_error_is_named_where_all_that_are_finite_are_right():
    _, words = draw_error(np.array([1.0, np.nan]), np.array([1.0, 2.0]), "x")
    assert "largest" not in words
    assert "1 of 2 values off, 1 not finite." in words
