"""What every widget is: a view in the browser, and the same as a picture and in words.

A widget keeps its state in traits. The browser and Python both may set them; tests read and set
them as any other user does. What moves at once is drawn in the browser; what needs the student's
functions is computed here and sent there.
"""

from collections import deque
from importlib.resources import files
from operator import methodcaller
from typing import Protocol, cast

import anywidget
import traitlets

from course.plots.picture import Picture
from course.widgets.colours import colour_tables
from course.widgets.turns import is_main, loop_of_this_thread

Bundle = dict[str, object]
_STATIC = files("course.widgets") / "static"


def script(*names: str) -> str:
    """Return the module for the browser: colours, what all widgets share, and its own parts."""
    parts = (_STATIC.joinpath(f"{part}.js").read_text("utf-8") for part in ("shared", *names))
    return "\n".join([colour_tables(), *parts])


class _Widget(Protocol):
    """What is used of a widget of ipywidgets, whose own types are open."""

    def set_state(self, sync_data: dict[str, object], /) -> None: ...


class Widget(anywidget.AnyWidget):
    """A view of a small state; a subclass names its `_esm` and says what it shows.

    Attributes:
        words: what is seen, in a sentence or more; the browser shows and reads it.
        problem: one sentence in the place of what could not be computed, else empty.
    """

    _css = _STATIC.joinpath("style.css").read_text("utf-8")
    words = traitlets.Unicode().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)

    def __init__(self, **state: object) -> None:
        self._loop = loop_of_this_thread()
        self._heard: deque[dict[str, object]] = deque()
        super().__init__(**state)

    def set_state(self, sync_data: dict[str, object]) -> None:
        """Take over what the page has set, in the thread of the cells (see `turns`)."""
        self._heard.append(sync_data)
        if self._loop is None or is_main():
            self._take_over()
        else:
            self._loop.call_soon_threadsafe(self._take_over)

    def _take_over(self) -> None:
        state: dict[str, object] = {}
        while self._heard:  # what piled up while a cell ran counts once, as it is now
            state |= self._heard.popleft()
        if state:
            cast("_Widget", super()).set_state(state)

    def picture(self) -> Picture:
        """Return the present state as a picture that does not move."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[Bundle, Bundle]:
        """Return what IPython shows: the view, and for all who cannot show it, the picture."""
        # The types of this method are open there, and differ between versions.
        found = cast("object", methodcaller("_repr_mimebundle_", **kwargs)(super()))
        view = cast("Bundle", found[0] if isinstance(found, tuple) else found)
        data, metadata = self.picture().bundle()
        return {**view, **data}, {**metadata}
