"""a1_graphs / topological_order: parents before children, each node once, the root last.

A graph usually has many valid orders, so none is compared with the reference's. A graph is given as
a list of the parents of each node, by number; its last node is the root. The nodes are made with
the given constructor, so that these tests ask nothing of the operations.
"""

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest

from autograder import expect
from autograder.program import Student, public
from reference.scalar import Value, topological_order

Graph = Sequence[Sequence[int]]


@public([[], [], [0, 1], [], [2, 3]])
@public([[], [0], [1], [0, 2]])
@public([[], [0, 0], [1, 1], [2, 2]])
@public([()])
@public([[], [0], [1], [0], [3, 0]])
def facts(parents: Graph) -> object:
    """Each ancestor once, parents before children, the root last; others stay out (W2, W10)."""
    nodes: list[Value] = []
    for numbers in parents:
        nodes.append(Value(0.0, tuple(nodes[i] for i in numbers), (1.0,) * len(numbers)))
    order = [id(node) for node in topological_order(nodes[-1])]
    place = {name: i for i, name in enumerate(order)}
    early = [
        (child, parent)
        for child, numbers in enumerate(parents)
        for parent in numbers
        if place.get(id(nodes[child]), -1) >= 0
        and place.get(id(nodes[parent]), len(order)) > place[id(nodes[child])]
    ]
    return {
        "nodes in the list": len(order),
        "different nodes": len(place),
        "place of the root": place.get(id(nodes[-1]), "nowhere"),
        "children before their parents": early,
    }


@public(60)
def ladder(steps: int) -> object:
    """Doubling again and again: very many paths, few nodes, and each of them once (W5)."""
    nodes = [Value(1.0)]
    for _ in range(steps):
        nodes.append(Value(0.0, (nodes[-1], nodes[-1]), (1.0, 1.0)))
    order = topological_order(nodes[-1])
    return {
        "nodes": len(order),
        "in place": sum(a is b for a, b in zip(order, nodes, strict=False)),
    }


@public(100_000)
def chain(length: int) -> object:
    """A chain far deeper than Python's limit on recursion has one valid order only (W10)."""
    nodes = [Value(1.0)]
    shortest = topological_order(nodes[0])  # what is not written yet says so at once
    for _ in range(length):
        nodes.append(Value(0.0, (nodes[-1],), (1.0,)))
    order = topological_order(nodes[-1])
    return {
        "nodes": [len(shortest), len(order)],
        "in place": sum(a is b for a, b in zip(order, nodes, strict=False)),
    }


@public(2.0, -3.0)
def two_roots(a: float, b: float) -> object:
    """Every call starts afresh: two roots over one leaf, and the first of them again (W5)."""
    x, y = Value(a), Value(b)
    f = Value(a * b, (x, y), (b, a))
    g = Value(2 * a, (x, x), (1.0, 1.0))
    names = {id(x): "x", id(y): "y", id(f): "f", id(g): "g"}
    orders = [[names[id(node)] for node in topological_order(root)] for root in (f, g, f)]
    return [{"last": order[-1], "all": sorted(order)} for order in orders]


def order_of(parents: Graph) -> list[int]:
    """Return the order as numbers of nodes; equal data make no nodes equal."""
    nodes: list[Value] = []
    for i, numbers in enumerate(parents):
        nodes.append(Value(i % 3, tuple(nodes[n] for n in numbers), (1.0,) * len(numbers)))
    number = {id(node): i for i, node in enumerate(nodes)}
    return [number.get(id(node), -1) for node in topological_order(nodes[-1])]


def graph_afterwards(parents: Graph) -> object:
    """Return what the nodes hold after they have been put in order."""
    nodes: list[Value] = []
    for i, numbers in enumerate(parents):
        nodes.append(Value(i, tuple(nodes[n] for n in numbers), (0.5,) * len(numbers)))
    number = {id(node): i for i, node in enumerate(nodes)}
    found = len(topological_order(nodes[-1]))
    kept = [
        [node.data, node.grad, list(node.local), [number[id(p)] for p in node.parents]]
        for node in nodes
    ]
    return {"found": found, "kept": kept}


def order_with_operations(a: float, b: float) -> tuple[int, list[list[int]]]:
    """Return the root's place in the order, and the places of each node's parents."""
    x, y = Value(a), Value(b)
    root = (x + y) * x + y * 2.0 + x * y
    order = list(topological_order(root))
    place = {id(node): i for i, node in enumerate(order)}
    parents = [[place.get(id(parent), -1) for parent in node.parents] for node in order]
    return place.get(id(root), -1), parents


def check_order(order: object, parents: Graph) -> None:
    """Check an order by the property that defines it, for the ancestors of the last node."""
    root = len(parents) - 1
    reached = {root}
    for child in range(root, -1, -1):
        reached |= set(parents[child]) if child in reached else set()
    expect.holds(isinstance(order, list), "no list of nodes came back")
    numbers = list(cast("list[int]", order))
    expect.equal(sorted(numbers), sorted(reached))
    expect.equal(numbers[-1], root)
    place = {node: i for i, node in enumerate(numbers)}
    for child in numbers:
        before = all(place[parent] < place[child] for parent in parents[child])
        expect.holds(before, f"node {child} comes before one of its parents {parents[child]}")


def random_graph(rng: np.random.Generator, size: int, most: int) -> Graph:
    """Draw a graph in which each node but the first has 1 to `most` parents, equal ones allowed."""
    graph: list[list[int]] = [[]]
    for i in range(1, size):
        graph.append(rng.integers(0, i, size=rng.integers(1, most + 1)).tolist())
    return graph


@pytest.mark.category("values")
def test_random_graphs(student: Student, rng: np.random.Generator) -> None:
    """The order of a graph: every parent before each of its children, the root at the end."""
    cases = [(random_graph(rng, 12, 2),) for _ in range(8)]
    for (parents,), order in zip(cases, student.map(order_of, cases), strict=True):
        check_order(order, parents)


@pytest.mark.category("values")
def test_unequal_branches(student: Student, rng: np.random.Generator) -> None:
    """Two branches of different lengths that meet again: the shorter one has to wait."""
    cases: list[tuple[Graph]] = []
    for detour in rng.integers(2, 9, size=3).tolist():
        branch = [[0], *([i] for i in range(1, detour))]
        cases += [([[], *branch, [0, detour]],), ([[], *branch, [detour, 0]],)]
    for (parents,), order in zip(cases, student.map(order_of, cases), strict=True):
        check_order(order, parents)


@pytest.mark.category("reuse")
def test_graph_of_operations(student: Student, rng: np.random.Generator) -> None:
    """The graph of an expression: sums and products in which values are used several times."""
    a, b = rng.normal(size=2).tolist()
    place_of_root, parents = student(order_with_operations, a, b)
    nodes = len(parents)  # two inputs, six results, and the number 2 where it is a node
    expect.holds(nodes in (8, 9), "not two inputs, six results and at most one number")
    known = all(type(n) is int and 0 <= n < nodes for each in parents for n in each)
    expect.holds(known, "a parent is not in the order")
    expect.equal(place_of_root, nodes - 1)
    check_order(list(range(nodes)), parents)


@pytest.mark.category("shapes")
def test_many_parents(student: Student, rng: np.random.Generator) -> None:
    """A node may have any number of parents."""
    cases = [(random_graph(rng, 15, 6),) for _ in range(4)]
    for (parents,), order in zip(cases, student.map(order_of, cases), strict=True):
        check_order(order, parents)


@pytest.mark.category("edges")
def test_root_alone(student: Student, rng: np.random.Generator) -> None:
    """A root without parents, and one with a single parent."""
    cases: list[tuple[Graph]] = [([()],), ([(), (0,)],)]
    for (parents,), order in zip(cases, student.map(order_of, cases), strict=True):
        check_order(order, parents)


@pytest.mark.category("edges")
def test_other_nodes_stay_out(student: Student, rng: np.random.Generator) -> None:
    """Nodes that the root does not depend on are no part of its order."""
    cases = [([*random_graph(rng, 10, 2), [0, int(rng.integers(1, 4))]],) for _ in range(4)]
    for (parents,), order in zip(cases, student.map(order_of, cases), strict=True):
        check_order(order, parents)


@pytest.mark.category("reuse")
def test_same_parent_twice(student: Student, rng: np.random.Generator) -> None:
    """A node whose two parents are the same node, over and over: few nodes, very many paths."""
    case = (int(rng.integers(55, 65)),)
    expect.close(student(ladder, *case), ladder(*case))


@pytest.mark.category("reuse")
def test_every_call_starts_afresh(student: Student, rng: np.random.Generator) -> None:
    """A second call, for the same root or another one, remembers nothing of the first."""
    cases = rng.normal(size=(2, 2)).tolist()
    expect.close(student.map(two_roots, cases), [two_roots(*case) for case in cases])


@pytest.mark.category("reuse")
def test_graph_is_kept(student: Student, rng: np.random.Generator) -> None:
    """Putting a graph in order changes nothing in the graph."""
    cases = [(random_graph(rng, 9, 3),) for _ in range(3)]
    expect.close(student.map(graph_afterwards, cases), [graph_afterwards(*case) for case in cases])


@pytest.mark.category("scale")
def test_long_chain(student: Student, rng: np.random.Generator) -> None:
    """A chain of very many nodes: no recursion is deep enough for it."""
    length = 100_000 + int(rng.integers(0, 100))
    expect.close(student(chain, length), {"nodes": [1, length + 1], "in place": length + 1})


@pytest.mark.category("scale")
def test_layers(student: Student, rng: np.random.Generator) -> None:
    """Layers in which all nodes are connected, as in a network: few nodes and very many paths."""
    width, depth = int(rng.integers(15, 20)), 15
    layers = [list(range(i * width, (i + 1) * width)) for i in range(depth)]
    above = [below for below in layers for _ in range(width)]
    parents = [*([] for _ in range(width)), *above, list(range(depth * width, (depth + 1) * width))]
    check_order(student(order_of, parents), parents)
