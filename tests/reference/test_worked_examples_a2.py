"""W12 and W13 of the lectures, with their numbers, on the engine for arrays."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.quizzes.a2_tensors import answers
from reference.tensor import Tensor

SHAPES = {"scalar": (), "vector": (2,), "matrix": (2, 3)}
DENOMINATORS = {"scalar": (), "vector": (4,), "matrix": (4, 5)}


@pytest.mark.parametrize("above", SHAPES)
@pytest.mark.parametrize("below", DENOMINATORS)
def test_w12_shapes_of_all_nine_derivatives(above, below):
    """Row by row: the gradient of each entry of y has the shape of x; y's axes come last."""
    y_shape, x_shape = SHAPES[above], DENOMINATORS[below]
    slopes = np.zeros((*x_shape, *y_shape))
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(*x_shape, *y_shape))
    for place in np.ndindex(*y_shape):
        x = Tensor(rng.normal(size=x_shape))
        (x * weights[(..., *place)]).sum().backward()
        slopes[(..., *place)] = x.grad
    np.testing.assert_array_equal(slopes, weights)
    assert slopes.shape == answers[f"{above} by {below}"]


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_w12_the_chain_rule_is_none_of_the_five(p, n, seed):
    """With y = u^T u and u^T = x^T B, (P, N) times (N, 1) is right; D is its transpose."""
    rng = np.random.default_rng(seed)
    b, start = rng.normal(size=(p, n)), rng.normal(size=p)
    x = Tensor(start)
    u = x @ b
    (u @ u).backward()
    dy_du, du_dx = 2 * u.data[:, None], b
    np.testing.assert_allclose(x.grad, (du_dx @ dy_du)[:, 0], atol=1e-12)
    np.testing.assert_allclose(dy_du.T @ du_dx.T, x.grad[None, :], atol=1e-12)
    if p != 1 and n != 1 and p != n:
        for left, right in ((dy_du, du_dx), (dy_du.T, du_dx), (dy_du, du_dx.T)):
            with pytest.raises(ValueError, match="matmul"):
                left @ right


def test_w12_common_vector_derivatives():
    rng = np.random.default_rng(0)
    start, b = rng.normal(size=4), rng.normal(size=4)
    square = rng.normal(size=(4, 4))
    square += square.T
    for function, slope in (
        (lambda x: x @ b, b),
        (lambda x: x @ x, 2 * start),
        (lambda x: x @ square @ x, 2 * square @ start),
    ):
        x = Tensor(start)
        function(x).backward()
        np.testing.assert_allclose(x.grad, slope)


def test_the_product_by_hand():
    x, w = Tensor([[1.0, 2.0]]), Tensor([[3.0, 4.0], [5.0, 6.0]])
    z = x @ w
    z.backward(np.array([[1.0, 10.0]]))
    np.testing.assert_array_equal(z.data, [[13.0, 16.0]])
    np.testing.assert_array_equal(x.grad, [[43.0, 65.0]])
    np.testing.assert_array_equal(w.grad, [[1.0, 10.0], [2.0, 20.0]])


class Counted(np.ndarray):
    """An array that counts the multiply-adds of the products it takes part in."""

    total = 0

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        plain = [np.asarray(each) for each in inputs]
        out = getattr(ufunc, method)(*plain, **kwargs)
        if ufunc is np.matmul:
            Counted.total += out.size * plain[0].shape[-1]
        return np.asarray(out).view(Counted)


def test_w13_two_multiply_adds_backward_for_each_one_forward():
    sizes = [784, 256, 10]
    rng = np.random.default_rng(0)
    layers = []
    x = h = Tensor(np.zeros(1))
    x.data = rng.normal(size=(1, 784)).view(Counted)
    for before, after in pairwise(sizes):
        layers.append(Tensor(np.zeros(1)))
        layers[-1].data = rng.normal(size=(before, after)).view(Counted)
    for layer in layers:
        h = h @ layer
        h.data = h.data.view(Counted)
    forward, Counted.total = Counted.total, 0
    assert forward == 203_264
    h.sum().backward()
    assert Counted.total == 406_528
    assert Counted.total - 784 * 256 == 205_824
    assert 784 * 100 * 64 * 100 == 501_760_000
