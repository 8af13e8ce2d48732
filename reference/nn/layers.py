"""Layers as modules: each holds its parameters and settings, and calls its function.

`description` is the layer's line in a layer table, as `("conv", 6, 5, 1, 0)`: what a plan is made
from. A network with a module that has none runs layer by layer.
"""

import numpy as np

from reference.arrays import Array
from reference.convnet import Layer
from reference.initialise import initialise
from reference.nn import functional
from reference.nn.module import Module, Parameter
from reference.operation import plain
from reference.tensor import Tensor

_generator = np.random.default_rng()


def manual_seed(seed: int) -> None:
    """Start the generator of initial weights and of dropout anew from a seed."""
    global _generator
    _generator = np.random.default_rng(seed)


def _weights(shape: tuple[int, ...]) -> Parameter:
    return Parameter(initialise(shape, "he", _generator).astype(np.float32))


def _whole(name: str, size: object, least: int = 1) -> int:
    """Return a size as an int; raises ValueError if it is no whole number of at least `least`."""
    number = plain(size)
    if type(number) is not int or number < least:
        raise ValueError(f"{name} must be a whole number, at least {least}, not {size!r}.")
    return number


class Linear(Module):
    """x @ weight + bias: `(N, inputs)` to `(N, outputs)`; weight `(inputs, outputs)`."""

    def __init__(self, inputs: int, outputs: int) -> None:
        """Draw the weights after He, in float32; biases are 0 (T311, E445)."""
        inputs, outputs = _whole("inputs", inputs), _whole("outputs", outputs)
        self.weight = _weights((inputs, outputs))
        self.bias = Parameter(np.zeros(outputs, np.float32))

    @property
    def description(self) -> Layer:
        """The layer's line in a layer table."""
        return ("linear", self.weight.shape[1])

    def forward(self, x: Tensor | Array) -> Tensor:
        """Return the scores, `(N, outputs)`."""
        return functional.linear(x, self.weight, self.bias)


class Conv2d(Module):
    """Cross-correlation: `(N, channels, H, W)` to `(N, filters, OH, OW)`.

    The weight is `(filters, channels, kernel, kernel)`.
    """

    def __init__(
        self, channels: int, filters: int, kernel_size: int, stride: int = 1, padding: int = 0
    ) -> None:
        """Draw the weights after He, in float32; biases are 0 (C601; W31)."""
        filters, channels = _whole("filters", filters), _whole("channels", channels)
        size = _whole("kernel_size", kernel_size)
        self.weight = _weights((filters, channels, size, size))
        self.bias = Parameter(np.zeros(filters, np.float32))
        self.stride, self.padding = _whole("stride", stride), _whole("padding", padding, 0)

    @property
    def description(self) -> Layer:
        """The layer's line in a layer table."""
        return ("conv", *self.weight.shape[::3], self.stride, self.padding)

    def forward(self, x: Tensor | Array) -> Tensor:
        """Return the maps, `(N, filters, OH, OW)`."""
        return functional.conv2d(x, self.weight, self.bias, stride=self.stride, pad=self.padding)


class MaxPool2d(Module):
    """The largest of each window: `(N, C, H, W)` to `(N, C, OH, OW)`."""

    def __init__(self, kernel_size: int, stride: int | None = None) -> None:
        """Take a window's size and, where windows overlap or leave gaps, a stride (C601; W30)."""
        self.size = _whole("kernel_size", kernel_size)
        self.stride = self.size if stride is None else _whole("stride", stride)

    @property
    def description(self) -> Layer:
        """The layer's line in a layer table."""
        return ("pool", self.size, self.stride)

    def forward(self, x: Tensor | Array) -> Tensor:
        """Return the maxima, `(N, C, OH, OW)`."""
        return functional.max_pool2d(x, size=self.size, stride=self.stride)


class AvgPool2d(Module):
    """The mean of each window: `(N, C, H, W)` to `(N, C, OH, OW)`."""

    def __init__(self, kernel_size: int, stride: int | None = None) -> None:
        """Take a window's size and, where windows overlap or leave gaps, a stride (C601; W30)."""
        self.size = _whole("kernel_size", kernel_size)
        self.stride = self.size if stride is None else _whole("stride", stride)

    @property
    def description(self) -> Layer:
        """The layer's line in a layer table."""
        return ("avgpool", self.size, self.stride)

    def forward(self, x: Tensor | Array) -> Tensor:
        """Return the means, `(N, C, OH, OW)`."""
        return functional.avg_pool2d(x, size=self.size, stride=self.stride)


class ReLU(Module):
    """max(0, x), entry by entry (ACT; W22)."""

    description: Layer = ("relu",)

    def forward(self, x: Tensor | Array) -> Tensor:
        """Return max(0, x)."""
        return functional.relu(x)


class Sigmoid(Module):
    """1 / (1 + exp(-x)), entry by entry (ACT; W22)."""

    def forward(self, x: Tensor | Array) -> Tensor:
        """Return 1 / (1 + exp(-x))."""
        return functional.sigmoid(x)


class Tanh(Module):
    """The hyperbolic tangent, entry by entry (ACT; W22)."""

    def forward(self, x: Tensor | Array) -> Tensor:
        """Return tanh(x)."""
        return functional.tanh(x)


class Flatten(Module):
    """`(N, ...)` to `(N, D)`."""

    description: Layer = ("flatten",)

    def forward(self, x: Tensor | Array) -> Tensor:
        """Return each example as one row."""
        return functional.flatten(x)


class Dropout(Module):
    """In training, entries become 0 with probability `p`, the rest grow by 1 / (1 - p)."""

    def __init__(self, p: float = 0.5) -> None:
        """Take the share that is dropped; raises ValueError outside [0, 1)."""
        if not 0 <= p < 1:
            raise ValueError(f"Dropout drops a share of at least 0 and below 1, not {p}.")
        self.p = p

    def forward(self, x: Tensor | Array) -> Tensor:
        """Return x with entries dropped in training, else x as it is."""
        if not self.training:
            return x if isinstance(x, Tensor) else Tensor(x)
        return functional.dropout(x, rate=self.p, rng=_generator)
