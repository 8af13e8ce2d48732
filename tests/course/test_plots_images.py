"""course.plots: small arrays as numbers with their windows, and images with their scale."""

import numpy as np
import pytest

from course import plots

NINE = np.arange(9.0).reshape(3, 3)


def unwritten(*args: object) -> object:
    raise NotImplementedError


def test_grids_have_a_cell_for_each_number_and_a_frame() -> None:
    picture = plots.draw_grids({"x": NINE, "w": lambda: [1.0, -2.0]}, "W28", {"x": (0, 1, 2, 2)})
    assert picture.figure is not None
    (axes,) = picture.figure.axes
    assert len(axes.patches) == 9 + 2 + 1
    assert {"W28", "x", "w", "8", "−2"} <= {text.get_text() for text in axes.texts}
    frame = [patch for patch in axes.patches if not patch.get_fill()]
    cell = axes.patches[0].get_width()
    assert len(frame) == 1
    assert frame[0].get_width() == pytest.approx(2 * cell)


def test_grids_in_words() -> None:
    picture = plots.draw_grids({"x": NINE[:2], "y": NINE[0]}, "W28", {"x": (0, 1, 2, 2)})
    assert str(picture).splitlines() == [
        "W28",
        "x (framed: 2x2 from row 0, column 1): 0 1 2; 3 4 5",
        "y: 0 1 2",
    ]


@pytest.mark.parametrize(
    ("grids", "says"),
    [
        ({"x": np.ones((2, 2, 2))}, "x has the shape (2, 2, 2)"),
        ({"x": np.ones((2, 13))}, "two axes of at most 12"),
        ({"x": np.ones((0, 3))}, "x has the shape (0, 3)"),
        ({"x": lambda: "no"}, "x should be an array of numbers"),
        ({"x": unwritten}, "once `unwritten` is written"),
        ({name: np.ones((2, 11)) for name in "abc"}, "33 columns are too many"),
    ],
)
def test_grids_that_cannot_be_drawn(grids, says: str) -> None:
    picture = plots.draw_grids(grids, "t")
    assert picture.figure is None
    assert says in str(picture)


def test_images_are_grey_unless_they_have_a_sign() -> None:
    picture = plots.draw_images(lambda: {"photo": NINE, "edges": NINE - 5.0}, "W32")
    assert picture.figure is not None
    photo, edges = (axes.images[0] for axes in picture.figure.axes if axes.images)
    assert photo.get_cmap().name == "gray"
    assert photo.get_clim() == (0.0, 8.0)
    assert edges.get_cmap().name == "RdBu_r"
    assert edges.get_clim() == (-5.0, 5.0)


def test_images_in_words() -> None:
    assert str(plots.draw_images({"edges": NINE - 5.0}, "W32")).splitlines() == [
        "W32",
        "edges: 3x3 pixels from −5 to 3, −1 on average",
    ]


@pytest.mark.parametrize(
    ("images", "says"),
    [
        ({}, "a dict of images was expected"),
        (lambda: None, "a dict of images was expected"),
        ({"x": np.ones(3)}, "x has the shape (3,)"),
        ({"x": [[np.nan]]}, "no number"),
        ({"x": "no"}, "x should be an array of numbers"),
        (unwritten, "once `unwritten` is written"),
    ],
)
def test_images_that_cannot_be_drawn(images, says: str) -> None:
    picture = plots.draw_images(images, "t")
    assert picture.figure is None
    assert says in str(picture)
