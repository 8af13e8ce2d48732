"""The page and the table: whole, harmless, in words, and from the store alone."""

import csv
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder.insights import write_insights
from tests.autograder.insights.a_class import ASSIGNMENT, HOSTILE, graded, keep, the_class


class Outline(HTMLParser):
    """What of a page matters here: its elements, ids, addresses and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "xlink:href", "src"):
                self.links.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)

    def handle_endtag(self, tag: str) -> None:
        self.text += " " if tag in ("td", "th") else ""

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def classroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    keep(tmp_path, *the_class())
    return tmp_path


def written() -> tuple[Outline, str]:
    page, _ = write_insights(ASSIGNMENT, None)
    text = page.read_text(encoding="utf-8")
    return Outline(text), text


def test_what_students_made_is_text(classroom: Path):
    outline, page = written()
    assert {"b", "i", "script", "iframe", "link", "img"} & outline.tags == set()
    assert outline.handlers == []
    assert HOSTILE.removesuffix("\u202e") in outline.text
    assert "the cell that begins with `<script>`" in outline.text
    assert "cell `<i>gates</i>` was missing" in outline.text
    assert "\u202e" not in page


def test_it_needs_nothing_from_elsewhere(classroom: Path):
    outline, page = written()
    assert [link for link in outline.links if not link.startswith("#")] == []
    assert len(outline.links) > 20
    assert {link[1:] for link in outline.links} <= set(outline.ids)
    assert len(outline.ids) == len(set(outline.ids))
    assert re.search(r"url\((?!#)|@import", page) is None


def test_mistakes_are_sentences_on_the_page_and_in_the_table(classroom: Path):
    outline, page = written()
    table = (classroom / "insights" / f"{ASSIGNMENT}.csv").read_text(encoding="utf-8-sig")
    for text in (outline.text, table):
        assert "The gradient is overwritten where it must be accumulated." in text
        assert "Each factor is given its own value as the slope." in text
    for slug in ("slopes_not_swapped", "overwrites"):
        assert slug not in page
        assert slug not in table


def test_it_tells_all_that_it_should(classroom: Path):
    outline, _ = written()
    said = " ".join(outline.text.split())
    for sentence in (
        "fit_constant",
        "7 of 75 wrong answers give just what a known mistake gives",
        "and 2 more",
        "late gates 1 of 1 tests",
        "36 pairs were compared by copydetect",
    ):
        assert sentence in said, sentence


def test_pictures_take_the_colours_of_the_page(classroom: Path):
    _, page = written()
    drawn = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawn) == 2
    for picture in drawn:
        assert set(re.findall(r"(?:fill|stroke): ([^;\"]+)", picture)) <= {
            "none", "var(--ink)", "var(--faint)", "var(--bar)", "var(--mark)"
        }  # fmt: skip


def test_a_table_for_a_spreadsheet(classroom: Path):
    keep(classroom, graded('=HYPERLINK("x")', {"gates": 0.5}))
    _, table = write_insights(ASSIGNMENT, None)
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(the_class()) + 1
    by_name = {row["student"]: row for row in rows}
    assert by_name['\'=HYPERLINK("x")']["score"] == "5.0"
    late = by_name["late"]
    assert (late["percent"], late["gates"], late["value_ops"]) == ("5.0", "5.0", "0.0")
    assert late["time_outs"] == "gates: 1 of 1 tests"
    assert late["receipt"] == "key of late.json"
    assert by_name["torn"]["repairs"] == "cell `<i>gates</i>` was missing"


def test_a_folder_of_ones_own(classroom: Path):
    page, table = write_insights(ASSIGNMENT, classroom / "elsewhere" / "deep")
    assert page == classroom / "elsewhere" / "deep" / f"{ASSIGNMENT}.html"
    assert table == page.with_suffix(".csv")
    assert page.exists()
    assert table.exists()


def test_a_file_is_no_folder(classroom: Path):
    (classroom / "page.html").touch()
    with pytest.raises(NotADirectoryError, match="is a file; give a folder"):
        write_insights(ASSIGNMENT, classroom / "page.html")


def test_old_reports_are_said_to_be_old(classroom: Path):
    old = graded("old", {})
    old.report.versions["numpy"] = "1.0"
    keep(classroom, old)
    outline, _ = written()
    assert "1 of 13 reports were made by another version" in " ".join(outline.text.split())


def test_one_student_is_a_class(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    keep(tmp_path, graded("ada", {"gates": 1.0}))
    outline, _ = written()
    assert "standard deviation" not in outline.text
    assert "Fewer than two students" in outline.text
    assert "With fewer than 10 students it says little." in outline.text
    for sentence in ("Nothing took too long.", "All notebooks were whole."):
        assert sentence in outline.text


def test_without_copydetect_the_page_says_how_to_get_it(
    classroom: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "copydetect", None)
    outline, _ = written()
    assert "pip install 'backprop-course[similarity]'" in outline.text


def test_an_unknown_assignment_is_named(classroom: Path):
    with pytest.raises((ValueError, OSError), match="a9_nothing"):
        write_insights("a9_nothing", None)
