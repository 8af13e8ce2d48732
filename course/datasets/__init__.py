"""Data for the lessons: handwritten digits, clothes, photographs, and points in the plane.

`digits` and `photographs` come with scikit-learn and need no internet. `mnist` and `fashion_mnist`
are read from the folder that `COURSE_DATA` names, or downloaded once. Where data cannot be had,
`DataUnavailable` says in a sentence what to do, so that a lesson can go on with less:

    try:
        x_train, labels_train, x_test, labels_test = datasets.mnist()
    except datasets.DataUnavailable as reason:
        print(reason)
        x_train, labels_train, x_test, labels_test = datasets.digits(28)

Images are (N, 1, H, W), float32 in 0..1, and `images.reshape(len(images), -1)` makes rows of them.
Labels are (N,), int64. The sets in the plane are drawn from the generator they are given.
"""

from course.datasets.bundled import digits, photographs
from course.datasets.common import DataUnavailable
from course.datasets.downloaded import fashion_mnist, mnist
from course.datasets.plane import blobs, circles, moons, spiral, xor

__all__ = [
    "DataUnavailable",
    "blobs",
    "circles",
    "digits",
    "fashion_mnist",
    "mnist",
    "moons",
    "photographs",
    "spiral",
    "xor",
]
