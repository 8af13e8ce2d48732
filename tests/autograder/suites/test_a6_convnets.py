"""What only the suite of a6_convnets tells apart: nudging, half a network, good classifiers."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from autograder.verdict import Verdict
from course import datasets
from reference.convnet import LeNet5, convnet_loss
from reference.layers.softmax import softmax_backward, softmax_forward
from reference.lenet_experiment import network, predict
from tests.autograder.suites.rights import failed, passed_values, reference

A6 = "a6_convnets"
EPS = 1e-5
Assess = Callable[[str, str, Mapping[str, object], int], list[Verdict]]


def names_failed(verdicts: list[Verdict]) -> list[str]:
    return [name for _, name, _ in failed(verdicts)]


def slope(function, array):
    """The centred difference along every entry of an array."""
    found = np.zeros(array.shape)
    for index in np.ndindex(array.shape):
        step = np.zeros(array.shape)
        step[index] = EPS
        found[index] = (function(array + step) - function(array - step)) / (2 * EPS)
    return found


def nudged_loss(x, labels, params):
    """A loss whose gradients are measured, not computed."""

    def loss_with(name, array):
        return convnet_loss(x, labels, {**params, name: array})[0]

    grads = {
        name: slope(lambda array, name=name: loss_with(name, array), params[name])
        for name in params
    }
    return convnet_loss(x, labels, params)[0], grads


@pytest.mark.thorough
def test_nudging_every_weight_is_no_backward_pass(assess: Assess):
    verdicts = assess(A6, "convnet_loss", {"convnet_loss": nudged_loss}, 1)
    assert "test_many_weights" in names_failed(verdicts)
    assert {"test_one_image", "test_several_images"} <= set(passed_values(verdicts))


class Nudged(LeNet5):
    """A network that measures the gradients of large batches."""

    def forward(self, x):
        self.images = x
        return super().forward(x)

    def backward(self, dscores):
        if len(dscores) < 100:
            return super().backward(dscores)
        start, images = dict(self.params), self.images
        for name, array in start.items():

            def after(moved, name=name):
                self.params = {**start, name: moved}
                return float((dscores * self.forward(images)).sum())

            self.grads[name] = slope(after, array)
        return np.zeros(images.shape)


@pytest.mark.thorough
def test_nudging_every_weight_of_lenet_does_not_end(assess: Assess):
    verdicts = assess(A6, "lenet", {"LeNet5": Nudged}, 2)
    assert names_failed(verdicts) == ["test_large_batch"]


def one_by_one(model, image, label):
    image = image.reshape(1, 1, 28, 28)
    return np.abs(slope(lambda x: float(model.forward(x)[0, label]), image))[0, 0]


def all_at_once(model, image, label):
    steps = EPS * np.eye(784).reshape(784, 1, 28, 28)
    above, below = (model.forward(image.reshape(1, 28, 28) + s * steps) for s in (1, -1))
    return np.abs((above - below)[:, label] / (2 * EPS)).reshape(28, 28)


@pytest.mark.thorough
@pytest.mark.parametrize("nudged", [one_by_one, all_at_once])
def test_nudging_every_pixel_is_no_saliency(assess: Assess, nudged):
    verdicts = assess(A6, "saliency", {"saliency_map": nudged}, 3)
    assert "test_deep_network" in names_failed(verdicts)
    assert passed_values(verdicts)  # else it proves nothing


class Nothing:
    def __init__(self, rng):
        pass


class Silent(LeNet5):
    def forward(self, x):
        return np.zeros((len(x), 10))

    def backward(self, dscores):
        self.grads = {name: np.zeros_like(array) for name, array in self.params.items()}
        return np.zeros((len(dscores), 1, 28, 28))


class Returning(LeNet5):
    def forward(self, x):
        return x

    def backward(self, dscores):
        self.grads = self.params
        return dscores


@pytest.mark.parametrize("null", [Nothing, Silent, Returning, lambda rng: None])
def test_networks_that_compute_nothing_score_nothing(assess: Assess, null):
    assert passed_values(assess(A6, "lenet", {"LeNet5": null}, 4)) == []


class OneWay(LeNet5):
    def backward(self, dscores):
        raise NotImplementedError


def test_a_network_without_a_way_back_has_a_part(assess: Assess):
    assert passed_values(assess(A6, "lenet", {"LeNet5": OneWay}, 5)) == ["test_scores"]


class Stubborn(LeNet5):
    """A network that keeps the dict that it had in the beginning."""

    def __init__(self, rng):
        super().__init__(rng)
        self.own = self.params

    def forward(self, x):
        given, self.params = self.params, self.own
        scores = super().forward(x)
        self.params = given
        return scores


def test_a_network_that_ignores_new_parameters_is_seen(assess: Assess):
    assert names_failed(assess(A6, "lenet", {"LeNet5": Stubborn}, 6)) == ["test_new_parameters"]


class Double(LeNet5):
    """A network that computes in double precision, whatever it is given."""

    def forward(self, x):
        return super().forward(x.astype(np.float64))


def test_double_precision_costs_one_test(assess: Assess):
    assert names_failed(assess(A6, "lenet", {"LeNet5": Double}, 7)) == ["test_single_precision"]


SHARED: dict[str, np.ndarray] = {}


class Sharing(LeNet5):
    """Networks that keep their gradients in one place."""

    def __init__(self, rng):
        super().__init__(rng)
        self.grads = SHARED


def test_networks_that_share_their_gradients_are_seen(assess: Assess):
    assert names_failed(assess(A6, "lenet", {"LeNet5": Sharing}, 8)) == ["test_two_networks"]


def test_a_start_at_zero_is_seen(assess: Assess):
    class Zero(LeNet5):
        def __init__(self, rng):
            super().__init__(rng)
            self.params = {name: 0 * array for name, array in self.params.items()}

    found = names_failed(assess(A6, "lenet", {"LeNet5": Zero}, 9))
    assert found == ["test_fresh_network", "test_start"]


def test_other_sensible_starts_are_right(assess: Assess):
    """Xavier's, and PyTorch's own with uniform weights and biases."""

    def start(bound):
        class Other(LeNet5):
            def __init__(self, rng):
                super().__init__(rng)
                for k, (fan_in, fan_out) in enumerate(
                    [(25, 150), (150, 400), (256, 120), (120, 84), (84, 10)], 1
                ):
                    most = bound(fan_in, fan_out)
                    for name in (f"w{k}", f"b{k}"):
                        self.params[name] = rng.uniform(-most, most, self.params[name].shape)

        return Other

    for bound in (lambda n, m: (6 / (n + m)) ** 0.5, lambda n, m: n**-0.5):
        assert failed(assess(A6, "lenet", {"LeNet5": start(bound)}, 10)) == []


def test_a_cache_in_one_place_costs_one_test(assess: Assess):
    memory = {}

    def forward(x):
        memory["last"] = softmax_forward(x)[1]
        return memory["last"], None

    pair = {
        "softmax_forward": forward,
        "softmax_backward": lambda dout, _: softmax_backward(dout, memory["last"]),
    }
    assert names_failed(assess(A6, "softmax_layer", pair, 11)) == ["test_two_calls"]


def test_a_softmax_that_does_not_shift_loses_large_scores_alone(assess: Assess):
    def forward(x):
        with np.errstate(all="ignore"):
            y = np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)
        return y, y

    pair = {"softmax_forward": forward, "softmax_backward": softmax_backward}
    wrong = [v for v in assess(A6, "softmax_layer", pair, 12) if not v.passed]
    assert {v.category for v in wrong} == {"scale"}


def test_nudging_every_score_is_no_softmax_backward(assess: Assess):
    """A gradient of some ten millions drowns the small change that nudging looks for."""

    def nudged(dout, x):
        return slope(lambda moved: float((dout * softmax_forward(moved)[0]).sum()), x)

    pair = {
        "softmax_forward": lambda x: (softmax_forward(x)[0], x),
        "softmax_backward": nudged,
    }
    assert "test_common_gradient" in names_failed(assess(A6, "softmax_layer", pair, 14))


def test_one_slope_for_all_pixels_is_no_saliency(assess: Assess):
    def constant(model, image, label):
        return np.full((28, 28), label + 1.0)

    assert passed_values(assess(A6, "saliency", {"saliency_map": constant}, 15)) == []


def test_maps_that_lean_on_ones_own_network_are_seen(assess: Assess):
    right = reference(A6)["feature_maps"]

    def leaning(model, image):
        model.forward(image.reshape(1, 1, 28, 28))
        return right(model, image)

    assert passed_values(assess(A6, "feature_maps", {"feature_maps": leaning}, 13)) == []


def with_network(predict: object) -> dict[str, object]:
    return {"predict": predict, "LeNet5": LeNet5}


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(20))
def test_the_reference_reads_moved_digits_whatever_the_seed(assess: Assess, seed: int):
    assert failed(assess(A6, "train_lenet", with_network(predict), seed)) == []


def forgetful(share: float) -> Callable[[np.ndarray], np.ndarray]:
    """A classifier that is wrong on about this share, on the same images every time."""

    def poor(images: np.ndarray) -> np.ndarray:
        labels = predict(images)
        light = images.reshape(len(images), -1).astype(np.float64).sum(axis=1)
        chance = np.modf(1e4 * light)[0]
        return np.where(chance < share, (labels + 1) % 10, labels)

    return poor


def test_a_fair_classifier_has_a_part_of_the_points(assess: Assess):
    verdicts = assess(A6, "train_lenet", with_network(forgetful(0.06)), 5)
    assert names_failed(verdicts) == ["test_accuracy"]


def test_a_poor_classifier_has_none(assess: Assess):
    assert passed_values(assess(A6, "train_lenet", with_network(forgetful(0.3)), 5)) == []


def nearest(images: np.ndarray) -> np.ndarray:
    """The label of the nearest digit among those to learn from: no network at all."""
    learnt, labels, _, _ = datasets.digits(28)
    rows, known = (x.reshape(len(x), 784).astype(np.float32) for x in (images, learnt))
    return labels[((known**2).sum(axis=1) - 2 * rows @ known.T).argmin(axis=1)]


def test_a_classifier_without_a_network_has_none(assess: Assess):
    assert np.mean(nearest(datasets.digits(28)[2]) == datasets.digits(28)[3]) > 0.97
    verdicts = assess(A6, "train_lenet", with_network(nearest), 5)
    assert passed_values(verdicts) == []
    assert "test_source" in names_failed(verdicts)


def never_an_eight(images: np.ndarray) -> np.ndarray:
    scores = network.forward(images)
    scores[:, 8] = -np.inf
    return scores.argmax(axis=1)


def test_giving_up_one_digit_is_seen(assess: Assess):
    verdicts = assess(A6, "train_lenet", with_network(never_an_eight), 5)
    assert {"test_every_digit", "test_accuracy"} <= set(names_failed(verdicts))


def test_labels_that_depend_on_the_batch_are_seen(assess: Assess):
    def in_company(images: np.ndarray) -> np.ndarray:
        return predict(images - images.mean(axis=0))

    verdicts = assess(A6, "train_lenet", with_network(in_company), 5)
    assert "test_one_image_alone" in names_failed(verdicts)


@pytest.mark.parametrize(
    "answer",
    [
        lambda images: ["8"] * len(images),
        lambda images: [10**4000] * len(images),
        lambda images: [[3]] * len(images),
        lambda images: network.forward(images),
        lambda images: predict(images)[:-1],
    ],
)
def test_what_are_no_labels_scores_nothing(assess: Assess, answer: object):
    assert passed_values(assess(A6, "train_lenet", with_network(answer), 5)) == []
