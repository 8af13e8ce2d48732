"""W33 to W39 of the lectures, with the numbers that the notebook of a6_convnets shows."""

import math

import numpy as np
import pytest

from reference.convnet import (
    LeNet5,
    conv_parameters,
    convnet_loss,
    dense_parameters,
    layer_table,
)
from reference.inspection import score_change
from reference.layers.convolution import conv2d_forward
from reference.layers.losses import softmax_cross_entropy
from reference.layers.pooling import maxpool2d_backward, maxpool2d_forward
from reference.layers.softmax import softmax_backward, softmax_forward
from reference.models import ALEXNET, LENET5
from reference.signals import shift

close = np.testing.assert_allclose

SEVEN = np.array(
    [[0.0, 1, 1, 1, 1], [0, 0, 0, 0, 1], [0, 0, 0, 1, 0], [0, 0, 1, 0, 0], [0, 0, 1, 0, 0]]
)
PARAMS = {
    "alpha": np.array([[[[1.0, 2.0], [0.0, 1.0]]]]),
    "alpha_b": np.zeros(1),
    "beta": np.array([[[[1.0, -1.0], [0.0, 1.0]]], [[[0.0, -1.0], [1.0, 0.0]]]]),
    "beta_b": np.zeros(2),
    "w": np.array([[1.0, -1.0], [2.0, 1.0]]),
    "b": np.array([-1.0, 1.0]),
}


def total(layers, shape) -> int:
    return sum(parameters for *_, parameters in layer_table(layers, shape))


def test_w33_a_hundred_and_twenty_million():
    photograph = (3, 200, 200)
    assert dense_parameters(photograph, 1000) == 120_000_000
    assert dense_parameters((3, 5, 5), 1) * 1000 == 75_000
    assert conv_parameters(photograph, 1000, 5) == 75_000
    ((_, shape, _),) = layer_table([("conv", 1000, 5, 1, 0)], photograph)
    assert shape == (1000, 196, 196)
    assert math.prod(shape[1:]) == 38_416


def test_w34_the_jacobian_alone_and_fused():
    scores = np.array([0.0, math.log(2.0), 0.0])
    y, cache = softmax_forward(scores)
    close(y, [0.25, 0.5, 0.25])
    jacobian = np.array([softmax_backward(row, cache) for row in np.eye(3)])
    close(jacobian, np.array([[3, -2, -1], [-2, 4, -2], [-1, -2, 3]]) / 16)
    close(jacobian.sum(axis=1), 0, atol=1e-15)
    dx = softmax_backward(np.array([-4.0, 0.0, 0.0]), cache)
    close(dx, [-0.75, 0.5, 0.25])
    loss, fused = softmax_cross_entropy(scores[np.newaxis], np.array([0]))
    assert loss == pytest.approx(math.log(4.0))
    close(fused[0], dx)


@pytest.mark.parametrize(("distance", "agree"), [(1, True), (10, True), (700, True), (800, False)])
def test_w34_the_logarithm_loses_what_lies_far_apart(distance: int, agree: bool):
    scores = np.array([[0.0, float(distance)]])
    y, _ = softmax_forward(scores)
    with np.errstate(divide="ignore"):
        alone = -np.log(y[0, 0])
    fused, _ = softmax_cross_entropy(scores, np.array([0]))
    assert (alone == pytest.approx(fused)) == agree
    assert fused == pytest.approx(distance, rel=0.4)


def test_w35_by_hand_there_and_back():
    x = SEVEN[np.newaxis, np.newaxis]
    z1, _ = conv2d_forward(x, PARAMS["alpha"], PARAMS["alpha_b"])
    close(z1[0, 0], [[2, 3, 3, 4], [0, 0, 1, 2], [0, 1, 2, 1], [0, 3, 1, 0]])
    z2, pool = maxpool2d_forward(z1)
    close(z2[0, 0], [[3, 4], [3, 2]])
    z3, _ = conv2d_forward(z2, PARAMS["beta"], PARAMS["beta_b"])
    close(z3.ravel(), [1, -1])
    dz1 = maxpool2d_backward(np.array([[[[-1.0, 1.0], [0.0, -1.0]]]]), pool)
    close(dz1[0, 0], [[0, -1, 0, 1], [0, 0, 0, 0], [0, 0, -1, 0], [0, 0, 0, 0]])
    loss, grads = convnet_loss(x, np.array([0]), PARAMS)
    assert loss == pytest.approx(math.log(2.0))
    close(grads["w"], [[-0.5, 0.5], [0, 0]])
    close(grads["b"], [-0.5, 0.5])
    close(grads["beta"][:, 0], [[[-3, -4], [-3, -2]], [[0, 0], [0, 0]]])
    close(grads["beta_b"], [-1, 0])
    close(grads["alpha"][0, 0], [[0, -1], [-1, 1]])
    close(grads["alpha_b"], [-1])


def test_w36_the_totals_and_where_the_drawings_differ():
    assert total(LENET5, (1, 28, 28)) == 44_426
    assert total([("conv", 6, 5, 1, 2), *LENET5[1:]], (1, 28, 28)) == 61_706
    assert total(LENET5, (1, 32, 32)) == 61_706
    assert total(ALEXNET, (3, 227, 227)) == 62_378_344
    drawn = [shape for name, shape, _ in layer_table(ALEXNET, (3, 224, 224)) if name != "relu"]
    assert drawn[0] == (96, 54, 54)
    assert (6400,) in drawn


def test_w36_where_parameters_and_work_sit():
    parameters, work = {"conv": 0, "linear": 0}, {"conv": 0, "linear": 0}
    halved = 0
    rows = layer_table(ALEXNET, (3, 227, 227))
    learns = [row for row in rows if row[2]]
    for number, (name, shape, count) in enumerate(learns, 1):
        parameters[name] += count
        work[name] += (count - shape[0]) * math.prod(shape[1:])
        if number in (2, 4, 5):  # each tower sees half of the maps
            halved += (count - shape[0]) // 2
    assert parameters["linear"] / sum(parameters.values()) == pytest.approx(0.94, abs=0.005)
    assert work["conv"] / sum(work.values()) == pytest.approx(0.95, abs=0.005)
    assert sum(parameters.values()) - halved == 60_965_224
    assert sum(parameters.values()) / 44_426 == pytest.approx(1400, rel=0.01)


def test_w37_maps_move_along_and_scores_do_not_stay():
    rng = np.random.default_rng(37)
    image = np.zeros((1, 1, 28, 28))
    image[:, :, 6:20, 6:20] = rng.random((14, 14))
    w, b = rng.normal(size=(6, 1, 5, 5)), np.zeros(6)
    before, after = (conv2d_forward(x, w, b)[0] for x in (image, shift(image, 0, 3)))
    close((after - shift(before, 0, 3))[..., 3:], 0, atol=1e-12)
    change = score_change(LeNet5(rng), image[0], [0, 1, 3])
    assert change[0] == 0
    assert change[1] > 0
    assert change[2] > 0
