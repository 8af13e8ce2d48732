"""HTML that no browser runs: what students write and print reaches feedback and formgrader.

It is also told apart from the page around it: no ids, no classes but those of coloured code, no
pictures from elsewhere; formulas are MathML. And it is written in time: a few thousand blanks keep
Pygments, mistune and html5lib busy for minutes; a cell that takes too long is shown as it stands.
"""

import html
import re
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import cast

import bleach
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import MarkdownWithMath

from autograder.formulas import Formulas, around_formulas
from autograder.limit import OutOfTime, cpu_limit

CELL_SECONDS, PAGE_SECONDS = 1.0, 4.0
SHORT = 2_000  # characters; what is written in a thread cannot be stopped

TAGS = frozenset(
    re.findall(
        r"\w+",
        """a abbr b blockquote br caption code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i
        img ins kbd li mark ol p pre s small span strong sub summary sup table tbody td tfoot th
        thead tr ul var""",
    )
)
VALUES = {
    ("a", "href"): r"(https?://|mailto:|#).*",
    ("img", "src"): r"data:image/.*",
    ("img", "alt"): r".*",
    ("div", "class"): r"highlight",
    ("span", "class"): r"\w{1,3}",
}


@pass_context
def markdown(context: Context, source: str) -> str:
    """Render a cell's Markdown; nbconvert's filter of this name is replaced."""
    cell: Mapping[str, dict[str, dict[str, str]]] = context.get("cell") or {}

    def rendered() -> str:
        renderer = Formulas(
            escape=False, attachments=cell.get("attachments"), exclude_anchor_links=True
        )
        return clean(MarkdownWithMath(renderer=renderer).render(source))

    shown = _in_time(context, rendered, source)
    return f"<pre>{html.escape(source)}</pre>" if shown is None else shown


@pass_context
def highlight(context: Context, source: str, metadata: Mapping[str, object] | None = None) -> str:
    """Colour a cell's code; nbconvert's filter `highlight_code` is replaced."""
    shown = _in_time(context, lambda: COLOURED(source, metadata=metadata), source)
    plain = f'<div class="highlight"><pre>{html.escape(source)}</pre></div>'
    return plain if shown is None else shown


COLOURED = cast(Callable[..., str], Highlight2HTML(pygments_lexer="ipython3"))


def _in_time(context: Context, write: Callable[[], str], source: str) -> str | None:
    """Return what is written, None if it cannot be or takes longer than the page has left."""
    page: dict[str, object] = context.get("resources") or {}
    spent = page.get("seconds_of_cells", 0.0)
    left = PAGE_SECONDS - (spent if isinstance(spent, float) else 0.0)
    stoppable = threading.current_thread() is threading.main_thread()
    if left <= 0 or (len(source) > SHORT and not stoppable):
        return None
    began = time.process_time()
    try:
        with cpu_limit(min(CELL_SECONDS, left)) if stoppable else nullcontext():
            return write()
    except (Exception, OutOfTime):  # a missing picture, a thousand brackets: the page goes on
        return None
    finally:
        page["seconds_of_cells"] = PAGE_SECONDS - left + time.process_time() - began


def clean(text: object) -> str:
    """Keep harmless HTML and show the rest as text; nbconvert's filter `clean_html` is replaced."""
    return around_formulas(_clean, str(text))


def _clean(page: str) -> str:
    protocols = {"http", "https", "mailto", "data"}
    return str(bleach.clean(page, tags=TAGS, attributes=_harmless, protocols=protocols))


def _harmless(tag: str, name: str, value: str) -> bool:
    allowed = VALUES.get((tag, name))
    return allowed is not None and re.fullmatch(allowed, value, re.DOTALL) is not None
