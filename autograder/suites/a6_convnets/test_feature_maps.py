"""a6_convnets / feature_maps: what LeNet-5 makes of an image, layer by layer.

The network is one of the test's own, which has its parameters and nothing else.
"""

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.inspection import feature_maps

Floats = NDArray[np.floating]
Params = dict[str, Floats]
CORNER = np.zeros((1, 28, 28))
CORNER[:, 4:20, 6:9] = CORNER[:, 17:20, 6:22] = 1.0


def waves(*shape: int) -> Floats:
    """Return an array of numbers between -1 and 1, without an order."""
    return np.round(np.sin(1.0 + np.arange(np.prod(shape)) ** 1.5), 3).reshape(shape)


PARAMS = {
    "w1": 0.5 * waves(6, 1, 5, 5),
    "b1": 0.25 * waves(6),
    "w2": 0.25 * waves(16, 6, 5, 5),
    "b2": 0.25 * waves(16),
}


@public(PARAMS, CORNER, 3)
@public(PARAMS, CORNER[0], 5)
def samples(params: Params, image: Floats, every: int = 1) -> object:
    """Four stacks of maps; here their shapes, some rows and columns (W38)."""

    class Model:
        def __init__(self) -> None:
            self.params = params

    maps = feature_maps(Model(), image)
    arrays = {name: np.asarray(maps[name]) for name in ("conv1", "pool1", "conv2", "pool2")}
    shapes = {name + " shape": array.shape for name, array in arrays.items()}
    return {**shapes, **{name: array[..., ::every, ::every] for name, array in arrays.items()}}


def whole(params: Params, image: Floats, name: str) -> object:
    """Return one stack of maps."""

    class Model:
        def __init__(self) -> None:
            self.params = params

    return np.asarray(feature_maps(Model(), image)[name])


def afterwards(params: Params, image: Floats) -> object:
    """Return maps, and the arguments as they are then."""

    class Model:
        def __init__(self) -> None:
            self.params = params

    model = Model()
    last = np.array(feature_maps(model, image)["pool2"])
    again = np.array(feature_maps(model, image)["pool2"])
    return {"last": last, "again": again, "image": image, "params": model.params}


def draw(rng: np.random.Generator) -> tuple[Params, Floats]:
    """Draw the parameters of both convolutions, and an image."""
    shapes = {"w1": (6, 1, 5, 5), "b1": (6,), "w2": (16, 6, 5, 5), "b2": (16,)}
    params: Params = {name: 0.2 * rng.normal(size=shape) for name, shape in shapes.items()}
    return params, rng.normal(size=(1, 28, 28))


def single(params: Mapping[str, Floats], image: Floats) -> tuple[Params, Floats]:
    """Return both in single precision."""
    narrow: Params = {name: array.astype(np.float32) for name, array in params.items()}
    return narrow, image.astype(np.float32)


@pytest.mark.category("values")
def test_first_convolution(student: Student, rng: np.random.Generator) -> None:
    """The maps of the first convolution, after the ReLU."""
    case = (*draw(rng), "conv1")
    expect.close(student(whole, *case), whole(*case))


@pytest.mark.category("values")
def test_first_pooling(student: Student, rng: np.random.Generator) -> None:
    """The maps of the first pooling."""
    case = (*draw(rng), "pool1")
    expect.close(student(whole, *case), whole(*case))


@pytest.mark.category("values")
def test_second_layer(student: Student, rng: np.random.Generator) -> None:
    """The maps of the second convolution and of what follows it."""
    params, image = draw(rng)
    cases = [(params, image, name) for name in ("conv2", "pool2")]
    expect.close(student.map(whole, cases), [whole(*case) for case in cases])


@pytest.mark.category("shapes")
def test_without_its_first_axis(student: Student, rng: np.random.Generator) -> None:
    """An image of height and width alone; no result has an axis for the batch."""
    params, image = draw(rng)
    expect.close(student(samples, params, image[0]), samples(params, image[0]))


@pytest.mark.category("edges")
def test_silent_filters(student: Student, rng: np.random.Generator) -> None:
    """Filters that stay silent, and a black image, which hears the biases alone."""
    params, image = draw(rng)
    cases = [
        ({**params, "b1": params["b1"] - np.array([99.0, 0, 0, 99.0, 0, 0])}, image),
        (params, np.zeros((1, 28, 28))),
    ]
    expect.close(student.map(samples, cases), [samples(*case) for case in cases])


@pytest.mark.category("edges")
def test_single_precision(student: Student, rng: np.random.Generator) -> None:
    """Single precision, by value."""
    case = single(*draw(rng))
    expect.close(student(samples, *case), samples(*case), rtol=1e-4)


@pytest.mark.category("reuse")
def test_image_is_kept(student: Student, rng: np.random.Generator) -> None:
    """Image and parameters stay as they were, and the maps come out the same again."""
    params, image = draw(rng)
    copies = ({name: array.copy() for name, array in params.items()}, image.copy())
    expect.close(student(afterwards, params, image), afterwards(*copies))
