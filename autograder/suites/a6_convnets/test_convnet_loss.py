"""a6_convnets / convnet_loss: a whole convolutional network, there and back."""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.convnet import convnet_loss

Floats = NDArray[np.floating]
Labels = NDArray[np.integer]
Params = dict[str, Floats]
Case = tuple[Floats, Labels, Params]
IMAGE = np.array([[(i * i + 5 * i * j + j) % 11 - 3 for j in range(6)] for i in range(6)], float)
SMALL = {
    "alpha": np.array([[[[1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, -1.0]]]]),
    "alpha_b": np.array([-1.0]),
    "beta": np.array([[[[0.5, -1.0], [0.25, 0.5]]], [[[-1.0, 0.5], [0.5, -0.25]]]]),
    "beta_b": np.array([2.0, -1.0]),
    "w": np.array([[0.25, -0.25, 0.5], [0.5, 1.0, -0.5]]),
    "b": np.array([0.0, 0.5, -0.5]),
}


def waves(*shape: int) -> Floats:
    """Return an array of numbers between -1 and 1, without an order."""
    return np.round(np.sin(1.0 + np.arange(np.prod(shape)) ** 1.5), 3).reshape(shape)


WIDE = {
    "alpha": waves(3, 2, 2, 3),
    "alpha_b": waves(3),
    "beta": waves(2, 3, 3, 2),
    "beta_b": 0.5 + waves(2),
    "w": 0.25 * waves(8, 4),
    "b": waves(4),
}


@public(IMAGE[None, None], np.array([1]), SMALL)
@public(waves(2, 2, 10, 9), np.array([3, 0]), WIDE)
@public(waves(3, 2, 9, 8), np.array([1, 1, 2]), WIDE)
def loss_and_grads(x: Floats, labels: Labels, params: Params) -> object:
    """The loss of the network, and its slope for each of the six parameters (W35)."""
    loss, grads = convnet_loss(x, labels, params)
    return {"loss": float(loss), **{name: np.asarray(grads[name]) for name in params}}


@public(IMAGE[None, None], np.array([1]), SMALL)
def arguments_afterwards(x: Floats, labels: Labels, params: Params) -> object:
    """Images, labels and parameters stay as they were (W35)."""
    loss, _ = convnet_loss(x, labels, params)
    return {"loss": float(loss), "x": x, "labels": labels, "params": params}


def grads_without_warnings(x: Floats, labels: Labels, params: Params) -> object:
    """The loss and its slopes, whatever the processor says of tiny numbers on the way."""
    with np.errstate(all="ignore"):
        loss, grads = convnet_loss(x, labels, params)
    return {"loss": float(loss), **{name: np.asarray(grads[name]) for name in params}}


def losses(x: Floats, labels: Labels, params: Params, rate: float) -> object:
    """Follow the gradient for some steps."""
    found: list[float] = []
    for _ in range(5):
        loss, grads = convnet_loss(x, labels, params)
        found.append(float(loss))
        params = {name: params[name] - rate * np.asarray(grads[name]) for name in params}
    return found


def two_batches(
    x: Floats, labels: Labels, other: Floats, their_labels: Labels, params: Params
) -> object:
    """Take a loss, then that of other images, then the first again."""
    first, grads = convnet_loss(x, labels, params)
    second, _ = convnet_loss(other, their_labels, params)
    third, again = convnet_loss(x, labels, params)
    names = sorted(params)
    both = [[np.asarray(each[name]) for name in names] for each in (grads, again)]
    return [[float(loss) for loss in (first, second, third)], both]


def draw(rng: np.random.Generator, *sizes: tuple[int, ...]) -> list[Case]:
    """Draw images, channels, height, width; twice filters, height, width; classes."""
    cases: list[Case] = []
    for n, c, h, w, f, kh, kw, g, qh, qw, k in sizes:
        height, width = ((m - q + 1) // 2 for m, q in ((h, kh), (w, kw)))
        dense = g * (height - qh + 1) * (width - qw + 1)
        params: Params = {
            "alpha": rng.normal(size=(f, c, kh, kw)) / np.sqrt(c * kh * kw),
            "alpha_b": 0.3 * rng.normal(size=f),
            "beta": rng.normal(size=(g, f, qh, qw)) / np.sqrt(f * qh * qw),
            "beta_b": 0.3 * rng.normal(size=g),
            "w": rng.normal(size=(dense, k)) / np.sqrt(dense),
            "b": 0.3 * rng.normal(size=k),
        }
        cases.append((rng.normal(size=(n, c, h, w)), rng.integers(0, k, n), params))
    return cases


def narrow(case: Case) -> Case:
    """Return the case in single precision."""
    x, labels, params = case
    return (
        x.astype(np.float32),
        labels,
        {name: array.astype(np.float32) for name, array in params.items()},
    )


@pytest.mark.category("values")
def test_one_image(student: Student, rng: np.random.Generator) -> None:
    """One image, one channel, one filter in each layer."""
    cases = draw(rng, (1, 1, 8, 8, 1, 3, 3, 1, 2, 2, 2), (1, 1, 6, 6, 1, 3, 3, 1, 2, 2, 3))
    expect.close(student.map(loss_and_grads, cases), [loss_and_grads(*case) for case in cases])


@pytest.mark.category("values")
def test_several_images(student: Student, rng: np.random.Generator) -> None:
    """A batch: the loss is the mean over its images, and so are the gradients."""
    cases = draw(rng, (5, 1, 8, 8, 2, 3, 3, 2, 2, 2, 3), (3, 1, 8, 8, 2, 3, 3, 2, 2, 2, 4))
    expect.close(student.map(loss_and_grads, cases), [loss_and_grads(*case) for case in cases])


@pytest.mark.category("values")
def test_channels_and_filters(student: Student, rng: np.random.Generator) -> None:
    """Several channels, and several filters in both layers."""
    cases = draw(rng, (2, 3, 10, 10, 4, 3, 3, 3, 3, 3, 5), (2, 2, 8, 8, 3, 3, 3, 5, 2, 2, 3))
    expect.close(student.map(loss_and_grads, cases), [loss_and_grads(*case) for case in cases])


@pytest.mark.category("values")
def test_steps_downhill(student: Student, rng: np.random.Generator) -> None:
    """The losses of a few steps along the gradient."""
    (case,) = draw(rng, (4, 2, 8, 8, 3, 3, 3, 3, 2, 2, 3))
    expect.close(student(losses, *case, 0.05), losses(*case, 0.05))


@pytest.mark.category("shapes")
def test_rectangular_images(student: Student, rng: np.random.Generator) -> None:
    """Images that are not square."""
    cases = draw(rng, (2, 2, 8, 12, 2, 3, 3, 2, 2, 2, 3), (2, 1, 12, 6, 2, 3, 3, 2, 2, 2, 3))
    expect.close(student.map(loss_and_grads, cases), [loss_and_grads(*case) for case in cases])


@pytest.mark.category("shapes")
def test_rectangular_filters(student: Student, rng: np.random.Generator) -> None:
    """Filters that are not square, in both layers."""
    cases = draw(rng, (2, 2, 9, 10, 2, 2, 3, 3, 3, 1, 3), (1, 1, 8, 8, 2, 1, 5, 2, 2, 1, 2))
    expect.close(student.map(loss_and_grads, cases), [loss_and_grads(*case) for case in cases])


@pytest.mark.category("edges")
def test_uneven_sizes(student: Student, rng: np.random.Generator) -> None:
    """Maps that pooling does not divide evenly: what it does not read hears nothing."""
    cases = draw(rng, (2, 2, 9, 9, 2, 3, 3, 2, 2, 2, 3), (2, 1, 8, 11, 2, 2, 3, 2, 2, 2, 3))
    expect.close(student.map(loss_and_grads, cases), [loss_and_grads(*case) for case in cases])


@pytest.mark.category("edges")
def test_ones(student: Student, rng: np.random.Generator) -> None:
    """Windows of one pixel, a single place after the second layer, a single class."""
    cases = draw(
        rng,
        (2, 2, 6, 6, 2, 1, 1, 2, 1, 1, 3),
        (2, 1, 6, 6, 2, 3, 3, 3, 2, 2, 2),
        (3, 1, 6, 6, 2, 3, 3, 2, 2, 2, 1),
    )
    expect.close(student.map(loss_and_grads, cases), [loss_and_grads(*case) for case in cases])


@pytest.mark.category("edges")
def test_closed_relu(student: Student, rng: np.random.Generator) -> None:
    """A second layer that is silent everywhere: only the last bias hears anything."""
    x, labels, params = draw(rng, (3, 1, 8, 8, 2, 3, 3, 2, 2, 2, 3))[0]
    case = (x, labels, {**params, "beta_b": params["beta_b"] - 50.0})
    expect.close(student(loss_and_grads, *case), loss_and_grads(*case))


@pytest.mark.category("edges")
def test_single_precision(student: Student, rng: np.random.Generator) -> None:
    """Single precision, and images that lie otherwise in the memory, by value."""
    case = draw(rng, (2, 2, 8, 8, 2, 3, 3, 2, 2, 2, 3))[0]
    x, labels, params = case
    cases = [narrow(case), (np.asfortranarray(x)[..., ::-1], labels, params)]
    found, wanted = student.map(loss_and_grads, cases), [loss_and_grads(*case) for case in cases]
    expect.close(found, wanted, rtol=1e-4)


@pytest.mark.category("scale")
def test_large_scores(student: Student, rng: np.random.Generator) -> None:
    """Scores in the thousands: loss and gradients stay finite."""
    x, labels, params = draw(rng, (3, 1, 8, 8, 2, 3, 3, 2, 2, 2, 3))[0]
    case = (x, labels, {**params, "b": params["b"] + np.array([1000.0, -1000.0, 0.0])})
    expect.close(student(loss_and_grads, *case), loss_and_grads(*case))


@pytest.mark.category("scale")
@pytest.mark.required
def test_a_score_far_below(student: Student, rng: np.random.Generator) -> None:
    """A class whose bias is hugely negative: gradients are worked out, and never nudged."""
    x, _, params = draw(rng, (1, 1, 8, 8, 1, 3, 3, 1, 2, 2, 3))[0]
    params["b"][1] = -1e30  # the loss is so large that no small change of it is seen
    case = (x, np.array([1]), params)
    expect.close(student(grads_without_warnings, *case), grads_without_warnings(*case))


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Images, labels and parameters stay as they were."""
    x, labels, params = draw(rng, (2, 2, 8, 8, 2, 3, 3, 2, 2, 2, 3))[0]
    copies = (x.copy(), labels.copy(), {name: array.copy() for name, array in params.items()})
    expect.close(student(arguments_afterwards, x, labels, params), arguments_afterwards(*copies))


@pytest.mark.category("reuse")
def test_again(student: Student, rng: np.random.Generator) -> None:
    """The same images give the same again, whatever came between."""
    (x, labels, params), (other, theirs, _) = draw(
        rng, (2, 1, 8, 8, 2, 3, 3, 2, 2, 2, 3), (4, 1, 8, 8, 2, 3, 3, 2, 2, 2, 3)
    )
    case = (x, labels, other, theirs, params)
    expect.close(student(two_batches, *case), two_batches(*case))


@pytest.mark.category("cost")
def test_many_weights(student: Student, rng: np.random.Generator) -> None:
    """A larger network: the gradients are computed, not measured by nudging every weight."""
    case = draw(rng, (32, 3, 24, 24, 8, 5, 5, 16, 3, 3, 10))[0]
    expect.close(student(loss_and_grads, *case), loss_and_grads(*case))
