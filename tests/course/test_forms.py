"""The form of an answer that is a value: what is wrong is said, what is right is not."""

import numpy as np
import pytest

from course.forms import Form

TABLE = Form("table", ("scalar", "vector"))
PAIRS = Form("pairs")


@pytest.mark.parametrize(
    ("form", "answer"),
    [
        (Form("choice", ("A", "B")), "B"),
        (TABLE, {"scalar": (), "vector": (4,)}),
        (TABLE, {"vector": (0, -1), "scalar": (7,)}),
        (PAIRS, set()),
        (PAIRS, {(0, 2), (1, 1)}),
        (PAIRS, frozenset({(0, 2)})),
    ],
)
def test_the_right_form(form: Form, answer: object):
    assert not form.unanswered(answer)
    assert form.flaw(answer) is None


@pytest.mark.parametrize(
    ("form", "answer", "said"),
    [
        (Form("choice", ("A", "B")), "C", "one letter in quotes: one of A, B."),
        (TABLE, [()], "but should be a dict."),
        (TABLE, {"scalar": ()}, "lacks 1 key: vector."),
        (TABLE, {"scalar": (), "vector": (4,), "Matrix": ()}, "nobody asked for: 'Matrix'."),
        (TABLE, {"scalar": (), "vector": 4}, "A tuple with one entry is written with a comma"),
        (TABLE, {"scalar": (), "vector": [4]}, "but should be a tuple of whole numbers."),
        (TABLE, {"scalar": (), "vector": (4.0,)}, "'vector'"),
        (TABLE, {"scalar": (), "vector": np.zeros(3)}, "'vector'"),
        (PAIRS, {(0, 1): 2}, "but should be a set of pairs"),
        (PAIRS, [(0, 1)], "but should be a set of pairs"),
        (PAIRS, {(0, 1, 2)}, "each should be a pair"),
        (PAIRS, {(0, True)}, "each should be a pair"),
        (PAIRS, {"01"}, "each should be a pair"),
    ],
)
def test_another_form_is_told(form: Form, answer: object, said: str):
    flaw = form.flaw(answer)
    assert flaw is not None
    assert said in flaw


@pytest.mark.parametrize("form", [Form("choice", ("A",)), TABLE, PAIRS])
def test_what_is_not_filled_in_yet(form: Form):
    assert form.unanswered(...)
    assert form.asked()
    assert form.unanswered({"scalar": (), "vector": ...})
    assert not form.unanswered({"scalar": np.zeros(3)})
