"""The digits behind the wall: as at home, from a file, and without the labels of the test part."""

import importlib.util

import numpy as np
import pytest

from autograder.sandbox import mounts
from autograder.sandbox.digits import FILE, arrays, write
from course import datasets
from course.datasets import DataUnavailable

MODULE = mounts.EDITION / "datasets" / "bundled.py"


def edition():
    """The module that stands behind the wall in the place of the kit's."""
    spec = importlib.util.spec_from_file_location("edition_bundled", MODULE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_file_is_what_scikit_learn_gives(tmp_path):
    with np.load(FILE) as file:
        assert set(file.files) == {"train", "test", "labels", "enlarging"}
        for name, wanted in arrays().items():
            assert file[name].dtype == wanted.dtype
            np.testing.assert_allclose(file[name], wanted, rtol=0, atol=1e-12)
    write(tmp_path / "again.npz")
    write(tmp_path / "once more.npz")
    assert (tmp_path / "again.npz").read_bytes() == (tmp_path / "once more.npz").read_bytes()


def test_the_file_has_labels_of_the_training_part_alone():
    with np.load(FILE) as file:
        _, labels_train, x_test, _ = datasets.digits()
        np.testing.assert_array_equal(file["labels"], labels_train)
        sizes = {name: file[name].size for name in file.files}
    assert sizes == {"train": 1437 * 64, "test": x_test.size, "labels": 1437, "enlarging": 28 * 8}


@pytest.mark.parametrize("size", [8, 28])
def test_the_edition_gives_the_same_digits(size):
    home, there = datasets.digits(size), edition().digits(size)
    for mine, theirs in zip(home[:3], there[:3], strict=True):
        assert theirs.dtype == mine.dtype
        np.testing.assert_allclose(theirs, mine, rtol=0, atol=1e-7)
    assert there[3].dtype == home[3].dtype
    np.testing.assert_array_equal(there[3], np.full(360, -1))


@pytest.mark.parametrize("size", [16, "28", None])
def test_the_edition_refuses_other_sizes_as_the_kit_does(size):
    words = rf"not of size {size!r}: write digits\(\) or digits\(28\)\."
    for digits in (datasets.digits, edition().digits):
        with pytest.raises(ValueError, match=words):
            digits(size)


def test_the_edition_says_that_photographs_are_not_there():
    with pytest.raises(DataUnavailable, match="not available while a notebook is graded"):
        edition().photographs()


LOOK = """
import sys
from course import datasets
x_train, labels_train, x_test, labels_test = datasets.digits(28)
print(x_train.shape, labels_train[:5], x_test.shape, set(labels_test.tolist()))
print(sorted({"sklearn", "scipy", "pooch"} & {name.split(".")[0] for name in sys.modules}))
try:
    datasets.mnist()
except datasets.DataUnavailable:
    print("no MNIST")
"""


def test_behind_the_wall_there_are_digits_and_no_labels_of_the_test_part(said):
    assert said(LOOK).splitlines() == [
        "ok",
        "(1437, 1, 28, 28) [3 9 1 3 1] (360, 1, 28, 28) {-1}",
        "[]",
        "no MNIST",
    ]


SEARCH = """
import os
found = [
    os.path.join(folder, name)
    for top in ("/site", "/work", "/wall", "/tmp")
    for folder, _, names in os.walk(top)
    for name in names
    if ("digits" in name and not name.endswith((".py", ".js"))) or "sklearn" in folder
]
print(found)
"""


def test_no_other_file_of_the_digits_is_mounted(said):
    assert said(SEARCH) == "ok\n['/site/course/datasets/digits.npz']\n"
