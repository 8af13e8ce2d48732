"""What others have written, in a table that a spreadsheet opens."""

import pytest

from autograder.spreadsheet import as_cell


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1", " =1", "\r\n=1", "-"])
def test_a_formula_is_made_a_text(text):
    assert as_cell(text).startswith("'")


def test_nor_is_it_one_once_the_unreadable_is_taken_out():
    assert as_cell("\x1b[2J\u202e=1+1") == "'=1+1"


@pytest.mark.parametrize("text", ["", "-1", "+1", "-1.5", "-1,5", "Ada", "O'Hara", "a=b", "1-2"])
def test_numbers_and_other_texts_stay_as_they_are(text):
    assert as_cell(text) == text
