"""Call somebody's function for a widget: it may fail, hang or return nonsense, the widget stays."""

from collections.abc import Callable

from course.errors import function_at_fault
from course.plots.picture import CannotDrawError, run
from course.time_limit import TookTooLong, within

SECONDS = 3.0


def tried(work: Callable[..., object], *inputs: object, seconds: float = SECONDS) -> object:
    """Return `work(*inputs)`; CannotDrawError with a sentence if it fails or hangs."""
    try:
        return within(seconds, lambda: run(work, *inputs))
    except TookTooLong as error:
        raise CannotDrawError(
            f"{function_at_fault(error)} {error}. Is there a loop without an end, or are the "
            "inputs too large for it?"
        ) from error
