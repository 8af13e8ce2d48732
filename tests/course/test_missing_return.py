"""The function that forgot its `return` is named, and no other."""

import json

import pytest

from course import check
from course.failure import CheckFailed


def said(capsys, *arguments):
    with pytest.raises(CheckFailed):
        check(*arguments)
    return capsys.readouterr().out


@pytest.fixture
def programs(small):
    """Replace the program that `check("pair", first, second)` runs."""

    def replace(source):
        content = json.loads((small / "checks.json").read_text())
        content["exercises"]["pair"]["programs"][0]["source"] = source
        (small / "checks.json").write_text(json.dumps(content))

    return replace


@pytest.mark.usefixtures("small")
def test_none_as_the_result(capsys):
    def halve(x):
        x / 2

    out = said(capsys, "halves", halve)
    assert "result is None, expected the number 2.0." in out
    assert "`halve` returned None: is a `return` missing?" in out


@pytest.mark.parametrize("kept", ["np.asarray(first(x))", "{'a': [np.array([first(x), 1])]}"])
def test_none_that_became_an_array(capsys, programs, kept):
    programs(f"def both(x):\n    return {kept}, second(x)\n")

    def first(x):
        (x, x)

    assert "`first` returned None: is a `return` missing?" in said(capsys, "pair", first, abs)


def test_none_that_is_taken_apart(capsys, programs):
    programs("def both(x):\n    a, b = first(x)\n    return second(a), b\n")

    def first(x):
        (x, x)

    out = said(capsys, "pair", first, abs)
    assert "`first` returned None: is a `return` missing?" in out
    assert "cannot unpack non-iterable NoneType object" in out
    assert "a, b = first(x)" in out


def test_a_method_far_from_the_line_that_breaks(capsys, programs):
    class Half:
        def __init__(self, x):
            self.x = x

        def __add__(self, other):
            Half(self.x + other.x)

        def __radd__(self, other):
            return self + Half(other)

    programs("def both(x):\n    total = 1.0 + first(x)\n    return total.x, second(x)\n")
    out = said(capsys, "pair", Half, abs)
    assert "`Half.__add__` returned None" in out  # __radd__ only hands it on
    assert "run that cell" not in out


def test_a_procedure_is_not_blamed(capsys, programs):
    programs("def both(x):\n    second(x)\n    return first(x).x, x\n")

    def second(x):
        notes = []
        notes.append(x)

    def first(x):
        second(x)
        return [None][0].x

    out = said(capsys, "pair", first, second)
    assert "'NoneType' object has no attribute 'x'" in out
    assert "return` missing" not in out


def test_what_an_exception_leaves_has_not_returned(capsys, programs):
    programs("def both(x):\n    return first(x), second(x)\n")

    def first(x):
        return x + None

    out = said(capsys, "pair", first, abs)
    assert "unsupported operand" in out
    assert "return` missing" not in out


@pytest.mark.usefixtures("small")
def test_what_the_student_prints_is_printed_once(capsys):
    def halve(x):
        print("here", x)

    assert said(capsys, "halves", halve).count("here 4.0") == 1
