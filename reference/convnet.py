"""Convolutional networks: their sizes, a small one as a function, and LeNet-5 as a class."""

import math
from collections.abc import Sequence

import numpy as np

from reference.arrays import Array, Labels
from reference.layers.activations import relu_backward, relu_forward
from reference.layers.convolution import conv2d_backward, conv2d_forward
from reference.layers.flatten import flatten_backward, flatten_forward
from reference.layers.linear import linear_backward, linear_forward
from reference.layers.losses import softmax_cross_entropy
from reference.layers.pooling import maxpool2d_backward, maxpool2d_forward
from reference.signals import output_size

Layer = tuple[str | int, ...]


def dense_parameters(input_shape: tuple[int, ...], units: int) -> int:
    """Return the number of weights, biases apart, of a dense layer on an input of that shape.

    200x200 pixels in 3 colours into 1000 units: 120 000 000 (T311; W33).
    """
    return math.prod(input_shape) * units


def conv_parameters(input_shape: tuple[int, int, int], filters: int, kernel: int) -> int:
    """Return the number of weights, biases apart, of a convolution with square kernels.

    `input_shape` is (C, H, W); H and W do not matter, since all windows share the weights
    (T311; W33).
    """
    return filters * input_shape[0] * kernel * kernel


def layer_table(
    layers: Sequence[Layer], input_shape: tuple[int, ...]
) -> list[tuple[str, tuple[int, ...], int]]:
    """Return `(name, output_shape, parameters)` for each layer, biases included.

    Layers are ("conv", filters, kernel, stride, pad), ("pool", size, stride), ("avgpool", size,
    stride), ("relu",), ("flatten",) and ("linear", units); the name is the first entry. Shapes
    have no N: (C, H, W) or (D,). Raises ValueError for an unknown layer or one that does not fit
    its input (T311, C601; W36).
    """
    table: list[tuple[str, tuple[int, ...], int]] = []
    shape = tuple(input_shape)
    for layer in layers:
        parameters = 0
        match layer, shape:
            case ("conv", int(filters), int(kernel), int(stride), int(pad)), (c, height, width):
                parameters = filters * (c * kernel * kernel + 1)
                height, width = (output_size(n, kernel, stride, pad) for n in (height, width))
                shape = (filters, height, width)
            case ("pool" | "avgpool", int(size), int(stride)), (c, height, width):
                shape = (c, output_size(height, size, stride), output_size(width, size, stride))
            case ("relu",), _:
                pass
            case ("flatten",), _:
                shape = (math.prod(shape),)
            case ("linear", int(units)), (inputs,):
                parameters = (inputs + 1) * units
                shape = (units,)
            case _:
                raise ValueError(f"There is no layer {layer} for an input of shape {shape}.")
        table.append((str(layer[0]), shape, parameters))
    return table


def convnet_loss(
    x: Array, labels: Labels, params: dict[str, Array]
) -> tuple[float, dict[str, Array]]:
    """Return `(loss, grads)` of conv - max-pool 2 - conv - ReLU - linear - softmax cross-entropy.

    `x` is (N, C, H, W), `labels` (N,); `params` and `grads` have the keys alpha and beta, (F, C,
    KH, KW), w, (D, K), and the biases alpha_b, beta_b and b. Stride 1, no padding. Raises
    ValueError if shapes do not fit (C601; W35).
    """
    z1, conv1 = conv2d_forward(x, params["alpha"], params["alpha_b"])
    z2, pool = maxpool2d_forward(z1)
    z3, conv2 = conv2d_forward(z2, params["beta"], params["beta_b"])
    z4, relu = relu_forward(z3)
    rows, flat = flatten_forward(z4)
    z5, linear = linear_forward(rows, params["w"], params["b"])
    loss, dz5 = softmax_cross_entropy(z5, labels)

    drows, dw, db = linear_backward(dz5, linear)
    dz3 = relu_backward(flatten_backward(drows, flat), relu)
    dz2, dbeta, dbeta_b = conv2d_backward(dz3, conv2)
    dz1 = maxpool2d_backward(dz2, pool)
    _, dalpha, dalpha_b = conv2d_backward(dz1, conv1)
    grads = {
        "alpha": dalpha,
        "alpha_b": dalpha_b,
        "beta": dbeta,
        "beta_b": dbeta_b,
        "w": dw,
        "b": db,
    }
    return loss, grads


class LeNet5:
    """LeNet-5 for images of 1x28x28, with ReLU and max pooling in place of the original's.

    conv 6@5x5, relu, pool 2, conv 16@5x5, relu, pool 2, dense 120, relu, dense 84, relu, dense 10.
    `params` and `grads` are dicts with the keys w1, b1 to w5, b5 (T311, C601; W36).
    """

    def __init__(self, rng: np.random.Generator) -> None:
        """Draw the weights, float64, with variance 2 / fan_in; the biases are 0."""
        shapes = ((6, 1, 5, 5), (16, 6, 5, 5), (256, 120), (120, 84), (84, 10))
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}
        for number, shape in enumerate(shapes, 1):
            conv = len(shape) == 4
            fan_in = math.prod(shape[1:]) if conv else shape[0]
            self.params[f"w{number}"] = math.sqrt(2.0 / fan_in) * rng.standard_normal(shape)
            self.params[f"b{number}"] = np.zeros(shape[0] if conv else shape[1])

    def forward(self, x: Array) -> Array:
        """Return the scores, (N, 10), of images (N, 1, 28, 28); remember what backward needs.

        Raises ValueError if the images have another shape.
        """
        p = self.params
        x, conv1 = conv2d_forward(x, p["w1"], p["b1"])
        x, relu1 = relu_forward(x)
        x, pool1 = maxpool2d_forward(x)
        x, conv2 = conv2d_forward(x, p["w2"], p["b2"])
        x, relu2 = relu_forward(x)
        x, pool2 = maxpool2d_forward(x)
        x, flat = flatten_forward(x)
        x, linear3 = linear_forward(x, p["w3"], p["b3"])
        x, relu3 = relu_forward(x)
        x, linear4 = linear_forward(x, p["w4"], p["b4"])
        x, relu4 = relu_forward(x)
        scores, linear5 = linear_forward(x, p["w5"], p["b5"])
        self.features = (conv1, relu1, pool1, conv2, relu2, pool2, flat)
        self.classifier = (linear3, relu3, linear4, relu4, linear5)
        return scores

    def backward(self, dscores: Array) -> Array:
        """Set `grads` from the gradient of the last scores; return that of the images.

        Raises ValueError if `dscores` is not shaped like the scores.
        """
        conv1, relu1, pool1, conv2, relu2, pool2, flat = self.features
        linear3, relu3, linear4, relu4, linear5 = self.classifier
        d, dw5, db5 = linear_backward(dscores, linear5)
        d, dw4, db4 = linear_backward(relu_backward(d, relu4), linear4)
        d, dw3, db3 = linear_backward(relu_backward(d, relu3), linear3)
        d = maxpool2d_backward(flatten_backward(d, flat), pool2)
        d, dw2, db2 = conv2d_backward(relu_backward(d, relu2), conv2)
        d = maxpool2d_backward(d, pool1)
        d, dw1, db1 = conv2d_backward(relu_backward(d, relu1), conv1)
        weights, biases = (dw1, dw2, dw3, dw4, dw5), (db1, db2, db3, db4, db5)
        for number, (dw, db) in enumerate(zip(weights, biases, strict=True), 1):
            self.grads[f"w{number}"], self.grads[f"b{number}"] = dw, db
        return d
