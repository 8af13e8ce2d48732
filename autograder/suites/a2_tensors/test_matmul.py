"""a2_tensors / matmul: products of vectors, matrices and batches, and what they pull back.

A program walks all paths from the product down to its operands and pulls the gradient `g` along,
so it asks nothing of `backward`.
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

ROWS = np.array([[1.0, -2.0, 0.5], [3.0, 1.5, -1.0]])
COLUMNS = np.array([[2.0, 1.0], [0.5, -1.0], [4.0, 3.0]])
BATCH = np.array([[[1.0, 2.0, 3.0]], [[-1.0, 0.5, 2.0]]])
BATCH_OF_COLUMNS = np.array([[[1.0], [2.0], [-1.0]], [[3.0], [0.5], [4.0]]])
VECTOR = np.array([1.0, 10.0, -2.0])


@public(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [5.0, 6.0]]), np.array([[1.0, 10.0]]))
@public(ROWS, COLUMNS, np.array([[1.0, 10.0], [100.0, -1.0]]))
@public(VECTOR, COLUMNS, np.array([1.0, 10.0]))
@public(ROWS, VECTOR, np.array([1.0, 10.0]))
@public(VECTOR, np.array([2.0, 0.5, 4.0]), np.array(2.0))
@public(BATCH, BATCH_OF_COLUMNS, np.array([[[1.0]], [[10.0]]]))
@public(BATCH, COLUMNS, np.array([[[1.0, 10.0]], [[100.0, -1.0]]]))
@public(VECTOR, BATCH_OF_COLUMNS, np.array([[1.0], [10.0]]))
def product(a: Array, b: Array, g: Array) -> object:
    """An entry is used by a whole row or column: add over its uses, in its own shape (W5, W12)."""
    x, y = Tensor(a), Tensor(b)
    f = x @ y
    paths = [(f, g)]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    return {"x @ y": f.data, "gradient of x": x.grad, "gradient of y": y.grad}


@public(ROWS, COLUMNS, np.array([[1.0, 10.0], [100.0, -1.0]]))
def array_on_the_right(a: Array, b: Array, g: Array) -> object:
    """One side may be an array, which has no gradient of its own (W12)."""
    x = Tensor(a)
    f = x @ b
    paths = [(f, g)]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    return {"x @ array": f.data, "gradient of x": x.grad}


@public(np.array([[2.0, 1.0], [0.5, -1.0]]), np.array([[1.0, 10.0], [100.0, -1.0]]))
def squared(a: Array, g: Array) -> object:
    """x @ x uses x on both sides: two paths lead to it, and they add up (W5)."""
    x = Tensor(a)
    f = x @ x
    paths = [(f, g)]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    return {"x @ x": f.data, "gradient of x": x.grad}


@public((2, 3), (2, 3))
@public((3,), (2, 3))
@public((), (3,))
def impossible(left: Shape, right: Shape) -> object:
    """Shapes that cannot be multiplied raise a ValueError (W12)."""
    try:
        return (Tensor(np.ones(left)) @ Tensor(np.ones(right))).shape
    except ValueError:
        return "ValueError"


@public(ROWS, COLUMNS, np.array([[1.0, 10.0], [100.0, -1.0]]))
def operands_afterwards(a: Array, b: Array, g: Array) -> object:
    """Neither the product nor its pull writes into what it was given (W5)."""
    x, y = Tensor(a), Tensor(b)
    f = x @ y
    lost = len(f.parents) - len(list(f.pull(g))) if f.pull else "no pull"
    return {"parents without a gradient": lost, "afterwards": [x.data, y.data, g, x.grad, y.grad]}


@public(300)
def large(n: int) -> object:
    """Two matrices of 300 x 300: the pull costs about two products, and no more (W13)."""
    entries = np.arange(float(n * n)).reshape(n, n)
    x, y, g = Tensor(np.sin(entries)), Tensor(np.cos(entries)), np.sin(2.0 * entries)
    f = x @ y
    paths = [(f, g)]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    shown = [np.array(each)[:2, :3] for each in (f.data, x.grad, y.grad)]
    return {"a corner of f and of both gradients": shown}


def product_without_warnings(a: Array, b: Array, g: Array) -> object:
    """The product and its gradients, whatever the processor says of infinite numbers on the way."""
    with np.errstate(all="ignore"):
        x, y = Tensor(a), Tensor(b)
        f = x @ y
        paths = [(f, g)]
        for node, gradient in paths:
            node.grad = gradient if node.grad is None else node.grad + gradient
            if node.pull is not None:
                paths += zip(node.parents, node.pull(gradient), strict=True)
        return f.data, x.grad, y.grad


def cases_of(rng: np.random.Generator, *shapes: tuple[Shape, Shape]) -> list[list[Array]]:
    """Draw operands of each pair of shapes, and a gradient of their product."""
    cases: list[list[Array]] = []
    for left, right in shapes:
        a, b = rng.normal(size=left), rng.normal(size=right)
        cases.append([a, b, np.array(rng.normal(size=np.shape(a @ b)))])
    return cases


@pytest.mark.category("values")
def test_matrices(student: Student, rng: np.random.Generator) -> None:
    """The product of two matrices, and what it pulls back to both."""
    cases = cases_of(rng, ((2, 3), (3, 4)), ((4, 2), (2, 5)), ((3, 3), (3, 3)), ((1, 4), (4, 1)))
    expect.close(student.map(product, cases), [product(*case) for case in cases])


@pytest.mark.category("values")
def test_vector_beside_a_matrix(student: Student, rng: np.random.Generator) -> None:
    """A vector on the left is a row, on the right a column, and its gradient is a vector."""
    cases = cases_of(rng, ((3,), (3, 4)), ((2, 3), (3,)), ((3,), (3, 3)), ((3, 3), (3,)))
    expect.close(student.map(product, cases), [product(*case) for case in cases])


@pytest.mark.category("values")
def test_batches(student: Student, rng: np.random.Generator) -> None:
    """A batch of products, one for each pair of matrices."""
    cases = cases_of(
        rng, ((2, 3, 4), (2, 4, 2)), ((3, 2, 2), (3, 2, 2)), ((2, 2, 1, 3), (2, 2, 3, 2))
    )
    expect.close(student.map(product, cases), [product(*case) for case in cases])


@pytest.mark.category("values")
def test_matrix_for_a_whole_batch(student: Student, rng: np.random.Generator) -> None:
    """A matrix that is used for every member of a batch hears from all of them."""
    cases = cases_of(rng, ((4, 2, 3), (3, 2)), ((2, 3), (4, 3, 2)), ((2, 3, 2, 2), (2, 2)))
    expect.close(student.map(product, cases), [product(*case) for case in cases])


@pytest.mark.category("shapes")
def test_dot_product(student: Student, rng: np.random.Generator) -> None:
    """The product of two vectors is a number."""
    cases = cases_of(rng, ((3,), (3,)), ((1,), (1,)), ((6,), (6,)))
    expect.close(student.map(product, cases), [product(*case) for case in cases])


@pytest.mark.category("shapes")
def test_broadcast_batches(student: Student, rng: np.random.Generator) -> None:
    """Batch axes of different sizes on both sides, which broadcast to a larger batch."""
    cases = cases_of(
        rng,
        ((2, 1, 3, 4), (5, 4, 2)),
        ((1, 2, 3), (4, 3, 2)),
        ((2, 1, 2, 2), (1, 3, 2, 2)),
    )
    expect.close(student.map(product, cases), [product(*case) for case in cases])


@pytest.mark.category("shapes")
def test_vector_beside_a_batch(student: Student, rng: np.random.Generator) -> None:
    """A vector that is used for every member of a batch, on either side."""
    cases = cases_of(
        rng, ((3,), (2, 3, 4)), ((2, 4, 3), (3,)), ((2,), (3, 2, 2, 2)), ((2, 2, 2), (2,))
    )
    expect.close(student.map(product, cases), [product(*case) for case in cases])


@pytest.mark.category("edges")
def test_sizes_of_one_and_none(student: Student, rng: np.random.Generator) -> None:
    """Axes of size 1, an empty batch, and a sum over nothing."""
    cases = cases_of(rng, ((1, 1), (1, 1)), ((0, 3), (3, 2)), ((2, 0), (0, 3)), ((1, 2, 3), (3, 1)))
    expect.close(student.map(product, cases), [product(*case) for case in cases])


@pytest.mark.category("edges")
def test_array_on_the_right(student: Student, rng: np.random.Generator) -> None:
    """An array on the right-hand side takes part like a Tensor."""
    cases = cases_of(rng, ((2, 3), (3, 2)), ((3,), (3, 2)), ((2, 2, 3), (3,)))
    expect.close(
        student.map(array_on_the_right, cases), [array_on_the_right(*case) for case in cases]
    )


@pytest.mark.category("edges")
def test_impossible_shapes(student: Student, rng: np.random.Generator) -> None:
    """Shapes that do not fit are refused, and so are plain numbers."""
    n = int(rng.integers(3, 6))
    cases = [((2, n), (n + 1, 2)), ((n,), (n + 1,)), ((2, 2, n), (3, n, 2)), ((n, n), ())]
    expect.close(student.map(impossible, cases), [impossible(*case) for case in cases])


@pytest.mark.category("scale")
@pytest.mark.required
def test_an_infinite_entry(student: Student, rng: np.random.Generator) -> None:
    """An infinite entry on either side: gradients are worked out, and never measured by nudging."""
    cases = cases_of(rng, ((3, 4), (4, 2)), ((2, 3), (3, 4)))
    for (a, b, _), side in zip(cases, (0, 1), strict=True):
        (a, b)[side][1, 1] = np.inf
    wanted = [product_without_warnings(*case) for case in cases]
    expect.close(student.map(product_without_warnings, cases), wanted)


@pytest.mark.category("reuse")
def test_both_sides(student: Student, rng: np.random.Generator) -> None:
    """A matrix multiplied by itself: it is used on both sides."""
    cases = [(rng.normal(size=(n, n)), rng.normal(size=(n, n))) for n in (2, 3)]
    expect.close(student.map(squared, cases), [squared(*case) for case in cases])


@pytest.mark.category("reuse")
def test_operands_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Neither the product nor its pull writes into an array that it was given."""
    cases = cases_of(rng, ((2, 3), (3, 2)), ((3,), (3,)))
    wanted = [operands_afterwards(*(array.copy() for array in case)) for case in cases]
    expect.close(student.map(operands_afterwards, cases), wanted)


@pytest.mark.category("cost")
def test_large_matrices(student: Student, rng: np.random.Generator) -> None:
    """Large matrices: the pull works with products of arrays, not entry by entry."""
    case = (int(rng.integers(290, 310)),)
    expect.close(student(large, *case), large(*case))
