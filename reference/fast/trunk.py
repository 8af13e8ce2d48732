"""The layers that work on images, run chunk by chunk in the layouts of their convolutions."""

from collections.abc import Sequence
from math import prod

import numpy as np

from reference.fast.banded import Banded
from reference.fast.dense import Bias, Relu
from reference.fast.layers import Layer, Views
from reference.fast.pool import MaxLine, MeanLine
from reference.fast.stage import Array, Shape, Stage, Turn, memory
from reference.fast.strided import Strided
from reference.fast.winograd import Winograd

CACHE = 5 << 18  # bytes a chunk may work on at once: most of a core's second-level cache
CHANNELS = 16  # from here on Winograd saves more in the products than its transforms cost
Convolution = type[Banded] | type[Strided] | type[Winograd]


def convolution(layer: Layer, w: Array) -> Convolution:
    """Return the way to compute a convolution that is the fastest for its shape."""
    _, _, kernel, stride, pad = layer
    if stride != 1:
        return Strided
    if kernel == 3 and min(w.shape[:2]) >= CHANNELS and pad in (0, 1, 2):
        return Winograd
    return Banded


def pools_first(layers: Sequence[Layer]) -> list[Layer]:
    """Return the layers with ("bias",) behind each convolution, but max-pools before both.

    max(x) + b = max(x + b), and likewise for ReLU: both grow with x. Behind a 2x2 pool they have a
    quarter of the numbers to work on.
    """
    steps: list[Layer] = []
    for layer in layers:
        at = len(steps)
        while layer[0] == "pool" and at and steps[at - 1][0] in ("bias", "relu"):
            at -= 1
        steps.insert(at, layer)
        if layer[0] == "conv":
            steps.append(("bias",))
    return steps


class Trunk(Stage):
    """One stage for the whole batch, from (N, C, H, W) to (D, N); within, stages for a chunk."""

    def __init__(
        self,
        layers: Sequence[Layer],
        shapes: Sequence[Shape],
        batch: int,
        weights: Views,
        slopes: Views,
        dtype: np.dtype[np.floating],
    ) -> None:
        """Make the stages; shapes holds what goes into each layer and, last, what comes out."""
        self.shape, self.batch, self.dtype = shapes[0], batch, dtype
        inputs = [(la, sh) for la, sh in zip(layers, shapes, strict=False) if la[0] == "conv"]
        kinds = [convolution(layer, w) for (layer, _), (w, _) in zip(inputs, weights, strict=True)]
        working = [
            kind.bytes(shape, layer, w)
            for kind, (layer, shape), (w, _) in zip(kinds, inputs, weights, strict=True)
        ]
        most = CACHE // max(working, default=prod(self.shape) * dtype.itemsize)
        self.chunks = -(-batch // max(1, most))
        self.n = -(-batch // self.chunks)  # zeros fill up a last chunk that is short
        self.layout, self.dims = "NCHW", (self.n, *self.shape)
        self.stages: list[Stage] = []
        self.turn(kinds[0].layout if kinds else "WCHN")
        number = -1  # of the latest convolution
        for step in pools_first(layers):
            match step:
                case ("conv", *_):
                    number += 1
                    self.turn(kinds[number].layout)
                    place = self.image(), self.chunks, self.n
                    conv = kinds[number](*place, step, weights[number], slopes[number])
                    self.dims = conv.dims
                    self.stages.append(conv)
                case ("bias",):
                    if not kinds[number].bias_inside:
                        b, db = weights[number][1], slopes[number][1]
                        self.stages.append(Bias(self.layout.index("C"), 4, b, db))
                case ("relu",):
                    self.stages.append(Relu(self.dims, self.chunks, dtype))
                case _:
                    self.pool(step)
        self.y = memory((*self.image(), self.chunks * self.n), dtype)
        self.turn("CHWN", np.split(self.y, self.chunks, axis=3))

    def image(self) -> Shape:
        """Return the shape (C, H, W) of an image where the trunk now ends."""
        return tuple(self.dims[self.layout.index(axis)] for axis in "CHW")

    def turn(self, layout: str, outputs: list[Array] | None = None) -> None:
        """Go on in another layout, in memory of its own or in the outputs."""
        if layout == self.layout and outputs is None and self.stages:
            return
        dims = tuple(self.dims[self.layout.index(axis)] for axis in layout)
        if outputs is None:
            outputs = [memory(dims, self.dtype) for _ in range(self.chunks)]
        self.stages.append(Turn(self.layout, layout, self.dims, outputs))
        self.layout, self.dims = layout, dims

    def pool(self, step: Layer) -> None:
        """Add one stage along the width and one along the height."""
        name, size, stride = step
        kind = MaxLine if name == "pool" else MeanLine
        for axis in "WH":
            place = self.layout.index(axis)
            line = kind(place, int(size), int(stride), self.dims, self.chunks, self.dtype)
            self.dims = line.dims
            self.stages.append(line)

    def prepare(self) -> None:
        """Prepare all stages."""
        for stage in self.stages:
            stage.prepare()

    def forward(self, x: Array, k: int) -> Array:
        """Return (D, N) for (N, C, H, W)."""
        for chunk in range(self.chunks):
            a = x[chunk * self.n : (chunk + 1) * self.n]
            for stage in self.stages:
                a = stage.forward(a, chunk)
        return self.y.reshape(-1, self.y.shape[3])

    def backward(self, g: Array, k: int, wanted: bool) -> Array:
        """Return (N, C, H, W) for (D, N)."""
        dx = memory((self.batch, *self.shape), self.dtype) if wanted else g
        for chunk, part in enumerate(np.split(g.reshape(self.y.shape), self.chunks, axis=3)):
            for i in reversed(range(len(self.stages))):
                # Stage 0 turns the images, 1 is the first layer: what they find only callers want.
                part = self.stages[i].backward(part, chunk, wanted or i > 1)
            if wanted:
                rows = dx[chunk * self.n : (chunk + 1) * self.n]
                rows[:] = part[: len(rows)]
        return dx

    def finish(self) -> None:
        """Finish all stages."""
        for stage in self.stages:
            stage.finish()
