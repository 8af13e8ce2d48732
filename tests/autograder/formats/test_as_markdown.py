"""Markdown: a table of the class, a section for each, and nobody's marks but our own."""

from autograder.formats.as_markdown import as_markdown
from tests.autograder.test_formats import report


def test_the_class_comes_first_then_each_notebook():
    lines = as_markdown([report(), report("bob", repairs=("Mended.",))]).splitlines()
    assert lines[:4] == [
        "| student | notebook | points | passed |",
        "| --- | --- | ---: | ---: |",
        "| ada | x.ipynb | 27.5 of 34 | 1 of 2 |",
        "| bob | x.ipynb | 27.5 of 34 | 1 of 2 |",
    ]
    assert "| gates | 3.5 of 10 | 2 tests: Add. |" in lines
    assert "| value\\_ops | 24 of 24 |  |" in lines
    assert lines.count("## ada: a1\\_graphs") == 1
    assert "- repaired: Mended." in lines


def test_what_students_write_is_shown_as_it_is():
    said = as_markdown([report("a|b", "<img src=x>\n# `x` [y](z) **w**")])
    assert "<img" not in said
    assert "| a\\|b |" in said
    assert "&lt;img src=x&gt; \\# \\`x\\` \\[y\\](z) \\*\\*w\\*\\*" in said
    rows = [line for line in said.splitlines() if line.startswith("|")]
    assert {row.replace("\\|", "").count("|") for row in rows} == {4, 5}


def test_a_known_mistake_is_named_by_its_idea():
    known = report()
    for test in known.exercises[0].tests[1:]:
        test.misconception = "slopes_not_swapped"
    (row,) = [line for line in as_markdown([known]).splitlines() if line.startswith("| gates")]
    assert "2 tests: known mistake: Each factor is given its own value as the slope" in row
    assert "Add." not in row
