"""MNIST and Fashion-MNIST: four idx files each, known by the checksums of their contents."""

import numpy as np

from course.datasets.common import Split, in_unit_range
from course.datasets.idx import parse
from course.datasets.sources import FILES, Collection, read

MNIST = Collection(
    "MNIST",
    "mnist",
    (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://raw.githubusercontent.com/fgnt/mnist/master/",
    ),
    (
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
)

FASHION_MNIST = Collection(
    "Fashion-MNIST",
    "fashion_mnist",
    (
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ),
    (
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
)


def mnist() -> Split:
    """Return MNIST: 60 000 handwritten digits to train with, 10 000 by other writers to test.

    Read from `COURSE_DATA`'s folder `mnist`, else downloaded once (11 MB) and kept in the user's
    cache. The images take 220 MB of memory.

    Returns:
        `x_train, labels_train, x_test, labels_test`: images (N, 1, 28, 28) float32 in 0..1, ink is
        1; labels (N,) int64, the digit.

    Raises:
        DataUnavailable: it is neither here nor to be downloaded, or `COURSE_DATA`'s is damaged.

    Source: LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document
    Recognition, 1998.
    """
    return load(MNIST)


def fashion_mnist() -> Split:
    """Return Fashion-MNIST: 60 000 pictures of clothes to train with, 10 000 to test.

    As `mnist`, from the folder `fashion_mnist` (30 MB to download). Labels: 0 T-shirt, 1 trousers,
    2 pullover, 3 dress, 4 coat, 5 sandal, 6 shirt, 7 sneaker, 8 bag, 9 ankle boot.

    Source: Xiao, Rasul and Vollgraf, Fashion-MNIST, arXiv:1708.07747, 2017.
    """
    return load(FASHION_MNIST)


def load(wanted: Collection) -> Split:
    """Read the four files of a collection: images as float32 in 0..1, labels as int64.

    Raises:
        DataUnavailable: one of them cannot be had.
    """
    x_train, labels_train, x_test, labels_test = (parse(read(wanted, name)) for name in FILES)
    return (
        in_unit_range(x_train[:, None]),
        labels_train.astype(np.int64),
        in_unit_range(x_test[:, None]),
        labels_test.astype(np.int64),
    )
