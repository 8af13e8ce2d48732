import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.training import lenet_classifier, minibatches, mlp_classifier, train
from tests.reference.pairs import arranged, normal, seeds


@given(seeds, st.integers(0, 20), st.integers(1, 8))
def test_minibatches_are_one_shuffled_pass(seed, n, size):
    x = arranged(np.arange(2.0 * n).reshape(n, 2))
    labels = arranged(np.arange(n), "int64")
    batches = list(minibatches(x, labels, size, np.random.default_rng(seed)))
    assert [len(lb) for _, lb in batches] == [size] * (n // size) + [n % size] * (n % size > 0)
    assert all(np.array_equal(xb, x[lb]) for xb, lb in batches)
    assert sorted(label for _, lb in batches for label in lb) == list(range(n))


def test_minibatches_differ_from_pass_to_pass():
    x, labels, rng = np.zeros((50, 1)), np.arange(50), np.random.default_rng(0)
    first, second = (np.concatenate([lb for _, lb in minibatches(x, labels, 7, rng)]) for _ in "12")
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, labels)


@pytest.mark.parametrize(("n", "size"), [(3, 1), (4, 0), (4, -2)])
def test_batches_that_make_no_sense_are_refused(n, size):
    with pytest.raises(ValueError, match=rf"\(4, 2\) and labels \({n},\) into batches of {size}"):
        list(minibatches(np.zeros((4, 2)), np.zeros(n, int), size, np.random.default_rng(0)))


def blobs(rng, n):
    """Draw three clouds around (2, 0), (-1, 2) and (-1, -2)."""
    labels = rng.integers(0, 3, n)
    centres = np.array([[2.0, 0.0], [-1.0, 2.0], [-1.0, -2.0]])
    return arranged(centres[labels] + 0.5 * normal(rng, n, 2)), labels


def losses(params, x, labels):
    """Compute mean cross-entropy and accuracy of a ReLU network in the plainest way."""
    h = x
    for k, (w, b) in enumerate(params):
        h = (np.maximum(h, 0) if k else h) @ w + b
    p = np.exp(h) / np.exp(h).sum(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    return float(-np.log(p[rows, labels]).mean()), float(np.mean(p.argmax(axis=1) == labels))


def test_w25_sgd_with_train_and_test_cross_entropy_per_epoch():
    rng = np.random.default_rng(0)
    data = (*blobs(rng, 90), *blobs(rng, 60))
    start = [(arranged(normal(rng, *s)), arranged(np.zeros(s[1]))) for s in ((2, 8), (8, 3))]
    histories = []
    for epochs in (1, 2, 8):
        params, history = train(start, data, epochs, 0.2, 16, np.random.default_rng(3))
        histories.append(history)
        assert list(history) == ["train_loss", "test_loss", "test_accuracy"]
        assert [len(values) for values in history.values()] == [epochs] * 3
        train_loss, _ = losses(params, *data[:2])
        test_loss, accuracy = losses(params, *data[2:])
        last = [values[-1] for values in history.values()]
        assert last == pytest.approx([train_loss, test_loss, accuracy])
    for key in histories[0]:
        assert histories[0][key] + histories[1][key][1:] == histories[2][key][:2]
    assert histories[2]["train_loss"][-1] < 0.2
    assert histories[2]["test_accuracy"][-1] > 0.95


def test_one_batch_is_one_step_of_gradient_descent():
    x, labels = np.array([[1.0], [2.0]]), np.array([0, 1])
    start = [(np.zeros((1, 2)), np.zeros(2))]
    [(w, b)], _ = train(start, (x, labels, x, labels), 1, 0.1, 2, np.random.default_rng(0))
    # All probabilities are 1/2, so that dscores is [[-1, 1], [1, -1]] / 4.
    np.testing.assert_allclose(w, [[-0.025, 0.025]])
    np.testing.assert_allclose(b, [0.0, 0.0], atol=1e-15)


def test_no_epochs_and_float32():
    rng = np.random.default_rng(0)
    x, labels = blobs(rng, 10)
    x = arranged(x, "float32")
    start = [(arranged(normal(rng, 2, 3), "float32"), arranged(np.zeros(3), "float32"))]
    params, history = train(start, (x, labels, x, labels), 0, 0.1, 4, rng)
    assert params == start
    assert history == {"train_loss": [], "test_loss": [], "test_accuracy": []}
    [(w, b)], _ = train(start, (x, labels, x, labels), 1, 0.1, 4, rng)
    assert {w.dtype, b.dtype} == {np.dtype(np.float32)}


def strokes(rng, n, side):
    """Draw images of four classes: strokes at one of four angles, anywhere, on noise."""
    labels = rng.integers(0, 4, n)
    t = np.arange(-side // 4, side // 4 + 1)
    images = 0.1 * rng.random((n, side, side))
    steps = np.array([(0, 1), (1, 0), (1, 1), (1, -1)])
    for image, label in zip(images, labels, strict=True):
        row, column = rng.integers(side // 4 + 1, side - side // 4 - 1, 2)
        image[row + steps[label][0] * t, column + steps[label][1] * t] = 1.0
    return images, labels


def test_a_perceptron_learns_strokes():
    rng = np.random.default_rng(0)
    data = (*strokes(rng, 600, 8), *strokes(rng, 200, 8))
    predict = mlp_classifier(data, rng)
    assert np.mean(predict(data[2]) == data[3]) >= 0.95


def test_lenet_learns_strokes():
    rng = np.random.default_rng(0)
    images, labels = strokes(rng, 600, 28)
    predict = lenet_classifier(images[:400, np.newaxis], labels[:400], 6, rng)
    assert np.mean(predict(images[400:, np.newaxis]) == labels[400:]) >= 0.95
