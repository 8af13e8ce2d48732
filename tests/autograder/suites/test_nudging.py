"""Gradients that are measured by nudging earn nothing, whatever the step, however few the numbers.

Each suite has one required test for that. Where it asks a product of an infinite entry, no step
tells anything, a complex one neither; where it makes a loss hugely large, no real step is small
enough for the softmax and large enough for the loss. A complex step on a forward pass of one's own
is exact there, as any other way of working gradients out: it is only slow.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder.judge import judge
from reference.convnet import convnet_loss
from reference.layers.convolution import conv2d_forward
from reference.layers.losses import softmax_cross_entropy
from reference.mlp import mlp_forward
from reference.tensor import Tensor
from tests.autograder.suites.rights import failed, reference

Loss = Callable[..., object]
Slopes = Callable[[Loss, Sequence[NDArray[np.floating]]], list[NDArray[np.floating]]]


def nudging(step: complex, *, relative: bool = False, from_zero: bool = False) -> Slopes:
    """Return what measures how a loss changes with every entry of some arrays.

    A step may be a part of the entry. From zero, all else in the entry's array is 0.
    """

    def slopes(loss, arrays):
        found = []
        for number, array in enumerate(arrays):
            slope = np.zeros(array.shape)
            for place in np.ndindex(array.shape):
                h = step * (abs(array[place]) + 1.0 if relative else 1.0)
                moved = [np.array(each, dtype=type(h)) for each in arrays]
                moved[number] *= not from_zero
                moved[number][place] += h
                if isinstance(h, complex):
                    slope[place] = np.imag(loss(*moved)) / h.imag
                    continue
                above = loss(*moved)
                moved[number][place] -= 2 * h
                slope[place] = (above - loss(*moved)) / (2 * h)
            found.append(slope)
        return found

    return slopes


def matmul(slopes: Slopes) -> Mapping[str, object]:
    class Nudged(Tensor):
        def __matmul__(self, other):
            a, b = self.data, getattr(other, "data", other)
            y = other if isinstance(other, Tensor) else Tensor(b)
            return Nudged(
                a @ b, (self, y), lambda g: slopes(lambda a, b: np.sum(g * (a @ b)), [a, b])
            )

    return {"Tensor": Nudged}


def linear(slopes: Slopes) -> Mapping[str, object]:
    return {
        "linear_forward": lambda x, w, b: (x @ w + b, (x, w, b)),
        "linear_backward": lambda dout, cache: slopes(
            lambda x, w, b: np.sum(dout * (x @ w + b)), cache
        ),
    }


def norms(slopes: Slopes) -> Mapping[str, object]:
    def gradient_norms(params, x, labels, activation):
        def loss(*weights):
            moved = [(w, b) for w, (_, b) in zip(weights, params, strict=True)]
            return softmax_cross_entropy(mlp_forward(x, moved, activation)[0], labels)[0]

        return [float(np.linalg.norm(g)) for g in slopes(loss, [w for w, _ in params])]

    return {"gradient_norms": gradient_norms}


def convolution(slopes: Slopes) -> Mapping[str, object]:
    def forward(x, w, b, stride=1, pad=0):
        return conv2d_forward(x, w, b, stride, pad)[0], (x, w, b, stride, pad)

    def backward(dout, cache):
        *arrays, stride, pad = cache
        return slopes(lambda *each: np.sum(dout * forward(*each, stride, pad)[0]), arrays)

    return {"conv2d_forward": forward, "conv2d_backward": backward}


def convnet(slopes: Slopes) -> Mapping[str, object]:
    def nudged(x, labels, params):
        def loss(*values):
            return convnet_loss(x, labels, dict(zip(params, values, strict=True)))[0]

        grads = slopes(loss, list(params.values()))
        return loss(*params.values()), dict(zip(params, grads, strict=True))

    return {"convnet_loss": nudged}


EXERCISES = {
    "matmul": ("a2_tensors", matmul, "test_matrices", "test_an_infinite_entry"),
    "linear": ("a3_mlp", linear, "test_layer", "test_an_infinite_entry"),
    "gradient_norms": ("a4_training", norms, "test_activations[relu]", "test_a_score_far_below"),
    "conv2d_backward": ("a5_convolution", convolution, "test_one_to_one", "test_an_infinite_entry"),
    "convnet_loss": ("a6_convnets", convnet, "test_one_image", "test_a_score_far_below"),
}
REAL = {
    "small": nudging(1e-5),
    "tiny": nudging(1e-9),
    "one": nudging(1.0),
    "large": nudging(1e9),
    "huge": nudging(1e30),
    "a part": nudging(1e-5, relative=True),
    "a large part": nudging(0.5, relative=True),
}
LINEAR = {
    "from zero": nudging(1.0, from_zero=True),
    "complex": nudging(1e-20j),
    "complex, from zero": nudging(1j, from_zero=True),
}
CASES = [(exercise, way) for exercise in EXERCISES for way in REAL]
CASES += [(exercise, way) for exercise in ("matmul", "linear", "conv2d_backward") for way in LINEAR]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("exercise", "way"), CASES)
def test_nudging_fails_what_is_required(local_peer, exercise: str, way: str):
    assignment, names, values, required = EXERCISES[exercise]
    given = {**reference(assignment), **names({**REAL, **LINEAR}[way])}
    only = {(exercise, values), (exercise, required)}
    verdicts = judge(assignment, local_peer(assignment, given), 3, only=only)
    assert {each.name for each in verdicts if each.required} == {required}
    missed = {name for _, name, _ in failed(verdicts)}
    assert required in missed
    if way in ("small", "complex"):
        assert values not in missed, "it is no nudging that works, so this proves nothing"


@pytest.mark.parametrize("exercise", EXERCISES)
def test_warnings_as_errors_are_no_nudging(local_peer, exercise: str):
    assignment, _, _, required = EXERCISES[exercise]
    peer = local_peer(assignment, reference(assignment))
    with warnings.catch_warnings(action="error"), np.errstate(all="raise"):
        assert failed(judge(assignment, peer, 4, only={(exercise, required)})) == []
