"""What only the suite of a3_mlp has to tell apart: nudged gradients, habits, other slopes."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from autograder.verdict import Verdict
from tests.autograder.suites.rights import failed, reference, solution, solutions

A3 = "a3_mlp"
Assess = Callable[[str, str, Mapping[str, object], int], list[Verdict]]
EPS = 1e-5


def nudged(f, x):
    """The gradient of f at x, an entry at a time."""
    gradient = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += EPS
        below[index] -= EPS
        gradient[index] = (f(above) - f(below)) / (2 * EPS)
    return gradient


def nudged_layer(forward):
    """A pair whose way back runs the way there again for every entry of every input."""

    def backward(dout, cache):
        found = []
        for k, x in enumerate(cache):
            rest = list(cache)

            def weighted(moved, k=k, rest=rest):
                rest[k] = moved
                return np.sum(dout * forward(*rest)[0])

            found.append(nudged(weighted, x))
        return tuple(found)

    return lambda *inputs: (forward(*inputs)[0], inputs), backward


def nudged_loss(loss):
    def value_and_gradient(scores, truth, *more):
        return loss(scores, truth, *more)[0], nudged(lambda s: loss(s, truth, *more)[0], scores)

    return value_and_gradient


def nudged_network(forward):
    def way_there(x, params, activation="relu"):
        return forward(x, params, activation)[0], (x, params, activation)

    def way_back(dscores, cache):
        x, params, activation = cache
        flat = [array for pair in params for array in pair]

        def weighted(k):
            def of(moved):
                arrays = [*flat[:k], moved, *flat[k + 1 :]]
                pairs = list(zip(arrays[::2], arrays[1::2], strict=True))
                return np.sum(dscores * forward(x, pairs, activation)[0])

            return of

        found = [nudged(weighted(k), array) for k, array in enumerate(flat)]
        return list(zip(found[::2], found[1::2], strict=True))

    return way_there, way_back


def nudge_everything() -> dict[str, object]:
    names = reference(A3)
    for layer in ("linear", "maxout"):
        forward = names[f"{layer}_forward"]
        names[f"{layer}_forward"], names[f"{layer}_backward"] = nudged_layer(forward)
    for loss in ("squared_error", "hinge_loss", "bce_with_logits", "multiclass_hinge"):
        names[loss] = nudged_loss(names[loss])
    names["softmax_cross_entropy"] = nudged_loss(names["softmax_cross_entropy"])
    names["mlp_forward"], names["mlp_backward"] = nudged_network(names["mlp_forward"])
    return names


COSTS = {
    "linear": "test_many_inputs",
    "activations": "test_large_maxout",
    "losses": "test_many_examples",
    "softmax_cross_entropy": "test_many_examples",
    "multiclass_hinge": "test_many_examples",
    "mlp_backward": "test_many_weights",
}


@pytest.mark.thorough
@pytest.mark.parametrize("exercise", COSTS)
def test_nudging_is_a_test_and_no_backward_pass(assess: Assess, exercise: str):
    verdicts = assess(A3, exercise, nudge_everything(), 11)
    found = {v.name: v.passed for v in verdicts}
    assert not found[COSTS[exercise]]
    assert any(v.passed for v in verdicts if v.category == "values")  # else it proves nothing


def test_nudging_loses_the_tiny_slopes(assess: Assess):
    names = reference(A3)
    forward = names["sigmoid_forward"]
    names["sigmoid_forward"] = lambda x: (forward(x)[0], x)
    names["sigmoid_backward"] = lambda dout, x: (
        dout * (forward(x + EPS)[0] - forward(x - EPS)[0]) / (2 * EPS)
    )
    assert "test_tiny_slopes" in [
        name for _, name, _ in failed(assess(A3, "activations", names, 2))
    ]


@pytest.mark.parametrize("width", [0, 1])
def test_every_slope_at_the_corners_is_right(assess: Assess, width: int):
    names = reference(A3)
    relu, leaky = names["relu_forward"], names["leaky_relu_forward"]
    names["relu_forward"] = lambda x: (relu(x)[0], x)
    names["relu_backward"] = lambda dout, x: dout * np.where(x == 0, width, x > 0)
    names["leaky_relu_forward"] = lambda x, slope=0.01: (leaky(x, slope)[0], (x, slope))
    names["leaky_relu_backward"] = lambda dout, cache: (
        dout
        * np.where(
            cache[0] == 0, cache[1] + width * (1 - cache[1]), np.where(cache[0] > 0, 1, cache[1])
        )
    )
    assert failed(assess(A3, "activations", names, 3)) == []


def test_a_slope_beyond_both_sides_is_wrong(assess: Assess):
    names = reference(A3)
    names["relu_forward"] = lambda x: (np.maximum(x, 0.0), x)
    names["relu_backward"] = lambda dout, x: dout * np.where(x == 0, 1.5, x > 0)
    wrong = [name for _, name, _ in failed(assess(A3, "activations", names, 4))]
    assert wrong == ["test_corners"]


@pytest.mark.parametrize(
    ("exercise", "name"),
    [
        ("losses", "squared_error"),
        ("losses", "hinge_loss"),
        ("losses", "bce_with_logits"),
        ("softmax_cross_entropy", "softmax_cross_entropy"),
        ("multiclass_hinge", "multiclass_hinge"),
    ],
)
def test_lists_and_numpy_numbers_are_accepted(assess: Assess, exercise: str, name: str):
    names = reference(A3)
    right = names[name]

    def listed(*args, **kwargs):
        loss, gradient = right(*args, **kwargs)
        return [np.float64(loss), gradient.tolist()]

    names[name] = listed
    assert failed(assess(A3, exercise, names, 5)) == []


@pytest.mark.parametrize("exercise", ["linear", "mlp_backward"])
def test_writing_into_dout_costs_reuse_alone(assess: Assess, exercise: str):
    names = solution(solutions(A3)[0])
    name = "linear_backward" if exercise == "linear" else exercise
    right = names[name]

    def scribbles(dout, cache):
        result = right(dout, cache)
        dout[...] = 0.0
        return result

    names[name] = scribbles
    assert {v.category for v in assess(A3, exercise, names, 6) if not v.passed} == {"reuse"}


def test_a_shared_cache_is_found(assess: Assess):
    names = reference(A3)
    forward, backward = names["linear_forward"], names["linear_backward"]
    last = {}

    def remember(x, w, b):
        out, last["cache"] = forward(x, w, b)
        return out, None

    names["linear_forward"] = remember
    names["linear_backward"] = lambda dout, cache: backward(dout, last["cache"])
    wrong = [name for _, name, _ in failed(assess(A3, "linear", names, 8))]
    assert "test_two_batches" in wrong
