"""Show HTML in the notebook, with the same said in words for every other reader."""

from collections.abc import Mapping
from typing import Protocol, cast

from IPython.core.getipython import get_ipython


class _Publisher(Protocol):
    """What is used of IPython's display publisher, which has no types of its own."""

    def publish(self, data: Mapping[str, str]) -> None: ...


def show(html: str, words: str) -> None:
    """Show `html` where it can be shown; a terminal, and Python without IPython, get `words`."""
    shell = get_ipython()
    if shell is None:
        print(words)
    else:
        cast("_Publisher", shell.display_pub).publish({"text/html": html, "text/plain": words})
