"""The marks of a graph drawing: gates with their numbers, and the wires between them."""

from dataclasses import dataclass
from itertools import pairwise

from matplotlib.patches import Circle, FancyBboxPatch, PathPatch
from matplotlib.path import Path

from course.plots.canvas import Canvas
from course.plots.layout import Edge, Layout
from course.plots.vertices import Vertex

VALUE, GRADIENT, WIRE, INK = "#0b4f8a", "#b3400a", "#8a8a8a", "#222222"
COLUMN, ROW, RADIUS, STUB = 1.66, 0.84, 0.23, 0.7
TOP, BOTTOM, MARGIN = 1.0, 0.8, 0.25
SLOT = 0.09


@dataclass(frozen=True)
class Page:
    """Where depths and rows of a layout lie on a page, in inches from its lower left corner.

    `stub` is the length of the line that leaves a gate; `above` and `below` are the heights that
    what stands on its two sides needs beyond a line of text.
    """

    layout: Layout
    stub: float = STUB
    above: float = 0.0
    below: float = 0.0

    @property
    def columns(self) -> int:
        """How many columns of gates and inputs there are."""
        return max(self.layout.depth) + 1

    @property
    def width(self) -> float:
        """The page's width in inches."""
        return max(self.columns * self._column + 2 * MARGIN, 5.0)

    @property
    def height(self) -> float:
        """The page's height in inches."""
        low, high = self._span
        return (high - low) * self._row + TOP + self.above + BOTTOM + self.below

    @property
    def _column(self) -> float:
        return COLUMN - STUB + self.stub

    @property
    def _row(self) -> float:
        return ROW + self.above + self.below

    @property
    def _span(self) -> tuple[float, float]:
        rows = self.layout.row + [row for edge in self.layout.edges for row in edge.rows]
        return min(rows), max(rows)

    def x(self, depth: int) -> float:
        """Return where the gates of that depth stand."""
        spare = (self.width - self.columns * self._column) / 2
        return spare + 2 * RADIUS + (self.columns - 1 - depth) * self._column

    def y(self, row: float) -> float:
        """Return the height of that row; rows count downwards."""
        return self.height - TOP - self.above - (row - self._span[0]) * self._row


@dataclass(frozen=True)
class Leg:
    """The curve of a wire from one column to the next, bent upwards in between by `lift`."""

    start: tuple[float, float]
    stop: tuple[float, float]
    lift: float

    @property
    def climb(self) -> float:
        """How far the leg goes up or down."""
        return abs(self.stop[1] - self.start[1])

    @property
    def handles(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The two inner control points of the cubic curve."""
        half = (self.start[0] + self.stop[0]) / 2
        return (half, self.start[1] + self.lift), (half, self.stop[1] + self.lift)

    def at(self, way: float) -> tuple[float, float]:
        """Return the point of the curve at `way`, 0 at its start and 1 at its end."""
        left = 1 - way
        weights = (left**3, 3 * left**2 * way, 3 * left * way**2, way**3)
        points = (self.start, *self.handles, self.stop)
        x, y = (sum(w * p[axis] for w, p in zip(weights, points, strict=True)) for axis in (0, 1))
        return x, y


def number(value: float, digits: int = 4) -> str:
    """Return that many significant digits with a true minus sign."""
    return f"{value + 0.0:.{digits}g}".replace("-", "−")


def draw_gate(canvas: Canvas, vertex: Vertex, x: float, y: float, stub: float = STUB) -> None:
    """Draw what made a value, or the box of an input, and the line that leaves it."""
    canvas.plot([x, x + RADIUS + stub], [y, y], color=WIRE, lw=1.4, zorder=1)
    middle = {"ha": "center", "va": "center", "zorder": 4, "color": INK}
    if vertex.parents:
        canvas.add_patch(Circle((x, y), RADIUS, facecolor="white", edgecolor=INK, lw=1.3, zorder=3))
        size = 12 if len(vertex.op) == 1 else 9 if len(vertex.op) < 5 else 7
        canvas.text(x, y, vertex.op, fontsize=size, **middle)
        above = {"ha": "center", "va": "bottom", "fontsize": 10, "style": "italic"}
        canvas.text(x, y + RADIUS + 0.04, vertex.name, **above)
    else:
        corner, look = (x - RADIUS, y - 0.15), "round,pad=0,rounding_size=0.08"
        box = FancyBboxPatch(corner, 2 * RADIUS, 0.3, boxstyle=look, zorder=3)
        box.set(facecolor="#eef3f8", edgecolor=INK, linewidth=1.0)
        canvas.add_patch(box)
        size = 11 if len(vertex.name) < 4 else 8
        canvas.text(x, y, vertex.name or "·", fontsize=size, style="italic", **middle)


def draw_numbers(
    canvas: Canvas, data: float | None, grad: float | None, x: float, y: float, newest: bool
) -> None:
    """Write a value above the line that leaves the gate at (x, y), its gradient below; or not yet.

    `newest` shades the gradient, or the value where there is no gradient.
    """
    on_line = x + RADIUS + STUB / 2
    put = {"ha": "center", "fontsize": 10}
    shade = {"facecolor": "#fbe6d9", "edgecolor": "none", "pad": 1.0}
    plain = {**shade, "facecolor": "none"}
    if data is not None:
        back = shade if newest and grad is None else plain
        canvas.text(on_line, y + 0.04, number(data), va="bottom", color=VALUE, bbox=back, **put)
    if grad is not None:
        back = shade if newest else plain
        canvas.text(on_line, y - 0.06, number(grad), va="top", color=GRADIENT, bbox=back, **put)


def legs(page: Page, vertices: list[Vertex], edge: Edge) -> list[Leg]:
    """Return the way of one use of a value, leg by leg; every other leg is straight.

    A straight leg passes a column. A value that enters one gate twice has two wires bent apart.
    """
    consumer = vertices[edge.consumer]
    entry = SLOT * ((len(consumer.parents) - 1) / 2 - edge.slot)
    lift = 3 * entry if consumer.parents.count(edge.source) > 1 else 0.0
    layout = page.layout
    first, last = layout.depth[edge.source], layout.depth[edge.consumer]
    points = [(page.x(first) + RADIUS + page.stub, page.y(layout.row[edge.source]))]
    for step, row in enumerate(edge.rows, start=1):
        x = page.x(first - step)
        points += [(x - RADIUS, page.y(row)), (x + RADIUS + page.stub, page.y(row))]
    points.append((page.x(last) - RADIUS * 0.9, page.y(layout.row[edge.consumer]) + entry))
    return [Leg(start, stop, lift) for start, stop in pairwise(points)]


def draw_wire(canvas: Canvas, way: list[Leg], active: bool = False) -> None:
    """Draw a wire along its legs; thick and dark where something passes along it just now."""
    along, codes = [way[0].start], [Path.MOVETO]
    for number_of_leg, leg in enumerate(way):
        curved = number_of_leg % 2 == 0
        along += [*leg.handles, leg.stop] if curved else [leg.stop]
        codes += [Path.CURVE4] * 3 if curved else [Path.LINETO]
    look = {"edgecolor": INK, "lw": 3.0} if active else {"edgecolor": WIRE, "lw": 1.4}
    canvas.add_patch(PathPatch(Path(along, codes), facecolor="none", zorder=1, **look))
