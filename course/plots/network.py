"""Drawing a multilayer perceptron: units in columns, a line for every weight."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import cast

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.patches import Circle
from numpy.typing import NDArray

from course.plots.canvas import Canvas, Sheet, curve_sheet
from course.plots.picture import CannotDrawError, Picture, run, sentence_instead
from course.plots.strokes import INK, number

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Place = tuple[int, int, int]
MOST_UNITS, MOST_LAYERS = 12, 6
COLUMN, ROW, RADIUS = 2.0, 0.72, 0.24
SIGNED = "RdBu"  # zero-centred below: red is negative, blue positive
FAINT = 0.1


@sentence_instead
def draw_network(
    weights: Sequence[Array] | Callable[[], object],
    values: Sequence[Array] | None = None,
    through: Place | None = None,
    title: str = "A multilayer perceptron",
) -> Picture:
    """Draw units as circles and weights as lines, coloured by sign and size.

    `weights` holds one matrix (D, M) for each layer, or is a function without arguments that
    returns them, alone or with the values as `(weights, values)`. `values` holds the numbers of
    the units, inputs first, one row for each column of circles. `through=(layer, i, j)`, from 0,
    lets only the paths stand out that lead from that weight to the outputs (E445; W16).
    """
    found: object = weights
    if callable(weights):
        found = run(weights)
        if isinstance(found, tuple):
            found, values = cast("tuple[object, Sequence[Array]]", found)
    matrices = _matrices(found)
    sizes = [len(matrices[0]), *(matrix.shape[1] for matrix in matrices)]
    if max(sizes) > MOST_UNITS or len(matrices) > MOST_LAYERS:
        raise CannotDrawError(
            f"a network of {_shape(sizes)} units is too large to read; draw one of at most "
            f"{MOST_LAYERS} layers with {MOST_UNITS} units."
        )
    rows = None if values is None else _rows(values, sizes)
    on_path = _on_path(matrices, through)
    return Picture(
        _in_words(matrices, sizes, rows, through, title),
        lambda: _sheet(matrices, sizes, rows, on_path, title),
    )


def _matrices(found: object) -> list[Array]:
    try:
        matrices = [np.asarray(each, dtype=float) for each in cast("Iterable[object]", found)]
    except (TypeError, ValueError):
        raise CannotDrawError("a list of matrices was expected, one for each layer.") from None
    shapes = [matrix.shape for matrix in matrices]
    fits = all(len(shape) == 2 and min(shape) > 0 for shape in shapes)
    if not shapes or not fits or any(a[1] != b[0] for a, b in pairwise(shapes)):
        raise CannotDrawError(
            f"matrices (D, M) were expected, each as high as the one before it is wide, but their "
            f"shapes are {shapes}."
        )
    if not all(np.isfinite(matrix).all() for matrix in matrices):
        raise CannotDrawError("some weight is infinite or not a number.")
    return matrices


def _rows(values: Sequence[object], sizes: Sequence[int]) -> list[Array]:
    rows = [np.asarray(row, dtype=float).reshape(-1) for row in values]
    if [len(row) for row in rows] != list(sizes):
        raise CannotDrawError(
            f"the columns have {[len(row) for row in rows]} values, but {list(sizes)} units."
        )
    return rows


def _on_path(matrices: Sequence[Array], through: Place | None) -> list[Flags]:
    """Say for each weight whether it stands out: all do, or those on a path through one."""
    if through is None:
        return [np.ones(matrix.shape, dtype=bool) for matrix in matrices]
    layer, i, j = through
    shown: list[Flags] = []
    for depth, matrix in enumerate(matrices):
        rows, columns = np.indices(matrix.shape)
        if depth == layer:
            shown.append((rows == i) & (columns == j))
        else:  # the layer next to it is entered at j only, those further on at every unit
            shown.append((depth > layer) & ((depth > layer + 1) | (rows == j)))
    return shown


def _sheet(
    matrices: Sequence[Array],
    sizes: Sequence[int],
    rows: Sequence[Array] | None,
    on_path: Sequence[Flags],
    title: str,
) -> Sheet:
    width, height = (len(sizes) - 1) * COLUMN + 1.6, max(sizes) * ROW + 1.2
    figure = curve_sheet(max(width + 1.2, 6.0), height)
    canvas = figure.subplots()
    largest = max(float(np.abs(matrix).max()) for matrix in matrices) or 1.0
    colours = ScalarMappable(Normalize(-largest, largest), SIGNED)
    for depth, (matrix, bright) in enumerate(zip(matrices, on_path, strict=True)):
        for i, j in np.ndindex(*matrix.shape):
            ends = [_place(depth, i, sizes), _place(depth + 1, j, sizes)]
            along = tuple(zip(*ends, strict=True))
            if bright[i, j]:  # the dark edge keeps a weight near 0, which is white, in sight
                canvas.plot(*along, color=INK, lw=3.6, alpha=0.6, zorder=1)
                canvas.plot(*along, color=colours.to_rgba(matrix[i, j]), lw=2.4, zorder=2)
            else:
                canvas.plot(*along, color=INK, lw=0.8, alpha=FAINT, zorder=1)
    for depth, size in enumerate(sizes):
        for unit in range(size):
            value = None if rows is None else float(rows[depth][unit])
            _draw_unit(canvas, _place(depth, unit, sizes), value)
        put = {"ha": "center", "va": "bottom", "fontsize": 11, "color": INK}
        canvas.text(depth * COLUMN, max(sizes) * ROW / 2 + 0.12, _column(depth, sizes), **put)
    canvas.set_xlim(-0.8, width - 0.8)
    canvas.set_ylim(-max(sizes) * ROW / 2 - 0.15, max(sizes) * ROW / 2 + 0.5)
    canvas.axis("off")
    canvas.set_title(title, fontsize=12)
    figure.colorbar(colours, ax=canvas, label="weight", shrink=0.8)
    return figure


def _draw_unit(canvas: Canvas, place: tuple[float, float], value: float | None) -> None:
    face = {"facecolor": "white", "edgecolor": INK, "lw": 1.3, "zorder": 3}
    canvas.add_patch(Circle(place, RADIUS, **face))
    if value is not None:
        put = {"ha": "center", "va": "center", "fontsize": 10, "zorder": 4, "color": INK}
        canvas.text(*place, number(value, 3), **put)


def _place(depth: int, unit: int, sizes: Sequence[int]) -> tuple[float, float]:
    return depth * COLUMN, ((sizes[depth] - 1) / 2 - unit) * ROW


def _column(depth: int, sizes: Sequence[int]) -> str:
    if depth == 0:
        return "inputs"
    return "outputs" if depth == len(sizes) - 1 else f"hidden {depth}"


def _shape(sizes: Sequence[int]) -> str:
    return "-".join(map(str, sizes))


def _in_words(
    matrices: Sequence[Array],
    sizes: Sequence[int],
    rows: Sequence[Array] | None,
    through: Place | None,
    title: str,
) -> str:
    total = sum(matrix.size for matrix in matrices)
    lines = [title, f"a network of {_shape(sizes)} units with {total} weights"]
    if through is not None:
        layer, i, j = through
        paths = int(np.prod(sizes[layer + 2 :]))
        weight = number(float(matrices[layer][i, j]))
        lines.append(
            f"from the weight [{i}, {j}] of layer {layer + 1} ({weight}) to the outputs: "
            f"{paths} path{'' if paths == 1 else 's'}"
        )
    for depth, row in enumerate(rows or ()):
        lines.append(f"{_column(depth, sizes)}: {', '.join(number(float(v)) for v in row)}")
    for depth, matrix in enumerate(matrices, 1):
        listed = "; ".join(" ".join(number(float(w), 3) for w in row) for row in matrix)
        lines.append(f"weights of layer {depth}, a row for each unit they come from: {listed}")
    return "\n".join(lines)
