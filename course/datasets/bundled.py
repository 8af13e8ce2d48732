"""Data that comes with scikit-learn: small digits and two photographs, without internet."""

from pathlib import Path
from typing import Protocol, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from course.datasets.common import DataUnavailable, Split, in_unit_range
from course.words import shown

_Floats: TypeAlias = NDArray[np.float64]

_TESTED = 360  # a fifth of the 1797 digits
_BRIGHTEST = 16  # the digits were counted in blocks of 4x4 black or white pixels


class _Digits(Protocol):
    """What is used of scikit-learn's answer; neither it nor SciPy has types of its own."""

    data: _Floats
    target: NDArray[np.int64]


class _Photographs(Protocol):
    """The same of its photographs."""

    filenames: list[str]
    images: list[NDArray[np.uint8]]


class _Datasets(Protocol):
    """What is used of `sklearn.datasets`."""

    def load_digits(self) -> _Digits: ...
    def load_sample_images(self) -> _Photographs: ...


class _Selection(Protocol):
    """What is used of `sklearn.model_selection`."""

    def train_test_split(
        self,
        images: _Floats,
        labels: NDArray[np.int64],
        /,
        *,
        test_size: int,
        stratify: NDArray[np.int64],
        random_state: int,
    ) -> tuple[_Floats, _Floats, NDArray[np.int64], NDArray[np.int64]]: ...


class _Images(Protocol):
    """What is used of `scipy.ndimage`."""

    def zoom(
        self,
        image: _Floats,
        /,
        zoom: tuple[float, float],
        *,
        order: int,
        mode: str,
        grid_mode: bool,
    ) -> _Floats: ...


def digits(size: int = 8) -> Split:
    """Return 1797 handwritten digits: 1437 to train with and 360 to test, the same for everyone.

    The split is drawn once and for all and stratified: each digit has its share in both parts. The
    order is shuffled. Both parts hold the hands of the same 13 writers, so a network does better
    on these test images than it would on a stranger's writing.

    Args:
        size: 8 for the images as they are, 28 for the same enlarged smoothly to MNIST's size.

    Returns:
        `x_train, labels_train, x_test, labels_test`: images (N, 1, size, size) float32 in 0..1,
        ink is 1; labels (N,) int64.

    Raises:
        ValueError: `size` is neither 8 nor 28.
        DataUnavailable: scikit-learn is not there.

    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998; the
    copy in scikit-learn.
    """
    if size not in (8, 28):
        raise ValueError(
            f"digits has images of 8x8 or 28x28 pixels, not of size {shown(size)}: write digits() "
            "or digits(28)."
        )
    try:
        from sklearn import datasets, model_selection
    except ImportError:
        raise _no_scikit_learn("The digits") from None
    bundled = cast("_Datasets", datasets).load_digits()
    images, labels = bundled.data.reshape(-1, 1, 8, 8) / _BRIGHTEST, bundled.target
    if size == 28:
        images = _enlarged(images)
    x_train, x_test, labels_train, labels_test = cast(
        "_Selection", model_selection
    ).train_test_split(images, labels, test_size=_TESTED, stratify=labels, random_state=0)
    return (
        x_train.astype(np.float32),
        labels_train.astype(np.int64),
        x_test.astype(np.float32),
        labels_test.astype(np.int64),
    )


def photographs() -> dict[str, NDArray[np.float32]]:
    """Return two colour photographs by name: `china`, a temple, and `flower`, a dahlia.

    Returns:
        Arrays (427, 640, 3) float32 in 0..1, red, green and blue last, as `plt.imshow` takes them.
        Floats rather than the bytes of the files, in which the sums of a filter would wrap around.

    Raises:
        DataUnavailable: scikit-learn is not there.

    Source: danielbuechele and vultilion on Flickr, CC BY 2.0; the copies in scikit-learn.
    """
    try:
        from sklearn import datasets
    except ImportError:
        raise _no_scikit_learn("The photographs") from None
    found = cast("_Datasets", datasets).load_sample_images()
    names = [Path(file).stem for file in found.filenames]
    return dict(zip(names, map(in_unit_range, found.images), strict=True))


def enlarging() -> _Floats:
    """The matrix (28, 8) that enlarges a column of pixels, by cubic splines through their centres.

    Enlarging is linear, and the same along rows and columns: what it does to the eight unit vectors
    is a matrix, which enlarges all images at once.
    """
    from scipy import ndimage

    return cast("_Images", ndimage).zoom(
        np.eye(8), (28 / 8, 1), order=3, mode="nearest", grid_mode=True
    )


def _enlarged(images: _Floats) -> _Floats:
    """The images (N, 1, 8, 8) as (N, 1, 28, 28)."""
    rows = enlarging()
    return np.clip(rows @ images @ rows.T, 0, 1)  # splines swing a little beyond 0 and 1


def _no_scikit_learn(what: str) -> DataUnavailable:
    return DataUnavailable(
        f"{what} come with scikit-learn, which is not here: install it with "
        "`pip install scikit-learn`; while a notebook is graded, this data is not available."
    )
