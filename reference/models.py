"""Networks as layer tables, and the modules built from a table."""

from collections.abc import Sequence

from reference import nn
from reference.convnet import Layer, layer_table

LENET5: list[Layer] = [
    ("conv", 6, 5, 1, 0),
    ("relu",),
    ("pool", 2, 2),
    ("conv", 16, 5, 1, 0),
    ("relu",),
    ("pool", 2, 2),
    ("flatten",),
    ("linear", 120),
    ("relu",),
    ("linear", 84),
    ("relu",),
    ("linear", 10),
]
"""For 1x28x28 images, with ReLU and max pooling (T311, C601; W36)."""

ALEXNET: list[Layer] = [
    ("conv", 96, 11, 4, 0),
    ("relu",),
    ("pool", 3, 2),
    ("conv", 256, 5, 1, 2),
    ("relu",),
    ("pool", 3, 2),
    ("conv", 384, 3, 1, 1),
    ("relu",),
    ("conv", 384, 3, 1, 1),
    ("relu",),
    ("conv", 256, 3, 1, 1),
    ("relu",),
    ("pool", 3, 2),
    ("flatten",),
    ("linear", 4096),
    ("relu",),
    ("linear", 4096),
    ("relu",),
    ("linear", 1000),
]
"""For 3x227x227 images, in one tower (T311, C601; W36)."""


def mlp(sizes: Sequence[int]) -> list[Layer]:
    """Return the table of dense layers with ReLU between; `sizes` leaves out the inputs."""
    table: list[Layer] = []
    for units in sizes:
        table += [("linear", units), ("relu",)]
    return table[:-1]


def network(layers: Sequence[Layer], input_shape: tuple[int, ...]) -> nn.Sequential:
    """Build the modules of a layer table for inputs of `(C, H, W)` or `(D,)`.

    Raises ValueError for an unknown layer or one that does not fit its input, as `layer_table`.
    """
    modules: list[nn.Module] = []
    shape = input_shape
    for layer, (_, after, _) in zip(layers, layer_table(layers, input_shape), strict=True):
        match layer:
            case ("conv", int(filters), int(kernel), int(stride), int(pad)):
                modules.append(nn.Conv2d(shape[0], filters, kernel, stride, pad))
            case ("pool", int(size), int(stride)):
                modules.append(nn.MaxPool2d(size, stride))
            case ("avgpool", int(size), int(stride)):
                modules.append(nn.AvgPool2d(size, stride))
            case ("linear", int(units)):
                modules.append(nn.Linear(shape[0], units))
            case ("relu",):
                modules.append(nn.ReLU())
            case _:
                modules.append(nn.Flatten())
        shape = after
    return nn.Sequential(*modules)
