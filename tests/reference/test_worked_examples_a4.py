"""W22, W23, W25 and W40 as `a4_training` tells them; W24 stands in `tests/docs`."""

import math

import numpy as np
import pytest

from course import datasets
from reference.initialise import initialise
from reference.layers import activations
from reference.layers.losses import softmax_cross_entropy
from reference.mlp import mlp_backward, mlp_forward
from reference.training import train
from reference.updates import adagrad_update, adam_update, rmsprop_update, sgd_update


def slope(name: str, x: float) -> float:
    forward = getattr(activations, f"{name}_forward")
    backward = getattr(activations, f"{name}_backward")
    return float(backward(np.ones(1), forward(np.array([x]))[1])[0])


@pytest.mark.parametrize(
    ("name", "at_zero", "at_two", "at_five"),
    [("sigmoid", 0.25, 0.105, 0.0066), ("tanh", 1.0, 0.071, 0.00018)],
)
def test_w22_slopes(name: str, at_zero: float, at_two: float, at_five: float) -> None:
    assert slope(name, 0.0) == at_zero
    assert round(slope(name, 2.0), 3) == at_two
    assert float(f"{slope(name, 5.0):.2g}") == at_five
    assert f"{0.25**8:.1e}" == "1.5e-05"


def test_w23_scores_and_a_step() -> None:
    w = np.array([[0.2, 0.4, 0.1, 0.6], [0.3, 0.8, 0.2, 0.1], [0.5, 0.6, 0.4, 0.7]]).T
    x, cat = np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([1])
    scores, cache = mlp_forward(x, [(w, np.zeros(3))])
    np.testing.assert_allclose(scores, [[3.7, 2.9, 5.7]])
    loss, dscores = softmax_cross_entropy(scores, cat)
    assert round(loss, 3) == 2.979
    assert dscores.round(3).tolist() == [[0.113, -0.949, 0.836]]
    assert np.add(dscores, [0, 1, 0]).round(3).tolist() == [[0.113, 0.051, 0.836]]
    [(dw, _)] = mlp_backward(dscores, cache)
    after = x @ (w - 0.1 * dw)
    assert after.round(3).tolist() == [[3.361, 5.747, 3.192]]
    assert round(softmax_cross_entropy(after, cat)[0], 3) == 0.157
    assert np.subtract([3.6, 2.6, -3.0], [3.7, 2.9, 5.7]).round(1).tolist() == [-0.1, -0.3, -8.7]


def test_w25_a_network_that_knows_nothing_and_one_that_learnt() -> None:
    x, labels, _, _ = datasets.digits()
    rows = x.reshape(len(x), -1)
    data = (rows[:1200], labels[:1200], rows[1200:], labels[1200:])
    zeros = [(np.zeros((64, 10)), np.zeros(10))]
    loss, _ = softmax_cross_entropy(mlp_forward(rows, zeros)[0], labels)
    assert round(loss, 3) == round(math.log(10), 3) == 2.303
    rng = np.random.default_rng(0)
    start = [(initialise(s, "he", rng), np.zeros(s[1])) for s in ((64, 64), (64, 10))]
    _, history = train(start, data, 15, 0.1, 32, np.random.default_rng(0))
    for key in ("train_loss", "test_loss"):
        assert history[key][0] > 3 * history[key][-1]
    assert history["test_accuracy"][-1] > 0.93


def test_two_steps_by_hand() -> None:
    """The table before the exercises: w = 1, the gradients 2 and -2, rate 0.1, eps 0."""
    rules = {
        "SGD": (sgd_update, {}, [0.8, 1.0]),
        "momentum": (sgd_update, {"momentum": 0.5}, [0.8, 0.9]),
        "AdaGrad": (adagrad_update, {"eps": 0.0}, [0.9, 0.9707]),
        "RMSProp": (rmsprop_update, {"decay": 0.75, "eps": 0.0}, [0.8, 0.9512]),
        "Adam": (adam_update, {"eps": 0.0}, [0.9, 0.9053]),
    }
    for rule, settings, wanted in rules.values():
        w, state = np.array([1.0]), None
        for gradient, number in zip((2.0, -2.0), wanted, strict=True):
            w, state = rule(w, np.array([gradient]), state, 0.1, **settings)
            assert round(float(w[0]), 4) == number


def test_w40_arms_of_a_spiral_are_parted() -> None:
    rng = np.random.default_rng(1)
    data = (*datasets.spiral(300, rng), *datasets.spiral(300, rng))
    draw = np.random.default_rng(0)
    start = [(initialise(s, "he", draw), np.zeros(s[1])) for s in ((2, 32), (32, 3))]
    _, history = train(start, data, 200, 0.5, 20, rng)
    assert history["test_accuracy"][0] < 0.75
    assert history["test_accuracy"][-1] > 0.93
    _, straight = train([(np.zeros((2, 3)), np.zeros(3))], data, 200, 0.5, 20, rng)
    assert straight["test_accuracy"][-1] < 0.8
