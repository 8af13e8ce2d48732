"""a4_training / initialise: weights at random, with the deviation that the scheme asks for."""

import math
from collections.abc import Sequence
from operator import ne

import numpy as np
import pytest

from autograder import expect
from autograder.program import Student, public
from reference.initialise import initialise

Shape = tuple[int, ...]
Case = tuple[Shape, str, float, int]


@public((300, 200), "small", 0.01)
@public((300, 200), "xavier", 0.06325)
@public((300, 200), "he", 0.08165)
@public((60, 40, 5, 3), "xavier", 0.03651)
@public((60, 40, 5, 3), "he", 0.05774)
def spread(shape: Shape, scheme: str, wanted: float) -> object:
    """Mean and deviation are the scheme's; `wanted` is the deviation of the table (W22)."""
    w = initialise(shape, scheme, np.random.default_rng(5))
    return {
        "shape": np.shape(w),
        "size of the mean / wanted": round(abs(float(np.mean(w))) / wanted, 1),
        "deviation / wanted": round(float(np.std(w)) / wanted, 1),
        "share within one deviation": round(float(np.mean(np.abs(w) < wanted)), 1),
    }


@public((3, 2))
@public((2, 1, 3, 3))
def zeros(shape: Shape) -> object:
    """The scheme `zeros` gives zeros: for biases, and to see what goes wrong with them (W22)."""
    return initialise(shape, "zeros", np.random.default_rng(5)) + 0.0  # turns -0 into 0


@public((5, 4), "he")
def chance(shape: Shape, scheme: str) -> object:
    """Chance comes from `rng` alone: one seed gives the same weights, two draws differ (W22)."""
    rng = np.random.default_rng(5)
    first, second = initialise(shape, scheme, rng), initialise(shape, scheme, rng)
    again = initialise(shape, scheme, np.random.default_rng(5))
    return {
        "same seed, same weights": bool(np.all(np.equal(first, again))),
        "two draws, same weights": bool(np.all(np.equal(first, second))),
        "different numbers among them": len(set(np.ravel(first).tolist())),
    }


def moments(shape: Shape, scheme: str, wanted: float, seed: int) -> dict[str, float]:
    """Describe the weights by numbers that are 0 or 1 if they are normal with that deviation."""
    w = initialise(shape, scheme, np.random.default_rng(seed)) / wanted
    return {
        "mean": float(np.mean(w)),
        "variance": float(np.mean(w * w)),
        "within one": float(np.mean(np.abs(w) < 1.0)) / 0.6827,
        "within two": float(np.mean(np.abs(w) < 2.0)) / 0.9545,
    }


def shape_of(shape: Shape, scheme: str) -> object:
    """Return the shape, and whether all is finite."""
    w = initialise(shape, scheme, np.random.default_rng(1))
    return np.shape(w), bool(np.all(np.isfinite(w)))


def draws(shape: Shape, scheme: str, seed: int) -> list[list[float]]:
    """Return the weights of two draws, as lists."""
    rng = np.random.default_rng(seed)
    return [np.ravel(initialise(shape, scheme, rng)).tolist() for _ in range(2)]


def case(rng: np.random.Generator, shape: Shape, scheme: str) -> Case:
    """Return inputs for `moments`: the standard deviation that the scheme asks for, and a seed."""
    match shape:
        case (inputs, outputs):
            fan_in, fan_out = inputs, outputs
        case _:
            fan_in, fan_out = math.prod(shape[1:]), shape[0] * math.prod(shape[2:])
    variance = {"small": 1e-4, "xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in}
    return shape, scheme, math.sqrt(variance[scheme]), int(rng.integers(1_000_000))


def check_moments(got: Sequence[object], cases: Sequence[Case]) -> None:
    """Mean 0, variance 1 and a normal's shares, with room for seven deviations of chance."""
    wanted = {"mean": 0.0, "variance": 1.0, "within one": 1.0, "within two": 1.0}
    for found, (shape, *_) in zip(got, cases, strict=True):
        expect.close(found, wanted, rtol=7 * math.sqrt(2 / math.prod(shape)))


@pytest.mark.category("values")
def test_small(student: Student, rng: np.random.Generator) -> None:
    """The scheme of small numbers: normal, around zero, whatever the shape."""
    cases = [case(rng, shape, "small") for shape in ((170, 130), (30, 20, 5, 7))]
    check_moments(student.map(moments, cases), cases)


@pytest.mark.category("values")
def test_xavier_of_a_dense_layer(student: Student, rng: np.random.Generator) -> None:
    """Xavier's scheme for a dense layer: its inputs and its outputs share the variance."""
    cases = [case(rng, shape, "xavier") for shape in ((260, 90), (80, 310))]
    check_moments(student.map(moments, cases), cases)


@pytest.mark.category("values")
def test_he_of_a_dense_layer(student: Student, rng: np.random.Generator) -> None:
    """He's scheme for a dense layer: the number of inputs decides."""
    cases = [case(rng, shape, "he") for shape in ((260, 90), (80, 310))]
    check_moments(student.map(moments, cases), cases)


@pytest.mark.category("values")
@pytest.mark.parametrize("scheme", ["xavier", "he"])
def test_convolution(student: Student, rng: np.random.Generator, scheme: str) -> None:
    """Weights of a convolution: an output sums over all channels and places of the kernel."""
    cases = [case(rng, shape, scheme) for shape in ((50, 12, 5, 7), (14, 60, 3, 6))]
    check_moments(student.map(moments, cases), cases)


@pytest.mark.category("edges")
def test_zeros(student: Student, rng: np.random.Generator) -> None:
    """The scheme of zeros, for every shape."""
    cases = [(tuple(rng.integers(1, 6, size=axes).tolist()),) for axes in (2, 4, 2)]
    expect.close(student.map(zeros, cases), [zeros(*case) for case in cases])


@pytest.mark.category("shapes")
def test_shapes(student: Student, rng: np.random.Generator) -> None:
    """The answer has the shape asked for, of a dense layer or a convolution, however small."""
    shapes = [(1, 1), (7, 1), (1, 6), (1, 1, 1, 1), (3, 1, 1, 4)]
    shapes += [tuple(rng.integers(2, 7, size=axes).tolist()) for axes in (2, 4)]
    cases = [(shape, scheme) for shape in shapes for scheme in ("small", "xavier", "he")]
    expect.close(student.map(shape_of, cases), [(shape, True) for shape, _ in cases])


@pytest.mark.category("reuse")
def test_generator_decides(student: Student, rng: np.random.Generator) -> None:
    """Chance comes from the generator alone: the same seed gives the same weights."""
    seed = int(rng.integers(1_000))
    first, again, other = student.map(draws, [((6, 5), "he", seed + k) for k in (0, 0, 1)])
    expect.close(again, first)
    expect.holds(any(map(ne, first[0], other[0])), "another seed gave the same weights")
    expect.holds(any(map(ne, first[0], first[1])), "the second draw repeats the first")


@pytest.mark.category("edges")
def test_every_weight_is_drawn_for_itself(student: Student, rng: np.random.Generator) -> None:
    """Every weight is drawn for itself: no row, column or kernel repeats another."""
    shapes = [(5, 4), (3, 2, 2, 3)]
    cases = [(shape, "xavier", int(rng.integers(1_000))) for shape in shapes]
    for (shape, _, _), (weights, _) in zip(cases, student.map(draws, cases), strict=True):
        ordered = sorted(weights)
        expect.close(len(ordered), math.prod(shape))
        expect.holds(all(map(ne, ordered, ordered[1:])), "a number occurs twice")
