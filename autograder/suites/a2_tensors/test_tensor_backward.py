"""a2_tensors / tensor_backward: the walk backward through a graph of arrays.

Most graphs are made by hand, with the given constructor: then nothing but the walk is asked for. A
node made by hand has the pulls g -> m g, one matrix or number m for each parent.
"""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.tensor import Tensor

Array = NDArray[np.floating[Any]]
Parents = list[list[int]]
Factors = list[list[float]]


@public(np.array([2.0, 1.0]), np.array([-3.0, 0.5]))
def fan_out(a: Array, b: Array) -> object:
    """`x` is used twice: its gradient is the sum over both paths (W5)."""
    x, y = Tensor(a), Tensor(b)
    q = x * y
    f = (q + x).sum()
    f.backward()
    return {"x": x.grad, "y": y.grad, "q": q.grad, "f": f.grad}


@public(np.array([[1.0, -2.0, 0.5], [3.0, 1.5, -1.0]]), np.array([[0.5], [-1.0], [2.0]]), 0.25)
def layer(a: Array, weights: Array, bias: float) -> object:
    """A layer and its loss: every gradient has the shape of what it belongs to (W12)."""
    x, w, b = Tensor(a), Tensor(weights), Tensor(bias)
    z = x @ w + b
    h = z.tanh()
    (h * h).mean().backward()
    return {"x": x.grad, "w": w.grad, "b": b.grad, "z": z.grad, "h": h.grad}


@public(3.0)
def unequal_branches(a: float) -> object:
    """In q - (-q) * 2 a short way and a long one lead to q, which has to wait for both (W10)."""
    x = Tensor(a)
    q = x * x
    (q - (-q) * 2).backward()
    return {"x": x.grad, "q": q.grad}


@public([[], [], [0, 1, 0], [2, 1]], [[], [], [2.0, -1.0, 0.5], [3.0, 4.0]])
def by_hand(parents: Parents, factors: Factors) -> object:
    """All that counts is what a node says of itself: its parents and its pull (W10)."""
    nodes: list[Tensor] = []
    for numbers, own in zip(parents, factors, strict=True):

        def pull(g: Array, own: list[float] = own) -> tuple[Array, ...]:
            return tuple(factor * g for factor in own)

        inputs = tuple(nodes[i] for i in numbers)
        nodes.append(Tensor(np.ones(2), inputs, pull if own else None))
    nodes[-1].backward(np.array([1.0, 10.0]))
    return [node.grad for node in nodes]


@public(1.5, 60)
def ladder(a: float, steps: int) -> object:
    """Doubling again and again: each node is visited once, however many paths there are (W10)."""
    x = y = Tensor(a)
    for _ in range(steps):
        y = Tensor(2.0 * y.data, (y, y), lambda g: (g, g))
    y.backward()
    return {"y": y.data, "x": x.grad}


@public(np.array([2.0, 1.0]), np.array([-3.0, 0.5]))
def calls_in_a_row(a: Array, b: Array) -> object:
    """Leaves add from call to call until zero_grad(); the others are set (W10)."""
    x, y = Tensor(a), Tensor(b)
    q = Tensor(a * b, (x, y), lambda g: (g * b, g * a))
    f = Tensor(q.data * a, (q, x), lambda g: (g * a, g * q.data))

    def call() -> object:
        f.backward(np.array([1.0, 10.0]))
        return {name: np.array(node.grad) for name, node in zip("xyqf", (x, y, q, f), strict=True)}

    first, second = call(), call()
    x.zero_grad()
    return {"one call": first, "two calls": second, "a third, after x.zero_grad()": call()}


@public(2.0, -3.0)
def two_roots(a: float, b: float) -> object:
    """Two roots over one leaf: it adds; what the second does not depend on is kept (W10)."""
    x, y = Tensor(a), Tensor(b)
    q = Tensor(a * b, (x, y), lambda g: (g * b, g * a))
    f = Tensor(3 * a * b, (q,), lambda g: (3 * g,))
    h = Tensor(5 * a, (x,), lambda g: (5 * g,))

    def call(root: Tensor) -> object:
        root.backward()
        return {name: np.array(node.grad) for name, node in zip("xyqf", (x, y, q, f), strict=True)}

    return {"f.backward()": call(f), "then h.backward()": call(h), "then q.backward()": call(q)}


@public(np.array([1.0, 10.0]))
def shared_arrays(gradient: Array) -> object:
    """A pull may hand the same array to all parents: adding in place would change them all (W5)."""
    x, y = Tensor(np.ones(2)), Tensor(np.ones(2))
    s = Tensor(np.ones(2), (x, y), lambda g: (g, g))
    f = Tensor(np.ones(2), (s, x), lambda g: (g, g))

    def call() -> object:
        f.backward(gradient)
        return {name: np.array(node.grad) for name, node in zip("xysf", (x, y, s, f), strict=True)}

    return {"one call": call(), "two calls": call(), "the gradient that was given": gradient}


@public(np.array([[2.0]]))
@public(np.array(3.0))
def root_alone(a: Array) -> object:
    """A root of one number starts with 1, in its own shape; without parents it is a leaf (W10)."""
    x = Tensor(a)
    x.backward()
    once = np.array(x.grad)
    x.backward()
    return {"once": once, "twice": x.grad}


def given_to_a_root(a: Array, gradient: Array) -> object:
    """Walk back from a root of one number that was given its gradient."""
    x = Tensor(a)
    f = Tensor(3 * a, (x,), lambda g: (3 * g,))
    f.backward(gradient)
    return {"x": x.grad, "f": f.grad}


@public((3,), None)
@public((3,), (2,))
@public((2,), ())
def wrong_gradient(shape: tuple[int, ...], given: tuple[int, ...] | None) -> object:
    """A root of several numbers needs a gradient of its own shape; else a ValueError (W12)."""
    root = Tensor(np.ones(shape), (Tensor(np.ones(shape)),), lambda g: (g,))
    try:
        root.backward() if given is None else root.backward(np.ones(given))
    except ValueError:
        return "ValueError"
    return "no error"


@public([[], [0], [0, 1], [1, 2, 2], [2, 3]])
def pulls(parents: Parents) -> object:
    """Each node with parents pulls once, when all that it feeds into have pulled (W10)."""
    nodes: list[Tensor] = []
    order: list[int] = []
    for number, numbers in enumerate(parents):

        def pull(g: Array, number: int = number, count: int = len(numbers)) -> tuple[Array, ...]:
            order.append(number)
            return (g,) * count

        inputs = tuple(nodes[i] for i in numbers)
        nodes.append(Tensor(1.0, inputs, pull if numbers else None))
    nodes[-1].backward()
    early = [i for i in order for j in order[order.index(i) :] if i in parents[j]]
    return {"how often each pulled": [order.count(i) for i in range(len(nodes))], "early": early}


@public(2.0, 20_000)
def long_chain(a: float, length: int) -> object:
    """A chain far deeper than Python's limit on recursion is no trouble (W10)."""
    x = y = Tensor(a)
    for _ in range(length):
        y = Tensor(y.data * 0.9999, (y,), lambda g: (g * 0.9999,))
    y.backward()
    return {"y": y.data, "x": x.grad}


def linear_maps(
    sizes: list[int], parents: Parents, matrices: list[list[Array]], gradient: Array
) -> object:
    """Nodes of different lengths: each is the sum of its parents, times one matrix each."""
    nodes: list[Tensor] = []
    for size, numbers, own in zip(sizes, parents, matrices, strict=True):

        def pull(g: Array, own: list[Array] = own) -> tuple[Array, ...]:
            return tuple(g @ matrix for matrix in own)

        inputs = tuple(nodes[i] for i in numbers)
        nodes.append(Tensor(np.zeros(size), inputs, pull if own else None))
    nodes[-1].backward(gradient)
    return [node.grad for node in nodes]


def bystanders(a: Array) -> object:
    """Return what Tensors hold that the root does not depend on, and all data afterwards."""
    x, y = Tensor(a), Tensor(2.0 * a)
    f = Tensor(3.0 * a, (x,), lambda g: (3.0 * g,))
    above = Tensor(6.0 * a, (f, y), lambda g: (g, g))
    y.grad = np.full(a.shape, 7.0)
    f.backward(np.ones(a.shape))
    return [x.grad, y.grad, above.grad, x.data, y.data, f.data, above.data]


def drawn(rng: np.random.Generator, size: int, most: int) -> tuple[Parents, Factors]:
    """Draw the parents of each node, equal ones allowed, and a factor for each parent."""
    parents: Parents = [[]]
    for i in range(1, size):
        parents.append(rng.integers(0, i, size=rng.integers(1, most + 1)).tolist())
    return parents, [rng.normal(size=len(numbers)).tolist() for numbers in parents]


@pytest.mark.category("values")
def test_random_graphs(student: Student, rng: np.random.Generator) -> None:
    """Nodes made by hand: only their parents and their pulls matter, however many there are."""
    cases = [drawn(rng, 9, 4) for _ in range(8)]
    expect.close(student.map(by_hand, cases), [by_hand(*case) for case in cases])


@pytest.mark.category("values")
def test_branches(student: Student, rng: np.random.Generator) -> None:
    """Branches of different lengths that meet again: a node has to wait for all its uses."""
    cases: list[tuple[Parents, Factors]] = []
    for detour in (2, 3, 5):
        ways = [[], [0], *([i] for i in range(1, detour)), [0, detour], [detour + 1, 0, 1]]
        cases.append((ways, [rng.normal(size=len(way)).tolist() for way in ways]))
        back = [way[::-1] for way in ways]
        cases.append((back, [rng.normal(size=len(way)).tolist() for way in back]))
    expect.close(student.map(by_hand, cases), [by_hand(*case) for case in cases])


@pytest.mark.category("values")
def test_fan_out(student: Student, rng: np.random.Generator) -> None:
    """A formula of your own operations in which a Tensor is used twice."""
    cases = [(rng.normal(size=shape), rng.normal(size=shape)) for shape in ((3,), (2, 3))]
    expect.close(student.map(fan_out, cases), [fan_out(*case) for case in cases])


@pytest.mark.category("shapes")
def test_linear_maps(student: Student, rng: np.random.Generator) -> None:
    """Arrays of different shapes: each gradient has the shape of what it belongs to."""
    cases: list[tuple[list[int], Parents, list[list[Array]], Array]] = []
    for _ in range(4):
        parents, _ = drawn(rng, 6, 2)
        sizes: list[int] = rng.integers(1, 5, size=6).tolist()
        matrices: list[list[Array]] = [
            [rng.normal(size=(sizes[i], sizes[j])) for j in numbers]
            for i, numbers in enumerate(parents)
        ]
        cases.append((sizes, parents, matrices, rng.normal(size=sizes[-1])))
    expect.close(student.map(linear_maps, cases), [linear_maps(*case) for case in cases])


@pytest.mark.category("shapes")
def test_layer(student: Student, rng: np.random.Generator) -> None:
    """A layer with its loss, of your own operations: weights, bias and everything in between."""
    case = (rng.normal(size=(4, 3)), rng.normal(size=(3, 2)), float(rng.normal()))
    expect.close(student(layer, *case), layer(*case))


@pytest.mark.category("reuse")
def test_leaves_add(student: Student, rng: np.random.Generator) -> None:
    """Leaves add from call to call until they are told to forget; others are set."""
    cases = [(rng.normal(size=2), rng.normal(size=2)) for _ in range(3)]
    expect.close(student.map(calls_in_a_row, cases), [calls_in_a_row(*case) for case in cases])


@pytest.mark.category("reuse")
def test_two_roots(student: Student, rng: np.random.Generator) -> None:
    """Several roots over the same leaf, one of them in the middle of another one's graph."""
    cases = rng.normal(size=(3, 2)).tolist()
    expect.close(student.map(two_roots, cases), [two_roots(*case) for case in cases])


@pytest.mark.category("reuse")
def test_shared_arrays(student: Student, rng: np.random.Generator) -> None:
    """A pull that hands one array to several parents: nobody changes it for the others."""
    cases = [(rng.normal(size=2),) for _ in range(2)]
    wanted = [shared_arrays(gradient.copy()) for (gradient,) in cases]
    expect.close(student.map(shared_arrays, cases), wanted)


@pytest.mark.category("reuse")
def test_bystanders(student: Student, rng: np.random.Generator) -> None:
    """What the root does not depend on is left alone, and so are all data."""
    cases = [(rng.normal(size=shape),) for shape in ((3,), (2, 2))]
    expect.close(student.map(bystanders, cases), [bystanders(*case) for case in cases])


@pytest.mark.category("edges")
def test_root_alone(student: Student, rng: np.random.Generator) -> None:
    """A root without parents, of one number in whatever shape."""
    cases = [(np.array(rng.normal(size=shape)),) for shape in ((), (1,), (1, 1, 1))]
    expect.close(student.map(root_alone, cases), [root_alone(*case) for case in cases])


@pytest.mark.category("edges")
def test_gradient_of_one_number(student: Student, rng: np.random.Generator) -> None:
    """A root of one number starts with the gradient that it was given, if any."""
    cases = [(np.array(rng.normal(size=s)), np.array(rng.normal(size=s))) for s in ((), (1, 1))]
    expect.close(student.map(given_to_a_root, cases), [given_to_a_root(*case) for case in cases])


@pytest.mark.category("edges")
def test_wrong_gradients(student: Student, rng: np.random.Generator) -> None:
    """A gradient that is missing or has another shape than the root is refused."""
    n = int(rng.integers(2, 6))
    cases = [((n,), None), ((n,), (n + 1,)), ((n, 2), (2,)), ((n,), (1, n)), ((0,), None)]
    expect.close(student.map(wrong_gradient, cases), [wrong_gradient(*case) for case in cases])


@pytest.mark.category("cost")
def test_one_pull_each(student: Student, rng: np.random.Generator) -> None:
    """Each node pulls once, when its gradient is complete."""
    cases: list[tuple[Parents]] = []
    for _ in range(4):
        parents, _ = drawn(rng, 12, 3)
        cases.append((parents,))
    expect.close(student.map(pulls, cases), [pulls(*case) for case in cases])


@pytest.mark.category("scale")
def test_ladder(student: Student, rng: np.random.Generator) -> None:
    """Very many paths through few nodes: each node is visited once."""
    case = (float(rng.normal()), int(rng.integers(55, 65)))
    expect.close(student(ladder, *case), ladder(*case))


@pytest.mark.category("scale")
def test_long_chain(student: Student, rng: np.random.Generator) -> None:
    """A chain of very many nodes: no recursion is deep enough for it."""
    case = (float(rng.uniform(1, 2)), 100_000 + int(rng.integers(0, 100)))
    expect.close(student(long_chain, *case), long_chain(*case))
