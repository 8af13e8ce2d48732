"""a3_mlp / count_parameters: weights and biases of dense layers in a row."""

from collections.abc import Sequence

import numpy as np
import pytest

from autograder import expect
from autograder.program import Student, public
from reference.mlp import count_parameters


@public((1, 3, 3, 1))
@public([2, 50, 1])
@public((784, 256, 128, 10))
@public((5,))
def parameters(sizes: Sequence[int]) -> object:
    """A weight for each pair of neighbours and a bias for each neuron; inputs have none (W20)."""
    return count_parameters(sizes)


@public([4, 3, 3, 1])
def sizes_afterwards(sizes: list[int]) -> object:
    """The list of sizes stays as it was, and a second call says the same (W20)."""
    first = count_parameters(sizes)
    return {"first": first, "second": count_parameters(sizes), "sizes": sizes}


def draw(rng: np.random.Generator, length: int) -> tuple[list[int]]:
    """Return sizes of layers, inputs first."""
    return (rng.integers(1, 30, size=length).tolist(),)


@pytest.mark.category("values")
def test_networks(student: Student, rng: np.random.Generator) -> None:
    """Networks with hidden layers: every weight and every bias counts once."""
    cases = [draw(rng, length) for length in (3, 4, 5, 4)]
    expect.close(student.map(parameters, cases), [parameters(*case) for case in cases])


@pytest.mark.category("values")
def test_one_layer(student: Student, rng: np.random.Generator) -> None:
    """A single layer, between inputs and outputs."""
    cases = [draw(rng, 2) for _ in range(4)]
    expect.close(student.map(parameters, cases), [parameters(*case) for case in cases])


@pytest.mark.category("shapes")
def test_lists_and_tuples(student: Student, rng: np.random.Generator) -> None:
    """Sizes may come as a list or as a tuple."""
    (sizes,) = draw(rng, 4)
    cases = [(sizes,), (tuple(sizes),)]
    expect.close(student.map(parameters, cases), [parameters(*case) for case in cases])


@pytest.mark.category("edges")
def test_inputs_alone(student: Student, rng: np.random.Generator) -> None:
    """Inputs without a layer have no parameters; a neuron with one input has two."""
    cases = [([int(rng.integers(1, 9))],), ([1, 1],), ([1, 1, 1],)]
    expect.close(student.map(parameters, cases), [parameters(*case) for case in cases])


@pytest.mark.category("reuse")
def test_sizes_are_kept(student: Student, rng: np.random.Generator) -> None:
    """The list of sizes is not changed, and nothing is remembered from call to call."""
    case = draw(rng, 5)
    expect.close(student(sizes_afterwards, *case), sizes_afterwards(list(case[0])))


@pytest.mark.category("scale")
def test_large_networks(student: Student, rng: np.random.Generator) -> None:
    """Very wide and very deep networks."""
    wide = rng.integers(1_000, 90_000, size=4).tolist()
    deep = rng.integers(1, 50, size=400).tolist()
    cases = [(wide,), (deep,)]
    expect.close(student.map(parameters, cases), [parameters(*case) for case in cases])
