"""The data that comes with scikit-learn, and what is left of it where scikit-learn is not."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import zoom
from sklearn.datasets import load_digits

from course import datasets

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("size", [8, 28])
def test_digits_have_the_form_that_is_promised(size):
    x_train, labels_train, x_test, labels_test = datasets.digits(size)
    assert x_train.shape == (1437, 1, size, size)
    assert x_test.shape == (360, 1, size, size)
    assert labels_train.shape == (1437,)
    assert labels_test.shape == (360,)
    assert x_train.dtype == x_test.dtype == np.float32
    assert labels_train.dtype == labels_test.dtype == np.int64
    for images in (x_train, x_test):
        assert images.min() == 0
        assert 0.99 < images.max() <= 1


def test_digits_are_scikit_learns_each_once_with_its_label():
    x_train, labels_train, x_test, labels_test = datasets.digits()
    rows = np.concatenate([x_train, x_test]).reshape(1797, 64) * 16
    ours = np.column_stack([rows, np.concatenate([labels_train, labels_test])])
    theirs = np.column_stack([load_digits().data, load_digits().target])
    np.testing.assert_array_equal(ours[np.lexsort(ours.T)], theirs[np.lexsort(theirs.T)])


def test_both_parts_have_their_share_of_each_digit_in_mixed_order():
    _, labels_train, _, labels_test = datasets.digits()
    whole = np.bincount(load_digits().target)
    np.testing.assert_allclose(np.bincount(labels_test), whole * 360 / 1797, atol=1)
    np.testing.assert_array_equal(np.bincount(labels_train) + np.bincount(labels_test), whole)
    for labels in (labels_train, labels_test):
        assert len(set(labels[:30].tolist())) >= 7


def test_the_split_is_the_same_in_every_size_and_for_everyone():
    small, large = datasets.digits(8), datasets.digits(28)
    np.testing.assert_array_equal(small[1], large[1])
    np.testing.assert_array_equal(small[3], large[3])
    assert small[1][:10].tolist() == [3, 9, 1, 3, 1, 9, 4, 4, 2, 8]
    assert small[3][:10].tolist() == [7, 6, 3, 7, 7, 3, 2, 8, 9, 3]


def test_the_large_digits_are_the_small_ones_by_cubic_splines():
    small, large = datasets.digits(8)[0][:20, 0], datasets.digits(28)[0][:20, 0]
    for one, enlarged in zip(small.astype(float), large, strict=True):
        smooth = zoom(one, 3.5, order=3, mode="nearest", grid_mode=True)
        np.testing.assert_allclose(enlarged, smooth.clip(0, 1), atol=1e-6)
    assert abs(np.diff(large, axis=-1)).max() < 0.7 < abs(np.diff(small, axis=-1)).max()


@pytest.mark.parametrize("size", [16, 0, "28", None])
def test_another_size_is_refused_in_a_sentence(size):
    with pytest.raises(
        ValueError, match=f"not of size {size!r}: write digits\\(\\) or digits\\(28"
    ):
        datasets.digits(size)


def test_photographs():
    found = datasets.photographs()
    assert list(found) == ["china", "flower"]
    for image in found.values():
        assert image.shape == (427, 640, 3)
        assert image.dtype == np.float32
        assert 0 <= image.min() < 0.05
        assert 0.95 < image.max() <= 1
    sky = found["china"][:100].mean(axis=(0, 1))
    assert sky[2] > sky[0]  # red, green, blue


def run(code):
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_importing_the_module_loads_no_large_library():
    done = run(
        "import sys\nfrom course import datasets\n"
        "print({'sklearn', 'scipy', 'pooch', 'requests', 'tqdm'} & {*sys.modules})"
    )
    assert (done.stdout, done.stderr) == ("set()\n", "")


def test_where_scikit_learn_and_pooch_are_not_each_call_says_so_in_a_sentence():
    done = run("""
import os, sys
os.environ.pop("COURSE_DATA", None)
sys.modules |= dict.fromkeys(["sklearn", "scipy", "pooch"])
import numpy as np
from course import datasets
print(datasets.moons(2, np.random.default_rng(0), noise=0)[1])
for fetch in (datasets.digits, datasets.photographs, datasets.mnist, datasets.fashion_mnist):
    try:
        fetch()
    except datasets.DataUnavailable as reason:
        assert reason.__suppress_context__
        print(reason)
""")
    assert done.stderr == ""
    labels, *said = done.stdout.splitlines()
    assert labels == "[0 1]"
    assert [sentence.split(" come")[0] for sentence in said[:2]] == [
        "The digits",
        "The photographs",
    ]
    assert all("while a notebook is graded, this data is not available." in s for s in said[:2])
    assert [sentence.split(" is ")[0] for sentence in said[2:]] == ["MNIST", "Fashion-MNIST"]
