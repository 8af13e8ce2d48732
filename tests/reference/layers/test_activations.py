import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from reference.layers import activations
from reference.layers.activations import (
    leaky_relu_backward,
    leaky_relu_forward,
    maxout_backward,
    maxout_forward,
)
from tests.reference.pairs import apart, arranged, dtypes, hold_pair, normal, orders, seeds

ORACLES = {
    "sigmoid": lambda torch, x: torch.sigmoid(x),
    "tanh": lambda torch, x: torch.tanh(x),
    "relu": lambda torch, x: torch.relu(x),
}
shapes = array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)


@pytest.mark.parametrize("name", ORACLES)
@settings(max_examples=150)
@given(seed=seeds, dtype=dtypes, order=orders, shape=shapes)
def test_against_pytorch_and_differences(name, seed, dtype, order, shape):
    rng = np.random.default_rng(seed)
    forward = getattr(activations, f"{name}_forward")
    backward = getattr(activations, f"{name}_backward")
    x = arranged(apart(rng, *shape), dtype, order)
    hold_pair(forward, backward, ORACLES[name], [x], rng)


@settings(max_examples=150)
@given(seeds, dtypes, orders, shapes, st.floats(0, 2))
def test_leaky_relu_of_any_slope(seed, dtype, order, shape, slope):
    rng = np.random.default_rng(seed)
    hold_pair(
        lambda x: leaky_relu_forward(x, slope),
        leaky_relu_backward,
        lambda torch, x: torch.nn.functional.leaky_relu(x, slope),
        [arranged(apart(rng, *shape), dtype, order)],
        rng,
    )


@settings(max_examples=150)
@given(seeds, dtypes, orders, st.integers(0, 4), st.integers(1, 4), st.integers(1, 4))
def test_maxout(seed, dtype, order, n, d, m):
    rng = np.random.default_rng(seed)
    arrays = [
        arranged(normal(rng, *shape), dtype, order)
        for shape in ((n, d), (d, m), (m,), (d, m), (m,))
    ]
    x, w1, b1, w2, b2 = arrays
    assume(np.all(np.abs(x @ (w1 - w2) + b1 - b2) > 1e-3))
    hold_pair(
        maxout_forward,
        maxout_backward,
        lambda torch, x, w1, b1, w2, b2: torch.maximum(x @ w1 + b1, x @ w2 + b2),
        arrays,
        rng,
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_no_overflow_at_a_thousand(dtype):
    x = np.array([-1000.0, -100.0, 0.0, 100.0, 1000.0], dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        out, cache = activations.sigmoid_forward(x)
        slope = activations.sigmoid_backward(np.ones(5, dtype), cache)
        assert activations.tanh_forward(x)[0].tolist() == [-1.0, -1.0, 0.0, 1.0, 1.0]
    assert out[[0, 2, 3, 4]].tolist() == [0.0, 0.5, 1.0, 1.0]
    assert slope[[0, 2, 4]].tolist() == [0.0, 0.25, 0.0]
    # Far to the left nothing is rounded away: sigmoid is e^x there.
    assert float(out[1]) == pytest.approx(float(np.exp(x[1])), rel=1e-6)


@pytest.mark.parametrize("kink", [0.0, -0.0])
def test_slopes_on_the_kink(kink):
    x, one = np.array([kink]), np.ones(1)
    assert activations.relu_backward(one, activations.relu_forward(x)[1]).tolist() == [0.0]
    assert leaky_relu_backward(one, leaky_relu_forward(x, 0.1)[1]).tolist() == [0.1]


def test_maxout_on_a_tie_gives_all_to_the_first():
    x, w, b = np.array([[2.0]]), np.array([[3.0]]), np.zeros(1)
    out, cache = maxout_forward(x, w, b, w, b)
    gradients = maxout_backward(np.ones((1, 1)), cache)
    assert out.tolist() == [[6.0]]
    assert [g.ravel().tolist() for g in gradients] == [[3.0], [2.0], [1.0], [0.0], [0.0]]


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "leaky_relu"])
def test_whole_numbers_become_float64(name):
    out, _ = getattr(activations, f"{name}_forward")(np.array([-1, 0, 2]))
    assert out.dtype == np.float64


def test_w22_each_activation_at_some_points():
    x = np.array([-2.0, 1.0])
    assert activations.sigmoid_forward(x)[0] == pytest.approx([0.119203, 0.731059], abs=1e-6)
    assert activations.tanh_forward(x)[0] == pytest.approx([-0.964028, 0.761594], abs=1e-6)
    assert activations.relu_forward(x)[0].tolist() == [0.0, 1.0]
    assert leaky_relu_forward(x)[0].tolist() == [-0.02, 1.0]
    assert leaky_relu_forward(x, slope=0.1)[0].tolist() == [-0.2, 1.0]


def test_shapes_that_do_not_fit_are_named():
    _, cache = activations.relu_forward(np.zeros((2, 3)))
    with pytest.raises(ValueError, match=r"\(4,\) \(2,3\)"):
        activations.relu_backward(np.zeros(4), cache)
    x, b = np.zeros((2, 3)), np.zeros(4)
    with pytest.raises(ValueError, match=r"\(3, 4\) and w2 \(3, 1\)"):
        maxout_forward(x, np.zeros((3, 4)), b, np.zeros((3, 1)), np.zeros(1))
