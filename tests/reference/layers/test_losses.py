import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reference.layers.losses import (
    bce_with_logits,
    hinge_loss,
    l2_penalty,
    multiclass_hinge,
    softmax_cross_entropy,
    squared_error,
)
from tests.reference.pairs import arranged, dtypes, hold_loss, normal, orders, seeds

counts = st.integers(1, 6)


@settings(max_examples=100)
@given(seeds, dtypes, orders, counts, st.none() | st.integers(0, 4))
def test_squared_error(seed, dtype, order, n, m):
    rng = np.random.default_rng(seed)
    shape = (n,) if m is None else (n, m)
    y, t = (arranged(normal(rng, *shape), dtype, order) for _ in range(2))
    hold_loss(
        lambda s: squared_error(s, t.astype(s.dtype)),
        lambda torch, s: 0.5 * ((s - torch.tensor(t.copy())) ** 2).sum() / n,
        y,
    )


@settings(max_examples=100)
@given(seeds, dtypes, orders, counts, st.booleans())
def test_hinge_loss(seed, dtype, order, n, whole):
    rng = np.random.default_rng(seed)
    scores = arranged(2 * normal(rng, n), dtype, order)
    y = rng.choice([-1, 1], n) if whole else rng.choice([-1.0, 1.0], n)
    assume(np.all(np.abs(1 - y * scores) > 1e-3))
    hold_loss(
        lambda s: hinge_loss(s, y),
        lambda torch, s: (1 - torch.tensor(y.astype(dtype)) * s).clamp(min=0).mean(),
        scores,
    )


@settings(max_examples=100)
@given(seeds, dtypes, orders, counts, st.booleans())
def test_bce_with_logits(seed, dtype, order, n, whole):
    rng = np.random.default_rng(seed)
    z = arranged(3 * normal(rng, n), dtype, order)
    y = rng.integers(0, 2, n) if whole else rng.integers(0, 2, n).astype(float)
    hold_loss(
        lambda s: bce_with_logits(s, y),
        lambda torch, s: torch.nn.functional.binary_cross_entropy_with_logits(
            s, torch.tensor(y.astype(dtype))
        ),
        z,
    )


@settings(max_examples=150)
@given(seeds, dtypes, orders, counts, st.integers(1, 5), st.sampled_from([0.0, 1e3, -1e3]))
def test_softmax_cross_entropy_with_all_scores_shifted(seed, dtype, order, n, k, offset):
    rng = np.random.default_rng(seed)
    scores = arranged(normal(rng, n, k) + offset, dtype, order)
    labels = rng.integers(0, k, n)
    if offset and dtype == "float64":  # differences of numbers near 1000 say nothing to 1e-7
        _, gradient = softmax_cross_entropy(scores, labels)
        _, unshifted = softmax_cross_entropy(scores - offset, labels)
        np.testing.assert_allclose(gradient, unshifted, atol=1e-12)
        return
    hold_loss(
        lambda s: softmax_cross_entropy(s, labels),
        lambda torch, s: torch.nn.functional.cross_entropy(s, torch.tensor(labels)),
        scores,
    )


@settings(max_examples=150)
@given(seeds, dtypes, orders, counts, st.integers(1, 5), st.sampled_from([1.0, 0.0, 0.3, 5.0]))
def test_multiclass_hinge(seed, dtype, order, n, k, margin):
    rng = np.random.default_rng(seed)
    scores = arranged(normal(rng, n, k), dtype, order)
    labels = rng.integers(0, k, n)
    right = scores[np.arange(n), labels][:, np.newaxis]
    excess = np.where(np.arange(k) == labels[:, np.newaxis], 1.0, scores - right + margin)
    assume(np.all(np.abs(excess) > 1e-3))

    def oracle(torch, s):
        rows, wanted = torch.arange(n), torch.tensor(labels)
        terms = (s - s[rows, wanted][:, None] + margin).clamp(min=0)
        others = torch.arange(k)[None] != wanted[:, None]
        return (terms * others).sum() / n

    hold_loss(lambda s: multiclass_hinge(s, labels, margin), oracle, scores)


def test_softmax_cross_entropy_with_scores_a_thousand_apart():
    scores = np.array([[1000.0, -1000.0, 0.0], [1000.0, -1000.0, 0.0]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss, gradient = softmax_cross_entropy(scores, np.array([0, 1]))
    assert loss == 1000.0
    assert gradient.tolist() == [[0.0, 0.0, 0.0], [0.5, -0.5, 0.0]]


def test_bce_with_logits_of_a_thousand():
    z = np.array([1000.0, 1000.0, -1000.0, -1000.0])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss, gradient = bce_with_logits(z, np.array([1, 0, 1, 0]))
    assert loss == 500.0
    assert gradient.tolist() == [0.0, 0.25, -0.25, 0.0]


@given(seeds)
def test_w18_bce_after_sigmoid_collapses(seed):
    rng = np.random.default_rng(seed)
    z, y = normal(rng, 4), rng.integers(0, 2, 4)
    a = 1 / (1 + np.exp(-z))
    through_both = (-y / a + (1 - y) / (1 - a)) * (a * (1 - a)) / 4
    loss, dz = bce_with_logits(z, y)
    assert loss == pytest.approx(-np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)))
    np.testing.assert_allclose(dz, through_both, atol=1e-12)
    np.testing.assert_allclose(dz, (a - y) / 4, atol=1e-12)


def test_w21_values_by_hand():
    assert squared_error(np.array([[1.0, 2.0], [0.0, 0.0]]), np.array([[0.0, 0.0], [0.0, 2.0]]))[
        0
    ] == pytest.approx((2.5 + 2) / 2)
    assert hinge_loss(np.array([0.25, -2.0, 3.0]), np.array([1, 1, 1]))[0] == pytest.approx(1.25)
    assert bce_with_logits(np.zeros(2), np.array([0, 1]))[0] == pytest.approx(math.log(2))
    assert softmax_cross_entropy(np.zeros((3, 4)), np.zeros(3, int))[0] == pytest.approx(
        math.log(4)
    )
    scores = np.array([[3.0, 2.5, 1.0]])
    assert multiclass_hinge(scores, np.array([0]))[0] == pytest.approx(0.5)
    assert multiclass_hinge(scores, np.array([2]))[0] == pytest.approx(3.0 + 2.5)


def test_on_the_margin_the_slope_is_zero():
    assert hinge_loss(np.array([1.0, -1.0]), np.array([1, -1]))[1].tolist() == [0.0, 0.0]
    _, gradient = multiclass_hinge(np.array([[1.0, 0.0]]), np.array([0]))
    assert gradient.tolist() == [[0.0, 0.0]]


@given(seeds, dtypes, st.integers(0, 3), st.floats(0, 2))
def test_l2_penalty(seed, dtype, count, strength):
    rng = np.random.default_rng(seed)
    weights = [arranged(normal(rng, k + 1, 2), dtype) for k in range(count)]
    loss, gradients = l2_penalty(weights, strength)
    total = sum(float((w.astype(float) ** 2).sum()) for w in weights)
    assert loss == pytest.approx(strength * total, rel=1e-5)
    assert len(gradients) == count
    for w, gradient in zip(weights, gradients, strict=True):
        assert gradient.dtype == w.dtype
        np.testing.assert_allclose(gradient, 2 * strength * w, rtol=1e-6)


@pytest.mark.parametrize("loss", [squared_error, hinge_loss, bce_with_logits])
@pytest.mark.parametrize("shapes", [((3,), (3, 1)), ((3,), (1,)), ((3, 2), (2, 3))])
def test_targets_of_another_shape_are_refused(loss, shapes):
    with pytest.raises(ValueError, match="must have the same shape") as caught:
        loss(*(np.zeros(shape) for shape in shapes))
    assert all(str(shape) in str(caught.value) for shape in shapes)


@pytest.mark.parametrize("loss", [softmax_cross_entropy, multiclass_hinge])
def test_labels_that_make_no_sense_are_refused(loss):
    with pytest.raises(ValueError, match=r"\(3, 2\) and labels \(2,\)"):
        loss(np.zeros((3, 2)), np.zeros(2, int))
    with pytest.raises(ValueError, match=r"\(3,\) and labels \(3,\)"):
        loss(np.zeros(3), np.zeros(3, int))
    for label in (-1, 2):
        with pytest.raises(ValueError, match="not among the 2 classes"):
            loss(np.zeros((1, 2)), np.array([label]))
