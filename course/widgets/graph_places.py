"""What the browser is told of a graph: where all stands, in pixels, and in which order it goes."""

import inspect
import math
from collections.abc import Iterable
from typing import cast

from course.plots.flow import Array, Flow
from course.plots.picture import CannotDrawError
from course.plots.shares import spread
from course.plots.stepping import forked, page_for
from course.plots.strokes import RADIUS, Leg, Page, legs
from course.plots.tiles import tile_on_line
from course.plots.walking import Walk, held

PER_INCH = 74
SHARE = 0.62  # inches that the number on a wire takes

Place = dict[str, object]


def places(push: Walk, pull: Walk) -> Place:
    """Return the parts of the drawing; lists follow the vertices and wires of the graph."""
    flow = push.flow
    page = page_for(flow)
    ways = [legs(page, flow.vertices, edge) for edge in flow.layout.edges]
    spots = spread([(way[0], SHARE) for way in ways])
    wires = [
        {
            "source": edge.source,
            "consumer": edge.consumer,
            "path": _path(page, way),
            "spot": _point(page, spot),
            "forked": forked(flow, wire),
        }
        for wire, (edge, way, spot) in enumerate(zip(flow.layout.edges, ways, spots, strict=True))
    ]
    return {
        "size": [round(PER_INCH * page.width), round(PER_INCH * (page.height - 0.45))],
        "radius": PER_INCH * RADIUS,
        "stub": PER_INCH * page.stub,
        "vertices": [_vertex(flow, page, place) for place in range(len(flow.vertices))],
        "wires": wires,
        "gates": push.gates,
        "turns": {"push": push.turns, "pull": pull.turns} if flow.gradients else {},
    }


def _vertex(flow: Flow, page: Page, place: int) -> Place:
    vertex, value, layout = flow.vertices[place], flow.values[place], flow.layout
    tile = tile_on_line(value)
    shape = None if tile is None else str(value.shape)
    cells = tile and [tile.rows, tile.columns, PER_INCH * tile.wide, PER_INCH * tile.high]
    return {
        "at": _point(page, (page.x(layout.depth[place]), page.y(layout.row[place]))),
        "name": vertex.name,
        "op": vertex.op,
        "leaf": not vertex.parents,
        "size": value.size,
        "shape": shape,
        "cells": cells,
        "written": tile is not None and tile.written,
        "held": held(flow.own[place]) if flow.own and flow.differs(place) else "",
    }


def _point(page: Page, spot: tuple[float, float]) -> list[float]:
    """Return pixels from the upper left corner; the room for a title is left out."""
    return [round(PER_INCH * spot[0], 1), round(PER_INCH * (page.height - 0.25 - spot[1]), 1)]


def _path(page: Page, way: list[Leg]) -> str:
    said = ["M", *_point(page, way[0].start)]
    for number_of_leg, leg in enumerate(way):
        if number_of_leg % 2 == 0:
            said += ["C", *_point(page, leg.handles[0]), *_point(page, leg.handles[1])]
        else:
            said += ["L"]
        said += _point(page, leg.stop)
    return " ".join(map(str, said))


def packed(arrays: list[Array]) -> bytes:
    """Return all entries, one after the other, as the browser takes them."""
    return b"".join(array.astype("<f4").tobytes() for array in arrays)


def numeric_defaults(root: object) -> dict[str, float]:
    """Return the parameters of a function that have a number as their default."""
    if not callable(root):
        return {}
    parameters = inspect.signature(root).parameters.values()
    return {
        each.name: float(each.default)
        for each in parameters
        if type(each.default) in (int, float) and math.isfinite(each.default)
    }


def in_order(flow: Flow, nodes: list[object], found: object) -> list[int]:
    """Return the order that somebody's function found, as places, root first.

    Raises CannotDrawError where it is no order to walk in.
    """
    if not isinstance(found, Iterable):
        raise CannotDrawError(f"the order should be a list, but it is a {type(found).__name__}.")
    known = {id(node): place for place, node in enumerate(nodes)}
    order = [known.get(id(node), -1) for node in cast("Iterable[object]", found)]
    if sorted(order) != list(range(len(nodes))):
        raise CannotDrawError(
            f"the order should list the {len(nodes)} values of the graph, each once; it has "
            f"{len(order)} entries, {len(set(order) - {-1})} different ones of this graph."
        )
    turn = {place: when for when, place in enumerate(order)}
    for place, vertex in enumerate(flow.vertices):
        late = [parent for parent in vertex.parents if turn[parent] > turn[place]]
        if late:
            raise CannotDrawError(
                f"the order has {vertex.name} before {flow.labels[late[0]]}, from which it is made."
            )
    return order[::-1]
