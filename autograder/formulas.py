# pyright: basic
# (nbconvert is untyped)
"""Formulas in pages that load nothing: TeX becomes MathML, which browsers draw by themselves.

What students write comes here too, and is cleaned afterwards. Cleaners know no MathML, so formulas
are set aside for them: those alone that are nothing but formulas, whoever has written them.
"""

import re
import secrets
from collections.abc import Callable
from itertools import accumulate

from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer

ELEMENTS = """menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mroot mrow mspace
msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover"""
ATTRIBUTES = """accent accentunder columnalign columnspacing depth display displaystyle fence form
height linethickness lspace mathvariant maxsize minsize movablelimits notation rowspacing rspace
scriptlevel separator stretchy symmetric voffset width"""
_attributes = rf"(?: (?:{'|'.join(ATTRIBUTES.split())})=\"[\w .+%-]*\")*"
_element = rf"</?(?:{'|'.join(ELEMENTS.split())}){_attributes} ?/?>"
FORMULA = re.compile(  # `*+` does not go back, so that it takes one pass
    rf'<math xmlns="http://www\.w3\.org/1998/Math/MathML"{_attributes}>'
    rf"(?:{_element}|&#?\w+;|[^<>&]+)*+</math>"
)
DEEPEST = 50  # elements within elements; browsers and parsers of HTML have limits of their own
WORD = re.compile(r"<mi>([a-z]{2,})</mi>")  # log and the like, which keep their distance
PLACE = re.compile(r"</?\w+(?:\s+[\w-]+=(?:\"[^\"]*\"|'[^']*'))*\s*/?>|[0-9a-f]{32}")  # or a tag


class Formulas(IPythonRenderer):
    """Renders Markdown; a formula that cannot be read stays as it is written."""

    def inline_math(self, body: str) -> str:
        """Draw what stands between single dollars."""
        return mathml(body) or super().inline_math(body)

    def block_math(self, body: str) -> str:
        """Draw what stands between double dollars."""
        return mathml(body, as_block=True) or super().block_math(body)

    def latex_environment(self, name: str, body: str) -> str:
        r"""Draw what stands between `\begin` and `\end`."""
        whole = f"\\begin{{{name}}}{body}\\end{{{name}}}"
        return mathml(whole, as_block=True) or super().latex_environment(name, body)


def mathml(tex: str, as_block: bool = False) -> str | None:
    """Return a formula as MathML, None if it cannot be read."""
    try:
        formula = convert(tex, display="block" if as_block else "inline")
    except Exception:  # it may be anything
        return None
    formula = WORD.sub(r'<mo form="prefix" lspace="0.17em" rspace="0.17em">\1</mo>', formula)
    return formula if FORMULA.fullmatch(formula) and _depth(formula) <= DEEPEST else None


def _depth(formula: str) -> int:
    tags = re.findall(r"</?m", formula)
    return max(accumulate(-1 if tag.startswith("</") else 1 for tag in tags))


def around_formulas(clean: Callable[[str], str], page: str) -> str:
    """Clean a page but for its formulas; one that stands within a tag is not put back."""
    formulas: dict[str, str] = {}

    def aside(found: re.Match[str]) -> str:
        mark = secrets.token_hex(16)
        formulas[mark] = found[0]
        return mark

    cleaned = clean(FORMULA.sub(aside, page))
    return PLACE.sub(lambda found: formulas.get(found[0], found[0]), cleaned)
