"""W14 to W23 of the lectures, with the numbers that the notebook of a3_mlp prints."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given

from reference.layers.activations import (
    leaky_relu_backward,
    leaky_relu_forward,
    maxout_forward,
    relu_forward,
    sigmoid_backward,
    sigmoid_forward,
    tanh_backward,
    tanh_forward,
)
from reference.layers.linear import linear_backward, linear_forward
from reference.layers.losses import (
    bce_with_logits,
    hinge_loss,
    l2_penalty,
    multiclass_hinge,
    softmax_cross_entropy,
    squared_error,
)
from reference.mlp import count_parameters, hinge_update, mlp_backward, mlp_forward
from tests.reference.pairs import normal, seeds

close = np.testing.assert_allclose


def test_w14_the_table_of_steps():
    w, x = np.array([0.5, 1.0, -0.5, 0.5]), np.array([2.0, -1.0, 1.0])
    scores = [w[:3] @ x + w[3]]
    for wanted in ([0.7, 0.9, -0.4, 0.6], [0.9, 0.8, -0.3, 0.7], [0.9, 0.8, -0.3, 0.7]):
        w = hinge_update(w, x, 1, 0.1)
        close(w, wanted)
        scores.append(w[:3] @ x + w[3])
    close(scores, [0.0, 0.7, 1.4, 1.4], atol=1e-12)


@pytest.mark.parametrize(("rate", "rounds"), [(2.0, 1), (0.4, 7), (0.1, None)])
def test_w14_the_round_that_ends_the_path(rate: float, rounds: int | None):
    x, y = np.array([-2.0, -0.5, 1.0, 2.5]), np.array([-1.0, -1.0, 1.0, 1.0])
    w, losses = np.array([-3.0, 3.0]), list[float]()
    for _ in range(7):
        for one_x, one_y in zip(x, y, strict=True):
            w = hinge_update(w, np.array([one_x]), one_y, rate)
        losses.append(np.mean(np.maximum(0, 1 - y * (w[0] * x + w[1]))))
    ended = [place for place, loss in enumerate(losses, start=1) if loss < 1e-12]
    assert ended[:1] == ([] if rounds is None else [rounds])


def test_w15_two_weights_of_two_layers():
    w1 = np.array([[1, 0.5, -1, 2, 1], [0, 1, 1, -0.5, 1], [0.5, -1, 0.25, 0, 0.5]])
    w2 = np.array([[0.5], [1.0], [-1.0], [-0.2], [-0.5]])
    x = np.array([[1.0, -1.0, 2.0]])
    scores, cache = mlp_forward(x, [(w1, np.zeros(5)), (w2, np.array([0.2]))])
    close(scores, [[0.2]])
    loss, dscores = hinge_loss(scores[:, 0], np.array([1]))
    assert loss == pytest.approx(0.8)
    (dw1, _), (dw2, _) = mlp_backward(dscores[:, np.newaxis], cache)
    assert (dw2[4, 0], dw1[2, 4], dw1[2, 3]) == pytest.approx((-1.0, 1.0, 0.4))
    assert not dw1[:, 1:3].any()


def test_w16_three_paths():
    w1 = np.array([[1.0, -1.0, 0.5], [0.5, 1.0, -1.0]])
    w2 = np.array([[1.0, -1.0, 1.0], [0.5, 1.0, -1.0], [1.0, 1.0, 1.0]])
    w3 = np.array([[0.4], [2.0], [-1.0]])
    x = np.array([[1.0, 2.0]])
    params = [(w, np.zeros(w.shape[1])) for w in (w1, w2, w3)]
    scores, cache = mlp_forward(x, params)
    close(scores, [[0.0]], atol=1e-12)
    (dw1, _), *_ = mlp_backward(np.array([[-1.0]]), cache)
    close(dw1[:, 0], [0.6, 1.2])
    on = [x @ w1 > 0, relu_forward(x @ w1)[0] @ w2 > 0]
    paths = [w3[j, 0] * on[1][0, j] * w2[0, j] * on[0][0, 0] * x[0, 0] for j in range(3)]
    close(paths, [0.4, 0.0, -1.0])
    assert len(list(product(range(4), range(4)))) == 16  # of 3-4-4-4-1, for each first weight


def test_w17_the_numbers_of_both_columns():
    w1 = np.array([[1.0, 0.5, -1.0], [-1.0, 2.0, 1.0]])
    w2 = np.array([[1.0, 0.5], [-2.0, 1.0], [1.0, -1.0]])
    params = [(w1, np.array([0.0, 0.0, 0.5])), (w2, np.array([0.0, 1.0]))]
    y, cache = mlp_forward(np.array([[1.0, 0.5]]), params, "sigmoid")
    loss, dy = squared_error(y, np.array([[1.0, 0.0]]))
    (dw1, _), _ = mlp_backward(dy, cache)
    assert round(loss, 4) == 2.4706
    rounded = [[-0.1641, -0.0821], [0.6942, 0.3471], [-0.7854, -0.3927]]
    assert dw1.T.round(4).tolist() == rounded


def test_w18_cross_entropy_after_a_sigmoid():
    before, w = np.array([0.5, -1.0, 2.0]), np.array([1.0, -0.5, 0.25])
    z = before @ w
    (a,), cache = sigmoid_forward(np.array([z]))
    loss, dz = bce_with_logits(np.array([z]), np.array([0]))
    assert (z, round(a, 4), round(loss, 4), round(dz[0], 4)) == (1.5, 0.8176, 1.7014, 0.8176)
    assert round(1 / (1 - a), 4) == 5.4817
    (through_the_sigmoid,) = sigmoid_backward(np.array([1 / (1 - a)]), cache)
    assert through_the_sigmoid == pytest.approx(dz[0])
    assert (dz[0] * before).round(4).tolist() == [0.4088, -0.8176, 1.6351]


@given(seeds)
def test_w18_the_gradient_collapses(seed):
    rng = np.random.default_rng(seed)
    z, y = 3 * normal(rng, 5), rng.integers(0, 2, 5)
    a, cache = sigmoid_forward(z)
    da = (-y / a + (1 - y) / (1 - a)) / 5
    close(sigmoid_backward(da, cache), bce_with_logits(z, y)[1], atol=1e-9)


@given(seeds)
def test_w20_two_linear_layers_are_one(seed):
    rng = np.random.default_rng(seed)
    x, w1, b1 = normal(rng, 6, 2), normal(rng, 2, 50), normal(rng, 50)
    w2, b2 = normal(rng, 50, 1), normal(rng, 1)
    hidden, _ = linear_forward(x, w1, b1)
    stacked, _ = linear_forward(hidden, w2, b2)
    close(stacked, linear_forward(x, w1 @ w2, b1 @ w2 + b2)[0], atol=1e-10)
    assert (count_parameters((2, 50, 1)), count_parameters((2, 1))) == (201, 3)
    assert count_parameters((1, 3, 3, 1)) == 22


def test_w21_in_numbers():
    scores, labels = np.array([[2.0, 1.5, -1.0]]), np.array([0])
    loss, dscores = softmax_cross_entropy(scores, labels)
    assert round(loss, 4) == 0.5046
    assert dscores.round(4).tolist() == [[-0.3963, 0.3662, 0.0301]]
    hinge, dhinge = multiclass_hinge(scores, labels)
    assert (hinge, dhinge.tolist()) == (0.5, [[-1.0, 1.0, 0.0]])
    penalty, _ = l2_penalty([np.array([1.0, -2.0])], 0.1)
    assert (penalty, round(loss + penalty, 4)) == (0.5, 1.0046)


def test_w22_how_steep_the_activations_are():
    x, ones = np.linspace(-5.0, 5.0, 1001), np.ones(1001)
    steepest = {
        "sigmoid": sigmoid_backward(ones, sigmoid_forward(x)[1]).max(),
        "tanh": tanh_backward(ones, tanh_forward(x)[1]).max(),
    }
    assert steepest == pytest.approx({"sigmoid": 0.25, "tanh": 1.0})
    for slope in (0.01, 0.1):
        dx = leaky_relu_backward(ones, leaky_relu_forward(x, slope)[1])
        assert set(dx.tolist()) == {slope, 1.0}
    plus, none = np.ones((1, 1)), np.zeros(1)
    out, _ = maxout_forward(x[:, np.newaxis], plus, none, -plus, none)
    close(out[:, 0], np.abs(x))
    close(
        maxout_forward(x[:, np.newaxis], plus, none, 0 * plus, none)[0], relu_forward(x)[0][:, None]
    )


def test_w23_scores_of_dog_cat_and_pig():
    table = np.array([[0.2, 0.4, 0.1, 0.6], [0.3, 0.8, 0.2, 0.1], [0.5, 0.6, 0.4, 0.7]])
    scores, cache = linear_forward(np.array([[1.0, 2.0, 3.0, 4.0]]), table.T, np.zeros(3))
    close(scores, [[3.7, 2.9, 5.7]])
    close(np.array([3.6, 2.6, -3.0]) - scores[0], [-0.1, -0.3, -8.7])
    loss, dscores = softmax_cross_entropy(scores, np.array([1]))
    assert round(loss, 4) == 2.9791
    assert dscores.round(4).tolist() == [[0.1131, -0.9492, 0.836]]
    _, dw, _ = linear_backward(dscores, cache)
    close(dw, np.outer([1.0, 2.0, 3.0, 4.0], dscores[0]))
