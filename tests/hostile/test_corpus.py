"""Hostile and broken submissions: points for what they solved alone, and nothing told."""

import msgspec
import pytest

from autograder.formats import FORMATS
from autograder.grade import Graded
from tests.hostile.case import Case, collect
from tests.hostile.course import leaks
from tests.hostile.exam import Exam, earned, told

pytestmark = pytest.mark.thorough

CASES = collect()
MOST_CHARACTERS = 20 * 2**20


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_gets_what_it_solved_and_tells_nothing(exam: Exam, case: Case):
    graded = exam.grade(case)
    assert earned(graded) == exam.papers[case.assignment].due(case)
    said = told(graded)
    assert leaks(said) == []
    assert [word for word in case.tells if word not in said] == []
    assert [word for word in case.hides if word in said] == []
    assert_readable(graded)


def assert_readable(graded: Graded) -> None:
    """Every way to write it works, and what comes out is of a size that can be opened."""
    stored = msgspec.json.encode(graded)
    assert len(stored) < MOST_CHARACTERS
    assert msgspec.json.decode(stored, type=Graded) == graded
    for write in FORMATS.values():
        assert write([graded.report])
    assert all(text.replace("\n", "").isprintable() for text in graded.accounts.values())
    kinds = [each.error for each in graded.report.cells_with_errors]
    assert all(kind.isprintable() and len(kind) <= 200 for kind in kinds)
