"""a1_graphs / quiz_chain_rule: both derivatives of the function of C601's first quiz."""

import pytest

from autograder import expect
from autograder.program import Student
from reference.quizzes.a1_graphs import answer


def letter() -> object:
    """Return the letter that was chosen."""
    return answer


@pytest.mark.category("values")
def test_letter(student: Student) -> None:
    """The letter: both derivatives of the quiz's function, in the order in which it asks."""
    expect.equal(student(letter), letter())
