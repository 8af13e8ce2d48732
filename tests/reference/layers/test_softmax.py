import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import array_shapes

from reference.layers.losses import softmax_cross_entropy
from reference.layers.softmax import softmax_backward, softmax_forward
from tests.reference.pairs import arranged, dtypes, hold_pair, normal, orders, seeds


@settings(max_examples=150)
@given(seeds, dtypes, orders, array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=4))
def test_against_pytorch_and_differences(seed, dtype, order, shape):
    rng = np.random.default_rng(seed)
    x = arranged(2 * normal(rng, *shape), dtype, order)
    hold_pair(
        softmax_forward, softmax_backward, lambda torch, x: torch.softmax(x, dim=-1), [x], rng
    )


@given(seeds)
def test_w34_the_jacobian_entry_by_entry(seed):
    rng = np.random.default_rng(seed)
    y, cache = softmax_forward(normal(rng, 5))
    rows = [softmax_backward(row, cache) for row in np.eye(5)]
    slopes = [[y[i] * (1 - y[i]) if i == j else -y[i] * y[j] for j in range(5)] for i in range(5)]
    np.testing.assert_allclose(rows, slopes, atol=1e-15)


@given(seeds)
def test_w34_alone_and_fused_with_cross_entropy(seed):
    rng = np.random.default_rng(seed)
    scores, labels = normal(rng, 4, 3), rng.integers(0, 3, 4)
    y, cache = softmax_forward(scores)
    dy = np.zeros_like(y)
    dy[np.arange(4), labels] = -1 / y[np.arange(4), labels] / 4
    loss, fused = softmax_cross_entropy(scores, labels)
    assert loss == pytest.approx(-np.mean(np.log(y[np.arange(4), labels])))
    np.testing.assert_allclose(softmax_backward(dy, cache), fused, atol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_large_scores(dtype):
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y, _ = softmax_forward(np.array([[1000.0, 1000.0], [1000.0, -1000.0]], dtype))
    assert y.tolist() == [[0.5, 0.5], [1.0, 0.0]]
