from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.layers.losses import hinge_loss, squared_error
from reference.mlp import count_parameters, hinge_update, mlp_backward, mlp_forward
from tests.reference.pairs import arranged, close, differences, dtypes, normal, orders, seeds
from tests.reference.torch_oracle import INSTALLED, outcome

activations = st.sampled_from(["relu", "tanh", "sigmoid"])


def network(rng, sizes, dtype="float64", order="C"):
    return [
        (arranged(normal(rng, n, m), dtype, order), arranged(normal(rng, m), dtype, order))
        for n, m in pairwise(sizes)
    ]


@settings(max_examples=150)
@given(
    seed=seeds,
    dtype=dtypes,
    order=orders,
    n=st.integers(0, 4),
    sizes=st.lists(st.integers(1, 4), min_size=2, max_size=5),
    activation=activations,
)
def test_against_pytorch_and_differences(seed, dtype, order, n, sizes, activation):
    rng = np.random.default_rng(seed)
    params = network(rng, sizes, dtype, order)
    x = arranged(normal(rng, n, sizes[0]), dtype, order)
    scores, cache = mlp_forward(x, params, activation)
    dscores = arranged(normal(rng, *scores.shape), dtype)
    gradients = mlp_backward(dscores, cache)
    assert len(gradients) == len(params)
    flat = [array for pair in params for array in pair]
    found = [array for pair in gradients for array in pair]
    assert {str(a.dtype) for a in [scores, *found]} == {dtype}

    def oracle(torch, *arrays):
        h = torch.tensor(x.copy())
        for k in range(0, len(arrays), 2):
            h = (getattr(torch, activation)(h) if k else h) @ arrays[k] + arrays[k + 1]
        return h

    if INSTALLED:
        tolerance = 1e-5 if dtype == "float32" else 1e-10
        wanted, wanted_gradients = outcome(oracle, flat, dscores)
        close(scores, wanted, tolerance, "scores")
        for k, (a, b) in enumerate(zip(found, wanted_gradients, strict=True)):
            close(a, b, tolerance, f"gradient {k}")
    if dtype == "float64" and activation != "relu":  # which has kinks wherever they fall

        def forward(*arrays):
            pairs = list(zip(arrays[::2], arrays[1::2], strict=True))
            return mlp_forward(x, pairs, activation)

        for k, a in enumerate(found):
            close(a, differences(forward, flat, k, dscores), 1e-7, f"gradient {k}")


@given(seeds, st.sampled_from([-1, 1]), st.floats(0.01, 1))
def test_w14_hinge_and_one_linear_layer(seed, y, rate):
    rng = np.random.default_rng(seed)
    w, x = arranged(normal(rng, 4)), arranged(normal(rng, 3))
    z = w[:3] @ x + w[3]
    wrong = float(1 - y * z > 0)
    wanted = [w[i] + rate * y * x[i] * wrong for i in range(3)] + [w[3] + rate * y * wrong]
    new = hinge_update(w, x, y, rate)
    np.testing.assert_allclose(new, wanted, atol=1e-12)
    assert not np.shares_memory(new, w)
    assert hinge_update(w.astype("f4"), x.astype("f4"), y, rate).dtype == np.float32
    with pytest.raises(ValueError, match=r"\(3,\).*\(3,\)"):
        hinge_update(w[:3], x, y, rate)


def test_w14_on_the_margin_nothing_moves():
    assert hinge_update(np.array([1.0, 0.0]), np.array([1.0]), 1, 0.5).tolist() == [1.0, 0.0]
    assert hinge_update(np.array([0, 0]), np.array([1.0]), 1, 0.5).tolist() == [0.5, 0.5]


@given(seeds, st.sampled_from([-1, 1]))
def test_w15_hinge_and_relu_in_two_layers(seed, y):
    rng = np.random.default_rng(seed)
    params, x = network(rng, [3, 6, 1]), normal(rng, 1, 3)
    (w1, b1), (w2, _) = params
    z, cache = mlp_forward(x, params)
    _, dz = hinge_loss(z[:, 0], np.array([y]))
    (dw1, _), (dw2, _) = mlp_backward(dz[:, np.newaxis], cache)
    wrong = float(1 - y * z[0, 0] > 0)
    hidden = x[0] @ w1 + b1
    for j in range(6):
        assert dw2[j, 0] == pytest.approx(-y * max(hidden[j], 0) * wrong)
        for i in range(3):
            slope = -y * wrong * w2[j, 0] * (hidden[j] > 0) * x[0, i]
            assert dw1[i, j] == pytest.approx(slope)


@given(seeds, st.sampled_from(["relu", "tanh"]))
def test_w16_a_first_layer_weight_sums_over_all_paths(seed, activation):
    rng = np.random.default_rng(seed)
    sizes = [2, 3, 4, 3, 1]
    params, x = network(rng, sizes), normal(rng, 1, 2)
    _, cache = mlp_forward(x, params, activation)
    dw1, _ = mlp_backward(np.ones((1, 1)), cache)[0]
    h, slopes = x[0], []
    for w, b in params[:-1]:
        z = h @ w + b
        slopes.append(z > 0 if activation == "relu" else 1 - np.tanh(z) ** 2)
        h = np.maximum(z, 0) if activation == "relu" else np.tanh(z)
    for i, j in np.ndindex(2, 3):
        total = 0.0
        for path in product([j], range(4), range(3), [0]):
            slope = x[0, i]
            for layer in range(1, 4):
                slope *= slopes[layer - 1][path[layer - 1]]
                slope *= params[layer][0][path[layer - 1], path[layer]]
            total += slope
        assert dw1[i, j] == pytest.approx(total)


@given(seeds)
def test_w17_the_eight_lines_in_scalar_form(seed):
    rng = np.random.default_rng(seed)
    params, x, t = network(rng, [3, 4, 2], "float64"), normal(rng, 1, 3), normal(rng, 1, 2)
    (w1, b1), (w2, b2) = params
    z = [sum(w1[j, i] * x[0, j] for j in range(3)) + b1[i] for i in range(4)]
    h = [1 / (1 + np.exp(-a)) for a in z]
    y = [sum(w2[i, k] * h[i] for i in range(4)) + b2[k] for k in range(2)]
    ybar = [y[k] - t[0, k] for k in range(2)]
    hbar = [sum(ybar[k] * w2[i, k] for k in range(2)) for i in range(4)]
    zbar = [hbar[i] * h[i] * (1 - h[i]) for i in range(4)]
    scores, cache = mlp_forward(x, params, "sigmoid")
    loss, dscores = squared_error(scores, t)
    (dw1, db1), (dw2, db2) = mlp_backward(dscores, cache)
    assert loss == pytest.approx(sum(e * e for e in ybar) / 2)
    np.testing.assert_allclose(dw2, [[ybar[k] * h[i] for k in range(2)] for i in range(4)])
    np.testing.assert_allclose(db2, ybar)
    np.testing.assert_allclose(dw1, [[zbar[i] * x[0, j] for i in range(4)] for j in range(3)])
    np.testing.assert_allclose(db1, zbar)


@given(seeds)
def test_w19_quiz_2_two_hidden_layers(seed):
    rng = np.random.default_rng(seed)
    zero = np.zeros
    x, a1, a2, beta = normal(rng, 3), normal(rng, 3, 4), normal(rng, 4, 5), normal(rng, 5)

    def sigma(a):
        return 1 / (1 + np.exp(-a))

    h1 = sigma(x @ a1)
    h2 = sigma(h1 @ a2)
    y = sigma(h2 @ beta)
    params = [(a1, zero(4)), (a2, zero(5)), (beta[:, np.newaxis], zero(1)), (np.eye(1), zero(1))]
    out, cache = mlp_forward(x[np.newaxis], params, "sigmoid")
    (d1, _), (d2, _), (dbeta, _), _ = mlp_backward(np.ones((1, 1)), cache)
    assert out[0, 0] == pytest.approx(y)
    np.testing.assert_allclose(dbeta[:, 0], y * (1 - y) * h2)
    back2 = y * (1 - y) * beta * h2 * (1 - h2)
    np.testing.assert_allclose(d2, np.outer(h1, back2))
    np.testing.assert_allclose(d1, np.outer(x, (a2 @ back2) * h1 * (1 - h1)))


def test_count_parameters():
    assert count_parameters([4, 3, 3, 1]) == 15 + 12 + 4
    assert count_parameters((784, 256, 128, 10)) == 235146
    assert count_parameters([5]) == count_parameters([]) == 0


def test_what_makes_no_sense_is_refused():
    params = network(np.random.default_rng(0), [3, 2, 1])
    with pytest.raises(ValueError, match="one of relu, tanh, sigmoid, not 'gelu'"):
        mlp_forward(np.zeros((1, 3)), params, "gelu")
    with pytest.raises(ValueError, match=r"x \(1, 4\), w \(3, 2\)"):
        mlp_forward(np.zeros((1, 4)), params)
    _, cache = mlp_forward(np.zeros((5, 3)), params)
    with pytest.raises(ValueError, match=r"\(5,\).*\(5, 1\)"):
        mlp_backward(np.zeros(5), cache)
