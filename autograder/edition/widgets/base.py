"""The grading edition of `course.widgets.base`: a widget's cell runs and leaves words.

Nobody looks, so there is no view and no picture; state and words are the same as at home.
"""

import traitlets

from course.plots.picture import Picture


def script(*names: str) -> str:
    """Return nothing: there is no browser."""
    return ""


class Widget(traitlets.HasTraits):
    """The state of a widget and the words for it."""

    words = traitlets.Unicode().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)

    def picture(self) -> Picture:
        """Return the present state as words."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return self.picture().text
