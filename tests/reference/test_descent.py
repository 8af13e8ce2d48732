import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.descent import fit_constant


def test_w3_the_game():
    path = fit_constant(6, 0, 1 / 4, 3)
    assert path == [0.0, 3.0, 4.5, 5.25]
    assert [2 * (w - 6) for w in path[:3]] == [-12.0, -6.0, -3.0]
    assert all(type(w) is float for w in path)


@given(st.floats(-10, 10), st.floats(-10, 10), st.floats(0.01, 0.99), st.integers(0, 20))
def test_distance_shrinks_by_the_same_factor_each_step(target, start, rate, steps):
    path = fit_constant(target, start, rate, steps)
    expected = target + (start - target) * (1 - 2 * rate) ** np.arange(steps + 1)
    np.testing.assert_allclose(path, expected, atol=1e-12)


@pytest.mark.parametrize(("rate", "ends"), [(0.5, 6.0), (0.0, 1.0), (1.0, 1.0)])
def test_rates_that_jump_stand_still_and_swing(rate, ends):
    assert fit_constant(6.0, 1.0, rate, 4)[-1] == ends


def test_too_large_a_rate_runs_away():
    path = fit_constant(6.0, 5.0, 1.5, 10)
    assert abs(path[-1] - 6.0) == 1024.0
