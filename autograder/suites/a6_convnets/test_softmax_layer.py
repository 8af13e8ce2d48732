"""a6_convnets / softmax_layer: every output hears of every input, so it has a Jacobian."""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.layers.softmax import softmax_backward, softmax_forward

Floats = NDArray[np.floating]
Case = tuple[Floats, Floats]
X = np.array([[0.0, np.log(2.0), np.log(3.0)], [1.0, 1.0, -1.0]])
D = np.array([[1.0, 0.0, -1.0], [0.5, 2.0, 1.0]])


@public(X, D)
@public(X[0], D[0])
@public(np.stack([X, -X, 2.0 * X]), np.stack([D, D, -D]))
@public(X + 1000.0, D)
def there_and_back(x: Floats, dout: Floats) -> object:
    """Shares that add up to 1; raising one score lowers the other shares (W34)."""
    out, cache = softmax_forward(x)
    return {"out": np.asarray(out), "dx": np.asarray(softmax_backward(dout, cache))}


@public(X, np.array([2, 0]))
def fused(x: Floats, labels: NDArray[np.integer]) -> object:
    """Cross-entropy behind it: the slope -1/p meets the Jacobian, p - 1 is left (W34)."""
    out, cache = softmax_forward(x)
    dout = np.zeros(x.shape)
    rows = np.arange(len(x))
    dout[rows, labels] = -1.0 / np.asarray(out)[rows, labels]
    return np.asarray(softmax_backward(dout, cache))


def arguments_afterwards(x: Floats, dout: Floats) -> object:
    """Return the gradient, and the arguments as they are afterwards."""
    _, cache = softmax_forward(x)
    dx = np.array(softmax_backward(dout, cache))
    again = np.asarray(softmax_backward(dout, cache))
    return {"dx": dx, "again": again, "x": x, "dout": dout}


def two_calls(x1: Floats, x2: Floats, dout: Floats) -> object:
    """Forward twice, then backward."""
    _, cache1 = softmax_forward(x1)
    _, cache2 = softmax_forward(x2)
    return [np.asarray(softmax_backward(dout, cache)) for cache in (cache1, cache2)]


def draw(rng: np.random.Generator, *sizes: tuple[int, ...]) -> list[Case]:
    """Draw scores of these shapes, and gradients of the shares."""
    return [(2.0 * rng.normal(size=size), rng.normal(size=size)) for size in sizes]


@pytest.mark.category("values")
def test_rows(student: Student, rng: np.random.Generator) -> None:
    """A batch of rows, each with a softmax of its own."""
    cases = draw(rng, (4, 3), (3, 10))
    expect.close(student.map(there_and_back, cases), [there_and_back(*case) for case in cases])


@pytest.mark.category("values")
def test_one_entry_at_a_time(student: Student, rng: np.random.Generator) -> None:
    """The Jacobian, row by row: a gradient that asks for one output alone."""
    x = rng.normal(size=(1, 5))
    cases = [(x, np.eye(5)[k : k + 1]) for k in range(5)]
    expect.close(student.map(there_and_back, cases), [there_and_back(*case) for case in cases])


@pytest.mark.category("values")
def test_with_cross_entropy(student: Student, rng: np.random.Generator) -> None:
    """Cross-entropy's slope sent through the layer gives the fused gradient."""
    x, labels = rng.normal(size=(6, 4)), rng.integers(0, 4, 6)
    expect.close(student(fused, x, labels), fused(x, labels))


@pytest.mark.category("shapes")
def test_other_axes(student: Student, rng: np.random.Generator) -> None:
    """One row alone, and scores with three and four axes: the last one counts."""
    cases = draw(rng, (4,), (2, 3, 4), (2, 2, 3, 5))
    expect.close(student.map(there_and_back, cases), [there_and_back(*case) for case in cases])


@pytest.mark.category("edges")
def test_ones(student: Student, rng: np.random.Generator) -> None:
    """One class alone is certain, and nothing changes that; two classes, square batches."""
    cases = draw(rng, (3, 1), (1, 1), (5, 2), (4, 4))
    expect.close(student.map(there_and_back, cases), [there_and_back(*case) for case in cases])


@pytest.mark.category("edges")
def test_single_precision(student: Student, rng: np.random.Generator) -> None:
    """Single precision, and arrays that lie otherwise in the memory, by value."""
    x, dout = draw(rng, (4, 6))[0]
    cases = [
        (x.astype(np.float32), dout.astype(np.float32)),
        (np.asfortranarray(x), dout[:, ::-1]),
    ]
    expect.close(
        student.map(there_and_back, cases), [there_and_back(*case) for case in cases], rtol=1e-4
    )


@pytest.mark.category("scale")
def test_far_from_zero(student: Student, rng: np.random.Generator) -> None:
    """All scores of a row far above or below zero: only their differences count."""
    x, dout = draw(rng, (4, 3))[0]
    cases = [(x + 1000.0, dout), (x - 1000.0, dout), (x + 1e4 * np.arange(4.0)[:, None], dout)]
    expect.close(student.map(there_and_back, cases), [there_and_back(*case) for case in cases])


@pytest.mark.category("scale")
def test_far_apart(student: Student, rng: np.random.Generator) -> None:
    """Scores far apart from each other: shares of nearly 1 and nearly 0, all of them finite."""
    x, dout = draw(rng, (4, 5))[0]
    cases = [(500.0 * x, dout), (np.where(x > 0, 1000.0, -1000.0) + x, dout)]
    expect.close(student.map(there_and_back, cases), [there_and_back(*case) for case in cases])


@pytest.mark.category("scale")
def test_common_gradient(student: Student, rng: np.random.Generator) -> None:
    """A large gradient, nearly the same for all outputs: only its differences count."""
    cases = [(x, dout + 1e7) for x, dout in draw(rng, (4, 5), (2, 3, 4))]
    expect.close(student.map(there_and_back, cases), [there_and_back(*case) for case in cases])


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Scores and gradients stay as they were, and the way back can be gone twice."""
    x, dout = draw(rng, (3, 4))[0]
    wanted = arguments_afterwards(x.copy(), dout.copy())
    expect.close(student(arguments_afterwards, x, dout), wanted)


@pytest.mark.category("reuse")
def test_two_calls(student: Student, rng: np.random.Generator) -> None:
    """Several forward calls before the backward calls: nothing is mixed up."""
    (x1, dout), (x2, _) = draw(rng, (3, 4), (3, 4))
    expect.close(student(two_calls, x1, x2, dout), two_calls(x1, x2, dout))
