"""One rule for the visible checks and the hidden tests."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from course.compare import RTOL, RTOL_FLOAT32, difference

INF, NAN = float("inf"), float("nan")
FINITE = st.floats(-1e6, 1e6)
SHAPES = arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3),
        arrays.arrays(np.float64, SHAPES), arrays.arrays(np.int64, SHAPES),
        arrays.arrays(np.bool_, SHAPES),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)  # fmt: skip


def kind(got, expected):
    found = difference(got, expected)
    return None if found is None else found.kind


@given(VALUES)
def test_every_value_equals_itself(value):
    assert difference(value, value) is None


@given(VALUES, VALUES)
def test_a_difference_always_has_a_sentence(got, expected):
    found = difference(got, expected)
    assert found is None or (found.sentence.endswith(".") and found.error >= 0)


@given(arrays.arrays(np.float64, SHAPES, elements=FINITE), st.floats(1.5, 1e3), st.data())
def test_one_wrong_entry_is_found_where_it_is(expected, factor, data):
    if not expected.size:
        return
    place = data.draw(st.tuples(*(st.integers(0, side - 1) for side in expected.shape)))
    got = expected.copy()
    got[place] += factor * RTOL * max(1.0, abs(expected[place]))
    found = difference(got, expected)
    assert found is not None
    assert found.kind == "value"
    assert found.error == pytest.approx(factor * RTOL, rel=1e-3)
    assert not place or f"[{', '.join(map(str, place))}]" in found.sentence


@given(arrays.arrays(np.float64, SHAPES, elements=FINITE), st.floats(-0.9, 0.9))
def test_within_the_tolerance_nothing_is_said(expected, part):
    got = expected + part * RTOL * np.maximum(1.0, np.abs(expected))
    assert difference(got, expected) is None


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (1, 1.0), (1.0, 1), (np.float64(3), 3), (np.int32(3), 3.0), (np.array(3.0), 3.0),
        (3.0, np.array(3.0)), ((1, 2.0), [1.0, 2]), ([1.0], (1.0,)), (INF, INF), (NAN, NAN),
        ({"a": 1, "more": 2}, {"a": 1.0}), (np.True_, True), (10**400, 10**400),
        (np.float32(1.00005), 1.0), (np.ones(2, np.float32), np.ones(2)),
        (np.ones(2), np.ones(2, np.float32)), (np.uint8(3), 3), (-0.0, 0.0),
    ],
)  # fmt: skip
def test_as_good_as_expected(got, expected):
    assert difference(got, expected) is None


@pytest.mark.parametrize(
    ("got", "expected", "which"),
    [
        (None, 1.0, "type"), (1.0, None, "type"), ("1", 1, "type"), (1, "1", "type"),
        (True, 1.0, "type"), (1, True, "type"), (object(), 1.0, "type"), (1j, 1.0, "type"),
        ([1.0], np.ones(1), "type"), (np.ones(1), [1.0], "type"), (1.0, [1.0], "type"),
        ([], {}, "type"), ([1], [1, 2], "shape"), ({}, {"a": 1}, "shape"),
        (np.ones((2, 3)), np.ones((3, 2)), "shape"), (1.0, np.ones((3, 3)), "shape"),
        (np.ones(1), 1.0, "shape"), (np.ones((1, 3)), np.ones(3), "shape"),
        (np.ones(2, int), np.ones(2), "dtype"), (np.ones(2), np.ones(2, int), "dtype"),
        (np.ones(2, bool), np.ones(2), "dtype"), (np.ones(2, complex), np.ones(2), "dtype"),
        (np.array([None]), np.ones(1), "dtype"), (np.array(["a"]), np.ones(1), "dtype"),
        (NAN, 1.0, "value"), (1.0, NAN, "value"), (INF, 1.0, "value"), (-INF, INF, "value"),
        (NAN, INF, "value"), ("a", "b", "value"), (2, 1, "value"),
        (120_000_010, 120_000_000, "value"), (1.00001, 1.0, "value"), (3.00002, 3, "value"),
        (np.float32(1.0003), 1.0, "value"), (np.array([3, 4]), np.array([3, 5]), "value"),
    ],
)  # fmt: skip
def test_what_differs_and_how(got, expected, which):
    assert kind(got, expected) == which


class Unwritable(str):
    def __repr__(self):
        raise ValueError


def test_what_cannot_be_written_has_a_sentence_too():
    huge = difference(10**5000, [1.0])
    assert huge is not None
    assert huge.sentence == "result is the number <too long to write>, expected a list of 1 value."
    word = difference(Unwritable("a"), "b")
    assert word is not None
    assert word.sentence == "result is <an Unwritable object>, expected 'b'."


def test_form_is_told_before_value():
    found = difference((1.0, 9.0, [1.0]), (2.0, 2.0, np.ones(1)))
    assert found is not None
    assert (found.kind, found.where) == ("type", "result[2]")


def test_of_several_values_the_worst_is_told():
    found = difference({"a": 1.1, "b": [1.0, 5.0]}, {"a": 1.0, "b": [1.0, 1.0]})
    assert found is not None
    assert found.sentence == "result['b'][1] is 5, expected 1 (relative error 4)."


def test_numbers_that_look_alike_get_more_digits():
    found = difference(1.0000020, 1.0)
    assert found is not None
    assert "1.000002," in found.sentence


def test_a_given_tolerance_replaces_the_rule():
    assert difference(1.01, 1.0, rtol=0.1) is None
    assert difference(1.0 + 1e-8, 1.0, rtol=1e-9) is not None
    assert RTOL_FLOAT32 > RTOL


def test_an_array_that_lies_about_itself_is_read_as_it_is():
    class Liar(np.ndarray):
        def __array_function__(self, func, types, args, kwargs):
            return True

        def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
            return np.zeros(2)

        @property
        def shape(self):
            return (2,)

        def __eq__(self, other):
            return np.array([True, True])

    assert kind(np.zeros(3).view(Liar), np.ones(2)) == "shape"
    assert kind(np.zeros(2).view(Liar), np.ones(2)) == "value"


def test_a_number_that_lies_about_itself_is_read_as_it_is():
    class Liar(float):
        def __sub__(self, other):
            return 0.0

        def __float__(self):
            return 1.0

        def __eq__(self, other):
            return True

    assert kind(Liar(5.0), 1.0) == "value"


def test_expected_values_must_be_plain():
    with pytest.raises(TypeError, match="plain data"):
        difference(1.0, object())


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("got", [np.longdouble("1e4000"), np.array([np.longdouble("1e4000")])])
def test_a_number_beyond_float64_is_infinite_without_a_warning(got):
    found = difference(got, np.ones(np.shape(got))[()])
    assert found is not None
    assert "inf" in found.sentence


def test_truth_values_are_called_true_and_false():
    found = difference(np.array([True, False, True]), np.array([True, True, True]))
    assert found is not None
    assert found.sentence == (
        "result differs most at [1]: False came back, expected True. 1 of 3 values differs."
    )
    found = difference(True, False)
    assert found is not None
    assert found.sentence == "result is True, expected False."
