"""What the playground says of itself."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from course.plots.strokes import number
from course.widgets.playground.data import Points
from course.words import plural


class Figures(NamedTuple):
    """Mean losses and shares of right answers; None where there is no point, or none was told."""

    train_loss: float | None = None
    test_loss: float | None = None
    train_right: float | None = None
    test_right: float | None = None


def told(
    data: str, parts: tuple[Points, Points], sizes: Sequence[int], steps: int, figures: Figures
) -> str:
    """Return what is learnt from, what learns, and how far it has come."""
    train, test = (len(part.x) for part in parts)
    if not train:
        return "No points to learn from yet: draw some, of two classes at least."
    weights = sum((d + 1) * m for d, m in pairwise(sizes))
    lines = [
        f"{data.capitalize()}: {plural(train, 'point')} to learn from, {test} to test with. "
        f"Network {'-'.join(map(str, sizes))}, {weights} weights and biases."
    ]
    if figures.train_loss is not None:
        lines.append(
            f"After {plural(steps, 'step')}: training loss {number(figures.train_loss, 3)}"
            + _share(figures.train_right)
        )
        if figures.test_loss is not None:
            lines[-1] += f"; test loss {number(figures.test_loss, 3)}{_share(figures.test_right)}"
        lines[-1] += "."
    return "\n".join(lines)


def _share(right: float | None) -> str:
    return "" if right is None else f", {right:.0%} right"
