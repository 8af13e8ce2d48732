import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.layers.dropout import dropout_backward, dropout_forward
from tests.reference.pairs import arranged, dtypes, orders, seeds


@given(seeds, dtypes, orders, st.floats(0, 0.95))
def test_entries_fall_out_or_grow_and_the_gradient_follows(seed, dtype, order, rate):
    x = arranged(np.arange(1.0, 25.0).reshape(4, 6), dtype, order)
    out, cache = dropout_forward(x, rate, np.random.default_rng(seed))
    kept = out != 0
    assert out.dtype == x.dtype
    np.testing.assert_allclose(out, kept * x / (1 - rate), rtol=1e-6)
    dx = dropout_backward(np.ones_like(x), cache)
    assert dx.dtype == x.dtype
    np.testing.assert_allclose(dx, kept / (1 - rate), rtol=1e-6)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_as_many_fall_out_as_were_asked_and_the_mean_stays(rate):
    x = np.ones((500, 400))
    out, _ = dropout_forward(x, rate, np.random.default_rng(3))
    deviation = np.sqrt(rate * (1 - rate) / x.size)
    assert abs(np.mean(out == 0) - rate) < 5 * deviation
    assert abs(np.mean(out) - 1) < 5 * deviation / (1 - rate)


def test_rate_zero_and_another_seed():
    x = np.ones((20, 20))
    assert np.array_equal(dropout_forward(x, 0.0, np.random.default_rng(0))[0], x)
    first, again, other = (
        dropout_forward(x, 0.5, np.random.default_rng(seed))[0] for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("rate", [-0.1, 1.0, float("nan")])
def test_rates_that_make_no_sense_are_refused(rate):
    with pytest.raises(ValueError, match=r"must lie in \[0, 1\), not"):
        dropout_forward(np.ones(3), rate, np.random.default_rng(0))
