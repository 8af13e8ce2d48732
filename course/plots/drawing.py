"""Drawing a computation graph: values above the lines, gradients below (as E442 and ACT do)."""

from collections.abc import Mapping
from textwrap import fill

from course.plots.canvas import Canvas, Sheet, graph_sheet
from course.plots.layout import Edge, Layout, lay_out
from course.plots.picture import Picture, sentence_instead
from course.plots.shares import draw_shares
from course.plots.strokes import INK, Page, draw_gate, draw_numbers, draw_wire, legs, number
from course.plots.vertices import Vertex, named_root, read_graph

LETTER = 0.09  # inches a letter of the title takes
KEY = "above a line: value · below: gradient of the last value"


@sentence_instead
def draw_graph(
    root: object, names: Mapping[str, object] | None = None, title: str = "Computation graph"
) -> Picture:
    """Draw the graph that ends in `root`, inputs at the left, with every value and gradient.

    `root` is any object with `.data` and `.parents` (`.grad` and `.local` where there are), or
    a function without arguments that builds one and returns it, alone or with its names as
    `(root, {"x": x})`. `names` says which value is called what. Where a value is used more than
    once, the gradient arriving along each line is written on it; they add up (E442; W5).
    """
    vertices = read_graph(*named_root(root, names))
    page = Page(lay_out(vertices))

    def draw() -> Sheet:
        figure = graph_sheet(page.width, page.height)
        _panel(figure.add_axes((0, 0, 1, 1)), page, vertices, title)
        return figure

    return Picture(_in_words(vertices, title), draw)


def _panel(canvas: Canvas, page: Page, vertices: list[Vertex], title: str) -> None:
    """Draw the graph with all that its vertices hold."""
    canvas.set_xlim(0, page.width)
    canvas.set_ylim(0, page.height)
    canvas.axis("off")
    layout = page.layout
    ways = [legs(page, vertices, edge) for edge in layout.edges]
    for way in ways:
        draw_wire(canvas, way)
    shares = [
        (way[0], share)
        for edge, way in zip(layout.edges, ways, strict=True)
        if (share := _share(vertices, layout, edge)) is not None
    ]
    draw_shares(canvas, shares)
    for vertex, depth, row in zip(vertices, layout.depth, layout.row, strict=True):
        x, y = page.x(depth), page.y(row)
        draw_gate(canvas, vertex, x, y)
        draw_numbers(canvas, vertex.data, vertex.grad, x, y, newest=False)
    put = {"ha": "center", "color": INK}
    fitted = "\n".join(fill(line, int(page.width / LETTER)) for line in title.splitlines())
    canvas.text(page.width / 2, page.height - 0.1, fitted, va="top", fontsize=11, **put)
    canvas.text(page.width / 2, 0.08, KEY, va="bottom", fontsize=9.5, **put)


def _share(vertices: list[Vertex], layout: Layout, edge: Edge) -> float | None:
    """Return the gradient along one line of a fork; None where there is no fork or no slope."""
    consumer = vertices[edge.consumer]
    forks = sum(other.source == edge.source for other in layout.edges) > 1
    if not forks or consumer.grad is None or len(consumer.local) != len(consumer.parents):
        return None
    return consumer.grad * consumer.local[edge.slot]


def _in_words(vertices: list[Vertex], title: str) -> str:
    lines = [title, "(each line: a value, what made it, its gradient; the last value first)"]
    label = [vertex.name or f"v{position}" for position, vertex in enumerate(vertices)]
    for position, vertex in enumerate(vertices):
        made = ", ".join(label[parent] for parent in vertex.parents)
        origin = f" from {vertex.op} of {made}" if vertex.parents else " (an input)"
        grad = "" if vertex.grad is None else f"; gradient {number(vertex.grad)}"
        lines.append(f"{label[position]} = {number(vertex.data)}{origin}{grad}")
    return "\n".join(lines)
