"""a2_tensors / quiz_layouts: the shapes of all nine kinds of derivatives."""

import pytest

from autograder import expect
from autograder.program import Student
from reference.quizzes.a2_tensors import answers


def row(denominator: str) -> object:
    """Return the three shapes of one row of the table."""
    return [answers[f"{above} by {denominator}"] for above in ("scalar", "vector", "matrix")]


@pytest.mark.category("values")
@pytest.mark.parametrize("denominator", ["scalar", "vector", "matrix"])
def test_shapes(student: Student, denominator: str) -> None:
    """A row of the table: the axes of the denominator first, then those of the numerator."""
    expect.equal(student(row, denominator), row(denominator))
