"""a5_convolution / receptive_field: how many inputs in a row one output sees."""

from collections.abc import Sequence

import numpy as np
import pytest

from autograder import expect
from autograder.program import Student, public
from reference.signals import receptive_field

Layers = Sequence[tuple[int, int]]


@public([(3, 1), (3, 1)])
@public([(5, 1), (2, 2), (5, 1), (2, 2)])
@public([(2, 2), (3, 1)])
@public([])
def field(layers: Layers) -> object:
    """Layers are (kernel, stride), first layer first; without layers one sees one (W30)."""
    return receptive_field(layers)


@public([(5, 1), (2, 2), (3, 1)])
def asked_twice(layers: Layers) -> object:
    """The list of layers stays as it was, and asking again gives the same (W30)."""
    return [receptive_field(layers), receptive_field(layers), list(layers)]


def cases_of(*networks: Layers) -> list[tuple[Layers]]:
    """Return one case for each network."""
    return [(layers,) for layers in networks]


def draw(rng: np.random.Generator, depth: int, strides: tuple[int, int]) -> Layers:
    """Draw that many layers."""
    return [(int(rng.integers(1, 6)), int(rng.integers(*strides))) for _ in range(depth)]


@pytest.mark.category("values")
def test_steps_of_one(student: Student, rng: np.random.Generator) -> None:
    """Layers that step by one."""
    cases = cases_of(*(draw(rng, depth, (1, 2)) for depth in (3, 4, 5)))
    expect.close(student.map(field, cases), [field(*case) for case in cases])


@pytest.mark.category("values")
def test_strides(student: Student, rng: np.random.Generator) -> None:
    """Larger steps in any layer: what comes after them sees further."""
    cases = cases_of(*(draw(rng, depth, (1, 4)) for depth in (2, 3, 4, 5)))
    expect.close(student.map(field, cases), [field(*case) for case in cases])


@pytest.mark.category("values")
def test_order(student: Student, rng: np.random.Generator) -> None:
    """The order of the layers matters."""
    k, s = int(rng.integers(3, 6)), int(rng.integers(2, 4))
    cases = cases_of([(k, 1), (2, s)], [(2, s), (k, 1)], [(k, s), (2, 1), (3, s)])
    expect.close(student.map(field, cases), [field(*case) for case in cases])


@pytest.mark.category("edges")
def test_few_layers(student: Student, rng: np.random.Generator) -> None:
    """One layer, whose stride nobody sees, and none at all."""
    cases = cases_of(draw(rng, 1, (1, 5)), draw(rng, 1, (2, 5)), [])
    expect.close(student.map(field, cases), [field(*case) for case in cases])


@pytest.mark.category("edges")
def test_windows_with_gaps(student: Student, rng: np.random.Generator) -> None:
    """Windows of one entry that leave some out, and many layers."""
    cases = cases_of([(1, 3), (3, 1)], [(1, 2), (1, 2), (2, 1)], draw(rng, 12, (1, 3)))
    expect.close(student.map(field, cases), [field(*case) for case in cases])


@pytest.mark.category("reuse")
def test_layers_are_kept(student: Student, rng: np.random.Generator) -> None:
    """The list of layers stays as it was."""
    cases = cases_of(draw(rng, 3, (1, 4)), draw(rng, 4, (1, 3)))
    wanted = [asked_twice(list(layers)) for (layers,) in cases]
    expect.close(student.map(asked_twice, cases), wanted)
