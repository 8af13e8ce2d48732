"""The sets in the plane: form, classes and shape, and what is said to other arguments."""

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import datasets

CLASSES = {
    datasets.moons: 2,
    datasets.circles: 2,
    datasets.spiral: 3,
    datasets.xor: 2,
    datasets.blobs: 3,
}


def exact(draw, n=300):
    """Without noise, which is a property of the shape and not of the drawing."""
    return draw(n, np.random.default_rng(1), noise=0)


@pytest.mark.parametrize("draw", CLASSES)
@given(n=st.integers(1, 40), seed=st.integers(0, 99), noise=st.floats(0, 2))
def test_form_classes_and_repetition(draw, n, seed, noise):
    x, labels = draw(n, np.random.default_rng(seed), noise)
    assert x.shape == (n, 2)
    assert x.dtype == np.float64
    assert np.isfinite(x).all()
    expected = np.arange(n, dtype=np.int64) % CLASSES[draw]
    np.testing.assert_array_equal(labels, expected, strict=True)
    again, _ = draw(n, np.random.default_rng(seed), noise)
    np.testing.assert_array_equal(x, again, strict=True)


def test_all_have_one_signature():
    assert {tuple(inspect.signature(draw).parameters) for draw in CLASSES} == {
        ("n", "rng", "noise")
    }


@pytest.mark.parametrize("draw", CLASSES)
def test_noise_is_the_standard_deviation_of_the_step(draw):
    clean, _ = draw(20_000, np.random.default_rng(5), noise=0)
    moved, _ = draw(20_000, np.random.default_rng(5), noise=0.3)
    np.testing.assert_allclose((moved - clean).std(axis=0), 0.3, rtol=0.03)
    np.testing.assert_allclose((moved - clean).mean(axis=0), 0, atol=0.01)


def test_moons_are_an_arch_and_a_bowl_one_in_the_other():
    x, labels = exact(datasets.moons)
    arch, bowl = x[labels == 0], x[labels == 1] - (1, 0.5)
    np.testing.assert_allclose(np.linalg.norm(arch, axis=1), 1)
    np.testing.assert_allclose(np.linalg.norm(bowl, axis=1), 1)
    assert arch[:, 1].min() >= 0 >= bowl[:, 1].max()
    assert np.ptp(arch[:, 0]) > 1.9 < np.ptp(bowl[:, 0])


def test_circles_are_two_whole_rings():
    x, labels = exact(datasets.circles)
    np.testing.assert_allclose(np.linalg.norm(x, axis=1), np.array([1, 0.5])[labels])
    for ring in (x[labels == 0], x[labels == 1]):
        assert len(np.unique(np.sign(ring), axis=0)) == 4


def test_each_arm_of_the_spiral_is_the_first_turned():
    x, labels = exact(datasets.spiral)
    z = x[:, 0] + 1j * x[:, 1]
    turned = z * np.exp(-2j * np.pi / 3 * (labels + 2 * abs(z)))
    np.testing.assert_allclose(turned, abs(z), atol=1e-12)
    assert 0.9 < abs(z).max() <= 1
    assert abs(z).min() < 0.1


def test_xor_fills_the_square_and_its_label_is_whether_the_signs_differ():
    x, labels = exact(datasets.xor)
    np.testing.assert_array_equal(labels, x[:, 0] * x[:, 1] < 0)
    assert len(np.unique(np.sign(x), axis=0)) == 4
    assert 0.9 < abs(x).max() <= 1


def test_blobs_stand_around_the_origin_as_far_from_one_another():
    x, labels = exact(datasets.blobs)
    centres = np.array([np.unique(x[labels == k], axis=0) for k in range(3)])[:, 0]
    np.testing.assert_allclose(centres.sum(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(
        np.linalg.norm(centres - np.roll(centres, 1, axis=0), axis=1), 3**0.5
    )


RNG = np.random.default_rng(0)


@pytest.mark.parametrize("draw", CLASSES)
@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ((0, RNG), ValueError, "n is 0; it must be a whole number of points, at least 1."),
        ((9.0, RNG), ValueError, "n is 9.0; it must be a whole number"),
        (
            (9, 0),
            TypeError,
            "rng is the number 0; it must be a generator: write rng = np.random.def",
        ),
        ((9, None), TypeError, "rng is None; it must"),
        ((9, RNG, -0.1), ValueError, "noise is -0.1; it must be a finite number from 0 up."),
        ((9, RNG, float("nan")), ValueError, "noise is nan; it must"),
        ((9, RNG, "much"), ValueError, "noise is 'much'; it must"),
    ],
)
def test_other_arguments_are_refused_in_a_sentence(draw, arguments, error, says):
    with pytest.raises(error) as caught:
        draw(*arguments)
    assert str(caught.value).startswith(says)


def test_the_number_of_points_may_come_from_numpy():
    assert datasets.moons(np.int64(4), RNG)[0].shape == (4, 2)
