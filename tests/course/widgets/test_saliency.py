"""Saliency: state, words, pictures, and functions that go wrong."""

import numpy as np
import pytest
from traitlets import TraitError

from course.widgets import Saliency
from reference.convnet import LeNet5
from reference.inspection import saliency_map

IMAGES = np.random.default_rng(1).uniform(0, 0.3, (3, 1, 28, 28)).astype(np.float32)
IMAGES[:, :, 8:20, 10:14] = 1.0
LABELS = np.array([1, 7, 4])
NETWORK = LeNet5(np.random.default_rng(0))


def sent(w):
    return np.frombuffer(w.saliency, "<f4").reshape(28, 28)


@pytest.fixture
def w():
    return Saliency(NETWORK, saliency_map, IMAGES, LABELS)


def test_the_map_is_that_of_the_chosen_class(w):
    assert w.label == 1
    np.testing.assert_allclose(sent(w), saliency_map(NETWORK, IMAGES[0], 1), rtol=1e-5)
    w.label = 8
    np.testing.assert_allclose(sent(w), saliency_map(NETWORK, IMAGES[0], 8), rtol=1e-5)
    w.number = 2
    np.testing.assert_allclose(sent(w), saliency_map(NETWORK, IMAGES[2], 8), rtol=1e-5)


def test_copies_are_averaged(w):
    rng = np.random.default_rng(0)
    copies = [(IMAGES[0] + rng.normal(0, 0.15, (28, 28))).astype(np.float32) for _ in range(4)]
    w.copies = 4
    truth = np.mean([saliency_map(NETWORK, copy, 1) for copy in copies], axis=0)
    np.testing.assert_allclose(sent(w), truth, rtol=1e-4)
    assert "mean over 4 noisy copies" in w.words


def test_words(w):
    found = saliency_map(NETWORK, IMAGES[0], 1)
    row, column = np.unravel_index(found.argmax(), found.shape)
    w.row, w.column = 9, 11
    assert f"row {row}, column {column}: slope {found.max():.3g}" in w.words
    assert f"Here, in row 9, column 11: slope {found[9, 11]:.3g}, ink 1" in w.words
    on_ink = found[8:20, 10:14].sum() / found.sum()
    assert f"{on_ink:.0%} of all sensitivity lies on ink" in w.words


def test_a_drawing(w):
    w.draw(IMAGES[1, 0])
    np.testing.assert_allclose(sent(w), saliency_map(NETWORK, IMAGES[1], 1), rtol=1e-5)
    assert "your drawing" in w.words


def test_the_picture(w):
    picture = w.picture()
    assert "sensitivity of the score of 1: from " in picture.text
    assert w.words in picture.text
    image, found = (axes.images[0] for axes in picture.figure.axes if axes.images)
    np.testing.assert_array_equal(image.get_array(), IMAGES[0, 0])
    np.testing.assert_allclose(found.get_array(), sent(w), rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "value"), [("label", 10), ("copies", 0), ("copies", 31), ("row", 28), ("column", -1)]
)
def test_bad_values_are_refused(w, name, value):
    with pytest.raises(TraitError, match=f"{name} should be from "):
        setattr(w, name, value)
    with pytest.raises(TraitError):
        Saliency(NETWORK, saliency_map, IMAGES, label=12)


def raises(*args):
    raise KeyError("w1")


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (raises, "`raises` stopped with KeyError"),
        (lambda *args: None, "what `saliency_map` returned gave None"),
        (lambda *args: np.ones((1, 28, 28)), "has the shape (1, 28, 28); it should be (28, 28)"),
        (lambda *args: -np.ones((28, 28)), "absolute values"),
        (lambda *args: np.full((28, 28), np.nan), "not a number"),
    ],
)
def test_wrong_use_is_a_sentence_and_the_widget_survives(broken, says):
    current = [broken]
    w = Saliency(NETWORK, lambda *args: current[0](*args), IMAGES, LABELS)
    assert says in w.problem
    assert w.saliency == b""
    assert str(w.picture()) == w.problem
    current[0] = saliency_map
    w.label = 2
    assert w.problem == ""
    assert sent(w).max() > 0


def test_labels_that_are_not_told():
    assert Saliency(NETWORK, saliency_map, IMAGES, [-1] * 3).label == 0


def test_a_network_without_scores_is_a_sentence():
    class Silent:
        def forward(self, x):
            return np.zeros((len(x), 9))

    w = Saliency(Silent(), saliency_map, IMAGES)
    assert "what `forward` made of an image has the shape (1, 9); it should be (1, 10)" in w.problem


def test_a_flat_score_has_no_share():
    w = Saliency(NETWORK, lambda *args: np.zeros((28, 28)), IMAGES)
    assert "slope 0.\n" in w.words
