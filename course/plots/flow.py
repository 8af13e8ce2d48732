"""A graph of numbers or arrays, with its gradients and what passes back along each of its lines.

The gradients solve one system of linear equations: each is the sum of what its consumers send
back. They come from the slopes that the graph holds, `.local` or `.pull`, whoever wrote those.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from course.plots.arrays import array_in, gate_of_arrays
from course.plots.layout import Layout, lay_out
from course.plots.picture import CannotDrawError, run
from course.plots.strokes import number
from course.plots.vertices import Vertex, read_graph, walk

Array = NDArray[np.float64]
MOST_ENTRIES = 1000
NOISE = 1e-13  # below it, a sum in which terms cancel is 0


class HasPull(Protocol):
    """A value of arrays, which knows how to send a gradient back."""

    pull: object


@dataclass(frozen=True)
class Flow:
    """A graph that can be walked in both directions; every list has an entry for each vertex.

    `gradients` and `shares` (one for each line of the layout) are empty where slopes are missing,
    and `why` says which. `own` are the gradients that the graph itself holds, None before any
    backward pass.
    """

    vertices: list[Vertex]
    layout: Layout
    values: list[Array]
    gradients: list[Array]
    shares: list[Array]
    own: list[Array] | None
    why: str = ""

    @property
    def labels(self) -> list[str]:
        """What the vertices are called in words and on the drawing."""
        return [vertex.name for vertex in self.vertices]

    def differs(self, place: int) -> bool:
        """Say whether the graph's own gradient there is another than its slopes give."""
        if self.own is None or not self.gradients:
            return False
        own, right = self.own[place], self.gradients[place]
        return own.shape != right.shape or not np.allclose(own, right, rtol=2e-3, atol=1e-6)


def read_flow(root: object, names: Mapping[str, object]) -> tuple[Flow, list[object]]:
    """Read the graph that ends in `root`, and list its values, root first.

    A value needs `.data` and `.parents`, and for its gradients `.local`, one slope for each
    parent, or `.pull(gradient)`, which returns one array for each. Raises CannotDrawError where
    something else is wrong, or the graph too large.
    """
    nodes, edges = walk(root)
    values = [array_in(node, "data") for node in nodes]
    if sum(value.size for value in values) > MOST_ENTRIES:
        raise CannotDrawError(
            f"the graph has more than {MOST_ENTRIES} numbers, too many to read. "
            "Take smaller arrays."
        )
    vertices = _vertices(root, names, nodes, edges)
    layout = lay_out(vertices)
    flow = Flow(vertices, layout, values, [], [], None)
    try:
        found = {
            place: _slopes(flow, nodes, place)
            for place, vertex in enumerate(vertices)
            if vertex.parents
        }
    except CannotDrawError as why:
        return replace(flow, why=str(why)), nodes
    steep = [found[edge.consumer][edge.slot] for edge in layout.edges]
    gradients = _solved(flow, steep)
    shares = [
        (slope @ gradients[edge.consumer].ravel()).reshape(values[edge.source].shape)
        for slope, edge in zip(steep, layout.edges, strict=True)
    ]
    return replace(flow, gradients=gradients, shares=shares, own=_own(nodes, values)), nodes


def _vertices(
    root: object,
    names: Mapping[str, object],
    nodes: list[object],
    edges: list[tuple[int, ...]],
) -> list[Vertex]:
    """Return the vertices, all with a name: an input without one is called after its number."""
    if not hasattr(root, "pull"):
        found = read_graph(root, names)
    else:
        called = {id(node): name for name, node in names.items()}
        found = [
            Vertex(np.nan, None, parents, (), gate_of_arrays(node) if parents else "", name)
            for node, parents in zip(nodes, edges, strict=True)
            for name in [called.get(id(node), "")]
        ]
    taken = {vertex.name for vertex in found}
    fresh = (name for count in range(1, 10**4) if (name := f"v{count}") not in taken)
    named = [  # counted in the order in which they are computed, roughly: the root was met first
        replace(vertex, name=vertex.name or _constant(vertex) or next(fresh))
        for vertex in reversed(found)
    ]
    return named[::-1]


def _constant(vertex: Vertex) -> str:
    return "" if vertex.parents or np.isnan(vertex.data) else number(vertex.data)


def _slopes(flow: Flow, nodes: list[object], place: int) -> list[Array]:
    """Return for each parent the matrix that turns a value's gradient into what it sends back."""
    vertex, node = flow.vertices[place], nodes[place]
    if not hasattr(node, "pull"):
        if len(vertex.local) != len(vertex.parents):
            raise CannotDrawError(
                f"{vertex.name} should hold {len(vertex.parents)} finite slope(s) in `.local`, one "
                f"for each parent, but it holds {len(vertex.local)}."
            )
        return [np.array([[slope]]) for slope in vertex.local]
    size = flow.values[place].size
    unit = np.eye(size).reshape(size, *flow.values[place].shape)
    pulled = [_pulled(flow, node, place, each) for each in unit]
    return [
        np.array([row[slot] for row in pulled]).T.reshape(flow.values[parent].size, size)
        for slot, parent in enumerate(vertex.parents)
    ]


def _pulled(flow: Flow, node: object, place: int, gradient: Array) -> list[Array]:
    vertex = flow.vertices[place]
    pull = cast("HasPull", node).pull
    if not callable(pull):
        raise CannotDrawError(f"{vertex.name} has parents but no `pull`.")
    found = run(pull, gradient)
    sent = cast("tuple[object, ...]", found) if isinstance(found, tuple | list) else ()
    if len(sent) != len(vertex.parents):
        raise CannotDrawError(
            f"`pull` of {vertex.name} should return {len(vertex.parents)} gradient(s), one for "
            f"each parent, in a tuple, but it returned {type(cast('object', found)).__name__}."
        )
    arrays: list[Array] = []
    for each, parent in zip(sent, vertex.parents, strict=True):
        try:
            array = np.asarray(each, dtype=float)
        except (TypeError, ValueError):
            raise CannotDrawError(f"`pull` of {vertex.name} returned no numbers.") from None
        if array.shape != flow.values[parent].shape:
            raise CannotDrawError(
                f"`pull` of {vertex.name} sends {flow.vertices[parent].name} a gradient of shape "
                f"{array.shape}; it should be {flow.values[parent].shape}."
            )
        arrays.append(array.ravel())
    return arrays


def _solved(flow: Flow, steep: list[Array]) -> list[Array]:
    """Solve: the root's gradient is 1, every other the sum of what comes back along its lines."""
    ends = np.cumsum([value.size for value in flow.values])
    part = [slice(end - value.size, end) for end, value in zip(ends, flow.values, strict=True)]
    back = np.zeros((ends[-1], ends[-1]))
    for slope, edge in zip(steep, flow.layout.edges, strict=True):
        back[part[edge.source], part[edge.consumer]] += slope
    start = np.zeros(ends[-1])
    start[part[0]] = 1.0
    whole = np.linalg.solve(np.eye(len(start)) - back, start)
    whole[np.abs(whole) <= NOISE * (np.abs(back) @ np.abs(whole))] = 0.0
    parts = zip(part, flow.values, strict=True)
    return [np.asarray(whole[each], dtype=float).reshape(value.shape) for each, value in parts]


def _own(nodes: list[object], values: list[Array]) -> list[Array] | None:
    """Return the gradients that the values hold, if a backward pass has been made: its root has."""
    held: list[Array] = [
        np.full(value.shape, np.nan)
        if getattr(node, "grad", None) is None
        else array_in(node, "grad")
        for node, value in zip(nodes, values, strict=True)
    ]
    return held if np.nan_to_num(held[0]).any() else None
