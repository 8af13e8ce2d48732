import numpy as np
import pytest

from reference.initialise import initialise

WANTED = {
    ((300, 200), "small"): 1e-4,
    ((300, 200), "xavier"): 2 / 500,
    ((300, 200), "he"): 2 / 300,
    ((60, 40, 5, 3), "small"): 1e-4,
    ((60, 40, 5, 3), "xavier"): 2 / (15 * 100),
    ((60, 40, 5, 3), "he"): 2 / 600,
}


@pytest.mark.parametrize(("shape", "scheme"), WANTED)
def test_moments(shape, scheme):
    w = initialise(shape, scheme, np.random.default_rng(5))
    variance = WANTED[shape, scheme]
    standard = w.ravel() / np.sqrt(variance)
    assert (w.shape, w.dtype) == (shape, np.float64)
    assert abs(standard.mean()) < 5 / np.sqrt(w.size)
    assert abs(np.mean(standard**2) - 1) < 5 * np.sqrt(2 / w.size)
    assert abs(np.mean(standard**4) - 3) < 5 * np.sqrt(96 / w.size)  # normal, not uniform


def test_zeros_and_the_generator():
    assert np.all(initialise((3, 4), "zeros", np.random.default_rng(0)) == 0.0)
    first, again, other = (
        initialise((3, 4), "he", np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("shape", [(3,), (3, 4, 5), (), (0, 3), (2, 1, 0, 3)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="each at least 1, not"):
        initialise(shape, "he", np.random.default_rng(0))


def test_other_schemes_are_refused():
    with pytest.raises(ValueError, match="one of zeros, small, xavier, he, not 'orthogonal'"):
        initialise((2, 2), "orthogonal", np.random.default_rng(0))
