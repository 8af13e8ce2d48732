"""course.plots: the pictures hold the right numbers, and say why where there is no picture."""

import base64
import io
import math
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from course import plots
from course.plots.gates import name_of_gate
from course.plots.layout import lay_out
from course.plots.vertices import read_graph
from reference.scalar import Value, backward_pull


def w2() -> plots.Node:
    x, y, z = plots.Node(-2, -4, name="x"), plots.Node(5, -4, name="y"), plots.Node(-4, 3, name="z")
    q = plots.Node(3, -4, (x, y), op="+", name="q")
    return plots.Node(-12, 1, (q, z), op="×", name="f")


def w5() -> tuple[Value, dict[str, Value]]:
    x = Value(1.0)
    f = (3 - x) * (3 - x)
    f.backward()
    return f, {"x": x, "f": f}


def texts(picture: plots.Picture) -> list[str]:
    assert picture.figure is not None
    return [text.get_text() for axes in picture.figure.axes for text in axes.texts]


def test_a_graph_has_values_above_gradients_below_and_names() -> None:
    picture = plots.draw_graph(w2(), title="W2")
    assert sorted(texts(picture)) == sorted(
        [
            *["W2", "above a line: value · below: gradient of the last value"],
            *["x", "−2", "−4", "y", "5", "−4", "z", "−4", "3"],
            *["q", "+", "3", "−4", "f", "×", "−12", "1"],
        ]
    )


def test_values_stand_above_their_lines_and_gradients_below() -> None:
    figure = plots.draw_graph(w2()).figure
    assert figure is not None
    (axes,) = figure.axes
    height = {text.get_text(): text.get_position()[1] for text in axes.texts}
    (line,) = {line.get_ydata()[0] for line in axes.lines if line.get_xdata()[0] > 3}
    assert height["1"] < line < height["−12"]


def test_the_words_tell_what_the_picture_shows() -> None:
    assert str(plots.draw_graph(w2(), title="W2")).splitlines()[2:] == [
        "f = −12 from × of q, z; gradient 1",
        "q = 3 from + of x, y; gradient −4",
        "z = −4 (an input); gradient 3",
        "x = −2 (an input); gradient −4",
        "y = 5 (an input); gradient −4",
    ]


def test_a_notebook_gets_png_words_and_a_size_once() -> None:
    picture = plots.draw_graph(w5, title="W5")
    data, metadata = picture._repr_mimebundle_()
    assert data["text/plain"].startswith("W5")
    image = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    shown = metadata["image/png"]
    assert shown["alt"] == data["text/plain"]
    assert image.width == pytest.approx(1.5 * float(str(shown["width"])), rel=0.01)


@pytest.mark.parametrize("backward", [Value.backward, backward_pull])
def test_a_fork_shows_what_each_line_sends_back(backward) -> None:
    x = Value(1.0)
    f = (3 - x) * (3 - x)
    backward(f)
    assert texts(plots.draw_graph(f, {"x": x})).count("−2") == 2
    x = Value(3.0)
    f = x * x
    backward(f)
    found = texts(plots.draw_graph(f, {"x": x}))
    assert found.count("3") == 3
    assert found.count("6") == 1


def test_names_are_matched_by_identity_even_without_a_hash() -> None:
    class Unhashable(Value):
        __slots__ = ()
        __hash__ = None

        def __eq__(self, other: object) -> bool:
            raise AssertionError("values must not be compared")

    x = Unhashable(2.0)
    assert "x" in texts(plots.draw_graph(x.exp(), {"x": x}))


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda x, y: x + y, "+"),
        (lambda x, y: x - y, "−"),
        (lambda x, y: x * y, "×"),
        (lambda x, y: x / y, "÷"),
        (lambda x, y: x**2, "^ 2"),
        (lambda x, y: x**-1, "1 / n"),
        (lambda x, y: -x, "neg"),
        (lambda x, y: x.exp(), "exp"),
        (lambda x, y: x.log(), "log"),
        (lambda x, y: x.sin(), "sin"),
        (lambda x, y: x.cos(), "cos"),
        (lambda x, y: x.tanh(), "tanh"),
        (lambda x, y: x.sigmoid(), "σ"),
        (lambda x, y: x.relu(), "relu"),
    ],
)
@given(a=st.floats(1.1, 1.9), b=st.floats(2.1, 2.9))
def test_gates_are_recognised_by_their_numbers(make, name, a, b) -> None:
    assert read_graph(make(Value(a), Value(b)), {})[0].op == name


@pytest.mark.parametrize(
    ("out", "a", "slope", "name"),
    [
        (5.0, 2.0, 1.0, "+ 3"),
        (-1.0, 2.0, 1.0, "− 3"),
        (0.0, -3.0, 1.0, "+ 3"),
        (1.0, 2.0, -1.0, "3 −"),
        (6.0, 2.0, 3.0, "× 3"),
        (1.5, 2.0, -0.75, "3 / n"),
        (1.0, 1.0, 2.0, "^ 2"),
        (0.0, 0.0, 1.0, "f"),
        (7.3, 2.0, 0.1, "f"),
    ],
)
def test_a_number_in_the_gate_is_recognised_by_its_slope(out, a, slope, name) -> None:
    assert name_of_gate(out, (a,), (slope,)) == name


@given(st.data())
def test_parents_stand_left_of_children_and_nothing_overlaps(data) -> None:
    nodes = [plots.Node(1.0)]
    for _ in range(data.draw(st.integers(1, 12))):
        parents = data.draw(st.lists(st.sampled_from(nodes), min_size=1, max_size=3))
        nodes.append(plots.Node(1.0, parents=tuple(parents)))
    vertices = read_graph(nodes[-1], {})
    layout = lay_out(vertices)
    for edge in layout.edges:
        distance = layout.depth[edge.source] - layout.depth[edge.consumer]
        assert distance == len(edge.rows) + 1
    places = sorted(zip(layout.depth, layout.row, strict=True))
    for (depth, row), (next_depth, next_row) in pairwise(places):
        assert depth != next_depth or next_row - row > 0.999


def chain(length: int) -> Value:
    value = Value(1.0)
    for _ in range(length):
        value = -value
    return value


def not_defined() -> object:
    raise NameError("name 'Value' is not defined")


def cycle() -> SimpleNamespace:
    value = SimpleNamespace(data=1.0, parents=())
    value.parents = (value,)
    return value


@pytest.mark.parametrize(
    ("root", "says"),
    [
        (3.0, "a value with .data and .parents was expected, but a float was found."),
        (None, "but a NoneType was found."),
        (chain(1000), "more than 60 values"),
        (chain(20), "the longest chain has 20 steps"),
        (cycle(), "the graph has a cycle"),
        (SimpleNamespace(data="2", parents=()), None),
        (SimpleNamespace(data=[2], parents=()), ".data should be a number, but it is a list."),
        (SimpleNamespace(data=2, parents=3), ".parents should be a tuple of values"),
        (SimpleNamespace(data=2, parents=(), grad="x"), ".grad should be a number"),
        ((1, 2, 3), "the function should return the root"),
        (not_defined, "name 'Value' is not defined. Run the cell"),
        (lambda: 1 / 0, "stopped with ZeroDivisionError"),
    ],
)
def test_what_cannot_be_drawn_gets_a_sentence(root: object, says: str | None) -> None:
    picture = plots.draw_graph(root)
    if says is None:
        assert picture.figure is not None
    else:
        assert picture.figure is None
        assert says in str(picture)
        assert picture._repr_mimebundle_() == ({"text/plain": str(picture)}, {})


def test_work_not_yet_written_is_named() -> None:
    class Unwritten:
        def __add__(self, other: object) -> object:
            raise NotImplementedError

    picture = plots.draw_graph(lambda: Unwritten() + 1)
    assert "Unwritten.__add__` is written" in str(picture)


def test_slopes_that_are_no_numbers_do_no_harm() -> None:
    x = SimpleNamespace(data=2.0, grad=float("nan"), parents=())
    for local in (None, ("a",), (math.inf,), (1.0, 2.0, 3.0)):
        root = SimpleNamespace(data=4.0, grad=1.0, parents=(x, x), local=local)
        assert "nan" in texts(plots.draw_graph(root))
