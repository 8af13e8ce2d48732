"""a6_convnets / flatten: maps become rows, and the gradient takes the old shape again."""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.layers.flatten import flatten_backward, flatten_forward

Floats = NDArray[np.floating]
Case = tuple[Floats, Floats]
X = np.arange(24.0).reshape(2, 3, 2, 2)
D = np.arange(24.0, 0.0, -1.0).reshape(2, 12)


@public(X, D)
@public(X[:1], D[:1])
@public(X[:, :, :, 0], D[:, :6])
def there_and_back(x: Floats, dout: Floats) -> object:
    """Each image becomes one row, channel after channel; the way back undoes it (W35)."""
    out, cache = flatten_forward(x)
    return {"out": np.asarray(out), "dx": np.asarray(flatten_backward(dout, cache))}


def two_calls(x1: Floats, x2: Floats, dout1: Floats, dout2: Floats) -> object:
    """Forward twice, then backward."""
    _, cache1 = flatten_forward(x1)
    _, cache2 = flatten_forward(x2)
    return [np.asarray(flatten_backward(dout1, cache1)), flatten_backward(dout2, cache2)]


def arguments_afterwards(x: Floats, dout: Floats) -> object:
    """Return both results and the arguments."""
    out, cache = flatten_forward(x)
    dx = flatten_backward(dout, cache)
    return {"out": np.asarray(out), "dx": np.asarray(dx), "x": x, "dout": dout}


def draw(rng: np.random.Generator, *sizes: tuple[int, ...]) -> list[Case]:
    """Draw inputs of these shapes, and gradients of their rows."""
    cases = [rng.normal(size=(2, *size)) for size in sizes]
    return [(x, dout.reshape(len(x), -1)) for x, dout in cases]


@pytest.mark.category("values")
def test_maps(student: Student, rng: np.random.Generator) -> None:
    """A batch of several maps, and back."""
    cases = draw(rng, (3, 4, 5, 2), (7, 2, 3, 3))
    expect.close(student.map(there_and_back, cases), [there_and_back(*case) for case in cases])


@pytest.mark.category("shapes")
def test_other_axes(student: Student, rng: np.random.Generator) -> None:
    """Inputs with fewer and with more axes: all but the first become one."""
    cases = draw(rng, (4, 6), (3, 5, 2), (2, 3, 2, 2, 3))
    expect.close(student.map(there_and_back, cases), [there_and_back(*case) for case in cases])


@pytest.mark.category("edges")
def test_ones(student: Student, rng: np.random.Generator) -> None:
    """One image, one channel, one pixel: no axis is lost."""
    cases = draw(rng, (1, 3, 4, 4), (5, 1, 1, 1), (1, 1, 1, 1), (4, 1, 3, 1))
    expect.close(student.map(there_and_back, cases), [there_and_back(*case) for case in cases])


@pytest.mark.category("edges")
def test_layouts(student: Student, rng: np.random.Generator) -> None:
    """Arrays that lie otherwise in the memory, and single precision, by value."""
    x, dout = draw(rng, (3, 4, 5, 2))[0]
    cases = [
        (np.asfortranarray(x), np.asfortranarray(dout)),
        (x[:, ::-1].transpose(0, 2, 3, 1), dout[:, ::-1]),
        (x.astype(np.float32), dout.astype(np.float32)),
    ]
    expect.close(student.map(there_and_back, cases), [there_and_back(*case) for case in cases])


@pytest.mark.category("reuse")
def test_two_calls(student: Student, rng: np.random.Generator) -> None:
    """Two forward calls before the backward calls: each remembers its own shape."""
    (x1, dout1), (x2, dout2) = draw(rng, (2, 3, 4), (3, 2, 2, 2))
    expect.close(student(two_calls, x1, x2, dout1, dout2), two_calls(x1, x2, dout1, dout2))


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Maps and the gradient from above stay as they were, shapes included."""
    x, dout = draw(rng, (2, 3, 4, 2))[0]
    expect.close(student(arguments_afterwards, x, dout), arguments_afterwards(x, dout))
