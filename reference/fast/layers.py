"""The description of a network as a list of tuples, and what follows from it: shapes, weights.

    ("conv", filters, kernel, stride, pad)   ("pool", size, stride)   ("avgpool", size, stride)
    ("relu",)   ("flatten",)   ("linear", units)

Shapes are those of one image, (C, H, W), or of one vector, (D,).
"""

from collections.abc import Sequence
from math import prod

import numpy as np

from reference.fast.stage import Array, Shape

Layer = tuple[str | int, ...]
Weights = tuple[Array, Array]  # (w, b), or their gradients
Views = list[Weights]


def output_shape(layer: Layer, shape: Shape) -> Shape | None:
    """Return what the layer makes of one input of that shape, or None where it cannot."""
    match layer, shape:
        case ("conv", int(filters), int(kernel), int(stride), int(pad)), (_, height, width):
            if min(filters, kernel, stride) < 1 or pad < 0:
                return None
            size = [(side + 2 * pad - kernel) // stride + 1 for side in (height, width)]
            return (filters, *size) if min(size) > 0 else None
        case ("pool" | "avgpool", int(window), int(stride)), (channels, height, width):
            if min(window, stride) < 1:
                return None
            size = [(side - window) // stride + 1 for side in (height, width)]
            return (channels, *size) if min(size) > 0 else None
        case ("relu",), _:
            return shape
        case ("flatten",), _:
            return (prod(shape),)
        case ("linear", int(units)), (_,):
            return (units,) if units > 0 else None
        case _:
            return None


def input_shapes(layers: Sequence[Layer], shape: Shape) -> list[Shape] | None:
    """Return the shape that goes into each layer, and last what leaves the network."""
    shapes = [shape]
    for layer in layers:
        after = output_shape(layer, shapes[-1])
        if after is None:
            return None
        shapes.append(after)
    return shapes


def weight_shapes(layers: Sequence[Layer], shapes: list[Shape]) -> list[Shape]:
    """Return the shape of each weight array: conv (F, C, KH, KW), dense (D, M)."""
    found: list[Shape] = []
    for layer, before in zip(layers, shapes, strict=False):
        match layer:
            case ("conv", int(filters), int(kernel), _, _):
                found.append((filters, before[0], kernel, kernel))
            case ("linear", int(units)):
                found.append((before[0], units))
            case _:
                pass
    return found


def count(shapes: list[Shape]) -> int:
    """Return how many numbers the weights and their biases have."""
    return sum(prod(shape) + biases(shape) for shape in shapes)


def biases(shape: Shape) -> int:
    """Return how many biases go with weights of that shape."""
    return shape[0] if len(shape) == 4 else shape[1]


def views(flat: Array, shapes: list[Shape]) -> Views:
    """Return (w, b) of each layer with weights, in order, as views of one flat vector."""
    found: Views = []
    for shape in shapes:
        w, b, flat = np.split(flat, [prod(shape), prod(shape) + biases(shape)])
        found.append((w.reshape(shape), b))
    return found
