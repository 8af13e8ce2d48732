"""Texts that others have written, in a table that a spreadsheet opens."""

import re

from autograder.sandbox.outputs import readable

FORMULA = re.compile(r"\s*[=+\-@]")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def as_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; a number such as -1 stays one."""
    text = readable(text)
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text
