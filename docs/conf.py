"""Sphinx's configuration of the documentation site; make_site.py builds it."""

import re
from typing import cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import inspect
from sphinx.writers.html5 import HTML5Translator

from autograder.formulas import mathml
from autograder.rooms import PROJECT

NAME = r"[\w.~]*"
ARRAY = re.compile(rf"{NAME}ndarray\[tuple\[{NAME}, \.\.\.\], {NAME}dtype\[{NAME}(\[{NAME}\])?\]\]")
ARRAY_LIKE = re.compile(rf"{NAME}\._Buffer \| .*?\[complex \| bytes \| str\]")
HIDDEN = re.compile(r"collections\.abc\.|numpy\.random\._generator\.")
project = "Backpropagation and convolutional networks"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon"]
exclude_patterns = ["_templates"]
templates_path = ["_templates"]
myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 4
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autosummary_ignore_module_all = False
html_theme = "furo"
html_title = project
html_copy_source = html_show_sourcelink = html_show_copyright = html_show_sphinx = False
html_static_path = [str(PROJECT / "autograder/feedback_page/course_feedback/formulas.css")]
html_css_files = ["formulas.css"]
html_math_renderer = "mathml"  # browsers read it as it is: no script, and nothing from a network


def setup(app: Sphinx) -> None:
    """Let formulas be MathML, the bars in docstrings bars, and arrays in signatures `Array`."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.connect("autodoc-process-docstring", _bars)
    app.connect("autodoc-process-signature", _arrays)


def _inline(writer: HTML5Translator, node: nodes.math) -> None:
    writer.body.append(_drawn(node.astext()))
    raise nodes.SkipNode


def _block(writer: HTML5Translator, node: nodes.math_block) -> None:
    writer.body.append(f'<div class="math">{_drawn(node.astext(), as_block=True)}</div>')
    raise nodes.SkipNode


def _drawn(tex: str, as_block: bool = False) -> str:
    formula = mathml(tex, as_block)
    if formula is None:
        raise ValueError(f"the formula {tex} cannot be drawn: write it in other words of TeX")
    return formula


def _bars(*event: object) -> None:
    """Take `|a - n|` for what it says; reStructuredText takes it for a substitution."""
    lines = cast(list[str], event[-1])
    lines[:] = [line.replace("|", r"\|") for line in lines]


def _arrays(*event: object) -> tuple[str, str | None] | None:
    """Write what a type alias of arrays stands for as short as the source does."""
    what, thing, signature, returns = event[1], event[3], *event[-2:]
    if signature is None:  # a module's
        return None
    if what == "class" and "__init__" in vars(thing):  # of widgets it is that of __new__
        own = inspect.signature(vars(thing)["__init__"], bound_method=True)
        signature = inspect.stringify_signature(own, show_return_annotation=False)
    return _short(str(signature)), None if returns is None else _short(str(returns))


def _short(annotations: str) -> str:
    return HIDDEN.sub("", ARRAY.sub("Array", ARRAY_LIKE.sub("ArrayLike", annotations)))
