"""course.plots: stacks of small maps with a scale for each stack."""

import numpy as np
import pytest

from course import plots

MAPS = np.arange(10 * 6.0).reshape(10, 2, 3)


def unwritten(*args: object) -> object:
    raise NotImplementedError


def images(picture):
    return [axes.images[0] for axes in picture.figure.axes if axes.images]


@pytest.mark.parametrize("stacks", [{"conv1": MAPS}, lambda: {"conv1": MAPS}])
def test_maps_of_a_stack_share_their_scale(stacks) -> None:
    drawn = images(plots.draw_maps(stacks, "W38"))
    assert len(drawn) == 10
    for each, values in zip(drawn, MAPS, strict=True):
        np.testing.assert_array_equal(each.get_array(), values)
    assert {each.get_clim() for each in drawn} == {(0.0, 59.0)}
    assert {each.get_cmap().name for each in drawn} == {"viridis"}


def test_signs_are_told_by_colours_around_zero() -> None:
    drawn = images(plots.draw_maps({"maps": MAPS, "filters": MAPS[:2] - 50.0}, "W38"))
    assert {each.get_clim() for each in drawn[10:]} == {(-50.0, 50.0)}
    assert {each.get_cmap().name for each in drawn[10:]} == {"RdBu_r"}


def test_rows_of_eight_do_not_overlap() -> None:
    picture = plots.draw_maps({"conv1": MAPS, "pool1": MAPS[:3]}, "W38")
    assert picture.figure is not None
    boxes = [axes.get_position() for axes in picture.figure.axes if axes.images]
    places = [(round(box.x0, 4), round(box.y0, 4)) for box in boxes]
    assert len(set(places)) == 13
    assert [y for _, y in places] == sorted((y for _, y in places), reverse=True)
    assert len({y for _, y in places}) == 3
    for one in boxes:
        assert 0 <= one.x0 < one.x1 <= 1
        assert 0 <= one.y0 < one.y1 <= 1
    assert not any(
        one.x0 < other.x1 and other.x0 < one.x1 and one.y0 < other.y1 and other.y0 < one.y1
        for n, one in enumerate(boxes)
        for other in boxes[:n]
    )


def test_maps_in_words() -> None:
    stacks = {"conv1": np.stack([MAPS[0], 0 * MAPS[0]]), "w": MAPS[:1] - 2.0}
    assert str(plots.draw_maps(stacks, "W38")).splitlines() == [
        "W38",
        "conv1: 2 of 2x3, from 0 to 5, 1 all zero",
        "w: 1 of 2x3, from −2 to 3",
    ]


@pytest.mark.parametrize(
    ("stacks", "says"),
    [
        ({}, "a dict of stacks"),
        (lambda: None, "a dict of stacks"),
        ({"x": np.ones((2, 3))}, "x has the shape (2, 3)"),
        ({"x": np.ones((0, 2, 3))}, "x has the shape (0, 2, 3)"),
        ({"x": [[[np.nan]]]}, "no number"),
        ({"x": "no"}, "x should be an array of numbers"),
        (unwritten, "once `unwritten` is written"),
    ],
)
def test_maps_that_cannot_be_drawn(stacks, says: str) -> None:
    picture = plots.draw_maps(stacks, "t")
    assert picture.figure is None
    assert says in str(picture)
