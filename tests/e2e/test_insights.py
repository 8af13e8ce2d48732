"""The instructor's page in a browser: light and dark, by keyboard, on a small screen."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from autograder.insights import write_insights
from tests.autograder.insights.a_class import ASSIGNMENT, keep, the_class
from tests.e2e import screenshots
from tests.e2e.accessible import faults
from tests.e2e.visitor import Visitor, visit

pytestmark = pytest.mark.browser


@pytest.fixture
def reader(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    keep(tmp_path, *the_class())
    page, _ = write_insights(ASSIGNMENT, None)
    with visit(browser, page.as_uri()) as reader:
        reader.page.goto(page.as_uri())
        yield reader


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_from_reading_it(
    reader: Visitor, scheme: Literal["light", "dark"]
) -> None:
    reader.page.emulate_media(color_scheme=scheme)
    assert faults(reader.page) == []
    assert (reader.errors, reader.outside, reader.dialogs) == ([], [], [])
    screenshots.keep(reader.page, "report" if scheme == "light" else "report-dark")


def test_pictures_are_seen_in_both_themes(reader: Visitor) -> None:
    colours: list[object] = []
    for scheme in ("light", "dark"):
        reader.page.emulate_media(color_scheme=scheme)
        bar = reader.page.locator("figure svg path[style*='--bar']").first
        colours.append(bar.evaluate("path => getComputedStyle(path).fill"))
        assert bar.evaluate("path => path.getBoundingClientRect().width") > 5
    assert colours == ["rgb(0, 114, 178)", "rgb(86, 180, 233)"]


def test_wide_tables_scroll_by_keyboard_and_the_page_does_not(reader: Visitor) -> None:
    reader.page.set_viewport_size({"width": 400, "height": 800})
    width = "document.documentElement.scrollWidth"
    assert reader.page.evaluate(width) == 400
    table = reader.page.get_by_role("region", name="Table: students")
    table.focus()
    reader.page.keyboard.press("ArrowRight")
    reader.page.wait_for_timeout(300)
    assert table.evaluate("region => region.scrollLeft") > 0
