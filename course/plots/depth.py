"""What becomes of a signal on its way through many layers, for each way to draw the weights."""

from collections.abc import Callable
from typing import cast

import numpy as np
from numpy.typing import NDArray

from course.plots.canvas import Sheet, curve_sheet
from course.plots.picture import CannotDrawError, Picture, run, sentence_instead
from course.plots.strokes import VALUE, number

Array = NDArray[np.float64]
Initialise = Callable[[tuple[int, ...], str, np.random.Generator], Array]
SCHEMES = ("small", "xavier", "he")
WIDTH, EXAMPLES = 100, 200
SHOWN = (1, 2, 4, 8)
BINS = 41
TALLEST = 0.12


@sentence_instead
def draw_depth(
    initialise: Initialise, activation: Callable[[Array], tuple[Array, object]], title: str
) -> Picture:
    """Draw histograms of the outputs of layers 1, 2, 4 and 8 for three schemes (E445; W22).

    `initialise(shape, scheme, rng)` draws the weights of 8 layers of 100 units without biases;
    `activation(x) -> (out, cache)` stands after each. 200 inputs are normal, with deviation 1.
    """
    outputs = {scheme: _outputs(initialise, activation, scheme) for scheme in SCHEMES}
    lines = [f"{title}: spread (standard deviation) of the outputs"]
    for scheme, layers in outputs.items():
        spreads = (f"layer {layer} {number(layers[layer].std(), 2)}" for layer in SHOWN)
        lines.append(f"{scheme}: {', '.join(spreads)}")
    return Picture("\n".join(lines), lambda: _sheet(outputs, title))


def _outputs(
    initialise: Initialise, activation: Callable[[Array], tuple[Array, object]], scheme: str
) -> dict[int, Array]:
    """Return the outputs of each layer that is shown."""
    rng = np.random.default_rng(0)
    signal = rng.standard_normal((EXAMPLES, WIDTH))
    found: dict[int, Array] = {}
    for layer in range(1, max(SHOWN) + 1):
        try:
            w = np.asarray(run(initialise, (WIDTH, WIDTH), scheme, rng), dtype=float)
        except (TypeError, ValueError):
            raise CannotDrawError("initialise returned no array of numbers.") from None
        if w.shape != (WIDTH, WIDTH) or not np.isfinite(w).all():
            raise CannotDrawError(
                f"initialise returned the shape {w.shape} or a number that is not finite; "
                f"({WIDTH}, {WIDTH}) was asked for."
            )
        signal, _ = cast("tuple[Array, object]", run(activation, signal @ w))
        found[layer] = signal
    return found


def _sheet(outputs: dict[str, dict[int, Array]], title: str) -> Sheet:
    shown = np.concatenate(
        [layers[layer].ravel() for layers in outputs.values() for layer in SHOWN]
    )
    low, high = (float(end) for end in np.quantile(shown, (0.005, 0.995)))
    figure = curve_sheet(9.6, 6.0)
    place = 0
    for scheme, layers in outputs.items():
        for layer in SHOWN:
            place += 1
            canvas = figure.add_subplot(len(outputs), len(SHOWN), place)
            signal = layers[layer]
            inside = np.clip(signal, low, high)
            heights, edges = np.histogram(inside, BINS, (low, high))
            canvas.stairs(heights / signal.size, edges, fill=True, color=VALUE)
            canvas.set_title(f"layer {layer}: spread {number(signal.std(), 2)}", fontsize=10)
            canvas.set_xlim(low, high)
            canvas.set_ylim(0, TALLEST)  # taller bars are cut, else a spike at 0 hides the rest
            canvas.set_yticks([])
            if layer == SHOWN[0]:
                canvas.set_ylabel(scheme, fontsize=12)
            if scheme == SCHEMES[-1]:
                canvas.set_xlabel("output of a unit", fontsize=10)
    figure.suptitle(
        f"{title}\n(each bar is a share of the outputs; tall ones are cut at {TALLEST:.0%})",
        fontsize=12,
    )
    return figure
