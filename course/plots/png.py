"""A figure as PNG, drawn larger than it is shown, to be crisp."""

import base64
import io
from collections.abc import Callable
from typing import NamedTuple

from course.plots.canvas import Sheet

DOTS_PER_INCH = 144
SHOWN_PER_INCH = 96


class Image(NamedTuple):
    """The PNG in base64, and the size at which it is shown."""

    base64: str
    width: int
    height: int


def png(figure: Callable[[], Sheet | None]) -> Image | None:
    """Draw the figure; None where there is none."""
    drawn = figure()
    if drawn is None:
        return None
    buffer = io.BytesIO()
    drawn.savefig(buffer, format="png", dpi=DOTS_PER_INCH)
    width, height = (round(side * SHOWN_PER_INCH) for side in drawn.get_size_inches())
    return Image(base64.b64encode(buffer.getvalue()).decode(), width, height)
