"""The grading edition of `course.check_backward`: silent, and without SciPy."""

from collections.abc import Callable


def check_backward(
    forward: Callable[..., object], backward: Callable[..., object], *inputs: object
) -> None:
    """Do nothing: there are no numerical derivatives behind the wall."""
