"""a1_graphs / backward_push: every ancestor gets its gradient, once for each path."""

import numpy as np
import pytest

from autograder import expect
from autograder.program import Student, public
from reference.scalar import Value


@public(2.0, -3.0)
def fan_out(a: float, b: float) -> object:
    """`x` is used twice: its gradient is the sum over both paths (W5)."""
    x, y = Value(a), Value(b)
    (x * y + x).backward()
    return {"x": x.grad, "y": y.grad}


@public(-2.0, 5.0, -4.0)
def sum_times(a: float, b: float, c: float) -> object:
    """In f = (x + y) z leaves, the node in between and the root all get a gradient (W2)."""
    x, y, z = Value(a), Value(b), Value(c)
    q = x + y
    f = q * z
    f.backward()
    return {"x": x.grad, "y": y.grad, "z": z.grad, "q": q.grad, "f": f.grad}


@public([2.0, -3.0, -3.0], [-1.0, -2.0])
def neuron(weights: list[float], inputs: list[float]) -> object:
    """The sigmoid neuron: what the gates gave by hand, the graph now does by itself (W4)."""
    w, x = [Value(weight) for weight in weights], [Value(number) for number in inputs]
    f = (w[0] * x[0] + w[1] * x[1] + w[2]).sigmoid()
    f.backward()
    return {"f": f.data, "w": [each.grad for each in w], "x": [each.grad for each in x]}


@public(0.5)
def adjoints(a: float) -> object:
    """J = cos(sin(x^2) + 3 x^2): one adjoint for each line of the table (W7)."""
    x = Value(a)
    t = x * x
    u1, u2 = t.sin(), t * 3
    u = u1 + u2
    u.cos().backward()
    return {"u": u.grad, "u1": u1.grad, "u2": u2.grad, "t": t.grad, "x": x.grad}


@public(0.5, 2.0, -1.0, 1.0)
def logistic(a: float, b: float, number: float, target: float) -> object:
    """Logistic least squares: zbar = ybar s'(z), wbar = zbar x, bbar = zbar (W9)."""
    w, bias = Value(a), Value(b)
    z = w * number + bias
    y = z.sigmoid()
    cost = 0.5 * (y - target) ** 2
    cost.backward()
    return {"cost": cost.data, "y": y.grad, "z": z.grad, "w": w.grad, "b": bias.grad}


@public(3.0)
def unequal_branches(a: float) -> object:
    """In q - (-q) * 2 a short way and a long one lead to q, which has to wait for both (W10)."""
    x = Value(a)
    q = x * x
    (q - (-q) * 2).backward()
    return {"x": x.grad, "q": q.grad}


@public(1.5, 60)
def ladder(a: float, steps: int) -> object:
    """Doubling again and again: each node is visited once, however many paths there are (W10)."""
    x = y = Value(a)
    for _ in range(steps):
        y = y + y
    y.backward()
    return {"y": y.data, "x": x.grad}


@public(2.0, -3.0)
def second_call(a: float, b: float) -> object:
    """`backward` sets gradients: a second call finds nothing of the first (W10)."""
    x, y = Value(a), Value(b)
    q = x * y
    f = q * q + x
    gradients: list[list[float]] = []
    for _ in range(3):
        f.backward()
        gradients.append([x.grad, y.grad, q.grad, f.grad])
    return gradients


@public(2.0, -3.0)
def two_roots(a: float, b: float) -> object:
    """Two roots over one leaf: it holds the gradient of the last; other leaves are kept (W10)."""
    x, y = Value(a), Value(b)
    f = x * y
    g = f * x + 3 * x
    h = x * x
    gradients: list[list[float]] = []
    for root in (f, g, h):
        root.backward()
        gradients.append([x.grad, y.grad, root.grad])
    return gradients


@public(2.0, 20_000)
def long_chain(a: float, length: int) -> object:
    """A chain far deeper than Python's limit on recursion is no trouble (W10)."""
    x = y = Value(a)
    for _ in range(length):
        y = y * 0.9999
    y.backward()
    return {"y": y.data, "x": x.grad}


@public([[], [], [0, 1, 0], [2, 1]], [[], [], [2.0, -1.0, 0.5], [3.0, 4.0]])
def given_slopes(parents: list[list[int]], slopes: list[list[float]]) -> object:
    """All that counts is what a node says of itself: its parents, and one slope for each (W10)."""
    nodes: list[Value] = []
    for numbers, local in zip(parents, slopes, strict=True):
        nodes.append(Value(1.0, tuple(nodes[i] for i in numbers), tuple(local)))
    nodes[-1].backward()
    return [node.grad for node in nodes]


def stale(a: float, b: float, left_over: float) -> object:
    """Push through nodes whose gradients hold something already."""
    x, y = Value(a), Value(b)
    q = x * y
    f = q * x + y
    for node in (x, y, q, f):
        node.grad = left_over
    f.backward()
    return [x.grad, y.grad, q.grad, f.grad]


def random_slopes(rng: np.random.Generator) -> tuple[list[list[int]], list[list[float]]]:
    """Draw the parents of nine nodes, up to four of them for each, and a slope for each parent."""
    parents: list[list[int]] = [[]]
    for i in range(1, 9):
        parents.append(rng.integers(0, i, size=rng.integers(1, 5)).tolist())
    return parents, [rng.normal(size=len(numbers)).tolist() for numbers in parents]


@pytest.mark.category("values")
def test_fan_out(student: Student, rng: np.random.Generator) -> None:
    """A value that is used twice: its gradient is the sum over both paths."""
    cases = rng.normal(scale=2.0, size=(5, 2)).tolist()
    expect.close(student.map(fan_out, cases), [fan_out(*case) for case in cases])


@pytest.mark.category("values")
def test_sum_times(student: Student, rng: np.random.Generator) -> None:
    """A sum inside a product: the leaves, the node in between and the root have a gradient."""
    cases = rng.normal(scale=2.0, size=(5, 3)).tolist()
    expect.close(student.map(sum_times, cases), [sum_times(*case) for case in cases])


@pytest.mark.category("values")
def test_random_graphs(student: Student, rng: np.random.Generator) -> None:
    """Nodes made by hand: only their parents and their slopes matter, however many there are."""
    cases = [random_slopes(rng) for _ in range(8)]
    expect.close(student.map(given_slopes, cases), [given_slopes(*case) for case in cases])


@pytest.mark.category("values")
def test_unequal_branches(student: Student, rng: np.random.Generator) -> None:
    """Branches of different lengths: a value passes nothing on before its last consumer did."""
    slopes: list[list[float]] = [[], *rng.normal(size=(4, 2)).tolist()]
    shapes = [[[], [0, 0], [1, 0], [2, 1], last] for last in ([0, 3], [3, 0], [1, 3], [3, 1])]
    cases = [(parents, slopes) for parents in shapes]
    expect.close(student.map(given_slopes, cases), [given_slopes(*case) for case in cases])


@pytest.mark.category("values")
def test_adjoints(student: Student, rng: np.random.Generator) -> None:
    """A nested function worked backward: one adjoint for each line of the forward pass."""
    cases = rng.uniform(-1.5, 1.5, size=(4, 1)).tolist()
    expect.close(student.map(adjoints, cases), [adjoints(*case) for case in cases])


@pytest.mark.category("values")
def test_neuron(student: Student, rng: np.random.Generator) -> None:
    """A sigmoid neuron as a graph: the gradient of every weight and every input."""
    cases = [(rng.normal(size=3).tolist(), rng.normal(size=2).tolist()) for _ in range(4)]
    expect.close(student.map(neuron, cases), [neuron(*case) for case in cases])


@pytest.mark.category("reuse")
def test_ladder(student: Student, rng: np.random.Generator) -> None:
    """Very many paths through few nodes: the work grows with the nodes, not with the paths."""
    case = (float(rng.normal()), int(rng.integers(55, 65)))
    expect.close(student(ladder, *case), ladder(*case))


@pytest.mark.category("reuse")
def test_second_call(student: Student, rng: np.random.Generator) -> None:
    """Calling `backward` again changes nothing: gradients are set, not added to."""
    cases = rng.uniform(0.5, 2.0, size=(3, 2)).tolist()
    expect.close(student.map(second_call, cases), [second_call(*case) for case in cases])


@pytest.mark.category("reuse")
def test_stale_gradients(student: Student, rng: np.random.Generator) -> None:
    """Whatever stood in `.grad` before is replaced, at the leaves, in between and at the root."""
    cases = rng.uniform(0.5, 2.0, size=(3, 3)).tolist()
    expect.close(student.map(stale, cases), [stale(*case) for case in cases])


@pytest.mark.category("reuse")
def test_two_roots(student: Student, rng: np.random.Generator) -> None:
    """Several roots over the same leaves: each call leaves the gradients of its own root."""
    cases = rng.normal(scale=2.0, size=(3, 2)).tolist()
    expect.close(student.map(two_roots, cases), [two_roots(*case) for case in cases])


@pytest.mark.category("edges")
def test_root_alone(student: Student, rng: np.random.Generator) -> None:
    """A root without parents has gradient 1; nodes that it does not use are left alone."""
    nothing: list[list[int]] = [[]]
    cases = [(nothing * n, nothing * n) for n in (1, 3)]
    expect.close(student.map(given_slopes, cases), [given_slopes(*case) for case in cases])


@pytest.mark.category("edges")
def test_whole_numbers(student: Student, rng: np.random.Generator) -> None:
    """Data may be whole numbers or NumPy's numbers."""
    numbers = rng.integers(1, 9, size=3)
    cases = [numbers.tolist(), list(numbers.astype(float))]
    expect.close(student.map(sum_times, cases), [sum_times(*case) for case in cases])


@pytest.mark.category("scale")
def test_long_chain(student: Student, rng: np.random.Generator) -> None:
    """A chain of very many nodes: no recursion is deep enough for it."""
    start, slope = float(rng.normal()), 0.9999**20_000
    wanted = {"y": start * slope, "x": slope}
    expect.close(student(long_chain, start, 20_000), wanted)


@pytest.mark.category("scale")
def test_wide_sum(student: Student, rng: np.random.Generator) -> None:
    """A value with a thousand consumers."""
    uses = int(rng.integers(900, 1_000))
    # All hang on the root, so that recursion, which the long chain is about, is deep enough here.
    parents = [[], *([0] for _ in range(uses)), list(range(1, uses + 1))]
    case = (parents, [[], *([0.5] for _ in range(uses)), rng.normal(size=uses).tolist()])
    expect.close(student(given_slopes, *case), given_slopes(*case))
