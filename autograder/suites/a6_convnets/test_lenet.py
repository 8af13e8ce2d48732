"""a6_convnets / lenet: LeNet-5 as an object that remembers its parameters and its last images.

The parameters are written into the object, so that its scores and gradients can be compared; how
it draws its own is looked at apart.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from autograder import expect
from autograder.program import Student, public
from reference.convnet import LeNet5

Shape = tuple[int, ...]
SHAPES: dict[str, Shape] = {
    "w1": (6, 1, 5, 5),
    "b1": (6,),
    "w2": (16, 6, 5, 5),
    "b2": (16,),
    "w3": (256, 120),
    "b3": (120,),
    "w4": (120, 84),
    "b4": (84,),
    "w5": (84, 10),
    "b5": (10,),
}


@public(SHAPES, 1, 5)
@public(SHAPES, 3, 6)
def scores_of(shapes: Mapping[str, Shape], n: int, seed: int) -> object:
    """Scores for images, with parameters that were written into the network (W36)."""
    model, rng = LeNet5(np.random.default_rng(0)), np.random.default_rng(seed)
    for name in shapes:
        model.params[name] = rng.normal(0.0, 0.1, shapes[name])
    return np.asarray(model.forward(rng.normal(size=(n, 1, 28, 28))))


@public(SHAPES, 2, 7)
def slopes_of(shapes: Mapping[str, Shape], n: int, seed: int) -> object:
    """The way back: slopes for all parameters and the images, here every 200th number (W36)."""
    model, rng = LeNet5(np.random.default_rng(0)), np.random.default_rng(seed)
    for name in shapes:
        model.params[name] = rng.normal(0.0, 0.1, shapes[name])
    model.forward(rng.normal(size=(n, 1, 28, 28)))
    dx = np.asarray(model.backward(rng.normal(size=(n, 10))))
    grads = {name: np.asarray(model.grads[name]) for name in shapes}
    samples = {name: grads[name].ravel()[::200] for name in shapes}
    return {"shapes": [grads[name].shape for name in shapes], **samples, "dx": dx[:, :, ::5, ::5]}


@public(SHAPES, 8)
def fresh(shapes: Mapping[str, Shape], seed: int) -> object:
    """A new network: what is drawn comes from rng alone, on a scale that works (W36)."""
    first, same, other = (LeNet5(np.random.default_rng(s)) for s in (seed, seed, seed + 1))
    weights = [name for name in shapes if name.startswith("w")]
    scores = first.forward(np.random.default_rng(seed).random((8, 1, 28, 28)))
    return {
        "shapes": [np.shape(first.params[name]) for name in shapes],
        "same seed": [bool(np.all(first.params[k] == same.params[k])) for k in shapes],
        "other seed": [bool(np.any(first.params[k] == other.params[k])) for k in weights],
        "scores within 0.0001 and 100": bool(1e-4 < np.std(scores) < 100.0),
    }


@public(SHAPES, 9)
def twice(shapes: Mapping[str, Shape], seed: int) -> object:
    """Going back again sets the slopes again: nothing is added to the last ones (W36)."""
    model, rng = LeNet5(np.random.default_rng(0)), np.random.default_rng(seed)
    for name in shapes:
        model.params[name] = rng.normal(0.0, 0.1, shapes[name])
    found: list[object] = []
    for _ in range(2):
        model.forward(rng.normal(size=(2, 1, 28, 28)))
        model.backward(rng.normal(size=(2, 10)))
        found.append([np.array(model.grads[name]).ravel()[::500] for name in shapes])
    return found


def all_slopes(shapes: Mapping[str, Shape], names: list[str], n: int, seed: int) -> object:
    """Go there and back, and return some gradients whole."""
    model, rng = LeNet5(np.random.default_rng(0)), np.random.default_rng(seed)
    for name in shapes:
        model.params[name] = rng.normal(0.0, 0.1, shapes[name])
    model.forward(rng.normal(size=(n, 1, 28, 28)))
    model.backward(rng.normal(size=(n, 10)))
    return [np.asarray(model.grads[name]) for name in names]


def image_slopes(shapes: Mapping[str, Shape], n: int, seed: int) -> object:
    """Go there and back, and return the images' gradient."""
    model, rng = LeNet5(np.random.default_rng(0)), np.random.default_rng(seed)
    for name in shapes:
        model.params[name] = rng.normal(0.0, 0.1, shapes[name])
    model.forward(rng.normal(size=(n, 1, 28, 28)))
    return np.asarray(model.backward(rng.normal(size=(n, 10))))


def start(names: list[str], seed: int) -> dict[str, list[float]]:
    """Say how two networks of one seed differ, two of two seeds, and how the numbers spread."""
    first, same, other = (LeNet5(np.random.default_rng(s)) for s in (seed, seed, seed + 1))
    scores = first.forward(np.random.default_rng(seed + 2).random((8, 1, 28, 28)))
    return {
        "alike": [float(np.max(np.abs(first.params[k] - same.params[k]))) for k in names],
        "apart": [float(np.mean(np.abs(first.params[k] - other.params[k]))) for k in names],
        "spread": [float(np.std(first.params[k])) for k in names],
        "biases": [float(np.max(np.abs(first.params[k.replace("w", "b")]))) for k in names],
        "scores": [float(np.std(scores))],
    }


def steps(shapes: Mapping[str, Shape], seed: int) -> object:
    """Move the parameters along their gradients, each time with a new dict."""
    model, rng = LeNet5(np.random.default_rng(0)), np.random.default_rng(seed)
    model.params = {name: rng.normal(0.0, 0.1, shapes[name]) for name in shapes}
    images, dscores = rng.normal(size=(2, 1, 28, 28)), rng.normal(size=(2, 10))
    found: list[object] = []
    for _ in range(3):
        found.append(np.array(model.forward(images)))
        model.backward(dscores)
        grads = model.grads
        model.params = {name: model.params[name] - 0.01 * grads[name] for name in shapes}
    return found


def side_by_side(shapes: Mapping[str, Shape], seed: int) -> object:
    """Use two networks in turn."""
    rng = np.random.default_rng(seed)
    models = [LeNet5(np.random.default_rng(0)), LeNet5(np.random.default_rng(1))]
    for model in models:
        for name in shapes:
            model.params[name] = rng.normal(0.0, 0.1, shapes[name])
    for model in models:
        model.forward(rng.normal(size=(2, 1, 28, 28)))
    for model in models:
        model.backward(rng.normal(size=(2, 10)))
    return [[np.asarray(each.grads[name]).ravel()[::9] for name in shapes] for each in models]


def afterwards(shapes: Mapping[str, Shape], seed: int) -> object:
    """Return images, gradient and parameters as they are after a walk there and back."""
    model, rng = LeNet5(np.random.default_rng(0)), np.random.default_rng(seed)
    for name in shapes:
        model.params[name] = rng.normal(0.0, 0.1, shapes[name])
    images, dscores = rng.normal(size=(2, 1, 28, 28)), rng.normal(size=(2, 10))
    scores = np.array(model.forward(images))
    model.backward(dscores)
    params = [np.asarray(model.params[name]).ravel()[::9] for name in shapes]
    return {"scores": scores, "images": images, "dscores": dscores, "params": params}


def single(shapes: Mapping[str, Shape], seed: int) -> object:
    """Compute in single precision; return the results and their dtypes."""
    model, rng = LeNet5(np.random.default_rng(0)), np.random.default_rng(seed)
    for name in shapes:
        model.params[name] = rng.normal(0.0, 0.1, shapes[name]).astype(np.float32)
    scores = np.asarray(model.forward(rng.normal(size=(2, 1, 28, 28)).astype(np.float32)))
    model.backward(rng.normal(size=(2, 10)).astype(np.float32))
    grads = [np.asarray(model.grads[name]) for name in shapes]
    return {
        "dtypes": [each.dtype.name for each in (scores, *grads)],
        "values": [scores, *(each.ravel()[::9] for each in grads)],
    }


def seed_of(rng: np.random.Generator) -> int:
    """Draw the seed of a program."""
    return int(rng.integers(2**31))


@pytest.mark.category("values")
def test_scores(student: Student, rng: np.random.Generator) -> None:
    """Scores of several images with given parameters."""
    cases = [(SHAPES, n, seed_of(rng)) for n in (2, 5)]
    expect.close(student.map(scores_of, cases), [scores_of(*case) for case in cases])


@pytest.mark.category("values")
def test_dense_gradients(student: Student, rng: np.random.Generator) -> None:
    """The gradients of the three dense layers."""
    case = (SHAPES, [name for name in SHAPES if name[1] in "345"], 3, seed_of(rng))
    expect.close(student(all_slopes, *case), all_slopes(*case))


@pytest.mark.category("values")
def test_convolutional_gradients(student: Student, rng: np.random.Generator) -> None:
    """The gradients of both convolutions, after all that lies between."""
    case = (SHAPES, [name for name in SHAPES if name[1] in "12"], 3, seed_of(rng))
    expect.close(student(all_slopes, *case), all_slopes(*case))


@pytest.mark.category("values")
def test_image_gradients(student: Student, rng: np.random.Generator) -> None:
    """The gradient of the images, which the way back returns."""
    case = (SHAPES, 2, seed_of(rng))
    expect.close(student(image_slopes, *case), image_slopes(*case))


@pytest.mark.category("shapes")
def test_one_image(student: Student, rng: np.random.Generator) -> None:
    """One image alone, there and back, and the shapes of all gradients."""
    case = (SHAPES, 1, seed_of(rng))
    expect.close(student(slopes_of, *case), slopes_of(*case))


@pytest.mark.category("shapes")
def test_fresh_network(student: Student, rng: np.random.Generator) -> None:
    """The shapes of all parameters in a new network, and that rng alone decides them."""
    case = (SHAPES, seed_of(rng))
    expect.close(student(fresh, *case), fresh(*case))


def check_between(numbers: Sequence[object], low: float, high: float, what: str) -> None:
    """Find numbers, all of them between two bounds."""
    fit = all(type(number) is float and low < number < high for number in numbers)
    expect.holds(fit, f"{what}: {numbers!r:.200}")


@pytest.mark.category("scale")
def test_start(student: Student, rng: np.random.Generator) -> None:
    """New weights: unlike each other, on a scale on which signals live; biases at or near 0."""
    weights = [name for name in SHAPES if name.startswith("w")]
    found = student(start, weights, seed_of(rng))
    expect.close(found["alike"], [0.0] * len(weights))
    check_between(found["apart"], 0.0, 1e3, "two seeds draw the same")
    check_between(found["spread"], 0.0, 1e3, "all weights of a layer are alike")
    check_between(found["biases"], -1.0, 0.5, "the largest bias of each layer")
    check_between(found["scores"], 1e-4, 100.0, "the scores' standard deviation")


@pytest.mark.category("edges")
def test_new_parameters(student: Student, rng: np.random.Generator) -> None:
    """Some steps of training: the next scores come from the new parameters."""
    case = (SHAPES, seed_of(rng))
    expect.close(student(steps, *case), steps(*case))


@pytest.mark.category("edges")
def test_single_precision(student: Student, rng: np.random.Generator) -> None:
    """Single precision stays single precision, there and back."""
    case = (SHAPES, seed_of(rng))
    expect.close(student(single, *case), single(*case), rtol=1e-4)


@pytest.mark.category("reuse")
def test_set_not_added(student: Student, rng: np.random.Generator) -> None:
    """Going back a second time sets the gradients anew."""
    case = (SHAPES, seed_of(rng))
    expect.close(student(twice, *case), twice(*case))


@pytest.mark.category("reuse")
def test_two_networks(student: Student, rng: np.random.Generator) -> None:
    """Two networks in turn: each remembers its own images."""
    case = (SHAPES, seed_of(rng))
    expect.close(student(side_by_side, *case), side_by_side(*case))


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Images, the scores' gradient and the parameters stay as they were."""
    case = (SHAPES, seed_of(rng))
    expect.close(student(afterwards, *case), afterwards(*case))


@pytest.mark.category("cost")
def test_large_batch(student: Student, rng: np.random.Generator) -> None:
    """A large batch there and back: the gradients are computed, not measured by nudging."""
    case = (SHAPES, 256, seed_of(rng))
    expect.close(student(slopes_of, *case), slopes_of(*case))
