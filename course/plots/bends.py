"""Activations and their derivatives, side by side, drawn from somebody's forward and backward."""

from collections.abc import Callable, Mapping
from typing import cast

import numpy as np
from numpy.typing import NDArray

from course.plots.canvas import Sheet, curve_sheet
from course.plots.picture import CannotDrawError, Picture, numbers, run, sentence_instead
from course.plots.strokes import GRADIENT, INK, VALUE, number

Array = NDArray[np.float64]
Pair = tuple[Callable[[Array], tuple[Array, object]], Callable[[Array, object], Array]]
ACROSS = 3
POINTS = 401


@sentence_instead
def draw_activations(
    pairs: Mapping[str, Pair], reach: float = 5.0, title: str = "Activations and their derivatives"
) -> Picture:
    """Draw each activation and its derivative from -`reach` to `reach` (E442, ACT; W22).

    `pairs` names `(forward, backward)`; `forward(x) -> (out, cache)` takes an array (N,), and
    `backward(dout, cache)` returns one like it: with ones for `dout` that is the derivative.
    """
    x = np.linspace(-reach, reach, POINTS)
    drawn = {name: curves(name, pair, x) for name, pair in pairs.items()}
    lines = [f"{title}, for inputs from {number(-reach)} to {number(reach)}"]
    for name, (out, slope) in drawn.items():
        lines.append(
            f"{name}: values {number(out.min(), 3)} to {number(out.max(), 3)}, "
            f"derivative {number(slope.min(), 3)} to {number(slope.max(), 3)}; "
            f"at the left end {number(slope[0], 3)}, at the right end {number(slope[-1], 3)}"
        )
    return Picture("\n".join(lines), lambda: _sheet(x, drawn, title))


def curves(name: str, pair: Pair, x: Array) -> tuple[Array, Array]:
    """Return what the pair makes of x, and its derivative there.

    Raises:
        CannotDrawError: a function fails, or returns no curve.
    """
    forward, backward = pair
    came = run(forward, x.copy())
    if not isinstance(came, tuple) or len(cast("tuple[object, ...]", came)) != 2:
        raise CannotDrawError(f"the forward of {name} should return (out, cache).")
    out, cache = cast("tuple[object, object]", came)
    slope = run(backward, np.ones(x.shape), cache)
    return (
        numbers(out, x.shape, f"the forward of {name}"),
        numbers(slope, x.shape, f"the backward of {name}"),
    )


def _sheet(x: Array, curves: Mapping[str, tuple[Array, Array]], title: str) -> Sheet:
    down = -(-len(curves) // ACROSS)
    figure = curve_sheet(3.1 * ACROSS, 2.7 * down + 0.4)
    for place, (name, (out, slope)) in enumerate(curves.items(), 1):
        canvas = figure.add_subplot(down, ACROSS, place)
        canvas.axhline(0, color=INK, lw=0.6)
        canvas.axvline(0, color=INK, lw=0.6)
        canvas.plot(x, out, color=VALUE, lw=2.2, label="value")
        canvas.plot(x, slope, "--", color=GRADIENT, lw=2.0, label="derivative")
        canvas.set_ylim(-1.3, 2.2)
        canvas.set_title(name, fontsize=11)
        canvas.set_xlabel("input x", fontsize=10)
        canvas.grid(alpha=0.3)
        if place == 1:
            canvas.legend(fontsize=9, loc="upper left")
    figure.suptitle(title, fontsize=12)
    return figure
