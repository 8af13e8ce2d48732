"""course.plots: broadcasting and its adjoint, graphs of arrays, and what passes cost."""

from types import SimpleNamespace

import numpy as np
import pytest

from course import plots
from course.plots.grids import Grid, draw_grid
from reference.tensor import Tensor, unbroadcast

COLUMN, ROW = np.array([[1.0], [2.0]]), np.array([10.0, 20.0, 30.0])
GRADIENT = np.array([[1.0, -1.0, 2.0], [0.0, 3.0, 1.0]])


def texts(picture: plots.Picture) -> list[str]:
    assert picture.figure is not None
    return [text.get_text() for axes in picture.figure.axes for text in axes.texts]


def layer() -> tuple[Tensor, dict[str, Tensor]]:
    x, w, b = Tensor(np.ones((4, 3))), Tensor(np.ones((3, 2))), Tensor(np.ones(2))
    f = ((x @ w + b).tanh() ** 2).sum()
    f.backward()
    return f, {"x": x, "w": w, "b": b, "f": f}


def test_copies_are_drawn_and_sums_come_from_the_students_function() -> None:
    picture = plots.broadcasting(COLUMN, ROW, GRADIENT, unbroadcast)
    found = texts(picture)
    assert [found.count(number) for number in ("10", "20", "11", "32")] == [2, 2, 1, 1]
    assert "x's gradient (2, 1)\nsummed over axis 1" in found
    assert "y's gradient (3,)\nsummed over axis 0" in found
    assert str(picture).splitlines()[2:] == [
        "x, summed over axis 1: gradient [[2.0], [4.0]]",
        "y, summed over axis 0: gradient [1.0, 2.0, 3.0]",
    ]
    halved = plots.broadcasting(COLUMN, ROW, GRADIENT, lambda g, s: unbroadcast(g, s) / 2)
    assert "gradient [[1.0], [2.0]]" in str(halved)


def test_what_was_not_copied_has_nothing_to_sum() -> None:
    picture = plots.broadcasting(np.array(5.0), GRADIENT, GRADIENT, unbroadcast)
    assert "x, summed over axis 0 and 1: gradient 6.0" in str(picture)
    assert "y, nothing to sum" in str(picture)
    assert texts(picture).count("5") == 6 + 1  # and one of x + y


def test_copies_are_pale_and_signs_have_colours() -> None:
    class Canvas:
        def __init__(self) -> None:
            self.cells: list[tuple[float, ...]] = []

        def add_patch(self, patch) -> None:
            self.cells.append(patch.get_facecolor())

        def text(self, *args, **how) -> None:
            pass

    canvas = Canvas()
    own, pale = np.array([[1.0, 1.0]]), np.array([[False, True]])
    draw_grid(canvas, Grid(own, pale), 0, 0, 1)
    assert sum(canvas.cells[1][:3]) > sum(canvas.cells[0][:3])
    draw_grid(canvas, Grid(np.array([-2.0, 0.0, 1.0]), signed=True), 0, 0, 1)
    negative, zero, positive = canvas.cells[2:]
    assert negative[2] > negative[0]
    assert positive[0] > positive[2]
    assert min(zero[:3]) > 0.95


@pytest.mark.parametrize(
    ("x", "y", "gradient", "function", "says"),
    [
        (np.ones(2), np.ones(3), np.ones(3), unbroadcast, "cannot be added"),
        (COLUMN, ROW, np.ones(3), unbroadcast, "has the shape (3,); it should be (2, 3)"),
        (np.ones(9), np.ones(9), np.ones(9), unbroadcast, "up to 8 rows and columns"),
        (COLUMN, ROW, GRADIENT, lambda g, s: g, "returned the shape (2, 3); it should be (2, 1)"),
        (COLUMN, ROW, GRADIENT, lambda g, s: 1 / 0, "stopped with ZeroDivisionError"),
    ],
)
def test_what_cannot_be_broadcast_gets_a_sentence(x, y, gradient, function, says: str) -> None:
    picture = plots.broadcasting(x, y, gradient, function)
    assert picture.figure is None
    assert says in str(picture)


def test_a_graph_of_arrays_shows_shapes_and_gates() -> None:
    picture = plots.draw_arrays(layer, title="A layer")
    found = texts(picture)
    assert found.count("(4, 3)") == found.count("(3, 2)") == found.count("(2,)") == 2
    for gate in ("@", "+", "tanh", "^", "sum", "x", "w", "b", "f"):
        assert gate in found
    lines = str(picture).splitlines()
    assert lines[0] == "A layer"
    assert "f of shape () from sum of v1; gradient of shape ()" in lines
    assert "w of shape (3, 2) (an input); gradient of shape (3, 2)" in lines


def test_arrays_are_maps_centred_at_zero() -> None:
    x = Tensor(np.array([[1.0, -4.0, 2.0]]))
    figure = plots.draw_arrays(x.sum()).figure
    assert figure is not None
    (axes,) = figure.axes
    assert {image.get_array().shape for image in axes.images} == {(1, 3), (1, 1)}
    assert all(image.norm.vmin == -image.norm.vmax for image in axes.images)
    assert max(image.norm.vmax for image in axes.images) == 4.0


def test_without_a_backward_pass_there_is_nothing_below_the_lines() -> None:
    picture = plots.draw_arrays(Tensor(np.ones((2, 3))) * 2)
    assert "gradient of" not in str(picture)
    assert texts(picture).count("(2, 3)") == 2


def test_rows_of_arrays_do_not_overlap() -> None:
    figure = plots.draw_arrays(layer).figure
    assert figure is not None
    (axes,) = figure.axes
    boxes = [image.get_extent() for image in axes.images]
    for i, (left, right, low, high) in enumerate(boxes):
        assert low >= 0
        assert high <= figure.get_size_inches()[1]
        for other in boxes[:i]:
            apart = left >= other[1] or other[0] >= right or low >= other[3] or other[2] >= high
            assert apart


@pytest.mark.parametrize(
    ("root", "says"),
    [
        (3.0, "a value with .data and .parents was expected"),
        (SimpleNamespace(data="no", parents=()), ".data should be an array, but it is a str"),
        (SimpleNamespace(data=2.0, grad="x", parents=()), ".grad should be an array"),
        (lambda: (1, 2, 3), "the function should return the root"),
        (lambda: 1 / 0, "stopped with ZeroDivisionError"),
    ],
)
def test_what_is_no_graph_of_arrays_gets_a_sentence(root: object, says: str) -> None:
    picture = plots.draw_arrays(root)
    assert picture.figure is None
    assert says in str(picture)


def test_empty_and_many_axes_can_be_drawn() -> None:
    for array in (np.zeros((0, 3)), np.ones((2, 3, 4)), np.array(np.nan)):
        picture = plots.draw_arrays(Tensor(array) * 2)
        assert str(array.shape) in texts(picture)
        assert picture._repr_mimebundle_()[0]["image/png"]


def prepare(width: int):
    x, w = Tensor(np.ones((4, width))), Tensor(np.ones((width, width)))
    return lambda: (x @ w).sum()


def test_both_passes_are_timed_for_each_width() -> None:
    picture = plots.pass_times(prepare, [2, 8], "Two widths")
    assert picture.figure is not None
    (axes,) = picture.figure.axes
    backward, forward = axes.lines
    assert list(forward.get_xdata()) == list(backward.get_xdata()) == [2, 8]
    ratios = backward.get_ydata() / forward.get_ydata()
    shown = [float(text.get_text().rstrip("×")) for text in axes.texts]
    np.testing.assert_allclose(shown, ratios, rtol=0.06)
    assert str(picture).splitlines()[0] == "Two widths"
    assert "width 8: forward" in str(picture)


def test_a_short_pass_is_timed_often_as_other_programs_disturb() -> None:
    calls: list[int] = []

    def counted(width: int):
        forward = prepare(width)
        return lambda: calls.append(width) or forward()

    plots.pass_times(counted, [2], "Often")
    assert len(calls) > 20


@pytest.mark.parametrize(
    ("make", "widths", "says"),
    [
        (prepare, [], "the list of widths is empty"),
        (lambda width: 1 / 0, [2], "stopped with ZeroDivisionError"),
        (lambda width: lambda: SimpleNamespace(), [2], "AttributeError"),
    ],
)
def test_passes_that_cannot_be_timed_get_a_sentence(make, widths: list[int], says: str) -> None:
    picture = plots.pass_times(make, widths, "No")
    assert picture.figure is None
    assert says in str(picture)
