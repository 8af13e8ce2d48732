# pyright: basic
# (copydetect has no types)
"""Possible copies: pairs of students with much of their code in common, found by copydetect.

copydetect compares the k-grams of code whose names, strings and comments were taken out (the
fingerprints of Schleimer, Wilkerson and Aiken, "Winnowing", SIGMOD 2003), so that renaming hides
nothing. What the release hands out is taken away first, line by line.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from autograder.assignment import Assignment
from autograder.directives import Code
from autograder.insights.gathering import HandedIn
from autograder.manifest import manifest

GRAM = 25  # characters of filtered code: copydetect's own choice
EVERY = 1  # a window of one keeps every k-gram, so that the result is exact
LITTLE = 300  # filtered characters: short code is alike by chance
ALIKE = 0.8
MOST = 30
MISSING = (
    "Possible copies are not looked for: copydetect is not installed. "
    "`pip install 'backprop-course[similarity]'` brings it."
)


@dataclass(frozen=True)
class Pair:
    """Two students; which share of the first one's code the second has, and the other way round."""

    first: str
    second: str
    of_first: float
    of_second: float


@dataclass(frozen=True)
class Copies:
    """The pairs that are most alike, how many `more` there are, and all that were compared.

    `usual` is the median of these. `missing` says how to get what is needed; there is nothing then.
    """

    pairs: list[Pair]
    more: int = 0
    compared: int = 0
    usual: float = 0.0
    missing: str = ""


def copies(handed_in: Sequence[HandedIn], assignment: Assignment) -> Copies:
    """Compare each student's code with each other's."""
    try:
        from copydetect import CodeFingerprint, compare_files
    except ImportError:
        return Copies([], missing=MISSING)
    given = _given(assignment)
    prints = {
        each.student: CodeFingerprint("code.py", GRAM, EVERY, fp=io.StringIO(_own(each, given)))
        for each in handed_in
    }
    long = {name: found for name, found in prints.items() if len(found.filtered_code) >= LITTLE}
    pairs = []
    for first, second in combinations(sorted(long), 2):
        _, shares, _ = compare_files(long[first], long[second])
        pairs.append(Pair(first, second, min(1.0, float(shares[0])), min(1.0, float(shares[1]))))
    alike = [pair for pair in pairs if _both(pair) >= ALIKE]
    alike.sort(key=lambda pair: (-_both(pair), pair.first, pair.second))
    usual = median(map(_both, pairs)) if pairs else 0.0
    return Copies(alike[:MOST], len(alike[MOST:]), len(pairs), usual)


def _both(pair: Pair) -> float:
    """The smaller share: little code is easily contained in much."""
    return min(pair.of_first, pair.of_second)


def _given(assignment: Assignment) -> set[str]:
    """Return the lines of code that the release hands out, the answers' stubs among them."""
    texts = [cell.source for cell in assignment.cells if isinstance(cell, Code)]
    texts += [cell.source for cell in manifest(assignment)]
    return {line.strip() for text in texts for line in text.split("\n")}


def _own(handed_in: HandedIn, given: set[str]) -> str:
    """Return the code without the lines that all students were given."""
    lines = "\n".join(handed_in.code).split("\n")
    return "\n".join(line for line in lines if line.strip() not in given) + "\n"
