"""The grading edition of `course.plots.png`: the lesson's pictures stay words, nobody looks."""

from collections.abc import Callable


def png(figure: Callable[[], object]) -> None:
    """Draw nothing: the picture's text stands alone."""
