"""Drawing a graph of array operations: every value with its shape, every gradient below it."""

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import fill

import numpy as np
from numpy.typing import NDArray

from course.plots.canvas import Canvas, Sheet, graph_sheet
from course.plots.layout import lay_out
from course.plots.picture import CannotDrawError, Picture, sentence_instead
from course.plots.strokes import (
    GRADIENT,
    INK,
    RADIUS,
    STUB,
    VALUE,
    Page,
    draw_gate,
    draw_wire,
    legs,
)
from course.plots.vertices import Vertex, named_root, walk

Array = NDArray[np.float64]
ROW, TOP, BOTTOM = 1.75, 1.35, 1.25
TILE, LETTER = 0.56, 0.095
KEY = (
    "above a line: a value and its shape · below: its gradient\n"
    "red: positive, blue: negative, white: 0, each array on a scale of its own"
)
SYMBOLS = {
    "__add__": "+",
    "__radd__": "+",
    "__sub__": "−",
    "__rsub__": "−",
    "__mul__": "×",
    "__rmul__": "×",
    "__truediv__": "÷",
    "__rtruediv__": "÷",
    "__matmul__": "@",
    "__pow__": "^",
    "__neg__": "neg",
    "__getitem__": "[ ]",
    "transpose": "T",
    "sigmoid": "σ",
    "maximum": "max",
}


@dataclass(frozen=True)
class Carried:
    """What a line of the graph carries: an array and its gradient, if there is one."""

    data: Array
    grad: Array | None


class TallPage(Page):
    """A page whose rows have room for pictures of arrays above and below the lines."""

    @property
    def height(self) -> float:
        """The page's height in inches."""
        low, high = self._span
        return (high - low) * ROW + TOP + BOTTOM

    def y(self, row: float) -> float:
        """Return the height of that row; rows count downwards."""
        return self.height - TOP - (row - self._span[0]) * ROW


@sentence_instead
def draw_arrays(
    root: object, names: Mapping[str, object] | None = None, title: str = "Graph of arrays"
) -> Picture:
    """Draw the graph that ends in `root`, inputs at the left, with every array and gradient.

    `root` is an object with `.data` and `.parents` (`.grad` and `.pull` where there are), or a
    function without arguments that returns one, alone or with its names as `(root, {"x": x})`.
    A gate is called after the function in which its `pull` was written (C601; W10).
    """
    root, called = named_root(root, names)
    values, edges = walk(root)
    known = {id(value): name for name, value in called.items()}
    vertices = [
        Vertex(0.0, None, parents, (), gate_of_arrays(value), known.get(id(value), ""))
        for value, parents in zip(values, edges, strict=True)
    ]
    carried = [Carried(array_in(value, "data"), _gradient(value)) for value in values]
    page = TallPage(lay_out(vertices))
    return Picture(
        _in_words(vertices, carried, title), lambda: _sheet(page, vertices, carried, title)
    )


def gate_of_arrays(value: object) -> str:
    """Return what made a value of arrays, after the function in which its `pull` was written."""
    pull = getattr(value, "pull", None)
    written_in = str(getattr(pull, "__qualname__", "f")).split(".<locals>")[0].split(".")[-1]
    return SYMBOLS.get(written_in, written_in[:8])


def array_in(value: object, attribute: str) -> Array:
    """Return an attribute as an array; raises CannotDrawError where it holds no numbers."""
    content: object = getattr(value, attribute)
    try:
        return np.asarray(content, dtype=float)
    except (TypeError, ValueError):
        raise CannotDrawError(
            f".{attribute} should be an array, but it is a {type(content).__name__}."
        ) from None


def _gradient(value: object) -> Array | None:
    return None if getattr(value, "grad", None) is None else array_in(value, "grad")


def _sheet(page: Page, vertices: list[Vertex], carried: list[Carried], title: str) -> Sheet:
    figure = graph_sheet(page.width, page.height)
    canvas = figure.add_axes((0, 0, 1, 1))
    canvas.axis("off")
    layout = page.layout
    for edge in layout.edges:
        draw_wire(canvas, legs(page, vertices, edge))
    places = zip(vertices, carried, layout.depth, layout.row, strict=True)
    for vertex, arrays, depth, row in places:
        draw_gate(canvas, vertex, page.x(depth), page.y(row))
        _draw_arrays(canvas, arrays, page.x(depth) + RADIUS + STUB / 2, page.y(row))
    put = {"ha": "center", "color": INK}
    fitted = fill(title, int(page.width / LETTER))
    canvas.text(page.width / 2, page.height - 0.12, fitted, va="top", fontsize=12, **put)
    canvas.text(page.width / 2, 0.08, KEY, va="bottom", fontsize=9.5, **put)
    canvas.set_xlim(0, page.width)
    canvas.set_ylim(0, page.height)
    return figure


def _draw_arrays(canvas: Canvas, arrays: Carried, x: float, y: float) -> None:
    """Draw a value above its line and the gradient below, as tiles with their shapes."""
    put = {"ha": "center", "fontsize": 9}
    high = _tile(canvas, arrays.data, x, y + 0.05, upwards=True)
    canvas.text(x, y + 0.07 + high, str(arrays.data.shape), va="bottom", color=VALUE, **put)
    if arrays.grad is not None:
        high = _tile(canvas, arrays.grad, x, y - 0.05, upwards=False)
        canvas.text(x, y - 0.07 - high, str(arrays.grad.shape), va="top", color=GRADIENT, **put)


def _tile(canvas: Canvas, array: Array, x: float, y: float, *, upwards: bool) -> float:
    """Draw an array as a small map with square cells and return its height in inches."""
    image = array.reshape(-1, array.shape[-1]) if array.ndim else array.reshape(1, 1)
    if not image.size:
        return 0.0
    side = TILE / max(*image.shape, 3)  # few entries make small tiles, not large cells
    wide, high = image.shape[1] * side, image.shape[0] * side
    low = y if upwards else y - high
    reach = float(np.abs(image[np.isfinite(image)]).max(initial=0.0)) or 1.0
    box = (x - wide / 2, x + wide / 2, low, low + high)
    how = {"cmap": "RdBu_r", "vmin": -reach, "vmax": reach, "interpolation": "nearest"}
    canvas.imshow(image, extent=box, aspect="auto", zorder=2, **how)
    edges = ([box[0], box[1], box[1], box[0], box[0]], [box[2], box[2], box[3], box[3], box[2]])
    canvas.plot(*edges, color=INK, lw=0.7, zorder=3)
    return high


def _in_words(vertices: list[Vertex], carried: list[Carried], title: str) -> str:
    lines = [title, "(each line: a value, its shape, what made it, its gradient; the last first)"]
    label = [vertex.name or f"v{position}" for position, vertex in enumerate(vertices)]
    for own, vertex, arrays in zip(label, vertices, carried, strict=True):
        made = ", ".join(label[parent] for parent in vertex.parents)
        origin = f" from {vertex.op} of {made}" if vertex.parents else " (an input)"
        back = f"; gradient of shape {arrays.grad.shape}" if arrays.grad is not None else ""
        lines.append(f"{own} of shape {arrays.data.shape}{origin}{back}")
    return "\n".join(lines)
