"""HTML that no browser runs: what students write and print reaches feedback and formgrader.

It is also told apart from the page around it: no ids, no classes but those of coloured code, no
pictures from elsewhere.
"""

import html
import re
from collections.abc import Mapping

import bleach
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

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
    try:
        renderer = IPythonRenderer(
            escape=False, attachments=cell.get("attachments"), exclude_anchor_links=True
        )
        rendered = str(MarkdownWithMath(renderer=renderer).render(source))
    except Exception:  # a missing picture, a thousand brackets: the page is written all the same
        return f"<pre>{html.escape(source)}</pre>"
    return clean(rendered)


def clean(text: object) -> str:
    """Keep harmless HTML and show the rest as text; nbconvert's filter `clean_html` is replaced."""
    protocols = {"http", "https", "mailto", "data"}
    return str(bleach.clean(str(text), tags=TAGS, attributes=_harmless, protocols=protocols))


def _harmless(tag: str, name: str, value: str) -> bool:
    allowed = VALUES.get((tag, name))
    return allowed is not None and re.fullmatch(allowed, value, re.DOTALL) is not None
