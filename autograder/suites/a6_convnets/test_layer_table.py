"""a6_convnets / layer_table: what comes out of each layer, and how much it has to learn."""

from collections.abc import Sequence

import numpy as np
import pytest

from autograder import expect
from autograder.program import Student, public
from reference.convnet import layer_table

Layer = tuple[str | int, ...]
Shape = tuple[int, ...]
LENET = [
    *[("conv", 6, 5, 1, 0), ("relu",), ("pool", 2, 2)],
    *[("conv", 16, 5, 1, 0), ("relu",), ("pool", 2, 2), ("flatten",)],
    *[("linear", 120), ("relu",), ("linear", 84), ("relu",), ("linear", 10)],
]


@public(LENET, (1, 28, 28))
@public([("conv", 96, 11, 4, 0), ("relu",), ("pool", 3, 2), ("conv", 256, 5, 1, 2)], (3, 227, 227))
@public([("pool", 2, 2), ("conv", 4, 3, 2, 1), ("flatten",), ("linear", 3)], (2, 9, 14))
@public([("linear", 5), ("relu",), ("linear", 1)], (7,))
def table_of(layers: Sequence[Layer], input_shape: Shape) -> object:
    """A row for each layer: its name, the shape that comes out, its parameters (W36)."""
    rows = layer_table(layers, input_shape)
    return [(name, tuple(int(n) for n in shape), int(count)) for name, shape, count in rows]


@public([("linear", 10)], (1, 28, 28))
@public([("conv", 6, 5, 1, 0)], (1, 4, 28))
def refused(layers: Sequence[Layer], input_shape: Shape) -> object:
    """A layer that does not fit what comes in is refused with a ValueError (W36)."""
    try:
        return [tuple(int(n) for n in row[1]) for row in layer_table(layers, input_shape)]
    except ValueError:
        return "ValueError"


def arguments_afterwards(layers: list[Layer], input_shape: Shape) -> object:
    """Return the table's counts, and the layers that were handed over."""
    counts = [int(count) for _, _, count in layer_table(layers, input_shape)]
    return {"counts": counts, "layers": layers}


def size(rng: np.random.Generator, low: int, high: int) -> int:
    """Draw a size, both ends included."""
    return int(rng.integers(low, high + 1))


def conv(rng: np.random.Generator, stride: int = 1, pad: int = 0) -> Layer:
    """Draw a convolution."""
    return ("conv", size(rng, 2, 20), size(rng, 2, 5), stride, pad)


@pytest.mark.category("values")
def test_convolutions(student: Student, rng: np.random.Generator) -> None:
    """Convolutions one after the other: the channels that come out go into the next."""
    layers = [conv(rng), ("relu",), conv(rng), conv(rng)]
    cases = [(layers, (3, 32, 32)), (layers[2:], (5, 20, 20))]
    expect.close(student.map(table_of, cases), [table_of(*case) for case in cases])


@pytest.mark.category("values")
def test_dense_layers(student: Student, rng: np.random.Generator) -> None:
    """Dense layers one after the other; each unit has a bias."""
    layers = [("linear", size(rng, 2, 99)), ("relu",), ("linear", size(rng, 2, 99)), ("linear", 3)]
    case = (layers, (size(rng, 5, 500),))
    expect.close(student(table_of, *case), table_of(*case))


@pytest.mark.category("values")
def test_whole_network(student: Student, rng: np.random.Generator) -> None:
    """A convolutional network from the image to the scores."""
    pool = ("pool", 2, 2)
    layers = [conv(rng, 1, 2), ("relu",), pool, conv(rng), ("relu",), pool, ("flatten",)]
    layers += [("linear", size(rng, 20, 99)), ("relu",), ("linear", 10)]
    case = (layers, (3, 32, 32))
    expect.close(student(table_of, *case), table_of(*case))


@pytest.mark.category("values")
def test_strides_and_padding(student: Student, rng: np.random.Generator) -> None:
    """Convolutions with strides and zeros around the image."""
    layers = [conv(rng, 2, 1), conv(rng, 1, 3), conv(rng, 3, 2)]
    case = (layers, (2, 40, 40))
    expect.close(student(table_of, *case), table_of(*case))


@pytest.mark.category("shapes")
def test_rectangles(student: Student, rng: np.random.Generator) -> None:
    """Images that are not square: height and width go their own ways."""
    layers = [conv(rng), ("pool", 2, 2), conv(rng, 2, 1), ("flatten",), ("linear", 4)]
    cases = [(layers, (1, 20, 33)), (layers, (2, 41, 18))]
    expect.close(student.map(table_of, cases), [table_of(*case) for case in cases])


@pytest.mark.category("edges")
def test_uneven_sizes(student: Student, rng: np.random.Generator) -> None:
    """Windows and steps that do not divide the image, and windows that overlap."""
    layers = [("pool", 3, 2), conv(rng, 2, 0), ("pool", 2, 1), ("pool", 2, 2)]
    cases = [(layers, (size(rng, 1, 4), n, m)) for n, m in ((30, 31), (33, 36))]
    expect.close(student.map(table_of, cases), [table_of(*case) for case in cases])


@pytest.mark.category("edges")
def test_little_ones(student: Student, rng: np.random.Generator) -> None:
    """No layer at all, one pixel, one unit; what is flat already stays flat."""
    cases: list[tuple[list[Layer], Shape]] = [
        ([], (3, 5, 5)),
        ([("conv", 1, 1, 1, 0), ("pool", 1, 1), ("flatten",), ("linear", 1)], (1, 1, 1)),
        ([("flatten",), ("relu",), ("flatten",)], (size(rng, 2, 9),)),
        ([("conv", 7, 6, 1, 0), ("flatten",)], (2, 6, 6)),
    ]
    expect.close(student.map(table_of, cases), [table_of(*case) for case in cases])


@pytest.mark.category("edges")
def test_what_does_not_fit(student: Student, rng: np.random.Generator) -> None:
    """Layers that do not fit what comes in: dense on maps, windows on rows, windows too large."""
    channels, side = size(rng, 1, 5), size(rng, 4, 9)
    maps = (channels, side, side)
    cases = [
        ([("linear", 3)], maps),
        ([("conv", 4, 3, 1, 1), ("linear", 3)], maps),
        ([("flatten",), ("pool", 2, 2)], maps),
        ([("flatten",), ("conv", 4, 3, 1, 0)], maps),
        ([("conv", 4, side + 3, 1, 1)], maps),
        ([("pool", side + 1, 1)], maps),
        ([("conv", 4, 3, 1, 1)], maps),
    ]
    expect.close(student.map(refused, cases), [refused(*case) for case in cases])


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """The list of layers stays as it was."""
    layers, shape = [conv(rng), ("pool", 2, 2), ("flatten",), ("linear", 2)], (2, 12, 15)
    wanted = arguments_afterwards(list(layers), shape)
    expect.close(student(arguments_afterwards, layers, shape), wanted)


@pytest.mark.category("scale")
def test_large_networks(student: Student, rng: np.random.Generator) -> None:
    """Layers with very many parameters are counted, never built."""
    layers = [("conv", 4000, 31, 1, 15), ("flatten",), ("linear", size(rng, 10**5, 10**6))]
    case = (layers, (1000, 300, 300))
    expect.close(student(table_of, *case), table_of(*case))
