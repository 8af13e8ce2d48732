"""A network compiled for inputs of one shape: which stages, in which layout, in how many chunks.

    p = plan([("conv", 6, 5, 1, 0), ("relu",), ("pool", 2, 2), ("flatten",), ("linear", 10)],
             (128, 1, 28, 28), np.float32)
    for w, b in p.views(p.parameters): ...      # give them values: views of one flat vector
    out = p.forward(x)                          # (128, 10), a copy
    p.backward(dout)                            # fills p.gradients, flat too
    p.parameters -= 0.1 * p.gradients           # all layers in one step

The `Trunk` takes images as far as `flatten`, chunk by chunk. The dense layers behind it take the
whole batch at once, (D, N), so that their large weights are read once.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from reference.fast.dense import Bias, Dense, Relu
from reference.fast.layers import Layer, Views, count, input_shapes, views, weight_shapes
from reference.fast.stage import Array, Shape, Stage, check_fit, memory
from reference.fast.trunk import Trunk


class Plan:
    """A compiled network. Each forward pass is followed by one backward pass, or by `release`.

    `parameters` and `gradients` are flat, all weights and biases in the order of the layers;
    `pending` says that a backward pass is due. Until then neither x nor the parameters may change.
    """

    def __init__(
        self, layers: Sequence[Layer], shapes: list[Shape], batch: int, flat: tuple[Array, Array]
    ) -> None:
        """Take all memory; `plan` is the way in."""
        self.layers, self.batch = list(layers), batch
        self.input_shape, self.output_shape = (batch, *shapes[0]), (batch, *shapes[-1])
        self.weight_shapes = weight_shapes(layers, shapes)
        self.parameters, self.gradients = flat
        self.pending = False
        weights, slopes, dtype = self.views(flat[0]), self.views(flat[1]), flat[0].dtype
        on_images = [layer for layer, shape in zip(layers, shapes, strict=False) if len(shape) == 3]
        cut = max(0, len(on_images) - 1) if ("flatten",) in on_images else len(on_images)
        convs = sum(layer[0] == "conv" for layer in on_images)
        self.stages: list[Stage] = []
        columns, self.has_trunk = batch, cut > 0
        if cut:
            parts = weights[:convs], slopes[:convs]
            trunk = Trunk(layers[:cut], shapes[: cut + 1], batch, *parts, dtype)
            self.stages.append(trunk)
            columns = trunk.chunks * trunk.n
        # Rows of data stay rows: turned, (D, N), they have the images outermost.
        order = "C" if cut else "F"
        arrays = zip(weights[convs:], slopes[convs:], strict=True)
        for layer, after in zip(layers[cut:], shapes[cut + 1 :], strict=True):
            if layer[0] == "linear":
                (w, b), (dw, db) = next(arrays)
                self.stages += [Dense(columns, w, dw, order), Bias(0, 2, b, db)]
            elif layer[0] == "relu":
                self.stages.append(Relu((after[0], columns), 1, dtype, order))
        self.g = memory((int(np.prod(shapes[-1])), columns), dtype, order)

    def views(self, flat: Array) -> Views:
        """Return (w, b) of each layer that has them: conv (F, C, KH, KW), dense (D, M), b flat."""
        return views(flat, self.weight_shapes)

    def forward(self, x: Array) -> Array:
        """Return the network's output; it belongs to the caller, and a backward pass is now due.

        Raises ValueError for another shape or dtype, RuntimeError if a backward pass is due.
        """
        if self.pending:
            raise RuntimeError("A backward pass is due: call backward or release before forward.")
        check_fit("x", x, self.input_shape, self.parameters.dtype)
        self.pending = True
        for stage in self.stages:
            stage.prepare()
        a = x if self.has_trunk else x.reshape(self.batch, -1).T
        for stage in self.stages:
            a = stage.forward(a, 0)
        return a.T[: self.batch].copy().reshape(self.output_shape)

    def backward(self, dout: Array, wanted: bool = False) -> Array | None:
        """Set the gradients from dout, the loss's gradient; return dx, the input's, if wanted.

        Raises ValueError for another shape or dtype, RuntimeError if no backward pass is due.
        """
        if not self.pending:
            raise RuntimeError("No backward pass is due: call forward first.")
        check_fit("dout", dout, self.output_shape, self.parameters.dtype)
        g = self.g
        g[:, : self.batch] = dout.reshape(self.batch, -1).T
        for i in reversed(range(len(self.stages))):
            g = self.stages[i].backward(g, 0, wanted or i > 0)
        for stage in self.stages:
            stage.finish()
        self.pending = False
        if not wanted:
            return None
        return g if self.has_trunk else g.T.copy().reshape(self.input_shape)

    def release(self) -> None:
        """Give up the backward pass that is due."""
        self.pending = False


def plan(
    layers: Sequence[Layer], shape: Shape, dtype: DTypeLike, like: Plan | None = None
) -> Plan | None:
    """Compile a network for inputs of a shape, batch included: (N, C, H, W) or (N, D).

    With `like`, another plan of the same network, the two share their parameters and gradients.
    Returns None where there is no fast way: another dtype than float32 and float64, an unknown
    layer, layers that do not fit the shape, an empty batch. Raises ValueError if `like` is a plan
    of another network.
    """
    shapes = planned_shapes(layers, shape, dtype)
    if shapes is None:
        return None
    if like is None:
        size = (count(weight_shapes(layers, shapes)),)
        return Plan(layers, shapes, shape[0], (memory(size, dtype), memory(size, dtype)))
    same = like.layers == list(layers) and like.input_shape[1:] == tuple(shape[1:])
    if not same or like.parameters.dtype != dtype:
        raise ValueError("Two plans of different networks cannot share their parameters.")
    return Plan(layers, shapes, shape[0], (like.parameters, like.gradients))


def planned_shapes(layers: Sequence[Layer], shape: Shape, dtype: DTypeLike) -> list[Shape] | None:
    """Return what goes into each layer and, last, what comes out; None if there is no plan."""
    known = np.dtype(dtype).name in ("float32", "float64")
    if not known or len(shape) not in (2, 4) or min(shape) < 1:
        return None
    return input_shapes(layers, tuple(shape[1:]))
