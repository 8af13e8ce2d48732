"""What is encoded comes back as it was: kind, dtype, shape, sign of zero, infinity and NaN."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from course.plain import decode, encode

DTYPES = st.sampled_from(["<f8", "<f4", "<f2", "<i8", "<i4", "|u1", "<u8", "|b1", ">f8"])
ARRAYS = DTYPES.flatmap(
    lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_dims=0, max_dims=3, min_side=0))
)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), ARRAYS,
    DTYPES.flatmap(lambda dtype: arrays.arrays(dtype, (1,))).map(lambda array: array[0]),
)  # fmt: skip
KEYS = st.one_of(st.text(max_size=5), st.integers(), st.tuples(st.integers(), st.integers()))
PLAIN = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(KEYS, inner, max_size=3),
    ),
    max_leaves=12,
)


def same(left, right):
    if type(left) is not type(right):
        return False
    if isinstance(left, (np.ndarray, np.generic)):
        return (
            left.dtype == right.dtype
            and left.shape == right.shape
            and all(map(same, left.ravel().tolist(), right.ravel().tolist()))
        )
    if isinstance(left, float):
        both_nan = math.isnan(left) and math.isnan(right)
        return both_nan or (left == right and math.copysign(1, left) == math.copysign(1, right))
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    return left == right


@given(PLAIN)
def test_round_trip_through_strict_json(value):
    text = json.dumps(encode(value), allow_nan=False)
    assert same(decode(json.loads(text)), value)


def test_memory_order_is_not_kept_but_the_values_are():
    array = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    assert np.array_equal(decode(encode(array)), array)


def test_every_decoding_is_a_fresh_copy():
    json_value = encode([np.zeros(2)])
    first = decode(json_value)
    first[0][:] = 7.0
    assert np.array_equal(decode(json_value)[0], np.zeros(2))


@pytest.mark.parametrize(
    "value", [object(), {1, 2}, 1j, np.array(["a"]), np.array([None]), [np.complex128(1)], b"x"]
)
def test_other_values_are_refused(value):
    with pytest.raises(TypeError, match="not a plain value"):
        encode(value)


@pytest.mark.parametrize(
    "broken",
    [
        [1, 2],
        {},
        {"list": [1], "tuple": [2]},
        {"list": 3},
        {"list": "ab"},
        {"float": "infinity"},
        {"what": 1},
        {"dict": [[{"list": []}, 1]]},
        {"array": {"dtype": "<f8", "shape": [3], "data": [1.0]}},
        {"array": {"dtype": "object", "shape": [1], "data": [1.0]}},
        {"array": {"dtype": "<f8", "shape": [1]}},
        {"scalar": {"dtype": "<f8", "value": "x"}},
    ],
)
def test_damage_is_said(broken):
    with pytest.raises(ValueError, match="no plain value"):
        decode(broken)
