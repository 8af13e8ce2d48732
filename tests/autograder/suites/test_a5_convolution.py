"""What only the suite of a5_convolution tells apart: costs, shortcuts, ties, other kernels."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from autograder.verdict import Verdict
from tests.autograder.suites.rights import failed, passed_values, reference, solution, solutions

A5 = "a5_convolution"
Assess = Callable[[str, str, Mapping[str, object], int], list[Verdict]]
EPS = 1e-5


def nudged_layer(forward):
    """A pair whose way back runs the way there again for every entry of every input."""

    def backward(dout, cache):
        arrays, rest = cache
        found = [np.empty(array.shape) for array in arrays]
        for k, array in enumerate(arrays):
            for index in np.ndindex(array.shape):
                moved = [each.copy() for each in arrays]
                moved[k][index] += EPS
                above = np.sum(dout * forward(*moved, *rest)[0])
                moved[k][index] -= 2 * EPS
                below = np.sum(dout * forward(*moved, *rest)[0])
                found[k][index] = (above - below) / (2 * EPS)
        return tuple(found) if len(found) > 1 else found[0]

    def way_there(*inputs):
        arrays = [each for each in inputs if isinstance(each, np.ndarray)]
        return forward(*inputs)[0], (arrays, inputs[len(arrays) :])

    return way_there, backward


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("exercise", "layer"),
    [("conv2d_backward", "conv2d"), ("maxpool2d", "maxpool2d"), ("avgpool2d", "avgpool2d")],
)
def test_nudging_is_a_test_and_no_backward_pass(assess: Assess, exercise: str, layer: str):
    names = reference(A5)
    pair = nudged_layer(names[f"{layer}_forward"])
    names[f"{layer}_forward"], names[f"{layer}_backward"] = pair
    verdicts = assess(A5, exercise, names, 11)
    assert not {v.name: v.passed for v in verdicts}["test_many_pixels"]
    assert passed_values(verdicts)  # else it proves nothing


def one_by_one():
    """The convolution of a right answer, one image after the other."""
    names = solution(solutions(A5)[0])
    forward, backward = names["conv2d_forward"], names["conv2d_backward"]

    def each_forward(x, w, b, stride=1, pad=0):
        pairs = [forward(x[n : n + 1], w, b, stride, pad) for n in range(len(x))]
        return np.concatenate([out for out, _ in pairs]), [cache for _, cache in pairs]

    def each_backward(dout, cache):
        each = [backward(dout[n : n + 1], own) for n, own in enumerate(cache)]
        dx, dw, db = zip(*each, strict=True)
        return np.concatenate(dx), sum(dw), sum(db)

    return {**names, "conv2d_forward": each_forward, "conv2d_backward": each_backward}


@pytest.mark.thorough
@pytest.mark.parametrize("exercise", ["conv2d_forward", "conv2d_backward"])
def test_a_loop_over_images_costs_one_test(assess: Assess, exercise: str):
    verdicts = assess(A5, exercise, one_by_one(), 12)
    assert [name for _, name, _ in failed(verdicts)] == ["test_many_images"]


@pytest.mark.parametrize("shortcut", ["convolve", "correlate"])
def test_numpys_shortcut_earns_nothing(assess: Assess, shortcut: str):
    names = reference(A5)
    names["convolve1d_flip"] = lambda a, b: getattr(np, shortcut)(
        a, b if shortcut == "convolve" else b[::-1], mode="full"
    )
    before = np.convolve, np.correlate
    verdicts = assess(A5, "convolve1d", names, 13)
    assert "test_both_ways" in [name for _, name, _ in failed(verdicts)]
    assert (np.convolve, np.correlate) == before


def split(weights):
    """Max pooling whose ties share the gradient by `weights(hits)`, windows side by side."""
    right = reference(A5)["maxpool2d_backward"]

    def backward(dout, cache):
        x, out, size, stride = cache
        if (size, stride) != (2, 2) or x.shape[2] % 2 or x.shape[3] % 2:
            return right(dout, cache)
        hits = (x == out.repeat(2, axis=2).repeat(2, axis=3)).astype(float)
        n, c, h, w = x.shape
        blocks = weights(hits.reshape(n, c, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5))
        return (blocks * dout[..., None, None]).transpose(0, 1, 2, 4, 3, 5).reshape(x.shape)

    return backward


def last_one(hits):
    flat = hits.reshape(*hits.shape[:4], 4)
    place = 3 - np.argmax(flat[..., ::-1], axis=-1)
    return np.eye(4)[place].reshape(hits.shape)


@pytest.mark.parametrize(
    "weights", [last_one, lambda hits: hits / hits.sum(axis=(-2, -1), keepdims=True)]
)
def test_ties_may_be_shared_in_any_way(assess: Assess, weights):
    names = {**reference(A5), "maxpool2d_backward": split(weights)}
    assert failed(assess(A5, "maxpool2d", names, 14)) == []


def test_ties_in_full_cost_the_ties_alone(assess: Assess):
    names = {**reference(A5), "maxpool2d_backward": split(lambda hits: hits)}
    assert {v.category for v in assess(A5, "maxpool2d", names, 15) if not v.passed} == {"ties"}


@pytest.mark.parametrize(
    ("name", "kernel"),
    [
        ("blur", np.ones((3, 3)) / 9),
        ("blur", np.array([[0, 1, 0], [1, 4, 1], [0, 1, 0]]) / 8),
        ("sharpen", np.array([[0, -0.5, 0], [-0.5, 3, -0.5], [0, -0.5, 0]])),
        ("edge", np.array([[1, 1, 1], [1, -8, 1], [1, 1, 1]])),
        ("sobel_x", np.array([[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]])),
    ],
)
def test_other_kernels_of_the_same_effect_are_right(assess: Assess, name: str, kernel):
    names = reference(A5)
    right = names["named_kernel"]
    names["named_kernel"] = lambda asked: kernel.copy() if asked == name else right(asked)
    assert failed(assess(A5, "kernels", names, 16)) == []


@pytest.mark.parametrize(
    ("name", "kernel"),
    [
        ("blur", np.array([[0, 0, 0], [0, 1, 1], [0, 1, 1]]) / 4),
        ("edge", np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])),
        ("sharpen", np.array([[0, 0, 0], [0, 2, 0], [0, 0, 0]])),
    ],
)
def test_kernels_of_another_effect_are_wrong(assess: Assess, name: str, kernel):
    names = reference(A5)
    right = names["named_kernel"]
    names["named_kernel"] = lambda asked: kernel.copy() if asked == name else right(asked)
    assert failed(assess(A5, "kernels", names, 17)) != []


def test_writing_into_dout_costs_reuse_alone(assess: Assess):
    names = reference(A5)
    right = names["conv2d_backward"]

    def scribbles(dout, cache):
        result = right(dout, cache)
        dout[...] = 0.0
        return result

    names["conv2d_backward"] = scribbles
    wrong = [v for v in assess(A5, "conv2d_backward", names, 18) if not v.passed]
    assert "reuse" in {v.category for v in wrong}
    assert not [v for v in wrong if v.category == "values"]
