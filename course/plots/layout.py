"""Where the values of a graph stand on the page: columns by depth, rows by neighbourhood."""

from dataclasses import dataclass
from itertools import pairwise

from course.plots.picture import CannotDrawError
from course.plots.vertices import Vertex

MOST_COLUMNS = 14
SWEEPS = 12


@dataclass(frozen=True)
class Edge:
    """One use of a value: entry `slot` of `consumer` is fed by `source`, by way of `rows`.

    `rows` are the heights at which the wire passes the columns in between, left to right.
    """

    source: int
    consumer: int
    slot: int
    rows: tuple[float, ...]


@dataclass(frozen=True)
class Layout:
    """`depth` counts columns from the root, 0 at the right; `row` is a height, downwards."""

    depth: list[int]
    row: list[float]
    edges: list[Edge]


def lay_out(vertices: list[Vertex]) -> Layout:
    """Place every vertex so that wires run from left to right and pass no gate."""
    depth = _depths(vertices)
    if max(depth) >= MOST_COLUMNS:
        raise CannotDrawError(
            f"the longest chain has {max(depth)} steps; up to {MOST_COLUMNS - 1} can be read. "
            "Draw a shorter one."
        )
    uses = [
        (parent, consumer, slot)
        for consumer, vertex in enumerate(vertices)
        for slot, parent in enumerate(vertex.parents)
    ]
    columns: list[list[int]] = [[] for _ in range(max(depth) + 1)]
    for vertex, column in enumerate(depth):
        columns[column].append(vertex)
    wires: list[list[int]] = []
    links: list[tuple[int, int, float]] = []
    count = len(vertices)
    for parent, consumer, slot in uses:
        wire = [consumer]
        for column in range(depth[consumer] + 1, depth[parent]):
            columns[column].append(count)
            wire.append(count)
            count += 1
        wire.append(parent)
        lean = slot - (len(vertices[consumer].parents) - 1) / 2
        links += [
            (right, left, lean if right == consumer else 0.0) for right, left in pairwise(wire)
        ]
        wires.append(wire)
    row = _rows(columns, links, count)
    edges = [
        Edge(parent, consumer, slot, tuple(row[point] for point in reversed(wire[1:-1])))
        for (parent, consumer, slot), wire in zip(uses, wires, strict=True)
    ]
    return Layout(depth, row[: len(vertices)], edges)


def _depths(vertices: list[Vertex]) -> list[int]:
    """Return the longest way from each vertex to the root, by pushing until nothing moves."""
    depth = [0] * len(vertices)
    for _ in range(len(vertices) + 1):
        before = list(depth)
        for consumer, vertex in enumerate(vertices):
            for parent in vertex.parents:
                depth[parent] = max(depth[parent], depth[consumer] + 1)
        if depth == before:
            return depth
    raise CannotDrawError("a value is its own ancestor, so the graph has a cycle.")


def _rows(columns: list[list[int]], links: list[tuple[int, int, float]], count: int) -> list[float]:
    row = [0.0] * count
    to_right: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    to_left: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    for right, left, lean in links:
        to_right[left].append((right, lean))
        to_left[right].append((left, -lean))

    def wished(point: int, neighbours: list[tuple[int, float]]) -> float:
        heights = [row[other] + lean for other, lean in neighbours]
        return sum(heights) / len(heights) if heights else row[point]

    for column in columns[1:]:
        column.sort(key=lambda point: wished(point, to_right[point]))
        _settle(column, row, [wished(point, to_right[point]) for point in column])
    best = list(row)
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 else columns[::-1]:
            both = {point: wished(point, to_right[point] + to_left[point]) for point in column}
            column.sort(key=both.__getitem__)
            _settle(column, row, [both[point] for point in column])
        if _length(row, links) < _length(best, links):
            best = list(row)
    return best


def _length(row: list[float], links: list[tuple[int, int, float]]) -> float:
    return sum(abs(row[left] - row[right] - lean) for right, left, lean in links)


def _settle(column: list[int], row: list[float], wishes: list[float]) -> None:
    """Give each point of a column its wished height as nearly as gaps of 1 allow, in order."""
    blocks: list[tuple[float, int]] = []
    for position, wish in enumerate(wishes):
        mean, size = wish - position, 1
        while blocks and blocks[-1][0] > mean:
            other, length = blocks.pop()
            mean = (mean * size + other * length) / (size + length)
            size += length
        blocks.append((mean, size))
    heights = [mean for mean, size in blocks for _ in range(size)]
    for position, (point, height) in enumerate(zip(column, heights, strict=True)):
        row[point] = height + position
