"""GraphStepper: both algorithms on anybody's graph, and a sentence where it is no graph."""

import time

import numpy as np
import pytest
from traitlets import TraitError

from course import plots
from course.plots.walking import ALGORITHMS
from course.widgets import GraphStepper
from reference.scalar import Value, backward_pull, topological_order
from reference.tensor import Tensor


def w2(x=-2.0, y=5.0, z=-4.0):
    a, b, c = Value(x), Value(y), Value(z)
    q = a + b
    return q * c, {"x": a, "y": b, "z": c, "q": q}


def w5(x=1.0):
    v = Value(x)
    a, b = 3 - v, 3 - v
    return a * b, {"x": v, "a": a, "b": b}


def w7(x=1.0):
    v = Value(x)
    t = v**2
    u1, u2 = t.sin(), 3 * t
    u = u1 + u2
    return u.cos(), {"x": v, "t": t, "u1": u1, "u2": u2, "u": u}


def layer():
    rng = np.random.default_rng(0)
    x, w, b = (Tensor(rng.normal(size=shape)) for shape in ((4, 3), (3, 2), (2,)))
    h = (x @ w + b).tanh()
    loss = (h * h).sum()
    loss.backward()
    return loss, {"x": x, "w": w, "b": b, "h": h}


def shown(widget: GraphStepper) -> dict[str, float | None]:
    walk = widget.walk
    gradients = walk.at(widget.step).gradients
    pairs = zip(walk.flow.labels, gradients, strict=True)
    return {name: None if each is None else float(each.sum()) for name, each in pairs}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize(
    ("build", "name", "gradient"), [(w2, "z", 3), (w2, "x", -4), (w5, "x", -4), (w7, "x", 4.5608)]
)
def test_both_algorithms_end_with_the_gradients(algorithm, build, name, gradient) -> None:
    widget = GraphStepper(build, algorithm=algorithm)
    widget.step = widget.last
    assert shown(widget)[name] == pytest.approx(gradient, abs=5e-5)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_arrays_get_the_gradients_of_their_own_backward(algorithm) -> None:
    widget = GraphStepper(layer, algorithm=algorithm)
    widget.step = widget.last
    _, names = layer()
    found = dict(zip(widget.walk.flow.labels, widget.walk.flow.gradients, strict=True))
    for name in ("x", "w", "b", "h"):
        np.testing.assert_allclose(found[name], names[name].grad, atol=1e-12)
    assert "agree" in widget.words
    assert np.frombuffer(widget.values, "<f4").size == sum(
        value.size for value in widget.walk.flow.values
    )


def test_a_push_adds_up_and_a_pull_asks() -> None:
    widget = GraphStepper(w5)
    sums = []
    for step in range(4, widget.last + 1):
        widget.step = step
        sums.append(shown(widget)["x"])
    assert sums[0] == 0
    assert sums[-2:] == [-2, -4]
    widget.algorithm = "pull"
    widget.step = widget.last - 1
    assert shown(widget)["x"] in (None, -4)
    widget.step = widget.last
    assert shown(widget)["x"] == -4
    assert "2 · (−1) = −2 from a, 2 · (−1) = −2 from b, together −4" in widget.words


def test_the_words_tell_each_step() -> None:
    widget = GraphStepper(w2)
    told = []
    for step in range(widget.last + 1):
        widget.step = step
        told.append(widget.words)
    assert told[1] == "Forward, step 1 of 2: q = x + y = (−2) + 5 = 3."
    assert "its gradient is 1; all others start at 0" in told[3]
    assert "1 · (−4) = −4 to q (now −4)" in told[4]


def test_the_order_can_be_somebodys_own() -> None:
    widget = GraphStepper(w2, order=topological_order)
    root, _ = w2()
    values = [widget.walk.flow.values[place].item() for place in reversed(widget.walk.order)]
    assert values == [each.data for each in topological_order(root)]


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        (lambda root: None, "should be a list"),
        (lambda root: [root], "each once; it has 1 entries"),
        (lambda root: topological_order(root)[::-1], "before"),
        (lambda root: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_a_wrong_order_is_a_sentence(order, sentence) -> None:
    assert sentence in GraphStepper(w2, order=order).problem


def test_inputs_build_the_graph_anew() -> None:
    widget = GraphStepper(w2)
    widget.step = widget.last
    built = widget.built
    widget.inputs = {"x": 1}
    assert widget.inputs == {"x": 1.0, "y": 5.0, "z": -4.0}
    assert widget.built == built + 1
    assert widget.step == widget.last
    assert np.frombuffer(widget.values, "<f4")[0] == -24


def test_a_gradient_that_the_graph_holds_wrongly_is_named() -> None:
    root, names = w5()
    backward_pull(root)
    names["x"].grad = -2.0
    widget = GraphStepper(root, names)
    widget.step = widget.last
    assert "x holds −2" in widget.words
    held = {each["name"]: each["held"] for each in widget.graph["vertices"]}
    assert {name: says for name, says in held.items() if says} == {"x": "−2"}


def test_bad_settings_are_refused() -> None:
    widget = GraphStepper(w2)
    with pytest.raises(TraitError, match="choose 'push' or 'pull'"):
        widget.algorithm = "forward"
    with pytest.raises(TraitError, match="no input 'k'"):
        widget.inputs = {"k": 1.0}
    with pytest.raises(TraitError, match="finite number"):
        widget.inputs = {"x": float("nan")}
    widget.step = 99
    assert widget.step == widget.last


def hangs(x=1.0):
    while x > 0:
        time.sleep(0.01)
    return Value(x)


def broken_pull():
    x = Tensor(np.ones((2, 3)))
    return Tensor(x.data.sum(), (x,), lambda g: (np.ones(3),)), {"x": x}


@pytest.mark.parametrize(
    ("root", "sentence"),
    [
        (lambda: None, "a value with .data and .parents was expected"),
        (lambda: Value(1.0) / 0, "ZeroDivisionError"),
        (lambda: Tensor(np.ones(2000)).sum(), "more than 1000 numbers"),
        (broken_pull, "a gradient of shape (3,); it should be (2, 3)"),
        (lambda: plots.Node(3.0, parents=(plots.Node(1.0, name="x"),)), "1 finite slope"),
    ],
)
def test_what_is_no_graph_is_a_sentence(root, sentence) -> None:
    widget = GraphStepper(root)
    assert sentence in widget.problem
    assert sentence in widget.picture().text


def test_a_function_that_hangs_is_stopped_and_the_next_number_works() -> None:
    widget = GraphStepper(hangs)
    assert "did not finish" in widget.problem
    widget.inputs = {"x": -1.0}
    assert widget.problem == ""


def test_the_forward_pass_works_without_slopes() -> None:
    x = plots.Node(2.0, name="x")
    widget = GraphStepper(plots.Node(4.0, parents=(x,), op="^ 2", name="f"))
    assert widget.last == 1
    widget.step = 1
    assert "f = x ^ 2 = 2 ^ 2 = 4" in widget.words


@pytest.mark.parametrize("build", [w7, layer])
def test_the_twin_shows_now_and_the_end(build) -> None:
    widget = GraphStepper(build, title="A graph")
    widget.step = 2
    picture = widget.picture()
    assert picture.figure is not None
    assert len(picture.figure.axes) == 2
    assert "step 2" in picture.text
    assert "At the end" in picture.text
    widget.step = widget.last
    figure = widget.picture().figure
    assert figure is not None
    assert len(figure.axes) == 1
    data, _ = widget._repr_mimebundle_()
    assert {"text/plain", "image/png"} <= set(data)
