"""a2_tensors / log_softmax: the logarithm of the softmax, and its gradient, without overflow."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.tensor import Tensor
from reference.tensor_functions import log_softmax

Array = NDArray[np.floating[Any]]

ROWS = np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]])
GRADIENT = np.array([[1.0, 10.0, 100.0], [-1.0, 2.0, 0.5]])


@public(ROWS, -1, GRADIENT)
@public(ROWS, 0, GRADIENT)
@public(np.array([1000.0, 0.0]), 0, np.array([1.0, 10.0]))
@public(np.array([-1000.0, 1000.0, 1000.0]), -1, np.array([1.0, 10.0, 100.0]))
@public(ROWS + 1000.0, 1, GRADIENT)
def along(a: Array, axis: int, g: Array) -> object:
    """Every logit is used by all results of its row, so all of them send a gradient back (W5)."""
    t = Tensor(a)
    f = log_softmax(t, axis)
    f.backward(g)
    return {"result": f.data, "gradient": t.grad}


@public(ROWS)
def default_axis(a: Array) -> object:
    """Without an axis it is the last one; the exponentials of each row then sum to 1 (W34)."""
    f = log_softmax(Tensor(a))
    return {"result": f.data, "sums": np.exp(f.data).sum(-1)}


@public(ROWS, np.array([1, 2]))
def loss(a: Array, labels: NDArray[np.int64]) -> object:
    """The mean of -log p of the right class: the gradient is (p - 1 at that class) / n (W5)."""
    t = Tensor(a)
    f = -(log_softmax(t) * np.eye(a.shape[1])[labels]).sum(1).mean()
    f.backward()
    return {"loss": f.data, "gradient": t.grad, "logits afterwards": t.data}


@pytest.mark.category("values")
def test_last_axis(student: Student, rng: np.random.Generator) -> None:
    """Rows of logits: the result, and what comes back to every logit."""
    shapes = [(4,), (2, 3), (5, 2)]
    cases = [(rng.normal(scale=2.0, size=s), -1, rng.normal(size=s)) for s in shapes]
    expect.close(student.map(along, cases), [along(*case) for case in cases])


@pytest.mark.category("values")
def test_loss(student: Student, rng: np.random.Generator) -> None:
    """The loss of a classifier, of which this is the heart, and its gradient."""
    cases = [(rng.normal(size=(n, 4)), rng.integers(0, 4, size=n)) for n in (1, 3, 6)]
    wanted = [loss(a.copy(), labels) for a, labels in cases]
    expect.close(student.map(loss, cases), wanted)


@pytest.mark.category("shapes")
def test_other_axes(student: Student, rng: np.random.Generator) -> None:
    """Any axis of any array, counted from either end, also where all sizes are equal."""
    ways = [((2, 3), 0), ((2, 3, 4), 1), ((3, 3), 0), ((2, 2, 2), -2), ((3, 2, 2), -3)]
    cases = [(rng.normal(size=shape), axis, rng.normal(size=shape)) for shape, axis in ways]
    expect.close(student.map(along, cases), [along(*case) for case in cases])


@pytest.mark.category("shapes")
def test_default_axis(student: Student, rng: np.random.Generator) -> None:
    """Without an axis it is the last one."""
    cases = [(rng.normal(size=shape),) for shape in ((3,), (3, 3), (2, 3, 4))]
    expect.close(student.map(default_axis, cases), [default_axis(*case) for case in cases])


@pytest.mark.category("edges")
def test_all_logits_are_large(student: Student, rng: np.random.Generator) -> None:
    """Logits that are all shifted far up or far down: nothing else changes."""
    cases = [(rng.normal(size=(2, 3)) + far, -1, rng.normal(size=(2, 3))) for far in (1e3, -1e3)]
    expect.close(student.map(along, cases), [along(*case) for case in cases])


@pytest.mark.category("edges")
def test_logits_far_apart(student: Student, rng: np.random.Generator) -> None:
    """Logits that are far apart: the small probabilities have a finite logarithm."""
    a = rng.permutation([-1000.0, 0.0, 1000.0])
    rows = rng.normal(size=(2, 3)) + np.array([[1000.0], [-1000.0]])
    cases = [(a, 0, rng.normal(size=3))]
    cases += [(logits, 1, rng.normal(size=(2, 3))) for logits in (np.stack([a, -a]), rows)]
    expect.close(student.map(along, cases), [along(*case) for case in cases])


@pytest.mark.category("edges")
def test_one_class(student: Student, rng: np.random.Generator) -> None:
    """A single class has probability 1, and equal logits share it equally."""
    cases = [(rng.normal(size=(3, 1)), -1, np.ones((3, 1))), (np.full(4, 7.0), 0, np.arange(4.0))]
    expect.close(student.map(along, cases), [along(*case) for case in cases])
