"""What every widget is: a view in the browser, and the same as a picture and in words.

A widget keeps its state in traits. The browser and Python both may set them; tests read and set
them as any other user does. What moves at once is drawn in the browser; what needs the student's
functions is computed here and sent there.
"""

from importlib.resources import files
from operator import methodcaller
from typing import cast

import anywidget
import traitlets

from course.plots.picture import Picture
from course.widgets.colours import colour_tables

Bundle = dict[str, object]
_STATIC = files("course.widgets") / "static"


def script(name: str) -> str:
    """Return the module for the browser: colours, what all widgets share, and its own part."""
    parts = (_STATIC.joinpath(f"{part}.js").read_text("utf-8") for part in ("shared", name))
    return "\n".join([colour_tables(), *parts])


class Widget(anywidget.AnyWidget):
    """A view of a small state; a subclass names its `_esm` and says what it shows.

    Attributes:
        words: what is seen, in a sentence or more; the browser shows and reads it.
        problem: one sentence in the place of what could not be computed, else empty.
    """

    _css = _STATIC.joinpath("style.css").read_text("utf-8")
    words = traitlets.Unicode().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)

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
