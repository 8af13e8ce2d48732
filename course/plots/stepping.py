"""One moment of a walk through a graph as a picture: what is new is shaded, what moves is thick."""

from textwrap import fill

from course.plots.canvas import Canvas, Sheet, graph_sheet
from course.plots.drawing import KEY, LETTER
from course.plots.flow import Flow
from course.plots.shares import draw_shares
from course.plots.strokes import (
    GRADIENT,
    INK,
    RADIUS,
    STUB,
    VALUE,
    Leg,
    Page,
    draw_gate,
    draw_numbers,
    draw_wire,
    legs,
)
from course.plots.tiles import Tile, draw_tile, tile_on_line
from course.plots.walking import Moment, Walk

ROOM = 0.4
TEXT = 0.1  # of a tile's height, what a line of text has in any case


def page_for(flow: Flow) -> Page:
    """Return a page with room for the largest array on both sides of every line."""
    tiles = [tile for value in flow.values if (tile := tile_on_line(value))]
    high = max((tile.height - TEXT for tile in tiles), default=0.0)
    stub = max([STUB, *(tile.width + ROOM for tile in tiles)])
    return Page(flow.layout, stub, high, high)


def draw_moments(walk: Walk, moments: list[Moment], titles: list[str]) -> Sheet:
    """Draw the moments one below the other, each with its title."""
    page = page_for(walk.flow)
    down = len(moments)
    figure = graph_sheet(page.width, page.height * down)
    for place, (moment, title) in enumerate(zip(moments, titles, strict=True), 1):
        canvas = figure.add_axes((0, 1 - place / down, 1, 1 / down))
        _draw(canvas, page, walk, moment)
        put = {"ha": "center", "color": INK}
        fitted = fill(title, int(page.width / LETTER))
        canvas.text(page.width / 2, page.height - 0.1, fitted, va="top", fontsize=11, **put)
        canvas.text(page.width / 2, 0.08, KEY, va="bottom", fontsize=9.5, **put)
    return figure


def _draw(canvas: Canvas, page: Page, walk: Walk, moment: Moment) -> None:
    canvas.set_xlim(0, page.width)
    canvas.set_ylim(0, page.height)
    canvas.axis("off")
    flow, layout = walk.flow, walk.flow.layout
    ways = [legs(page, flow.vertices, edge) for edge in layout.edges]
    for wire, way in enumerate(ways):
        draw_wire(canvas, way, wire in moment.active)
    _write_shares(canvas, walk, moment, ways)
    for place, vertex in enumerate(flow.vertices):
        x, y = page.x(layout.depth[place]), page.y(layout.row[place])
        draw_gate(canvas, vertex, x, y, page.stub)
        value = flow.values[place] if place in moment.known else None
        gradient = moment.gradients[place]
        tile = tile_on_line(flow.values[place])
        if tile is None:
            data = None if value is None else float(value.item())
            grad = None if gradient is None else float(gradient.item())
            middle = x + (page.stub - STUB) / 2
            draw_numbers(canvas, data, grad, middle, y, place in newest(walk, moment))
            continue
        middle = x + RADIUS + page.stub / 2
        if value is not None:
            draw_tile(canvas, value, tile, middle, y + 0.05, VALUE)
        if gradient is not None:
            draw_tile(canvas, gradient, tile, middle, y - 0.05 - _high(tile), GRADIENT)


def _high(tile: Tile) -> float:
    return tile.height + 0.03


def _write_shares(canvas: Canvas, walk: Walk, moment: Moment, ways: list[list[Leg]]) -> None:
    shares = [
        (ways[wire][0], float(walk.flow.shares[wire].item()))
        for wire in sorted(walk.passed(moment))
        if walk.flow.shares[wire].size == 1 and (wire in moment.active or forked(walk.flow, wire))
    ]
    draw_shares(canvas, shares)


def forked(flow: Flow, wire: int) -> bool:
    """Say whether the value on that wire is used elsewhere as well."""
    source = flow.layout.edges[wire].source
    return sum(edge.source == source for edge in flow.layout.edges) > 1


def newest(walk: Walk, moment: Moment) -> set[int]:
    """Return whose number the step has changed."""
    if moment.forward or walk.algorithm == "pull" or not moment.active:
        return set() if moment.place is None else {moment.place}
    return {walk.flow.layout.edges[wire].source for wire in moment.active}
