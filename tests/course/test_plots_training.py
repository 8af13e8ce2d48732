"""course.plots: histories, signals through depth, paths in a ravine, mistakes."""

import math

import numpy as np
import pytest

from course import plots
from reference.initialise import initialise
from reference.layers.activations import relu_forward, tanh_forward
from reference.updates import sgd_update

HISTORY = {
    "train_loss": [2.0, 1.0, 0.5],
    "test_loss": [2.1, 1.2, 1.3],
    "test_accuracy": [0.2, 0.7, 0.75],
}


def unwritten(*_: object) -> object:
    raise NotImplementedError


def curves(axes) -> list[list[float]]:
    return [line.get_ydata().tolist() for line in axes.lines]


@pytest.mark.parametrize("history", [HISTORY, lambda: HISTORY])
def test_a_history_has_both_losses_and_the_accuracy(history) -> None:
    picture = plots.draw_history(history, title="Digits")
    left, right = picture.figure.axes
    assert curves(left) == [HISTORY["train_loss"], HISTORY["test_loss"]]
    assert curves(right) == [HISTORY["test_accuracy"]]
    assert left.lines[0].get_xdata().tolist() == [1, 2, 3]
    assert "3 epochs: training loss 2 to 0.5, test loss 2.1 to 1.3" in str(picture)
    assert "(lowest 1.2 in epoch 2), accuracy on the test part 20.0% to 75.0%" in str(picture)


@pytest.mark.parametrize(
    ("history", "says"),
    [
        (unwritten, "appears here once `unwritten` is written"),
        ([1.0], "a dict with the lists train_loss, test_loss, test_accuracy"),
        ({"train_loss": [1.0]}, "a dict with the lists"),
        ({**HISTORY, "test_loss": [1.0]}, "one number for each epoch"),
        ({key: [] for key in HISTORY}, "train_loss is an empty list"),
        ({**HISTORY, "test_loss": [1.0, math.nan, 1.0]}, "test_loss has an infinite number"),
        ({**HISTORY, "test_loss": 3.0}, "test_loss should be a list of numbers"),
    ],
)
def test_a_history_that_cannot_be_drawn_gets_a_sentence(history, says: str) -> None:
    picture = plots.draw_history(history)
    assert picture.figure is None
    assert says in str(picture)


def series(logarithmic: bool, **numbers: list[float]):
    works = {name: lambda each=each: each for name, each in numbers.items()}
    return plots.draw_series(
        works, across="layer", up="norm", title="Flow", first=1, logarithmic=logarithmic
    )


def test_series_stand_over_their_number() -> None:
    picture = series(True, sigmoid=[1e-5, 1e-3, 0.1], relu=[0.5, 0.4])
    (axes,) = picture.figure.axes
    assert curves(axes) == [[1e-5, 1e-3, 0.1], [0.5, 0.4]]
    assert axes.lines[1].get_xdata().tolist() == [1, 2]
    assert (axes.get_yscale(), axes.get_xlabel(), axes.get_ylabel()) == ("log", "layer", "norm")
    assert str(picture).splitlines() == [
        "Flow",
        "sigmoid: norm by layer, from 1: 1e−05, 0.001, 0.1",
        "relu: norm by layer, from 1: 0.5, 0.4",
    ]


def test_a_long_series_is_cut_in_words() -> None:
    picture = series(False, rate=[0.5] * 40)
    assert str(picture).endswith("0.5, … 0.5")
    assert picture.figure.axes[0].get_yscale() == "linear"


def test_zero_has_no_place_on_a_logarithmic_axis() -> None:
    assert "a number is 0 or negative" in str(series(True, relu=[0.0, 1.0]))
    assert series(False, relu=[0.0, 1.0]).figure is not None


def test_signals_through_depth_have_a_row_for_each_scheme() -> None:
    picture = plots.draw_depth(initialise, relu_forward, title="ReLU")
    panels = picture.figure.axes
    assert len(panels) == 12
    assert [panels[place].get_ylabel() for place in (0, 4, 8)] == ["small", "xavier", "he"]
    lines = str(picture).splitlines()
    spreads = {line.split(":")[0]: float(line.split()[-1].replace("−", "-")) for line in lines[1:]}
    assert spreads["small"] < 1e-8 < 0.01 < spreads["xavier"] < 0.2 < 0.5 < spreads["he"] < 1.2


@pytest.mark.parametrize(
    ("draw", "says"),
    [
        (unwritten, "appears here once `unwritten` is written"),
        (lambda shape, scheme, rng: np.zeros((*shape, 1)), "the shape (100, 100, 1)"),
        (lambda shape, scheme, rng: np.full(shape, np.nan), "not finite"),
        (lambda shape, scheme, rng: None, "returned"),
    ],
)
def test_weights_that_cannot_be_used_get_a_sentence(draw, says: str) -> None:
    picture = plots.draw_depth(draw, tanh_forward, title="tanh")
    assert picture.figure is None
    assert says in str(picture)


def valley(w) -> float:
    return float(0.5 * (w[0] ** 2 + 25 * w[1] ** 2))


def walk(steps: int = 5):
    path, state = [np.array([-4.0, 1.0])], None
    for _ in range(steps):
        w, state = sgd_update(path[-1], path[-1] * [1.0, 25.0], state, 0.02)
        path.append(w)
    return path


def test_each_walk_has_a_panel_and_what_is_not_written_says_so() -> None:
    picture = plots.draw_ravine(valley, {"SGD": walk, "Adam": unwritten, "short": lambda: walk(1)})
    assert [panel.get_title() for panel in picture.figure.axes] == [
        "SGD: loss 6.5 after 5 steps",
        "short: loss 11 after 1 step",
        "Adam: not written yet",
    ]
    path = picture.figure.axes[0].lines[1]
    np.testing.assert_array_equal(np.array(path.get_data()).T, walk())
    assert "SGD: 5 steps, the loss goes from 20 to 6.5" in str(picture)
    assert "Adam: it appears here once `unwritten` is written" in str(picture)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        (unwritten, "once `unwritten` is written"),
        (list, "a list of pairs"),
        (lambda: [1.0, 2.0], "a list of pairs"),
        (lambda: None, "a list of pairs"),
        (lambda: [[0.0, 1.0], [0.0, math.inf]], "leaves every bound; try a smaller rate"),
    ],
)
def test_a_walk_that_cannot_be_drawn_gets_a_sentence(path, says: str) -> None:
    picture = plots.draw_ravine(valley, {"SGD": path})
    assert picture.figure is None
    assert says in str(picture)


def test_mistakes_are_shown_with_what_was_said() -> None:
    images = np.zeros((20, 1, 8, 8), np.float32)
    labels = np.arange(20) % 10
    picture = plots.draw_mistakes(lambda x: [3] * len(x), images, labels, title="Digits")
    titles = [panel.get_title() for panel in picture.figure.axes]
    assert len(titles) == 12
    assert titles[:4] == ["said 3, is 0", "said 3, is 1", "said 3, is 2", "said 3, is 4"]
    assert "Digits: 18 of 20 images are wrong (10.0% right); the first are 0 taken for 3" in str(
        picture
    )


def test_a_classifier_without_mistakes_has_none_to_show() -> None:
    labels = np.arange(4)
    picture = plots.draw_mistakes(lambda x: labels, np.zeros((4, 1, 8, 8), np.float32), labels)
    assert picture.figure is None
    assert "0 of 4 images are wrong (100.0% right)" in str(picture)


@pytest.mark.parametrize(
    ("predict", "label", "says"),
    [
        (unwritten, 1, "once `unwritten` is written"),
        (lambda x: None, 1, "one whole number for each image"),
        (lambda x: [1], 1, "1 labels for 4 images"),
        (lambda x: np.zeros((4, 10)), 1, "one whole number for each image"),
        (lambda x: [1] * 4, -1, "the labels of these images are not known here"),
    ],
)
def test_mistakes_that_cannot_be_told_get_a_sentence(predict, label: int, says: str) -> None:
    images, labels = np.zeros((4, 1, 8, 8), np.float32), np.full(4, label)
    picture = plots.draw_mistakes(predict, images, labels)
    assert picture.figure is None
    assert says in str(picture)
