"""Looking into a network: gradients by layer, feature maps, saliency, and what a shift does."""

from collections.abc import Iterable, Mapping
from typing import Protocol

import numpy as np

from reference.arrays import Array, Labels
from reference.layers.activations import relu_forward
from reference.layers.convolution import conv2d_forward
from reference.layers.losses import softmax_cross_entropy
from reference.layers.pooling import maxpool2d_forward
from reference.mlp import Params, mlp_backward, mlp_forward
from reference.signals import shift


class WithParameters(Protocol):
    """A network whose parameters have names, such as LeNet-5."""

    @property
    def params(self) -> Mapping[str, Array]:
        """The parameters by name."""
        ...


class Scorer(Protocol):
    """A network that gives scores to images."""

    def forward(self, x: Array, /) -> Array:
        """Return the scores, (N, 10), of images (N, 1, 28, 28)."""
        ...


class Differentiable(Scorer, Protocol):
    """A network that also knows its way back."""

    def backward(self, dscores: Array, /) -> Array:
        """Return the gradient of the last images."""
        ...


def gradient_norms(params: Params, x: Array, labels: Labels, activation: str) -> list[float]:
    """Return the L2 norm of each layer's weight gradient, first layer first.

    The loss is softmax cross-entropy; arguments as for `mlp_forward` (E445).
    """
    scores, cache = mlp_forward(x, params, activation)
    _, dscores = softmax_cross_entropy(scores, labels)
    return [float(np.sqrt(np.sum(dw * dw))) for dw, _ in mlp_backward(dscores, cache)]


def feature_maps(model: WithParameters, image: Array) -> dict[str, Array]:
    """Return what LeNet-5 makes of one image: conv1, pool1, conv2 and pool2, each (C, H, W).

    `image` is (1, 28, 28) or (28, 28); the maps of convolutions are taken after the ReLU
    (T311, C601; W38).
    """
    maps: dict[str, Array] = {}
    x = image.reshape(1, 1, 28, 28)
    for number in ("1", "2"):
        x, _ = conv2d_forward(x, model.params["w" + number], model.params["b" + number])
        x, _ = relu_forward(x)
        maps["conv" + number] = x[0]
        x, _ = maxpool2d_forward(x)
        maps["pool" + number] = x[0]
    return maps


def saliency_map(model: Differentiable, image: Array, label: int) -> Array:
    """Return how strongly the score of `label` depends on each pixel: |gradient|, (28, 28).

    `image` is (1, 28, 28) or (28, 28) (T311; W38).
    """
    scores = model.forward(image.reshape(1, 1, 28, 28))
    dscores = np.zeros_like(scores)
    dscores[0, label] = 1.0
    return np.abs(model.backward(dscores)[0, 0])


def score_change(model: Scorer, image: Array, shifts: Iterable[int]) -> list[float]:
    """Return how far the scores move, as L2 distance, when the image moves to the right.

    `image` is (1, 28, 28) or (28, 28), `shifts` are numbers of pixels (T311; W37).
    """
    image = image.reshape(1, 1, 28, 28)
    still = model.forward(image)
    return [float(np.linalg.norm(model.forward(shift(image, 0, dx)) - still)) for dx in shifts]
