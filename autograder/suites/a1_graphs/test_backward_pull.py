"""a1_graphs / backward_pull: version A, each node sums over the nodes that use it."""

from collections.abc import Sequence

import numpy as np
import pytest

from autograder import expect
from autograder.program import Student, public
from reference.scalar import Value, backward_pull

Steps = Sequence[tuple[str | float, int, int]]


@public(-2.0, 5.0, -4.0)
def sum_times(a: float, b: float, c: float) -> object:
    """In f = (x + y) z the root's own gradient is 1, and q = x + y has one too (W2)."""
    x, y, z = Value(a), Value(b), Value(c)
    q = x + y
    f = q * z
    backward_pull(f)
    return {"x": x.grad, "y": y.grad, "z": z.grad, "q": q.grad, "f": f.grad}


@public(2.0, -3.0)
def fan_out(a: float, b: float) -> object:
    """Here x has two consumers, and one of them uses it twice: all three uses count (W5)."""
    x, y = Value(a), Value(b)
    backward_pull(x * y + (x + x))
    return {"x": x.grad, "y": y.grad}


@public(3.0)
def unequal_branches(a: float) -> object:
    """In q - (-q) * 2 a short way and a long one lead to q, which has to wait for both (W10)."""
    x = Value(a)
    q = x * x
    backward_pull(q - (-q) * 2)
    return {"x": x.grad, "q": q.grad}


@public(1.5, 60)
def ladder(a: float, steps: int) -> object:
    """Doubling again and again: a gradient is worked out once a node, not once a path (W10)."""
    x = y = Value(a)
    for _ in range(steps):
        y = y + y
    backward_pull(y)
    return {"y": y.data, "x": x.grad}


@public(2.0, -3.0)
def calls_in_a_row(a: float, b: float) -> object:
    """Gradients are set, not added to what stood there: a second call changes nothing (W10)."""
    x, y = Value(a), Value(b)
    f = x * y
    g = f * f + x
    gradients: list[list[float]] = []
    for root in (g, g, f, g):
        backward_pull(root)
        gradients.append([x.grad, y.grad, f.grad, root.grad])
    return gradients


@public(2.0, -3.0)
def without_backward(a: float, b: float) -> object:
    """Version A is an algorithm of its own: here `backward` refuses to be called (W10)."""

    def refuse(self: Value) -> None:
        raise RuntimeError("backward_pull may not call backward")

    attached = vars(Value).get("backward")
    Value.backward = refuse
    try:
        x, y = Value(a), Value(b)
        backward_pull(x * y + x)
        return {"x": x.grad, "y": y.grad}
    finally:
        if attached is None:
            del Value.backward
        else:
            Value.backward = attached


@public([[], [], [0, 1, 0], [2, 1]], [[], [], [2.0, -1.0, 0.5], [3.0, 4.0]])
def given_slopes(parents: list[list[int]], slopes: list[list[float]]) -> object:
    """All that counts is what a node says of itself: its parents, and one slope for each (W10)."""
    nodes: list[Value] = []
    for numbers, local in zip(parents, slopes, strict=True):
        nodes.append(Value(1.0, tuple(nodes[i] for i in numbers), tuple(local)))
    backward_pull(nodes[-1])
    return [node.grad for node in nodes]


def pull(leaves: Sequence[float], steps: Steps, roots: Sequence[int] = (-1,)) -> object:
    """Build nodes, and pull from some of them; `backward` raises, by whichever name it is called.

    A step is a sum or a product of two earlier nodes, or a node made by hand whose slopes are the
    number that stands in the operator's place, and 1 less that number.
    """

    def refuse(self: Value) -> None:
        raise RuntimeError("backward_pull may not call backward")

    attached = vars(Value).get("backward")
    surroundings = getattr(backward_pull, "__globals__", {})
    aliases = [name for name in surroundings if attached and surroundings[name] is attached]
    Value.backward = refuse
    surroundings.update(dict.fromkeys(aliases, refuse))
    try:
        nodes = [Value(leaf) for leaf in leaves]
        for operator, i, j in steps:
            a, b = nodes[i], nodes[j]
            if isinstance(operator, float):
                nodes.append(Value(1.0, (a, b), (operator, 1.0 - operator)))
            else:
                nodes.append(a + b if operator == "+" else a * b)
        gradients: list[list[float]] = []
        for root in roots:
            backward_pull(nodes[root])
            gradients.append([node.grad for node in nodes])
        return gradients
    finally:
        surroundings.update(dict.fromkeys(aliases, attached))
        if attached is None:
            del Value.backward
        else:
            Value.backward = attached


def random_steps(rng: np.random.Generator, operators: Sequence[str | float]) -> Steps:
    """Draw two earlier nodes for each operator, one of the last two always among them."""
    steps: list[tuple[str | float, int, int]] = []
    for size, operator in enumerate(operators, start=3):
        i, j = int(rng.integers(size - 2, size)), int(rng.integers(0, size))
        steps.append((operator, i, j))
    return steps


@pytest.mark.category("values")
def test_random_graphs(student: Student, rng: np.random.Generator) -> None:
    """Version A on graphs of sums and products: every node has its gradient, without `backward`."""
    cases = [
        (leaves, random_steps(rng, rng.choice(["+", "*"], size=9).tolist()))
        for leaves in rng.uniform(-1.2, 1.2, size=(8, 3)).tolist()
    ]
    expect.close(student.map(pull, cases), [pull(*case) for case in cases])


@pytest.mark.category("values")
def test_sum_times(student: Student, rng: np.random.Generator) -> None:
    """A sum and a product: leaves, the node in between and the root, without `backward`."""
    steps = [("+", 0, 1), ("*", 3, 2)]
    cases = [(leaves, steps) for leaves in rng.normal(scale=3.0, size=(4, 3)).tolist()]
    expect.close(student.map(pull, cases), [pull(*case) for case in cases])


@pytest.mark.category("values")
def test_unequal_branches(student: Student, rng: np.random.Generator) -> None:
    """Branches of different lengths: a node's consumers must be finished before the node is."""
    steps = [("*", 0, 1), ("*", 2, 0), ("+", 3, 1), ("+", 0, 4), ("*", 5, 0)]
    cases = [(leaves, [*steps, ("+", 6, 0)]) for leaves in rng.normal(size=(3, 2)).tolist()]
    cases += [(leaves, [*steps, ("+", 0, 6)]) for leaves in rng.normal(size=(3, 2)).tolist()]
    expect.close(student.map(pull, cases), [pull(*case) for case in cases])


@pytest.mark.category("values")
def test_given_slopes(student: Student, rng: np.random.Generator) -> None:
    """Nodes made by hand: only their parents and their slopes matter."""
    cases = [
        (leaves, random_steps(rng, rng.normal(size=9).tolist()))
        for leaves in rng.normal(size=(4, 3)).tolist()
    ]
    expect.close(student.map(pull, cases), [pull(*case) for case in cases])


@pytest.mark.category("reuse")
def test_several_consumers(student: Student, rng: np.random.Generator) -> None:
    """A node with several consumers, one of which uses it twice: every use counts."""
    steps = [("*", 0, 0), ("+", 0, 1), ("*", 2, 3), ("+", 4, 4), ("+", 5, 0)]
    cases = [(leaves, steps) for leaves in rng.normal(size=(4, 2)).tolist()]
    expect.close(student.map(pull, cases), [pull(*case) for case in cases])


@pytest.mark.category("reuse")
def test_ladder(student: Student, rng: np.random.Generator) -> None:
    """Very many paths through few nodes: a node's gradient is computed once and kept."""
    case = ([float(rng.normal())], [("+", i, i) for i in range(60)])
    expect.close(student(pull, *case), pull(*case))


@pytest.mark.category("reuse")
def test_calls_in_a_row(student: Student, rng: np.random.Generator) -> None:
    """Gradients are set: neither a second call nor another root finds anything of the first."""
    steps = [("*", 0, 1), ("*", 2, 2), ("+", 3, 0)]
    cases = [(leaves, steps, [4, 4, 2, 4]) for leaves in rng.uniform(0.5, 2.0, (3, 2)).tolist()]
    expect.close(student.map(pull, cases), [pull(*case) for case in cases])


@pytest.mark.category("edges")
def test_root_alone(student: Student, rng: np.random.Generator) -> None:
    """A root without parents has gradient 1; nodes that it does not use get nothing."""
    steps: list[tuple[str, int, int]] = []
    cases = [(rng.normal(size=n).tolist(), steps) for n in (1, 3)]
    expect.close(student.map(pull, cases), [pull(*case) for case in cases])


@pytest.mark.category("edges")
def test_whole_numbers(student: Student, rng: np.random.Generator) -> None:
    """Data may be whole numbers or NumPy's numbers."""
    leaves = rng.integers(1, 9, size=3)
    steps = [("+", 0, 1), ("*", 3, 2), ("+", 4, 0)]
    cases = [(leaves.tolist(), steps), (list(leaves.astype(float)), steps)]
    expect.close(student.map(pull, cases), [pull(*case) for case in cases])


@pytest.mark.category("scale")
def test_wide_sum(student: Student, rng: np.random.Generator) -> None:
    """A value with hundreds of consumers."""
    case = ([float(rng.normal()), 1.0], [("+", i, 0) for i in range(1, 400)])
    expect.close(student(pull, *case), pull(*case))
