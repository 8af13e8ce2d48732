"""Copies are seen through new names; independent work and what is handed out are not copies."""

import re
import sys
from pathlib import Path

import pytest

from autograder.assignment import read_assignment
from autograder.insights.copies import Copies, copies
from autograder.insights.gathering import HandedIn
from autograder.manifest import manifest
from tests.autograder.insights.a_class import ASSIGNMENT, graded

SOLUTIONS = Path(__file__).parent.parent / "suites" / "solutions" / ASSIGNMENT


def compared(**codes: str) -> Copies:
    handed_in = [
        HandedIn(graded(student, {}).report, Path("report.json"), [code])
        for student, code in codes.items()
    ]
    return copies(handed_in, read_assignment(ASSIGNMENT))


def solution(name: str) -> str:
    return (SOLUTIONS / f"{name}.py").read_text()


def test_a_copy_with_new_names_and_comments_is_found():
    original = solution("closures")
    renamed = re.sub(r"\b(steps|total|pairs|product|weight)\b", r"my_\1", original)
    copy = renamed.replace("\n\n\n", "\n\n# all of this is mine\n")
    assert copy != original
    found = compared(ada=original, bela=copy, cleo=solution("arrays"), dora=solution("counters"))
    assert [(pair.first, pair.second) for pair in found.pairs] == [("ada", "bela")]
    assert min(found.pairs[0].of_first, found.pairs[0].of_second) > 0.95
    assert found.compared == 6
    assert found.usual < 0.6


def test_a_part_of_much_is_no_copy_of_all():
    part = "".join(solution("closures").partition("class Value")[:1])
    assert compared(ada=solution("closures"), bela=part).pairs == []


def test_what_the_release_hands_out_does_not_count():
    stubs = "".join(f"{cell.source}\n" for cell in manifest(read_assignment(ASSIGNMENT)))
    found = compared(ada=stubs + solution("arrays"), bela=stubs + solution("counters"))
    assert found.pairs == []
    assert found == compared(ada=solution("arrays"), bela=solution("counters"))
    assert compared(ada=stubs, bela=stubs).compared == 0


def test_only_the_most_alike_are_shown():
    found = compared(**{f"student_{number}": solution("arrays") for number in range(9)})
    assert (len(found.pairs), found.more, found.compared) == (30, 6, 36)


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "copydetect", None)
    found = compared(ada=solution("arrays"), bela=solution("arrays"))
    assert (found.pairs, found.compared) == ([], 0)
    assert "pip install 'backprop-course[similarity]'" in found.missing
