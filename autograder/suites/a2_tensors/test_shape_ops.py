"""a2_tensors / shape_ops: entries that are moved or picked, and gradients that find their way back.

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
Shape = tuple[int, ...]
Index = int | list[int] | Array | NDArray[np.bool_] | tuple[int | list[int], ...]

ROWS = np.array([[1.0, -2.0, 0.5], [3.0, 1.5, -1.0]])
CUBE = np.arange(24.0).reshape(2, 3, 4)
MATRIX = np.arange(12.0).reshape(3, 4)


@public(ROWS, (3, 2), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
@public(ROWS, (-1,), np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))
@public(ROWS, (2, 1, -1), np.array([[[1.0, 2.0, 3.0]], [[4.0, 5.0, 6.0]]]))
def reshaped(a: Array, shape: Shape, g: Array) -> object:
    """The entries keep their order; the gradient takes the old shape again (W12)."""
    x = Tensor(a)
    f = x.reshape(*shape)
    paths = [(f, g)]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    return {"result": f.data, "gradient of x": x.grad}


@public(ROWS, (), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
@public(CUBE, (2, 0, 1), np.arange(24.0).reshape(4, 2, 3))
@public(CUBE, (0, -1, 1), np.arange(24.0).reshape(2, 4, 3))
def transposed(a: Array, axes: Shape, g: Array) -> object:
    """The axes of the gradient go back to where they came from (W12)."""
    x = Tensor(a)
    f = x.transpose(*axes)
    paths = [(f, g)]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    return {"result": f.data, "gradient of x": x.grad}


@public(np.array([1.0, 2.0, 3.0]), [0, 2, 0], np.array([1.0, 10.0, 100.0]))
@public(ROWS, 1, np.array([1.0, 10.0, 100.0]))
@public(ROWS, (0, -1), np.array(10.0))
@public(MATRIX, ([0, 2, 0], [1, 3, 1]), np.array([1.0, 10.0, 100.0]))
@public(MATRIX, np.array([[0, 1], [1, 1]]), np.arange(16.0).reshape(2, 2, 4))
@public(ROWS, ROWS > 0.75, np.array([1.0, 10.0, 100.0]))
def picked(a: Array, index: Index, g: Array) -> object:
    """An entry that is picked twice is used twice: it hears from both (W5)."""
    x = Tensor(a)
    f = x[index]
    paths = [(f, g)]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    return {"result": f.data, "gradient of x": x.grad}


@public("x[1:, ::2]", MATRIX)
@public("x[:, -1]", MATRIX)
@public("x[::-1, None]", MATRIX)
def sliced(piece: str, a: Array) -> object:
    """Slices: what was left out gets 0, the rest gets its own gradient back (W5)."""
    x = Tensor(a)
    f = {
        "x[1:, ::2]": lambda: x[1:, ::2],
        "x[:, -1]": lambda: x[:, -1],
        "x[::-1, None]": lambda: x[::-1, None],
        "x[..., 1:]": lambda: x[..., 1:],
        "x[2:2]": lambda: x[2:2],
    }[piece]()
    paths = [(f, np.arange(1.0, 1.0 + f.data.size).reshape(f.shape))]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    return {"result": f.data, "gradient of x": x.grad}


@public(ROWS, [2, 0, 2], [1.0, 10.0])
def in_a_row(a: Array, columns: list[int], weights: list[float]) -> object:
    """Moved, picked and moved again: each pull undoes its own step (W5, W10)."""
    x = Tensor(a)
    f = x.transpose()[columns].reshape(-1) * np.repeat(weights, len(columns)) + x[0, 0]
    paths = [(f, np.arange(1.0, 1.0 + f.data.size))]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    return {"f": f.data, "gradient of x": x.grad}


@public(ROWS, np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
def operands_afterwards(a: Array, g: Array) -> object:
    """Neither the step nor its pull writes into what it was given (W5)."""
    x = Tensor(a)
    results = [x.reshape(3, 2), x.transpose(), x[[0, 1, 0], :2]]
    lost = [len(f.parents) - len(list(f.pull(g))) if f.pull else "no pull" for f in results]
    return {"parents without a gradient": lost, "afterwards": [x.data, x.grad, g]}


def many_picks(n: int, a: Array, g: Array) -> object:
    """Pick from a long row, again and again in the same places."""
    x = Tensor(a)
    f = x[np.arange(n) % 1000]
    paths = [(f, g)]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    return {"size": f.data.size, "gradient of x": x.grad}


@pytest.mark.category("values")
def test_reshape(student: Student, rng: np.random.Generator) -> None:
    """Another shape for the same entries: the gradient takes the old one."""
    cases = [
        (rng.normal(size=old), new, rng.normal(size=new))
        for old, new in [
            ((2, 6), (3, 4)),
            ((12,), (2, 3, 2)),
            ((2, 3, 2), (6, 2)),
            ((3, 2), (2, 3)),
        ]
    ]
    expect.close(student.map(reshaped, cases), [reshaped(*case) for case in cases])


@pytest.mark.category("values")
def test_transpose(student: Student, rng: np.random.Generator) -> None:
    """Axes in another order: the gradient's axes go back to where they came from."""
    orders = [
        ((2, 3), (1, 0)),
        ((2, 3, 4), (1, 2, 0)),
        ((2, 3, 4), (2, 0, 1)),
        ((2, 2, 3), (0, 2, 1)),
        ((2, 3, 4), (-1, 0, -2)),
    ]
    cases: list[tuple[Array, Shape, Array]] = []
    for shape, axes in orders:
        a = rng.normal(size=shape)
        cases.append((a, axes, rng.normal(size=a.transpose(axes).shape)))
    expect.close(student.map(transposed, cases), [transposed(*case) for case in cases])


@pytest.mark.category("values")
def test_repeated_picks(student: Student, rng: np.random.Generator) -> None:
    """Entries that are picked several times: what arrives from every pick is added."""
    cases = [
        (rng.normal(size=4), rng.integers(0, 4, size=9), rng.normal(size=9)),
        (rng.normal(size=(3, 2)), rng.integers(0, 3, size=7).tolist(), rng.normal(size=(7, 2))),
        (rng.normal(size=(3, 2)), rng.integers(-3, 3, size=(2, 4)), rng.normal(size=(2, 4, 2))),
    ]
    expect.close(student.map(picked, cases), [picked(*case) for case in cases])


@pytest.mark.category("values")
def test_rows_and_entries(student: Student, rng: np.random.Generator) -> None:
    """A row, an entry, an axis from the end: everything else gets zeros."""
    cases = [
        (rng.normal(size=(3, 4)), int(rng.integers(0, 3)), rng.normal(size=4)),
        (rng.normal(size=(3, 4)), (int(rng.integers(-3, 3)), 1), np.array(rng.normal())),
        (rng.normal(size=(2, 3, 4)), (1, -2), rng.normal(size=4)),
    ]
    expect.close(student.map(picked, cases), [picked(*case) for case in cases])


@pytest.mark.category("shapes")
def test_one_pick_in_each_row(student: Student, rng: np.random.Generator) -> None:
    """Two lists of places, for rows and for columns, with the same place several times."""
    labels = rng.integers(0, 4, size=6)
    cases = [
        (rng.normal(size=(6, 4)), (np.arange(6), labels), rng.normal(size=6)),
        (rng.normal(size=(3, 4)), (rng.integers(0, 2, size=6), labels), rng.normal(size=6)),
        (
            rng.normal(size=(3, 4)),
            (rng.integers(0, 3, size=(2, 1)), labels),
            rng.normal(size=(2, 6)),
        ),
    ]
    expect.close(student.map(picked, cases), [picked(*case) for case in cases])


@pytest.mark.category("shapes")
def test_slices(student: Student, rng: np.random.Generator) -> None:
    """Slices with steps, backwards, with an axis more or less."""
    pieces = ["x[1:, ::2]", "x[:, -1]", "x[::-1, None]", "x[..., 1:]"]
    cases = [(piece, rng.normal(size=(3, 5))) for piece in pieces]
    expect.close(student.map(sliced, cases), [sliced(*case) for case in cases])


@pytest.mark.category("shapes")
def test_sizes_found_by_themselves(student: Student, rng: np.random.Generator) -> None:
    """A size of -1 is found from the others; without axes a transpose reverses all of them."""
    shapes = [((2, 6), (-1, 4), (3, 4)), ((2, 3), (-1,), (6,)), ((4,), (2, -1, 1), (2, 2, 1))]
    moved = [(rng.normal(size=old), new, rng.normal(size=full)) for old, new, full in shapes]
    turned = [
        (rng.normal(size=shape), (), rng.normal(size=shape[::-1])) for shape in ((3, 2), (2, 3, 4))
    ]
    got = [student.map(reshaped, moved), student.map(transposed, turned)]
    wanted = [[reshaped(*case) for case in moved], [transposed(*case) for case in turned]]
    expect.close(got, wanted)


@pytest.mark.category("edges")
def test_truth_values_and_nothing(student: Student, rng: np.random.Generator) -> None:
    """A choice by truth values, and choices that pick nothing: zeros in the shape of x."""
    a = rng.normal(size=(3, 4))
    cases = [(a, a > 0, rng.normal(size=int((a > 0).sum()))), (a, a > 9, np.zeros(0))]
    got = [student.map(picked, cases), student(sliced, "x[2:2]", a)]
    expect.close(got, [[picked(*case) for case in cases], sliced("x[2:2]", a)])


@pytest.mark.category("edges")
def test_little_to_move(student: Student, rng: np.random.Generator) -> None:
    """One entry, no axes, one axis: there is little to move."""
    cases = [(np.array(2.0), (), np.array(3.0)), (rng.normal(size=3), (), rng.normal(size=3))]
    shapes = [(np.array(2.0), (1, 1), np.ones((1, 1))), (rng.normal(size=(1, 1)), (1,), np.ones(1))]
    got = [student.map(transposed, cases), student.map(reshaped, shapes)]
    wanted = [[transposed(*case) for case in cases], [reshaped(*case) for case in shapes]]
    expect.close(got, wanted)


@pytest.mark.category("reuse")
def test_in_a_row(student: Student, rng: np.random.Generator) -> None:
    """Several such steps behind one another, and two paths to the same entry."""
    cases = [(rng.normal(size=(2, 3)), rng.integers(0, 3, 4).tolist(), rng.normal(size=2).tolist())]
    cases += [(rng.normal(size=(3, 2)), [1, 1], rng.normal(size=3).tolist())]
    expect.close(student.map(in_a_row, cases), [in_a_row(*case) for case in cases])


@pytest.mark.category("reuse")
def test_operands_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Neither a step nor its pull writes into an array that it was given."""
    a, g = rng.normal(size=(2, 3)), rng.normal(size=(3, 2))
    wanted = operands_afterwards(a.copy(), g.copy())
    expect.close(student(operands_afterwards, a, g), wanted)


@pytest.mark.category("scale")
def test_many_picks(student: Student, rng: np.random.Generator) -> None:
    """Very many picks from a long row, the same places again and again."""
    case = (100_000, rng.normal(size=1500), rng.normal(size=100_000))
    expect.close(student(many_picks, *case), many_picks(*case))
