"""course.plots: networks, activations, losses and regions show somebody's own functions."""

import numpy as np
import pytest

from course import datasets, plots
from reference.layers.activations import (
    leaky_relu_backward,
    leaky_relu_forward,
    tanh_backward,
    tanh_forward,
)
from reference.layers.losses import hinge_loss

WEIGHTS = [np.array([[1.0, -2.0, 0.5], [0.0, 1.0, 3.0]]), np.array([[1.0], [-1.0], [2.0]])]
VALUES = [[1.0, 2.0], [1.0, 0.0, 6.5], [14.0]]


def unwritten(*args: object) -> object:
    raise NotImplementedError


def lines_of(picture: plots.Picture, place: int = 0):
    assert picture.figure is not None
    return picture.figure.axes[place].lines


def test_a_network_has_a_circle_for_each_unit_and_a_line_for_each_weight() -> None:
    picture = plots.draw_network(WEIGHTS, VALUES, title="W15")
    assert picture.figure is not None
    axes, bar = picture.figure.axes
    assert len(axes.patches) == 6
    assert len(axes.lines) == 2 * 9  # a dark edge under each
    texts = [text.get_text() for text in axes.texts]
    assert {"inputs", "hidden 1", "outputs", "6.5", "14"} <= set(texts)
    assert bar.get_ylabel() == "weight"
    assert axes.get_title() == "W15"


def test_colours_are_centred_at_zero() -> None:
    bright = [line for line in lines_of(plots.draw_network(WEIGHTS)) if line.get_linewidth() < 3]
    red, _, blue, _ = np.array([line.get_color() for line in bright])[[1, 3, 5, 8]].T
    assert red[0] > blue[0]  # -2 is red
    assert red[1] == pytest.approx(blue[1], abs=0.01)  # 0 is neither
    assert blue[2] > red[2]  # 3 is blue


def test_only_the_paths_through_one_weight_stand_out() -> None:
    deep = [np.ones((2, 3)), np.ones((3, 4)), np.ones((4, 2))]
    picture = plots.draw_network(deep, through=(0, 1, 2))
    faint = [line for line in lines_of(picture) if line.get_alpha() == 0.1]
    assert len(faint) == (6 - 1) + (12 - 4)
    assert "from the weight [1, 2] of layer 1 (1) to the outputs: 8 paths" in str(picture)
    assert "to the outputs: 1 path\n" in str(plots.draw_network(WEIGHTS, through=(0, 1, 2)))


def test_the_words_tell_the_weights_and_the_values() -> None:
    assert str(plots.draw_network(lambda: (WEIGHTS, VALUES), title="W15")).splitlines() == [
        "W15",
        "a network of 2-3-1 units with 9 weights",
        "inputs: 1, 2",
        "hidden 1: 1, 0, 6.5",
        "outputs: 14",
        "weights of layer 1, a row for each unit they come from: 1 −2 0.5; 0 1 3",
        "weights of layer 2, a row for each unit they come from: 1; −1; 2",
    ]


@pytest.mark.parametrize(
    ("weights", "values", "says"),
    [
        ([], None, "their shapes are []"),
        (None, None, "a list of matrices was expected"),
        ([np.ones((2, 3)), np.ones((2, 1))], None, "their shapes are [(2, 3), (2, 1)]"),
        ([np.ones(3)], None, "their shapes are [(3,)]"),
        ([np.full((2, 2), np.nan)], None, "infinite or not a number"),
        ([np.ones((20, 2))], None, "20-2 units is too large"),
        (WEIGHTS, [[1.0, 2.0], [1.0]], "the columns have [2, 1] values, but [2, 3, 1] units"),
        (unwritten, None, "once `unwritten` is written"),
    ],
)
def test_a_network_that_cannot_be_drawn_gets_a_sentence(weights, values, says: str) -> None:
    picture = plots.draw_network(weights, values)
    assert picture.figure is None
    assert says in str(picture)


def leaky(x):
    return leaky_relu_forward(x, 0.1)


def test_activations_are_drawn_with_their_derivatives() -> None:
    pairs = {"tanh": (tanh_forward, tanh_backward), "leaky": (leaky, leaky_relu_backward)}
    picture = plots.draw_activations(pairs, reach=4.0)
    assert picture.figure is not None
    assert [axes.get_title() for axes in picture.figure.axes] == ["tanh", "leaky"]
    value, derivative = lines_of(picture)[2:]  # after the axes
    x = value.get_xdata()
    assert (x[0], x[-1]) == (-4.0, 4.0)
    np.testing.assert_allclose(value.get_ydata(), np.tanh(x))
    np.testing.assert_allclose(derivative.get_ydata(), np.cosh(x) ** -2)
    assert "leaky: values −0.4 to 4, derivative 0.1 to 1; at the left end 0.1" in str(picture)


@pytest.mark.parametrize(
    ("forward", "backward", "says"),
    [
        (unwritten, tanh_backward, "once `unwritten` is written"),
        (np.tanh, tanh_backward, "should return (out, cache)"),
        (lambda x: (x[1:], x), tanh_backward, "has the shape (400,); it should be (401,)"),
        (tanh_forward, lambda dout, cache: None, "gave None; is a `return` missing?"),
        (tanh_forward, lambda dout, cache: "flat", "no array of numbers"),
        (tanh_forward, lambda dout, cache: dout * np.nan, "infinite or not a number"),
        (tanh_forward, lambda dout: dout, "stopped with TypeError"),
    ],
)
def test_a_broken_activation_gets_a_sentence(forward, backward, says: str) -> None:
    picture = plots.draw_activations({"tanh": (forward, backward)})
    assert picture.figure is None
    assert says in str(picture)


def hinge_of(score):
    return hinge_loss(score, np.array([1.0]))


def test_losses_are_drawn_with_their_slopes() -> None:
    picture = plots.draw_losses({"hinge": hinge_of}, reach=3.0)
    loss, slope = (lines_of(picture, place)[1] for place in (0, 1))
    scores = loss.get_xdata()
    np.testing.assert_allclose(loss.get_ydata(), np.maximum(0, 1 - scores))
    away = np.abs(scores - 1) > 1e-9
    np.testing.assert_allclose(slope.get_ydata()[away], -(scores < 1.0)[away].astype(float))
    assert "hinge: at score −3 loss 4, slope −1; at score 0 loss 1" in str(picture)


@pytest.mark.parametrize("loss", [lambda s: None, lambda s: 1.0, lambda s: (1.0, [])])
def test_a_loss_without_a_gradient_gets_a_sentence(loss) -> None:
    assert "should return (loss, gradient)" in str(plots.draw_losses({"mine": loss}))


def bowl(a: float, b: float) -> float:
    return (a - 1) ** 2 + (b + 2) ** 2


def test_a_surface_shows_its_lowest_point_and_the_path() -> None:
    steps = [(0.0, 0.0), (0.5, -1.0), (1.0, -2.0)]
    picture = plots.draw_surfaces({"bowl": bowl, "higher": lambda a, b: bowl(a, b) + 1}, steps)
    assert picture.figure is not None
    panels = [axes for axes in picture.figure.axes if axes.get_title()]
    assert [axes.get_title() for axes in panels] == ["bowl", "higher"]
    assert all((axes.get_xlabel(), axes.get_ylabel()) == ("w", "b") for axes in panels)
    path = panels[0].lines[0]
    assert list(zip(path.get_xdata(), path.get_ydata(), strict=True)) == steps
    assert "bowl: from 0 near w = 1, b = −2 up to 85" in str(picture)
    assert "a path of 3 points leads from (0, 0) to (1, −2)" in str(picture)


def test_a_flat_surface_and_a_far_path_are_drawn() -> None:
    picture = plots.draw_surfaces({"flat": lambda a, b: 2.0}, lambda: [(40.0, 0.0)])
    assert picture.figure is not None
    assert picture.figure.axes[0].get_xlim()[1] >= 40.0


@pytest.mark.parametrize(
    ("loss", "path", "says"),
    [
        (lambda a, b: np.inf, (), "infinite or not a number"),
        (lambda a, b: None, (), "should return one number"),
        (bowl, [1.0, 2.0], "a list of pairs"),
        (bowl, [(np.nan, 0.0)], "leaves every bound"),
        (bowl, unwritten, "once `unwritten` is written"),
    ],
)
def test_a_surface_that_cannot_be_drawn_gets_a_sentence(loss, path, says: str) -> None:
    picture = plots.draw_surfaces({"mine": loss}, path)
    assert picture.figure is None
    assert says in str(picture)


def test_regions_are_those_of_the_classifier() -> None:
    x, labels = datasets.moons(40, np.random.default_rng(0))
    one_for_all = {"all one": lambda p: np.stack([p[:, 0] * 0, p[:, 0] * 0 + 1], axis=1)}
    picture = plots.draw_regions(one_for_all, x, labels)
    assert picture.figure is not None
    assert picture.figure.axes[0].get_title() == "all one: 50% right"
    assert len(picture.figure.axes[0].get_legend().get_texts()) == 2
    assert "all one: 50% of 40 points lie in the region of their class" in str(picture)


@pytest.mark.parametrize(
    ("classifier", "says"),
    [
        (lambda p: p[:, 0], "made (40,) of (40, 2)"),
        (lambda p: np.zeros((len(p), 9)), "K at most 4"),
        (unwritten, "once `unwritten` is written"),
    ],
)
def test_scores_that_are_none_get_a_sentence(classifier, says: str) -> None:
    x, labels = datasets.moons(40, np.random.default_rng(0))
    picture = plots.draw_regions({"mine": classifier}, x, labels)
    assert picture.figure is None
    assert says in str(picture)
