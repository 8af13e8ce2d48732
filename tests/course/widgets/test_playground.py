"""course.widgets.Playground without a browser: settings, points, training by own functions."""

import time

import numpy as np
import pytest
from traitlets import TraitError

from course import datasets, widgets
from course.widgets.playground import data as playground_data
from course.widgets.playground.run import Chance
from reference.layers.losses import softmax_cross_entropy
from reference.mlp import mlp_backward, mlp_forward
from reference.updates import adam_update

OWN = (mlp_forward, mlp_backward, softmax_cross_entropy)


def yours(**settings) -> widgets.Playground:
    return widgets.Playground(*OWN, **{"engine": "yours", **settings})


@pytest.mark.parametrize("name", playground_data.SETS)
@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_the_points_are_those_of_the_datasets(name: str, noise: float) -> None:
    found = playground_data.points(name, 5, noise, [])
    x, labels = getattr(datasets, name)(playground_data.POINTS, np.random.default_rng(5), noise)
    np.testing.assert_allclose(found.x, x, atol=1e-6)
    np.testing.assert_array_equal(found.labels, labels)
    centre, reach = playground_data.WINDOWS[name][:2], playground_data.WINDOWS[name][2]
    assert np.mean(np.abs(found.x - centre) < reach) > 0.9


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_share_of_each_class_is_learnt_from(share: float) -> None:
    found = playground_data.points("spiral", 0, 0.0, [])
    train, test = playground_data.parted(found, share)
    assert len(train.x) + len(test.x) == len(found.x)
    for label in range(3):
        part = np.count_nonzero(train.labels == label) / np.count_nonzero(found.labels == label)
        assert abs(part - share) < 0.03


def test_a_pass_has_every_example_once_and_the_seed_decides() -> None:
    chance = Chance(3)
    first, second = ([row for _ in range(4) for row in chance.rows(10, 3)] for _ in range(2))
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second
    assert Chance(3).rows(10, 10) == first
    assert Chance(4).rows(10, 10) != first


def test_it_begins_with_weights_of_the_spread_asked_for() -> None:
    w = widgets.Playground(hidden=[16, 16], spread=2.0)
    assert [(a.shape, b.shape) for a, b in w.params] == [
        ((2, 16), (16,)),
        ((16, 16), (16,)),
        ((16, 3), (3,)),
    ]
    assert abs(w.params[1][0].std() - 2 / 4) < 0.06
    assert not w.params[1][1].any()
    assert "Network 2-16-16-3, 371 weights and biases" in w.words


def test_your_functions_take_the_steps_that_numpy_takes() -> None:
    w = yours(data="moons", hidden=[5], activation="tanh", batch=400, rate=0.5, l2=0.01)
    before = w.params
    train, _ = playground_data.parted(playground_data.points("moons", 0, 0.05, []), 0.5)
    _, cache = (scores := mlp_forward(train.x, before, "tanh"))
    grads = mlp_backward(softmax_cross_entropy(scores[0], train.labels)[1], cache)
    w.advance(1)
    for (now, bias), (old, b), (dw, db) in zip(w.params, before, grads, strict=True):
        np.testing.assert_allclose(now, old - 0.5 * (dw + 0.02 * old), atol=1e-12)
        np.testing.assert_allclose(bias, b - 0.5 * db, atol=1e-12)


def test_your_functions_learn_and_the_words_say_so() -> None:
    w = yours(data="moons", updates={"adam": adam_update}, optimiser="adam", rate=0.05)
    w.advance(150)
    assert w.steps == 150
    assert w.history["steps"] == list(range(151))
    assert w.history["train_loss"][-1] < 0.15 < 0.5 < w.history["train_loss"][0]
    assert "After 150 steps: training loss 0." in w.words
    assert "% right; test loss" in w.words
    again = yours(data="moons", updates={"adam": adam_update}, optimiser="adam", rate=0.05)
    again.advance(150)
    assert again.history == w.history
    w.reset()
    assert (w.steps, w.history["steps"]) == (0, [])
    np.testing.assert_array_equal(w.params[0][0], yours(data="moons").params[0][0])


def test_a_long_curve_keeps_every_second_step() -> None:
    w = yours(hidden=[], share=0.1)
    w.advance(450)
    assert w.history["steps"] == list(range(0, 451, 2))


def test_a_slice_is_short_and_the_next_goes_on() -> None:
    w = yours(batch=1)
    w.playing = True
    began = time.monotonic()
    w.asked += 1
    assert time.monotonic() - began < 1.0
    first = w.steps
    assert first > 0
    w.asked += 1
    assert w.steps > first
    assert w.words.startswith("It trains")
    w.playing = False
    assert f"After {w.steps} steps" in w.words


def test_the_picture_shows_the_plane_and_the_curves() -> None:
    w = yours(data="circles")
    assert len(w.picture().figure.axes) == 1
    w.advance(5)
    plane, curves = w.picture().figure.axes
    assert len(curves.lines) == 2
    assert curves.lines[0].get_ydata().tolist() == w.history["train_loss"]
    assert len(plane.images) == 1
    assert len(plane.collections) == 4  # either part of both classes
    data, _ = w._repr_mimebundle_()
    assert {"image/png", "text/plain"} <= set(data)
    assert "After 5 steps" in data["text/plain"]
    alone = widgets.Playground().picture()
    assert len(alone.figure.axes) == 1


def test_points_drawn_by_hand() -> None:
    w = yours(data="drawn by hand")
    assert "No points to learn from yet" in w.words
    w.advance(3)
    assert (w.steps, w.problem) == (0, "")
    assert w.picture().figure is not None
    w.drawn = [(-1, 0, 0), (1, 0, 1), [0, 1, 2], [0.5, 0.5, 2]]
    assert w.params[-1][1].shape == (3,)
    w.advance(3)
    assert w.steps == 3
    w.drawn = w.drawn[:1]
    assert w.params[-1][1].shape == (2,)


def test_the_page_tells_how_far_it_came_but_not_of_a_training_before() -> None:
    w = widgets.Playground(data="xor", hidden=[])
    told = {
        "by": "page",
        "run": w.run,
        "steps": 7,
        "figures": [0.5, None, 0.75, None],
        "problem": "",
        "weights": np.arange(6, dtype="<f4").tobytes(),
        "curves": np.array([[0, 1, 1], [7, 0.5, np.nan]], "<f4").tobytes(),
        "scores": np.zeros((61, 61, 2), "<f4").tobytes(),
    }
    w.state = told
    assert w.steps == 7
    assert [each.tolist() for each in w.params[0]] == [[[0, 1], [2, 3]], [4, 5]]
    assert w.history["train_loss"] == [1, 0.5]
    assert w.words.endswith("After 7 steps: training loss 0.5, 75% right.")
    assert len(w.picture().figure.axes) == 2
    w.activation = "tanh"
    assert w.steps == 0
    w.state = {**told, "steps": 8}
    assert w.steps == 0


def test_weights_can_be_set() -> None:
    w = yours(data="xor", hidden=[2])
    params = [(np.ones_like(a), np.zeros_like(b)) for a, b in w.params]
    w.params = params
    np.testing.assert_array_equal(w.params[0][0], 1)
    assert "training loss 0.693, 5" in w.words
    with pytest.raises(ValueError, match=r"There are 2 layers here, not 1"):
        w.params = params[:1]
    with pytest.raises(ValueError, match=r"w of layer 1 has the shape \(2,\); it should be \(2, 2"):
        w.params = [(np.ones(2), np.zeros(2)), params[1]]


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("data", "rings", "There is no data 'rings' here: choose from"),
        ("engine", "yours", "needs your functions"),
        ("noise", -0.1, "noise is -0.1; it must be a deviation from 0 to 1"),
        ("rate", float("nan"), "rate is nan; it must be a learning rate from 0"),
        ("batch", 0, "a number of points from 1 to 400"),
        ("hidden", [8, 0], "at most 4 layers of 1 to 16 units"),
        ("hidden", [1] * 5, "at most 4 layers"),
        ("unit", [1, 9], "of a layer that is there"),
        ("drawn", [[0, 0, 4]], "with class 0 to 3"),
        ("drawn", [1], "at most 400 points"),
    ],
)
def test_a_bad_setting_gets_a_sentence(setting: str, value: object, says: str) -> None:
    w = widgets.Playground()
    with pytest.raises(TraitError, match=says.replace("[", r"\[")):
        setattr(w, setting, value)
    with pytest.raises(TraitError):
        widgets.Playground(**{setting: value})
    w.hidden = [3]
    assert w.params[0][0].shape == (2, 3)


def test_half_of_the_functions_or_an_unknown_setting_is_a_sentence() -> None:
    with pytest.raises(TypeError, match="give all three"):
        widgets.Playground(mlp_forward)
    with pytest.raises(TypeError, match="no setting 'colour'"):
        widgets.Playground(colour="red")


def unwritten(*_: object) -> object:
    raise NotImplementedError


def hangs(*_: object) -> object:
    while True:
        pass


def forgets(*_: object) -> None:
    return None


@pytest.mark.parametrize(
    ("functions", "says"),
    [
        ((unwritten, *OWN[1:]), "appears here once `unwritten` is written"),
        ((OWN[0], unwritten, OWN[2]), "appears here once `unwritten` is written"),
        ((forgets, *OWN[1:]), "mlp_forward should return (scores, cache); it gave None"),
        ((lambda *_: (np.zeros((1, 1)), 0), *OWN[1:]), "has the shape (1, 1); it should be ("),
        ((OWN[0], lambda *_: [], OWN[2]), "a list of 2 pairs (dw, db)"),
        ((OWN[0], lambda *_: [(0, 0), (0, 0)], OWN[2]), "dw of layer 1 has the shape ()"),
        ((*OWN[:2], lambda *_: (np.nan, 0)), "The loss has an entry that is infinite"),
        ((*OWN[:2], lambda *_: 1.0), "the loss should return (loss, gradient)"),
    ],
)
def test_your_function_that_fails_is_a_sentence(functions, says: str) -> None:
    w = widgets.Playground(*functions, engine="yours")
    w.advance(1)
    assert w.problem.startswith("It does not train yet: ")
    assert says in w.problem
    assert w.steps == 0
    assert says in w.picture().text
    w.engine = "page"
    assert w.problem == ""


def test_your_function_that_hangs_is_stopped() -> None:
    w = widgets.Playground(hangs, *OWN[1:])
    w.engine = "yours"
    assert "`hangs` did not finish within 3 s" in w.problem
    began = time.monotonic()
    assert w.problem in w.picture().text
    assert time.monotonic() - began < 1.0


def test_it_works_again_when_the_function_does() -> None:
    def sometimes(x, params, activation):
        if activation == "tanh":
            raise ValueError("not today")
        return mlp_forward(x, params, activation)

    w = widgets.Playground(sometimes, *OWN[1:], engine="yours", activation="tanh")
    assert "stopped with ValueError: not today" in w.problem
    w.activation = "relu"
    assert w.problem == ""
    w.advance(2)
    assert w.steps == 2


def test_a_rule_that_is_not_given_is_a_sentence() -> None:
    w = yours(optimiser="adam")
    w.advance(1)
    assert "have no rule 'adam' here" in w.problem
    w.optimiser = "sgd"
    assert w.problem == ""
    w.advance(1)
    assert (w.steps, w.problem) == (1, "")


def test_what_your_functions_write_into_is_theirs() -> None:
    def greedy(x, params, activation):
        answer = mlp_forward(x.copy(), [(w.copy(), b.copy()) for w, b in params], activation)
        x[:] = 0
        params[0][0][:] = 0
        return answer

    w, right = widgets.Playground(greedy, *OWN[1:], engine="yours"), yours()
    w.advance(5)
    right.advance(5)
    assert w.history == right.history
