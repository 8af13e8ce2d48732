"""Reports written for people and for machines."""

from collections.abc import Callable

from autograder.formats.as_gradescope import as_gradescope
from autograder.formats.as_json import as_json
from autograder.formats.as_junit import as_junit
from autograder.formats.as_markdown import as_markdown
from autograder.formats.as_table import as_table
from autograder.report import Report

FORMATS: dict[str, Callable[[list[Report]], str]] = {
    "table": as_table,
    "json": as_json,
    "junit": as_junit,
    "gradescope": as_gradescope,
    "markdown": as_markdown,
}
