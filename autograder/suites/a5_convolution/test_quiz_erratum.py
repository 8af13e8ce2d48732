"""a5_convolution / quiz_erratum: where the slide of the blurred letter is wrong."""

import pytest

from autograder import expect
from autograder.program import Student
from reference.quizzes.a5_convolution import misprints


def found() -> object:
    """Return the pairs in order."""
    return sorted(misprints)


@pytest.mark.category("values")
def test_misprints(student: Student) -> None:
    """Every entry that differs, counted from zero, and no other."""
    expect.equal(student(found), found())
