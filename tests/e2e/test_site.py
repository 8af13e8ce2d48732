"""The documentation site: it is whole, needs no network, and can be read by everybody."""

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Literal, TypeAlias
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from autograder.rooms import PROJECT, Rooms
from tests.autograder.test_leaks import readings, solution_statements
from tests.e2e import screenshots
from tests.e2e.accessible import faults
from tests.e2e.visitor import Visitor, visit

pytestmark = pytest.mark.thorough(together=True)
GENERATED = {"api", "_modules", "search"}  # alike, all of them: one is looked at
ONE = "api/reference.layers.convolution"
# A column that is headed by a formula has a label, which this rule of axe's does not look at.
NAMED = re.compile(r'empty-table-header: .*: <th class="head" aria-label="[^"]')
Scheme: TypeAlias = Literal["light", "dark"]
LOADING = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}


class Page(HTMLParser):
    """What a page can be pointed at, points at, and loads."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.ids, self.links, self.loads = {""}, set[str](), set[str]()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.ids.add(found.get("id", ""))
        if tag == "a" and "href" in found:
            self.links.add(found["href"])
        if (name := LOADING.get(tag)) and name in found:
            self.loads.add(found[name])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    words = [sys.executable, "docs/make_site.py", str(folder)]
    done = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "html"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {file: Page(file) for file in site.rglob("*.html")}


def test_every_link_leads_somewhere(pages: dict[Path, Page]) -> None:
    broken: list[str] = []
    for file, page in pages.items():
        for link in page.links | page.loads:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            known = pages.get(target)
            there = target.exists() if known is None else unquote(parts.fragment) in known.ids
            if not there:
                broken.append(f"{file.name}: {link}")
    assert broken == []


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    outside = [(file.name, at) for file, page in pages.items() for at in page.loads if "//" in at]
    assert outside == []
    sheets = [sheet.read_text(encoding="utf-8") for sheet in site.rglob("*.css")]
    assert [
        found for sheet in sheets for found in re.findall(r"url\(['\"]?(?:https?:)?//", sheet)
    ] == []


def test_every_worked_example_has_its_place_in_a_lesson(pages: dict[Path, Page]) -> None:
    (syllabus,) = (page for file, page in pages.items() if file.name == "syllabus.html")
    linked = {
        int(n) for at in syllabus.links for n in re.findall(r"lessons/\w+\.html#\S*-w(\d+)$", at)
    }
    assert linked == set(range(1, 41))


def test_it_says_no_answer(pages: dict[Path, Page]) -> None:
    said = {file.name: "".join(readings(file)) for file in pages}
    told = [
        (name, of)
        for assignment in Rooms().known()
        for statement, of in solution_statements(assignment, Rooms()).items()
        for name, text in said.items()
        if statement in text
    ]
    assert told == []


@pytest.fixture(scope="module")
def reader(site: Path, browser: Browser) -> Iterator[Visitor]:
    with visit(browser, site.as_uri()) as reader:
        yield reader


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(site: Path, reader: Visitor, scheme: Scheme) -> None:
    reader.page.emulate_media(color_scheme=scheme)
    found: dict[str, list[str]] = {}
    written = (page.relative_to(site).with_suffix("") for page in sorted(site.rglob("*.html")))
    names = [page.as_posix() for page in written if not GENERATED & set(page.parts)]
    assert len(names) > 25
    for name in [*names, ONE]:
        reader.page.goto((site / f"{name}.html").as_uri())
        screenshots.keep(reader.page, f"site-{name.replace('/', '-')}-{scheme}")
        if wrong := [each for each in faults(reader.page) if not NAMED.match(each)]:
            found[name] = wrong
    assert found == {}
    assert (reader.errors, reader.outside, reader.dialogs) == ([], [], [])


def test_a_column_that_a_formula_heads_is_named_by_it_alone(site: Path) -> None:
    said = (site / "lessons/a5_convolution.html").read_text(encoding="utf-8")
    names = re.findall(r'<th class="head" aria-label="([^"]*)"', said)
    assert {"n", "k", "s", "p"} <= set(names)
    assert max(map(len, names)) < 30


@pytest.mark.browser
def test_it_is_searched_without_a_server(site: Path, reader: Visitor) -> None:
    reader.page.goto((site / "search.html").as_uri() + "?q=broadcasting")
    expect(reader.page.locator("#search-results a").first).to_be_visible()
