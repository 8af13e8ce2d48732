import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from reference.differences import gradient_check, numerical_gradient
from reference.scalar import Value


@given(
    arrays(
        np.float64,
        array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3),
        elements=st.floats(-3, 3),
    )
)
def test_gradient_of_any_shape(x):
    before = x.copy()
    gradient = numerical_gradient(lambda a: float(np.sum(np.sin(a) + a**3)), x)
    assert isinstance(gradient, np.ndarray)
    assert gradient.dtype == np.float64
    assert gradient.shape == x.shape
    np.testing.assert_allclose(gradient, np.cos(x) + 3 * x**2, atol=1e-7)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("shape", [(), (1,), (1, 1), (2, 3), (0,), (3, 0)])
def test_f_is_given_float64_arrays_of_its_own(shape):
    x = np.ones(shape, dtype=np.float32)
    x.flags.writeable = False
    seen = []

    def f(a):
        assert isinstance(a, np.ndarray)
        assert (a.dtype, a.shape) == (np.float64, shape)
        seen.append(a)
        total = float(a.sum())
        a[...] = 99.0  # no later call may see this
        return total

    gradient = numerical_gradient(f, x)
    np.testing.assert_allclose(gradient, np.ones(shape), atol=1e-9)
    assert len(seen) == 2 * x.size
    assert np.array_equal(x, np.ones(shape))


def test_lists_numbers_integers_and_odd_memory_orders():
    assert numerical_gradient(lambda a: a[0] * a[1], [2, 5]) == pytest.approx([5.0, 2.0])
    assert numerical_gradient(lambda a: float(a) ** 2, 3) == pytest.approx(6.0)
    x = np.arange(6.0).reshape(2, 3).T[:, ::-1]
    np.testing.assert_allclose(
        numerical_gradient(lambda a: float((a**2).sum()), x), 2 * x, atol=1e-8
    )


def test_it_is_centred_and_uses_eps():
    asked = []
    numerical_gradient(lambda a: asked.append(float(a)) or 0.0, 1.0, eps=0.25)
    assert sorted(asked) == [0.75, 1.25]
    parabola = numerical_gradient(lambda a: float(a) ** 2, 1.0, eps=0.5)
    assert float(parabola) == 2.0  # exact for a parabola at any eps; one-sided would give 2.5


def test_w11_error_falls_with_eps_squared_then_rounding_takes_over():
    def error(eps):
        return abs(float(numerical_gradient(lambda a: math.exp(a), 1.0, eps=eps)) - math.e)

    assert error(1e-1) / error(1e-2) == pytest.approx(100, rel=0.01)
    assert error(1e-2) / error(1e-3) == pytest.approx(100, rel=0.01)
    errors = {k: error(10.0**-k) for k in range(1, 14)}
    assert min(errors, key=errors.__getitem__) in (4, 5, 6)
    assert errors[12] > 1000 * errors[5]


def test_gradient_check_accepts_the_right_gradient():
    x = np.array([[0.3, -1.2], [2.0, 0.7]])
    assert gradient_check(lambda a: float(np.exp(a).sum()), np.exp, x) < 1e-9


def test_gradient_check_by_the_value_engine():
    def f(a):
        return expression(*map(Value, a)).data

    def grad_f(a):
        leaves = [Value(number) for number in a]
        expression(*leaves).backward()
        return np.array([leaf.grad for leaf in leaves])

    def expression(x, y):
        return (x * y).sin() / (1 + y.exp()) - x**3

    assert gradient_check(f, grad_f, [0.8, -0.4]) < 1e-8


def test_gradient_check_is_the_largest_relative_error():
    weights, wrong = np.array([4.0, 1.0, 0.0]), np.array([4.0, 3.0, 0.0])

    def f(a):
        return float(weights @ a)

    assert gradient_check(f, lambda a: wrong, np.zeros(3)) == pytest.approx(2 / 4)
    assert gradient_check(f, lambda a: -weights, np.zeros(3)) == pytest.approx(1.0)


def test_gradient_check_does_not_blow_up_near_zero():
    tiny = 1e-12
    assert gradient_check(lambda a: 0.0, lambda a: np.full(2, tiny), np.zeros(2)) == tiny / 1e-8


def test_gradient_check_on_nothing_nan_and_scalars():
    assert gradient_check(lambda a: 0.0, lambda a: a, np.zeros((0, 3))) == 0.0
    assert math.isnan(gradient_check(lambda a: float(a.sum()), lambda a: a * np.nan, np.ones(2)))
    error = gradient_check(lambda a: float(a) ** 2, lambda a: 2 * a, np.array(3.0))
    assert isinstance(error, float)
    assert error < 1e-9


def test_gradient_check_gives_grad_f_its_own_array():
    x = np.ones(3)

    def grad_f(a):
        a *= 2
        return a

    assert gradient_check(lambda a: float((a**2).sum()), grad_f, x) < 1e-9
    assert x.tolist() == [1.0, 1.0, 1.0]


def test_gradient_check_names_both_shapes():
    with pytest.raises(ValueError, match=r"shape \(1, 2\) for x of shape \(2,\)"):
        gradient_check(lambda a: float(a.sum()), lambda a: np.ones((1, 2)), np.ones(2))
