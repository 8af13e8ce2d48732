"""Reading a graph of values, whoever wrote the class, into plain vertices."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from course.plots.gates import name_of_gate
from course.plots.picture import CannotDrawError, run

MOST_VERTICES = 60


@dataclass(eq=False)
class Node:
    """One value in a picture made by hand: its numbers are typed in, nothing is computed.

    `grad` is None where no gradient is to be shown; `op` is what stands in the gate's circle.
    """

    data: float
    grad: float | None = None
    parents: tuple["Node", ...] = ()
    local: tuple[float, ...] = ()
    op: str = ""
    name: str = ""


class HasParents(Protocol):
    """What a value must at least offer, besides its number."""

    parents: object


@dataclass(frozen=True)
class Vertex:
    """One value as the drawing needs it; `parents` are positions in the list of vertices."""

    data: float
    grad: float | None
    parents: tuple[int, ...]
    local: tuple[float, ...]
    op: str
    name: str


def read_graph(root: object, names: Mapping[str, object]) -> list[Vertex]:
    """Return the vertices that `root` depends on, `root` first.

    A value needs `.data` and `.parents`; `.grad`, `.local`, `.op` and `.name` are used where
    they are. Raises `CannotDrawError` where something is missing or the graph is too large.
    """
    values, edges = walk(root)
    called = {id(value): name for name, value in names.items()}
    numbers = [_number(value, "data") for value in values]
    return [
        _vertex(value, numbers, parents, called.get(id(value), ""))
        for value, parents in zip(values, edges, strict=True)
    ]


def named_root(
    root: object, names: Mapping[str, object] | None
) -> tuple[object, dict[str, object]]:
    """Return the root and what its values are called; a function is asked for both.

    It returns the root, alone or with its names as `(root, {"x": x})`.
    """
    called = dict(names or {})
    if callable(root):
        root = run(cast("Callable[[], object]", root))
    if isinstance(root, tuple):
        pair = cast("tuple[object, ...]", root)
        if len(pair) != 2 or not isinstance(pair[1], dict):
            raise CannotDrawError('the function should return the root, or (root, {"x": x, ...}).')
        root = pair[0]
        called |= cast("dict[str, object]", pair[1])
    return root, called


def walk(root: object) -> tuple[list[object], list[tuple[int, ...]]]:
    """Return the values that `root` depends on, `root` first, and the places of their parents.

    Raises `CannotDrawError` where there are too many, or one has no `.data` and `.parents`.
    """
    values: list[object] = [root]
    place = {id(root): 0}
    edges: list[tuple[int, ...]] = []
    for value in values:  # grows while it is read: every value is met once
        parents = run(_parents, value)
        for parent in cast("tuple[object, ...]", parents):
            if id(parent) not in place:
                place[id(parent)] = len(values)
                values.append(parent)
        if len(values) > MOST_VERTICES:
            raise CannotDrawError(
                f"the graph has more than {MOST_VERTICES} values, too many to read. "
                "Draw a smaller one."
            )
        edges.append(tuple(place[id(parent)] for parent in cast("tuple[object, ...]", parents)))
    return values, edges


def _vertex(value: object, numbers: list[float], parents: tuple[int, ...], name: str) -> Vertex:
    data = _number(value, "data")
    local = _slopes(value)
    op = str(getattr(value, "op", "")) or name_of_gate(
        data, tuple(numbers[parent] for parent in parents), local
    )
    grad = None if getattr(value, "grad", None) is None else _number(value, "grad")
    return Vertex(data, grad, parents, local, op, name or str(getattr(value, "name", "")))


def _parents(value: object) -> tuple[object, ...]:
    if not hasattr(value, "data") or not hasattr(value, "parents"):
        raise CannotDrawError(
            f"a value with .data and .parents was expected, but a {type(value).__name__} was found."
        )
    parents = cast("HasParents", value).parents
    if not isinstance(parents, Iterable):
        raise CannotDrawError(
            f".parents should be a tuple of values, but it is a {type(parents).__name__}."
        )
    return tuple(cast("Iterable[object]", parents))


def _number(value: object, attribute: str) -> float:
    content: object = getattr(value, attribute)
    try:
        return float(cast("float", content))
    except (TypeError, ValueError):
        raise CannotDrawError(
            f".{attribute} should be a number, but it is a {type(content).__name__}."
        ) from None


def _slopes(value: object) -> tuple[float, ...]:
    """Return `.local` as numbers, or nothing where it is not a row of finite numbers."""
    try:
        row = cast("Iterable[float]", getattr(value, "local", ()))
        slopes = tuple(float(slope) for slope in row)
    except (TypeError, ValueError):
        return ()
    return slopes if all(math.isfinite(slope) for slope in slopes) else ()
