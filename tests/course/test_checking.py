"""What `check` says, in words, about right, wrong, unfinished and broken work."""

import json
import warnings

import numpy as np
import pytest

from course import check
from course.failure import CheckFailed
from tests.course.conftest import case, program


def said(capsys, exercise, *objects):
    """What is printed by a check that fails, and the line it raises."""
    with pytest.raises(CheckFailed) as caught:
        check(exercise, *objects)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(exercise)
    printed = capsys.readouterr()
    assert printed.err == ""
    return printed.out, str(caught.value)


@pytest.mark.usefixtures("small")
def test_right_work_passes_and_no_marks_are_promised(capsys):
    check("halves", lambda x: x / 2)
    out = capsys.readouterr().out
    assert out == "halves: the visible checks pass (4 of 4).\n"
    assert "mark" not in out


@pytest.mark.usefixtures("small")
def test_the_call_the_result_and_the_expectation_are_told(capsys):
    out, line = said(capsys, "halves", lambda x: x / 2 + (x == 6))
    assert line == "halves: 1 of 4 visible checks does not pass"
    assert "halve_it(6.0) - Half of a number (W1)." in out
    assert "return halve(x)" in out
    assert "came back: 4.0" in out
    assert "expected:  3.0" in out
    assert "result is 4, expected 3 (relative error 0.33)." in out
    assert "halve_it(4.0)" not in out


@pytest.mark.usefixtures("small")
def test_at_most_three_are_told_and_the_others_counted(capsys):
    out, line = said(capsys, "halves", lambda x: 0.0)
    assert line == "halves: 4 of 4 visible checks do not pass"
    assert out.count("came back:") == 3
    assert "\n1 more check does not pass.\n" in out


@pytest.mark.usefixtures("small")
def test_a_known_mistake_gets_its_hint_and_only_there(capsys):
    out, _ = said(capsys, "halves", lambda x: 2 * x)
    assert out.count("Hint: Is it a half or the double? (See W1.)") == 1
    out, _ = said(capsys, "halves", lambda x: 3 * x)
    assert "Hint" not in out


@pytest.mark.usefixtures("small")
def test_what_speaks_against_a_mistake_takes_its_hint_away(capsys, small):
    out, _ = said(capsys, "halves", lambda x: 2 * x)
    assert out.count("Hint: Is it a half or the double?") == 1, "once, though it explains all"
    out, _ = said(capsys, "halves", lambda x: 8.0)
    assert "Hint" not in out, "another failed check came out otherwise"
    out, _ = said(capsys, "halves", lambda x: x / 2 if x == 6.0 else 2 * x)
    assert "Hint" not in out, "and here one passes that would not"
    content = json.loads((small / "checks.json").read_text())
    content["exercises"]["halves"]["programs"][0]["cases"][1]["misconceptions"] = []
    (small / "checks.json").write_text(json.dumps(content))
    out, _ = said(capsys, "halves", lambda x: 2 * x)
    assert "Hint" not in out, "it would have left right what failed"
    out, _ = said(capsys, "halves", lambda x: x / 2 if x == 6.0 else 2 * x)
    assert out.count("Hint") == 1


def test_a_mistake_that_raises_gets_its_hint_if_no_other_raises_the_same(capsys, small):
    content = json.loads((small / "checks.json").read_text())
    cases = content["exercises"]["halves"]["programs"][0]["cases"]
    for each in cases:
        raises = {"hint": "Is 0 a divisor?", "see": "W2", "raises": "ZeroDivisionError"}
        each["misconceptions"].append(raises)
    (small / "checks.json").write_text(json.dumps(content))
    out, _ = said(capsys, "halves", lambda x: x / 0)
    assert out.count("Hint: Is 0 a divisor? (See W2.)") == 1
    out, _ = said(capsys, "halves", lambda x: x.nothing)
    assert "Hint" not in out
    out, _ = said(capsys, "halves", lambda x: None)
    assert "Hint" not in out

    for each in cases:
        raises = {"hint": "Is it empty?", "see": "W3", "raises": "ZeroDivisionError"}
        each["misconceptions"].append(raises)
    (small / "checks.json").write_text(json.dumps(content))
    out, _ = said(capsys, "halves", lambda x: x / 0)
    assert "Hint" not in out


def test_a_list_serves_as_a_tuple(capsys, small):
    content = json.loads((small / "checks.json").read_text())
    content["exercises"]["pair"]["programs"][0]["source"] = "def both(x):\n    return first(x)\n"
    (small / "checks.json").write_text(json.dumps(content))
    check("pair", lambda x: [x, 2 * x], abs)
    assert "pass (1 of 1)" in capsys.readouterr().out


def test_a_long_program_is_shown_whole_and_once(capsys, small):
    content = json.loads((small / "checks.json").read_text())
    program = content["exercises"]["halves"]["programs"][0]
    program["source"] = "def halve_it(x):\n" + "    x = x + 0\n" * 30 + "    return halve(x)\n"
    (small / "checks.json").write_text(json.dumps(content))
    out, _ = said(capsys, "halves", lambda x: 0.0)
    assert out.count("x = x + 0") == 30
    assert out.count("return halve(x)") == 1
    assert out.count("came back:") == 3


@pytest.mark.usefixtures("small")
def test_an_untouched_stub_is_not_a_fault(capsys):
    def halve(x):
        raise NotImplementedError

    out, line = said(capsys, "halves", halve)
    assert line == "halves: not written yet"
    assert "halve is not written yet. Fill in the cell above" in out
    assert "Error" not in out


@pytest.mark.usefixtures("small")
def test_one_of_two_functions_is_not_written(capsys):
    def second(x):
        raise NotImplementedError

    out, _ = said(capsys, "pair", lambda x: x, second)
    assert "second is not written yet" in out


@pytest.mark.usefixtures("small")
def test_an_exception_is_told_with_the_students_own_line(capsys):
    def halve(x):
        nothing = 0.0
        return np.linalg.inv([[nothing]])  # this very line

    out, _ = said(capsys, "halves", halve)
    assert "It stopped with LinAlgError: Singular matrix" in out
    assert "line " in out
    assert "test_checking.py" in out
    assert "return np.linalg.inv([[nothing]])  # this very line" in out
    assert "numpy/linalg" not in out
    assert "running.py" not in out


@pytest.mark.usefixtures("small")
def test_a_wrong_signature_is_told_with_the_line_of_the_check(capsys):
    out, _ = said(capsys, "halves", lambda: 1.0)
    assert "takes 0 positional arguments but 1 was given" in out
    assert "at this line of the check:\n      return halve(x)" in out


@pytest.mark.usefixtures("small")
def test_an_object_of_the_students_class_is_no_number(capsys):
    class Half:
        def __init__(self, x):
            self.x = x

    out, _ = said(capsys, "halves", Half)
    assert "result is a Half object, expected the number 2.0." in out


def test_only_a_class_of_the_notebook_can_have_lost_its_method(capsys, small):
    class Half:
        __module__ = "__main__"

        def __init__(self, x):
            self.x = x

    content = json.loads((small / "checks.json").read_text())
    content["exercises"]["halves"]["programs"][0]["source"] = (
        "def halve_it(x):\n    return halve(x).backward()\n"
    )
    (small / "checks.json").write_text(json.dumps(content))
    cure = "The class Half has no `backward`. If you wrote it in a cell of its own, run that cell"
    assert cure in said(capsys, "halves", Half)[0]
    for other in (abs, lambda x: None):
        out, _ = said(capsys, "halves", other)
        assert "object has no attribute 'backward'" in out
        assert "run that cell" not in out


@pytest.mark.usefixtures("small")
def test_endless_recursion_is_a_sentence(capsys):
    def halve(x):
        return halve(x)

    out, _ = said(capsys, "halves", halve)
    assert "RecursionError: functions called each other deeper than Python allows" in out
    assert len(out) < 3000


@pytest.mark.usefixtures("small")
def test_exit_does_not_end_the_notebook(capsys):
    out, _ = said(capsys, "halves", lambda x: exit())
    assert "exit or quit" in out


@pytest.mark.usefixtures("small")
def test_an_exception_that_cannot_describe_itself(capsys):
    class MuteError(Exception):
        def __str__(self):
            raise ValueError

    def halve(x):
        raise MuteError

    assert "It stopped with MuteError." in said(capsys, "halves", halve)[0]


@pytest.mark.usefixtures("small")
def test_a_result_that_cannot_be_shown(capsys):
    class Mute:
        def __repr__(self):
            raise ValueError

    assert "came back: <a Mute object>" in said(capsys, "halves", lambda x: Mute())[0]


@pytest.mark.usefixtures("small")
def test_shape_and_dtype_are_told_before_values(capsys):
    out, _ = said(capsys, "growth", lambda rows: rows.T)
    assert "result has shape (3, 2), expected (2, 3)." in out
    out, _ = said(capsys, "growth", lambda rows: (rows + 1).astype(int))
    assert "cuts off decimals" in out

    def sometimes(x):
        return 0.0 if x < 7 else np.zeros(2)

    out, _ = said(capsys, "halves", sometimes)
    assert out.index("halve_it(7.0)") < out.index("halve_it(4.0)")


def test_each_program_is_told_once_before_one_is_told_twice(capsys, small):
    content = json.loads((small / "checks.json").read_text())
    programs = content["exercises"]["halves"]["programs"]
    programs.append(
        {**programs[0], "name": "again", "source": "def again(x):\n    return halve(x)"}
    )
    (small / "checks.json").write_text(json.dumps(content))
    out, _ = said(capsys, "halves", lambda x: 0.0)
    assert out.index("halve_it(4.0)") < out.index("again(4.0)") < out.index("halve_it(6.0)")
    assert out.count("came back:") == 3


@pytest.mark.usefixtures("small")
def test_arrays_say_where_they_differ_most_and_get_a_picture(capsys):
    out, _ = said(capsys, "growth", lambda rows: rows + np.array([[1, 1, 1], [1, 1, 9]]))
    assert "result differs most at [1, 2]: 15 came back, expected 7" in out
    assert "1 of 6 values differs." in out
    assert "Picture of the error: grow_all: result, came back - expected, shape (2, 3)" in out


@pytest.mark.usefixtures("small")
def test_writing_into_the_inputs_is_noted_but_no_failure(capsys):
    def grow(rows):
        rows += 1.0
        return rows

    check("growth", grow)
    out = capsys.readouterr().out
    assert "the visible checks pass (1 of 1)" in out
    assert "your code wrote into rows" in out
    check("growth", grow)
    assert "pass (1 of 1)" in capsys.readouterr().out


@pytest.mark.usefixtures("small")
def test_warnings_do_no_harm_and_are_told_when_it_fails(capsys):
    def warned(x):
        warnings.warn("slow road", UserWarning, stacklevel=1)
        return np.float64(x) / 2 + (np.float64(1.0) / 0.0 > 0) - 1

    with warnings.catch_warnings():
        warnings.simplefilter("error")  # whatever is set outside
        check("halves", warned)
    assert capsys.readouterr().err == ""
    out, _ = said(capsys, "halves", lambda x: warned(x) + 1)
    assert "Python warned: slow road" in out
    assert "Python warned: divide by zero" in out


@pytest.mark.usefixtures("small")
def test_objects_go_by_the_order_of_the_names(capsys):
    check("pair", lambda x: x, lambda x: 2 * x)
    capsys.readouterr()
    out, _ = said(capsys, "pair", lambda x: x)
    assert 'given 1 object after the name of the exercise, and needs 2: check("pair", first' in out


@pytest.mark.usefixtures("small")
def test_a_literal_answer_is_checked_for_its_form_only(capsys):
    for letter in "ABC":
        check("letter", letter)
        out = capsys.readouterr().out
        assert "has the right form. Whether it is right is not checked here." in out
    assert "not answered yet" in said(capsys, "letter", ...)[0]
    for wrong in ("D", "", "AB", "a", 1, None, ["A"]):
        assert "one letter in quotes: one of A, B, C." in said(capsys, "letter", wrong)[0]


def test_a_missing_file_says_what_to_do(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    out, line = said(capsys, "halves", abs)
    assert "There is no checks.json" in out
    assert "Fetch the assignment again" in out
    assert line == "halves: the visible checks could not be run"


def test_another_assignments_file_says_whose_it_is(capsys, small):
    content = json.loads((small / "checks.json").read_text())
    content["assignment"] = "a9_other"
    del content["exercises"]["halves"]
    (small / "checks.json").write_text(json.dumps(content))
    out, _ = said(capsys, "halves", abs)
    assert out == (
        "There is no exercise 'halves'. The exercises are: growth, pair, letter. The checks.json "
        "beside this notebook is that of a9_other. Fetch the assignment again and keep its files "
        "together in one folder.\n"
    )


@pytest.mark.usefixtures("small")
def test_a_misspelt_exercise_is_guessed(capsys):
    out, _ = said(capsys, "halfs", abs)
    assert out == (
        "There is no exercise 'halfs'. Did you mean 'halves'? "
        "The exercises are: halves, growth, pair, letter.\n"
    )


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"schema": 1}', '{"schema": "1"}', "\0"])
def test_a_damaged_file_says_so(capsys, small, text):
    (small / "checks.json").write_text(text)
    out, _ = said(capsys, "halves", abs)
    assert "Fetch the assignment again" in out


def test_a_file_of_another_version_says_so(capsys, small):
    (small / "checks.json").write_text('{"schema": 2}')
    assert "another version" in said(capsys, "halves", abs)[0]


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("source", "def ("), ("source", 3), ("cases", None), ("says", 1), ("name", None),
        ("cases", [{}]), ("cases", [{"inputs": [{"a": 1}], "expected": 1, "misconceptions": []}]),
    ],
)  # fmt: skip
def test_a_damaged_program_says_so(capsys, small, part, value):
    content = json.loads((small / "checks.json").read_text())
    content["exercises"]["halves"]["programs"][0][part] = value
    (small / "checks.json").write_text(json.dumps(content))
    assert "checks.json is damaged" in said(capsys, "halves", abs)[0]


def test_of_a_long_dict_the_entry_that_differs_is_shown(capsys, small):
    source = (
        "def many(x):\n"
        "    return {**{f'entry number {n}': n / 8 for n in range(30)}, 'last': halve(x)}\n"
    )
    expected = {**{f"entry number {n}": n / 8 for n in range(30)}, "last": 2.0}
    content = json.loads((small / "checks.json").read_text())
    asked = program("many", "", source, ["halve"], case([4.0], expected))
    content["exercises"]["halves"]["programs"] = [asked]
    (small / "checks.json").write_text(json.dumps(content))
    out, _ = said(capsys, "halves", lambda x: 7.0)
    assert "['last'] came back: 7.0\n" in out
    assert "['last'] expected:  2.0\n" in out
    assert "entry number" not in out.replace(source.split("\n")[1], "")
