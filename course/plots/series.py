"""Numbers in a row as curves: the history of a training, and whatever goes by epoch or by layer."""

from collections.abc import Callable, Iterable, Mapping
from typing import cast

import numpy as np
from numpy.typing import NDArray

from course.plots.canvas import Canvas, Sheet, curve_sheet
from course.plots.picture import CannotDrawError, Picture, run, sentence_instead
from course.plots.strokes import GRADIENT, INK, VALUE, number

Array = NDArray[np.float64]
LOOKS = ((VALUE, "o-"), (GRADIENT, "s--"), ("#2e7d32", "^-."), (INK, "d:"))
KEYS = ("train_loss", "test_loss", "test_accuracy")
FEW = 30


@sentence_instead
def draw_history(
    history: Mapping[str, object] | Callable[[], object], title: str = "Learning curves"
) -> Picture:
    """Draw both losses and the accuracy of a training, epoch by epoch (C601; W25).

    `history` has the lists "train_loss", "test_loss" and "test_accuracy", of one length, or is a
    function that returns it.
    """
    found = run(history) if callable(history) else history
    if not isinstance(found, Mapping) or not set(KEYS) <= set(cast("Mapping[str, object]", found)):
        raise CannotDrawError(f"the history should be a dict with the lists {', '.join(KEYS)}.")
    lists = {key: _numbers(key, cast("Mapping[str, object]", found)[key]) for key in KEYS}
    lengths = {len(each) for each in lists.values()}
    if len(lengths) > 1:
        raise CannotDrawError("the lists of the history should have one number for each epoch.")
    train, test, accuracy = lists.values()
    best = int(test.argmin())
    text = (
        f"{title}, {len(train)} epochs: training loss {number(train[0], 3)} to "
        f"{number(train[-1], 3)}, test loss {number(test[0], 3)} to {number(test[-1], 3)} "
        f"(lowest {number(test[best], 3)} in epoch {best + 1}), "
        f"accuracy on the test part {accuracy[0]:.1%} to {accuracy[-1]:.1%}"
    )
    return Picture(text, lambda: _history_sheet(train, test, accuracy, title))


def _history_sheet(train: Array, test: Array, accuracy: Array, title: str) -> Sheet:
    epochs = np.arange(1, len(train) + 1)
    figure = curve_sheet(9.6, 4.0)
    left, right = (figure.add_subplot(1, 2, place) for place in (1, 2))
    curves = {"training part": train, "test part": test}
    for (name, losses), (colour, style) in zip(curves.items(), LOOKS, strict=False):
        left.plot(epochs, losses, style, color=colour, lw=1.8, ms=_size(losses), label=name)
    left.set_ylim(0, 1.05 * max(float(train.max()), float(test.max())))
    right.plot(epochs, accuracy, "s--", color=GRADIENT, lw=1.8, ms=_size(accuracy))
    for canvas, what in ((left, "mean cross-entropy"), (right, "accuracy on the test part")):
        _label(canvas, "epoch", what)
    left.legend(fontsize=10)
    figure.suptitle(title, fontsize=12)
    return figure


@sentence_instead
def draw_series(
    curves: Mapping[str, Callable[[], object]],
    across: str,
    up: str,
    title: str,
    first: int = 0,
    logarithmic: bool = False,
) -> Picture:
    """Draw the lists that the functions return, each over first, first + 1, first + 2, ...

    `curves` names functions without arguments, at most four; `across` and `up` label the axes. A
    logarithmic axis shows orders of magnitude, and takes positive numbers only.
    """
    lists = {name: _numbers(name, run(work)) for name, work in curves.items()}
    if logarithmic and any(float(each.min()) <= 0 for each in lists.values()):
        raise CannotDrawError("a number is 0 or negative, which a logarithmic axis cannot show.")
    lines = [title]
    for name, each in lists.items():
        listed = ", ".join(number(entry, 2) for entry in each[:12])
        more = f", … {number(each[-1], 2)}" if len(each) > 12 else ""
        lines.append(f"{name}: {up} by {across}, from {first}: {listed}{more}")

    def draw() -> Sheet:
        figure = curve_sheet(7.5, 4.4)
        canvas = figure.subplots()
        for (name, each), (colour, style) in zip(lists.items(), LOOKS, strict=False):
            places = np.arange(first, first + len(each))
            look = {"color": colour, "lw": 1.8, "ms": _size(each), "label": name}
            (canvas.semilogy if logarithmic else canvas.plot)(places, each, style, **look)
        _label(canvas, across, up)
        canvas.legend(fontsize=10)
        canvas.set_title(title, fontsize=12)
        return figure

    return Picture("\n".join(lines), draw)


def _label(canvas: Canvas, across: str, up: str) -> None:
    canvas.set_xlabel(across, fontsize=11)
    canvas.set_ylabel(up, fontsize=11)
    canvas.grid(alpha=0.3)


def _size(curve: Array) -> float:
    """Marks for each point where there are few, a bare line where there are many."""
    return 6.0 if len(curve) <= FEW else 0.0


def _numbers(name: str, found: object) -> Array:
    try:
        numbers = np.array([float(each) for each in cast("Iterable[float]", found)])
    except (TypeError, ValueError):
        raise CannotDrawError(f"{name} should be a list of numbers.") from None
    if not numbers.size:
        raise CannotDrawError(f"{name} is an empty list.")
    if not np.isfinite(numbers).all():
        raise CannotDrawError(f"{name} has an infinite number, or one that is none.")
    return numbers
