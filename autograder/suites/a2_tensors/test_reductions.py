"""a2_tensors / reductions: sums, means and maxima, and the copies that come back.

A program walks all paths from the result down to `x` and pulls the gradient `g` along, so it asks
nothing of `backward`.
"""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.tensor import Tensor

Array = NDArray[np.floating[Any]]
Axis = int | tuple[int, ...] | None
Shape = tuple[int, ...]

ROWS = np.array([[1.0, -2.0, 0.5], [3.0, 1.5, -1.0]])
CUBE = np.array([[[1.0, 4.0], [2.0, -3.0], [0.0, 5.0]], [[7.0, -1.0], [3.0, 6.0], [-2.0, 0.5]]])


@public("sum", ROWS, None, False, np.array(10.0))
@public("sum", ROWS, 1, False, np.array([1.0, 10.0]))
@public("sum", CUBE, (2, 0), False, np.array([1.0, 10.0, 100.0]))
@public("mean", ROWS, None, True, np.array([[12.0]]))
@public("mean", ROWS, -2, False, np.array([1.0, 10.0, 100.0]))
@public("mean", CUBE, (0, 1), True, np.array([[[6.0, 60.0]]]))
@public("max", ROWS, None, False, np.array(10.0))
@public("max", -CUBE - 8.0, 1, False, np.array([[1.0, 10.0], [100.0, -1.0]]))
@public("max", CUBE, (0, -1), True, np.array([[[1.0], [10.0], [100.0]]]))
def reduced(name: str, a: Array, axis: Axis, keepdims: bool, g: Array) -> object:
    """A sum is pulled back as copies, a mean as copies / n, a maximum to the winner (W5, W12)."""
    x = Tensor(a)
    f = getattr(x, name)(axis=axis, keepdims=keepdims)
    paths = [(f, g)]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    return {"result": f.data, "gradient of x": x.grad}


@public(ROWS)
def ways_to_call(a: Array) -> object:
    """Without arguments everything is reduced; axis and keepdims may go without names (W12)."""
    x = Tensor(a)
    results = [x.sum(), x.mean(), x.max(), x.sum(0), x.mean(1, True), x.max(0, keepdims=True)]
    return [f.data for f in results]


@public(np.array([[1.0, 7.0, 7.0], [2.0, 7.0, -1.0]]), None, 12.0)
@public(np.array([[5.0, 1.0], [5.0, 1.0], [2.0, 0.0]]), 0, 12.0)
def ties(a: Array, axis: Axis, arrives: float) -> object:
    """The largest entries share what arrives: it is neither lost nor given twice (W5)."""
    x = Tensor(a)
    f = x.max(axis, keepdims=True)
    paths = [(f, np.full(f.shape, arrives))]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    shares = np.array(x.grad)
    losers = float(np.abs(shares * (a < f.data)).sum())
    together = shares.sum(axis, keepdims=True)
    return {"shares together": together, "least share": bool((shares >= 0).all()), "losers": losers}


@public(ROWS)
def normalised(a: Array) -> object:
    """Reductions inside a formula: each column less its mean, over its largest entry (W5)."""
    x = Tensor(a)
    f = ((x - x.mean(0)) / x.max(0, keepdims=True)).sum(1)
    paths = [(f, np.arange(1.0, 1.0 + a.shape[0]))]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    return {"f": f.data, "gradient of x": x.grad}


@public(ROWS, np.array([1.0, 10.0]))
def operands_afterwards(a: Array, g: Array) -> object:
    """Neither a reduction nor its pull writes into what it was given (W5)."""
    x = Tensor(a)
    results = [x.sum(1), x.mean(1), x.max(1)]
    lost = [len(f.parents) - len(list(f.pull(g))) if f.pull else "no pull" for f in results]
    return {"parents without a gradient": lost, "afterwards": [x.data, x.grad, g]}


def large(name: str, a: Array, axis: Axis, g: Array) -> object:
    """Reduce an array of very many entries; return parts and sums of what comes of it."""
    x = Tensor(a)
    f = getattr(x, name)(axis)
    paths = [(f, g)]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    return {"result": f.data, "sums": np.array(x.grad).sum(0), "part": np.array(x.grad)[:3]}


def drawn(rng: np.random.Generator, *cases: tuple[Shape, Axis, bool]) -> list[list[Any]]:
    """Draw an array for each shape, and a gradient of what remains of it."""
    found: list[list[Any]] = []
    for shape, axis, keepdims in cases:
        a = rng.permutation(np.prod(shape, dtype=int)).reshape(shape) - 0.3 * np.prod(shape)
        left: Shape = np.sum(a, axis, keepdims=keepdims).shape
        found.append([a, axis, keepdims, np.zeros(left) + rng.normal(size=left)])
    return found


@pytest.mark.category("values")
@pytest.mark.parametrize("name", ["sum", "mean", "max"])
def test_one_axis(student: Student, rng: np.random.Generator, name: str) -> None:
    """Along one axis: the result, and what is pulled back to every entry."""
    cases = drawn(rng, ((3, 4), 1, False), ((2, 3, 4), 0, False), ((2, 3, 4), 1, False))
    cases = [[name, *case] for case in cases]
    expect.close(student.map(reduced, cases), [reduced(*case) for case in cases])


@pytest.mark.category("values")
@pytest.mark.parametrize("name", ["sum", "mean", "max"])
def test_everything(student: Student, rng: np.random.Generator, name: str) -> None:
    """Over all axes: one number, and a gradient for every entry."""
    cases = drawn(rng, ((5,), None, False), ((3, 4), None, False), ((2, 3, 2), None, True))
    cases = [[name, *case] for case in cases]
    expect.close(student.map(reduced, cases), [reduced(*case) for case in cases])


@pytest.mark.category("shapes")
@pytest.mark.parametrize("name", ["sum", "mean", "max"])
def test_several_axes(student: Student, rng: np.random.Generator, name: str) -> None:
    """Over several axes at once, named in any order, and counted from the end too."""
    cases = drawn(
        rng,
        ((2, 3, 4), (0, 2), False),
        ((2, 3, 4), (2, 0), False),
        ((2, 3, 4), (-1, 1), True),
        ((2, 3, 2, 2), (1, 3), False),
        ((2, 3), (0, 1), False),
    )
    cases = [[name, *case] for case in cases]
    expect.close(student.map(reduced, cases), [reduced(*case) for case in cases])


@pytest.mark.category("shapes")
@pytest.mark.parametrize("name", ["sum", "mean", "max"])
def test_axes_that_stay(student: Student, rng: np.random.Generator, name: str) -> None:
    """Reduced axes that stay with size 1, and square arrays, where only an axis's place tells."""
    cases = drawn(
        rng, ((3, 4), 1, True), ((3, 3), 0, False), ((3, 3), -1, False), ((2, 2, 2), -2, True)
    )
    cases = [[name, *case] for case in cases]
    expect.close(student.map(reduced, cases), [reduced(*case) for case in cases])


@pytest.mark.category("shapes")
def test_ways_to_call(student: Student, rng: np.random.Generator) -> None:
    """Arguments may be left out, or given without their names."""
    cases = [(rng.normal(size=shape),) for shape in ((2, 3), (3, 2))]
    expect.close(student.map(ways_to_call, cases), [ways_to_call(*case) for case in cases])


@pytest.mark.category("edges")
@pytest.mark.parametrize("name", ["sum", "mean", "max"])
def test_sizes_of_one(student: Student, rng: np.random.Generator, name: str) -> None:
    """Axes of size 1, and arrays without axes: there is little to reduce."""
    cases = drawn(rng, ((1, 3), 0, False), ((3, 1), 1, True), ((1,), None, False))
    cases = [[name, *case] for case in [*cases, [np.array(2.5), None, False, np.array(3.0)]]]
    expect.close(student.map(reduced, cases), [reduced(*case) for case in cases])


@pytest.mark.category("edges")
def test_negative_maxima(student: Student, rng: np.random.Generator) -> None:
    """Maxima of arrays in which every entry is negative."""
    cases = [
        ["max", a - 50.0, *rest] for a, *rest in drawn(rng, ((3, 4), 0, False), ((6,), 0, True))
    ]
    expect.close(student.map(reduced, cases), [reduced(*case) for case in cases])


@pytest.mark.category("ties")
def test_tied_maxima(student: Student, rng: np.random.Generator) -> None:
    """Equal maxima share what arrives, in whatever parts, and the others get nothing."""
    base = rng.integers(-3, 3, size=(3, 4)).astype(float)
    base[0], base[2] = 5.0, 5.0
    cases = [(base, axis, float(rng.uniform(1, 9))) for axis in (0, 1, None)]
    expect.close(student.map(ties, cases), [ties(*case) for case in cases])


@pytest.mark.category("reuse")
def test_inside_a_formula(student: Student, rng: np.random.Generator) -> None:
    """Reductions whose results meet the array again, so that several paths lead to it."""
    cases = [(rng.uniform(1.0, 3.0, size=shape),) for shape in ((2, 3), (4, 2), (1, 3))]
    expect.close(student.map(normalised, cases), [normalised(*case) for case in cases])


@pytest.mark.category("reuse")
def test_operands_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Neither a reduction nor its pull writes into an array that it was given."""
    a, g = rng.normal(size=(3, 4)), rng.normal(size=3)
    wanted = operands_afterwards(a.copy(), g.copy())
    expect.close(student(operands_afterwards, a, g), wanted)


@pytest.mark.category("cost")
@pytest.mark.parametrize("name", ["sum", "mean", "max"])
def test_many_entries(student: Student, rng: np.random.Generator, name: str) -> None:
    """Very many entries: the pull takes about as long as the forward pass."""
    case = (name, rng.normal(size=(1000, 300)), 1, rng.normal(size=1000))
    expect.close(student(large, *case), large(*case))
