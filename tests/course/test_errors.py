"""Which line is named when an exception arises."""

import pytest

from course.errors import error_in_words, students_line


class Number:
    def __init__(self, data):
        if not isinstance(data, float):
            raise TypeError(f"one number, not {data!r}")  # as the given code does


class Round:
    def there(self):
        return self.back()  # there

    def back(self):
        return [self.there() for _ in range(1)]  # back


def line_of(call):
    with pytest.raises((TypeError, ZeroDivisionError, RecursionError)) as caught:
        call()
    return students_line(caught.value)


def test_a_line_that_raises_on_purpose_passes_the_blame_on():
    def double(x):
        return Number([x])  # the culprit

    line = line_of(lambda: double(1.0))
    assert line.startswith("in double, line ")
    assert line.endswith("return Number([x])  # the culprit")


def test_given_code_is_not_the_students(tmp_path):
    names = {}
    given = "def helper(x):\n    return 1 / x\n"
    exec(compile(given, str(tmp_path / "given.py"), "exec"), names)

    def divide():
        return names["helper"](0)  # the culprit

    assert line_of(divide).endswith("the culprit")


def test_an_endless_recursion_names_each_line_it_goes_through_once():
    line = line_of(Round().there)
    assert line.count("in Round.there, line ") == line.count("# there") == 1
    assert line.count("in Round.back, line ") == line.count("# back") == 1
    assert "listcomp" not in line


def test_an_unknown_name_may_be_in_another_cell():
    told = error_in_words(NameError("name 'f' is not defined"))
    assert told.endswith("If that is defined in another cell, run that cell first")
    assert "another cell" not in error_in_words(UnboundLocalError("local variable 'f'"))
