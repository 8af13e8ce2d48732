"""a5_convolution / convolve1d: translate-and-scale, flip-and-filter, and why they agree."""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.signals import convolve1d_flip, convolve1d_scale

Floats = NDArray[np.floating]
A, B = np.array([2.0, -1.0, 1.0]), np.array([1.0, 1.0, 2.0])


@public(A, B)
@public(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([1.0, -1.0]))
@public(np.array([3.0]), np.array([0.5, 1.0, -2.0]))
def both_ways(a: Floats, b: Floats) -> object:
    """Copies of b, scaled and shifted; their sum; and the same sum by sliding b flipped (W26)."""
    put_away = {name: np.__dict__[name] for name in ("convolve", "correlate")}
    np.__dict__.update(dict.fromkeys(put_away))
    try:
        rows, slid = convolve1d_scale(a, b), convolve1d_flip(a, b)
    finally:
        np.__dict__.update(put_away)
    return {"rows": np.asarray(rows), "slid": np.asarray(slid)}


@public(A, B)
def arguments_afterwards(a: Floats, b: Floats) -> object:
    """Both sequences stay as they were (W26)."""
    rows, slid = convolve1d_scale(a, b), convolve1d_flip(a, b)
    return {"sum": np.sum(rows, axis=0), "slid": np.asarray(slid), "a": a, "b": b}


def swapped(a: Floats, b: Floats) -> object:
    """Convolve both ways round, each way twice."""
    flips = [np.asarray(convolve1d_flip(*pair)) for pair in ((a, b), (b, a))]
    sums = [np.sum(convolve1d_scale(*pair), axis=0) for pair in ((a, b), (b, a))]
    return [*flips, *sums]


def mixture(a: Floats, b: Floats, c: Floats) -> object:
    """Convolve with a mixture of two kernels."""
    return [np.asarray(convolve1d_flip(a, 2.0 * b - c)), np.asarray(convolve1d_scale(a, b - c))]


def draw(rng: np.random.Generator, *lengths: tuple[int, int]) -> list[tuple[Floats, Floats]]:
    """Draw pairs of sequences."""
    return [(rng.normal(size=n), rng.normal(size=m)) for n, m in lengths]


@pytest.mark.category("values")
def test_both_ways(student: Student, rng: np.random.Generator) -> None:
    """The scaled and shifted copies, and the sums by flipping and sliding."""
    cases = draw(rng, (4, 4), (5, 3), (6, 3))
    expect.close(student.map(both_ways, cases), [both_ways(*case) for case in cases])


@pytest.mark.category("values")
def test_swapped(student: Student, rng: np.random.Generator) -> None:
    """Convolution is commutative: kernel and signal may change places."""
    cases = draw(rng, (4, 4), (5, 3))
    expect.close(student.map(swapped, cases), [swapped(*case) for case in cases])


@pytest.mark.category("values")
def test_mixtures(student: Student, rng: np.random.Generator) -> None:
    """Convolution is linear in the kernel."""
    cases = [tuple(rng.normal(size=(3, n))) for n in (3, 5)]
    expect.close(student.map(mixture, cases), [mixture(*case) for case in cases])


@pytest.mark.category("shapes")
def test_lengths(student: Student, rng: np.random.Generator) -> None:
    """A kernel longer than the signal, and sequences of a single number."""
    cases = draw(rng, (3, 7), (1, 4), (4, 1), (1, 1), (2, 20))
    expect.close(student.map(both_ways, cases), [both_ways(*case) for case in cases])


@pytest.mark.category("edges")
def test_zeros_and_single_precision(student: Student, rng: np.random.Generator) -> None:
    """Zeros inside and at the ends are entries like others; single precision, by value."""
    (a, b), *_ = draw(rng, (6, 4))
    holes = np.where(np.arange(6) % 2, a, 0.0)
    cases = [(holes, b), (a, np.append(b, 0.0)), (a.astype(np.float32), b.astype(np.float32))]
    expect.close(student.map(both_ways, cases), [both_ways(*case) for case in cases], rtol=1e-4)


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Signal and kernel stay as they were."""
    cases = draw(rng, (5, 3), (3, 5))
    wanted = [arguments_afterwards(a.copy(), b.copy()) for a, b in cases]
    expect.close(student.map(arguments_afterwards, cases), wanted)
