"""a1_graphs / sigmoid_neuron: a neuron is a row of gates, and its gradient runs through them."""

from collections.abc import Sequence

import numpy as np
import pytest

from autograder import expect
from autograder.program import Student, public
from reference.gates import sigmoid_neuron


@public([2.0, -3.0, -3.0], [-1.0, -2.0])
@public((2.0, -3.0, -3.0), (-1.0, -2.0))
@public([0.5, -1.0], [2.0])
@public([1.0, -2.0, 0.5, 3.0, -1.0], [0.5, 0.25, -1.0, 1.0])
@public([1000.0, 0.0], [1.0])
@public([1000.0, 0.0], [-1.0])
def neuron(w: Sequence[float], x: Sequence[float]) -> object:
    """A sigmoid neuron of any width: the last weight is the bias, with slope 1 (W4)."""
    value, dw, dx = sigmoid_neuron(w, x)
    return {"value": value, "dw": [float(d) for d in dw], "dx": [float(d) for d in dx]}


@public([2.0, -3.0, -3.0], [-1.0, -2.0])
def arguments_afterwards(w: list[float], x: list[float]) -> object:
    """The caller's weights and inputs are the same after the call as before (W4)."""
    value, _, _ = sigmoid_neuron(w, x)
    return {"value": value, "w": w, "x": x}


@public([2.0, -3.0, -3.0], [-1.0, -2.0])
def twice(w: list[float], x: list[float]) -> object:
    """A second call with other weights leaves the first answer as it was (W4)."""
    _, dw, dx = sigmoid_neuron(w, x)
    sigmoid_neuron([-weight for weight in w], x)
    _, again, _ = sigmoid_neuron(w, x)
    return {"dw": list(dw), "dx": list(dx), "dw again": list(again)}


def draw(rng: np.random.Generator, width: int) -> tuple[list[float], list[float]]:
    """Return weights and bias, and inputs, for a neuron that is not saturated."""
    w, x = rng.normal(size=width + 1), rng.normal(size=width)
    return (w / np.sqrt(width)).tolist(), x.tolist()


@pytest.mark.category("values")
def test_two_inputs(student: Student, rng: np.random.Generator) -> None:
    """A neuron with two inputs: its value, and the gradient for every weight and every input."""
    cases = [draw(rng, 2) for _ in range(5)]
    expect.close(student.map(neuron, cases), [neuron(*case) for case in cases])


@pytest.mark.category("values")
def test_bias(student: Student, rng: np.random.Generator) -> None:
    """A neuron whose inputs are all zero: the bias alone decides, and its slope is not zero."""
    cases = [(draw(rng, n)[0], [0.0] * n) for n in (1, 2, 3)]
    expect.close(student.map(neuron, cases), [neuron(*case) for case in cases])


@pytest.mark.category("shapes")
def test_any_width(student: Student, rng: np.random.Generator) -> None:
    """A neuron of any width: one gradient for each weight, bias included, and for each input."""
    cases = [draw(rng, n) for n in (1, 3, 4, 7)]
    expect.close(student.map(neuron, cases), [neuron(*case) for case in cases])


@pytest.mark.category("shapes")
def test_tuples(student: Student, rng: np.random.Generator) -> None:
    """Weights and inputs may be tuples as well as lists."""
    cases = [tuple(map(tuple, draw(rng, n))) for n in (1, 2, 5)]
    expect.close(student.map(neuron, cases), [neuron(*case) for case in cases])


@pytest.mark.category("edges")
def test_saturated(student: Student, rng: np.random.Generator) -> None:
    """A neuron driven far to either side: its value stays a number and its gradients vanish."""
    far = float(rng.uniform(800.0, 1200.0))
    cases = [([far, 0.0], [1.0]), ([far, 0.0], [-1.0]), ([0.5, -far], [1.0]), ([0.5, far], [2.0])]
    expect.close(student.map(neuron, cases), [neuron(*case) for case in cases])


@pytest.mark.category("edges")
def test_whole_numbers(student: Student, rng: np.random.Generator) -> None:
    """Weights and inputs may be whole numbers."""
    cases = [
        (rng.integers(-2, 3, size=n + 1).tolist(), rng.integers(-2, 3, size=n).tolist())
        for n in (1, 2, 3)
    ]
    expect.close(student.map(neuron, cases), [neuron(*case) for case in cases])


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """The weights and the inputs belong to the caller: the function must not change them."""
    cases = [draw(rng, n) for n in (1, 4)]
    wanted = [arguments_afterwards(list(w), list(x)) for w, x in cases]
    expect.close(student.map(arguments_afterwards, cases), wanted)


@pytest.mark.category("reuse")
def test_second_call(student: Student, rng: np.random.Generator) -> None:
    """Calling the neuron again neither changes an earlier answer nor remembers anything."""
    cases = [draw(rng, n) for n in (1, 3)]
    expect.close(student.map(twice, cases), [twice(*case) for case in cases])


@pytest.mark.category("scale")
def test_many_inputs(student: Student, rng: np.random.Generator) -> None:
    """A neuron with very many inputs."""
    case = draw(rng, 2_000)
    expect.close(student(neuron, *case), neuron(*case))
