"""Make the documentation site, build/site/html, which needs neither a server nor a network.

    python docs/make_site.py [FOLDER]

Its pages are those of this folder, and some that are made here: the lessons as they are released,
the syllabus with each worked example's place in them, the reference of the packages, the changes.
"""

import html
import json
import os
import re
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template

from sphinx.cmd.build import main as sphinx

from autograder.assignment import Assignment, read_assignment
from autograder.bundles.notebooks import released
from autograder.configuration import own_gradebook
from autograder.rooms import PROJECT, Rooms

DOCS = Path(__file__).resolve().parent
LEFT_OUT = ("*.py", "a[1-6]_*.md", "__pycache__")  # what essays should say is not for students
SITE = PROJECT / "build" / "site"
HEADING = r"### Example W(\d+): (.+) \((.+)\)$"
IN_TEXT = r"\*\*Example W(\d+)\*\*, (.+?) of (\w+)"
EXAMPLE = re.compile(rf"^(?:{HEADING}|{IN_TEXT})", re.MULTILINE)
MODULES = {
    "reference": "The answers, and a library that is built from them: NumPy alone.",
    "course": "What students have.",
    "autograder": "What hidden tests are written with, and what grading gives.",
}
OF_AUTOGRADER = ("expect", "program", "report", "grade", "lms")
WORKED = 40
FORMULA_HEAD = re.compile(r'<th class="head"><p>(<math(?:(?!</th>).)*</math>)</p></th>', re.DOTALL)
TAG = re.compile(r"<[^>]*>")
# What the theme and docutils leave out.
ACCESSIBLE = {
    'role="heading"': 'role="heading" aria-level="2"',
    '<aside class="sidebar-drawer"': '<aside class="sidebar-drawer" aria-label="All pages"',
    '<aside class="toc-drawer': '<aside aria-label="This page" class="toc-drawer',
    '<th class="head"><p></p></th>': "<td></td>",
    "<pre>": '<pre tabindex="0">',
    '<div class="math-wrapper': '<div tabindex="0" class="math-wrapper',
    '<div class="table-wrapper': '<div tabindex="0" class="table-wrapper',
}


@dataclass(frozen=True)
class Example:
    """A worked example in a lesson."""

    number: int
    title: str
    deck: str
    lesson: Assignment
    target: str


def main(site: Path) -> int:
    """Gather the pages and let Sphinx make them; a warning is an error."""
    shutil.rmtree(site, ignore_errors=True)
    pages = site / "pages"
    shutil.copytree(DOCS, pages, ignore=shutil.ignore_patterns(*LEFT_OUT))
    shutil.copy(DOCS / "conf.py", pages)
    shutil.copy(PROJECT / "CHANGELOG.md", pages / "changes.md")
    (pages / "lessons").mkdir()
    with tempfile.TemporaryDirectory() as classroom:
        os.environ["COURSE_ROOT"] = classroom  # whatever the instructor's own has released
        own_gradebook(Path(classroom))
        examples = [example for name in Rooms().known() for example in write_lesson(name, pages)]
    (pages / "syllabus.md").write_text(syllabus(examples), encoding="utf-8")
    (pages / "api.md").write_text(api(), encoding="utf-8")
    words = ("-W", "--keep-going", "-q", "-b", "html", "-d", str(site / "doctrees"))
    failed = sphinx([*words, str(pages), str(site / "html")])
    for file in (site / "html").rglob("*.html"):
        file.write_text(for_everybody(file.read_text(encoding="utf-8")), encoding="utf-8")
    return failed


def for_everybody(page: str) -> str:
    """Complete a page for readers with a keyboard or a screen reader."""
    for found, wanted in ACCESSIBLE.items():
        page = page.replace(found, wanted)
    return FORMULA_HEAD.sub(_with_name, page)


def _with_name(head: re.Match[str]) -> str:
    """Name a column that is headed by a formula, for which MathML alone is no name."""
    name = html.escape(html.unescape(" ".join(TAG.sub(" ", head[1]).split())))
    return f'<th class="head" aria-label="{name}"><p>{head[1]}</p></th>'


def write_lesson(name: str, pages: Path) -> list[Example]:
    """Write a lesson as students get it; return its worked examples."""
    lesson = read_assignment(name)
    notebook = json.loads(released(lesson)[f"{name}.ipynb"])
    found: list[Example] = []
    parts: list[str] = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            parts.append(f"```python\n{source.strip()}\n```" if source.strip() else "")
            continue
        for match in EXAMPLE.finditer(source):
            number, title, deck = filter(None, match.groups())
            target = f"{name}-w{number}"
            found.append(Example(int(number), title, deck, lesson, target))
            source = source.replace(match[0], f"({target})=\n\n{match[0]}")
        parts.append(source)
    (pages / "lessons" / f"{name}.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return found


def syllabus(examples: list[Example]) -> str:
    """Write the page of all worked examples.

    Raises:
        SystemExit: one has no place in any lesson.
    """
    by_number: dict[int, list[Example]] = defaultdict(list)
    for example in examples:
        by_number[example.number].append(example)
    missing = [number for number in range(1, WORKED + 1) if number not in by_number]
    if missing:
        sys.exit(f"no lesson has the worked examples {', '.join(f'W{n}' for n in missing)}")
    rows = "".join(_row(number, by_number[number]) for number in sorted(by_number))
    lessons = "".join(_lesson_row(read_assignment(name)) for name in Rooms().known())
    text = (DOCS / "syllabus.md.in").read_text(encoding="utf-8")
    return Template(text).substitute(lessons=lessons, examples=rows)


def _row(number: int, examples: list[Example]) -> str:
    first = examples[0]
    places = ", ".join(f"[{each.lesson.id}](#{each.target})" for each in examples)
    return f"| W{number} | {first.title} | {first.deck} | {places} |\n"


def _lesson_row(lesson: Assignment) -> str:
    exercises = ", ".join(f"`{each.id}`" for each in lesson.exercises)
    return f"| [{lesson.id}](lessons/{lesson.id}.md) | {lesson.title} | {exercises} |\n"


def api() -> str:
    """Write the page from which autosummary makes those of the modules."""
    parts = ["# Reference of the packages\n"]
    for package, about in MODULES.items():
        parts += [f"## {package}\n", about + "\n", "```{eval-rst}", ".. autosummary::"]
        parts += ["   :toctree: api", "   :recursive:", ""]
        parts += [f"   {name}" for name in _modules(package)] + ["```\n"]
    return "\n".join(parts)


def _modules(package: str) -> Iterator[str]:
    if package == "autograder":
        yield from (f"autograder.{name}" for name in OF_AUTOGRADER)
        return
    for path in sorted((PROJECT / package).glob("*")):
        public = not path.name.startswith("_") and path.stem != "quizzes"
        if public and (path.suffix == ".py" or (path / "__init__.py").exists()):
            yield f"{package}.{path.stem}"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else SITE))
