import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.layers.linear import linear_backward, linear_forward
from tests.reference.pairs import arranged, dtypes, hold_pair, normal, orders, seeds

sizes = st.integers(0, 5)


@settings(max_examples=200)
@given(seeds, dtypes, orders, sizes, sizes, sizes)
def test_against_pytorch_and_differences(seed, dtype, order, n, d, m):
    rng = np.random.default_rng(seed)
    arrays = [arranged(normal(rng, *shape), dtype, order) for shape in ((n, d), (d, m), (m,))]
    hold_pair(linear_forward, linear_backward, lambda _, x, w, b: x @ w + b, arrays, rng)


def test_by_hand():
    x, w, b = np.array([[1.0, 2.0]]), np.array([[1.0, 0.0, 2.0], [3.0, 1.0, -1.0]]), np.ones(3)
    out, cache = linear_forward(x, w, b)
    assert out.tolist() == [[8.0, 3.0, 1.0]]
    dx, dw, db = linear_backward(np.array([[1.0, 10.0, 100.0]]), cache)
    assert dx.tolist() == [[201.0, -87.0]]
    assert dw.tolist() == [[1.0, 10.0, 100.0], [2.0, 20.0, 200.0]]
    assert db.tolist() == [1.0, 10.0, 100.0]


def test_w23_scores_of_three_classes():
    weights = np.array([[0.2, 0.4, 0.1, 0.6], [0.3, 0.8, 0.2, 0.1], [0.5, 0.6, 0.4, 0.7]])
    image = np.array([[1.0, 2.0], [3.0, 4.0]])
    scores, _ = linear_forward(image.reshape(1, 4), weights.T, np.zeros(3))
    assert scores[0] == pytest.approx([3.7, 2.9, 5.7])


class Counted(float):
    """A number that counts how often it or one like it is multiplied."""

    products = 0

    def __mul__(self, other):
        Counted.products += 1
        return Counted(float(self) * float(other))

    def __add__(self, other):
        return Counted(float(self) + float(other))


def test_w13_one_product_per_weight_forward_and_two_backward():
    def counted(*shape):
        return np.array([Counted(1.0)] * int(np.prod(shape)), dtype=object).reshape(shape)

    examples, weights = 3, 5 * 4
    Counted.products = 0
    _, cache = linear_forward(counted(examples, 5), counted(5, 4), counted(4))
    assert Counted.products == examples * weights
    Counted.products = 0
    linear_backward(counted(examples, 4), cache)
    assert Counted.products == 2 * examples * weights


@given(seeds)
def test_w20_stacked_linear_layers_collapse_to_one(seed):
    rng = np.random.default_rng(seed)
    x, w1, b1, w2, b2 = (normal(rng, *s) for s in ((4, 3), (3, 5), (5,), (5, 2), (2,)))
    hidden, _ = linear_forward(x, w1, b1)
    stacked, _ = linear_forward(hidden, w2, b2)
    single, _ = linear_forward(x, w1 @ w2, b1 @ w2 + b2)
    np.testing.assert_allclose(stacked, single, atol=1e-12)


@pytest.mark.parametrize(
    "shapes",
    [
        ((2, 3), (4, 5), (5,)),
        ((2, 3), (3, 5), (1, 5)),
        ((2, 3), (3, 5), (1,)),
        ((3,), (3, 5), (5,)),
        ((2, 1, 3), (3, 5), (5,)),
    ],
)
def test_shapes_that_do_not_fit_are_named(shapes):
    with pytest.raises(ValueError, match="do not fit") as caught:
        linear_forward(*(np.zeros(shape) for shape in shapes))
    assert all(str(shape) in str(caught.value) for shape in shapes)


@pytest.mark.parametrize("shape", [(2,), (1, 5), (2, 1), (2, 4)])
def test_a_gradient_of_another_shape_is_refused(shape):
    _, cache = linear_forward(np.zeros((2, 3)), np.zeros((3, 5)), np.zeros(5))
    with pytest.raises(ValueError, match=r"shaped like the output, \(2, 5\)") as caught:
        linear_backward(np.zeros(shape), cache)
    assert str(shape) in str(caught.value)
