"""What the comparisons of hidden tests take for the same."""

import numpy as np
import pytest

from autograder import expect

ARRAY = np.ones((2, 2))
SAME = [
    1,
    "x",
    None,
    [1, (2.0, "x")],
    {"a": [True], "b": {}},
    [ARRAY, {"a": ARRAY}],
    np.zeros((0, 3)),
]
OTHER = [
    (1, True),
    (1, 1.0),
    ([1], [True]),
    ([1], (1,)),
    ([1], [1, 2]),
    ({"a": 1}, {"b": 1}),
    ({"a": 1}, {"a": 1, "b": 1}),
    ([ARRAY], [2 * ARRAY]),
    ([ARRAY], ["ValueError"]),
    (ARRAY, ARRAY.astype(np.float32)),
    (ARRAY, ARRAY.tolist()),
    (ARRAY, ARRAY[:1]),
]


@pytest.mark.parametrize("value", SAME, ids=repr)
def test_equal_to_itself(value):
    expect.equal(value, value)


@pytest.mark.parametrize(("got", "wanted"), [*OTHER, *(pair[::-1] for pair in OTHER)], ids=repr)
def test_not_equal(got, wanted):
    with pytest.raises(expect.Mismatch, match="came back"):
        expect.equal(got, wanted)
