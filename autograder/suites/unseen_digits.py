"""Digits for suites that judge a trained classifier: images drawn from those it has not seen.

Labels are judged, against labels that are not behind the wall. The images are the test part of the
digits, each moved by a fraction of a pixel and made a little noisy, other ones for each submission.
For visible checks there is one clear image of each digit.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from autograder import expect
from autograder.sandbox.digits import FILE
from course import datasets

Images = NDArray[np.float32]
Labels = NDArray[np.int64]

CLEAR = (615, 100, 170, 336, 1241, 1033, 379, 1240, 1051, 272)
NOISE = 0.02


def clear(size: int) -> Images:
    """Return one image of each digit, 0 to 9, from the training part: nobody would mistake it."""
    with np.load(FILE) as file:
        enlarging, images = file["enlarging"], file["train"][list(CLEAR)] / 16
    large = np.clip(enlarging @ images @ enlarging.T, 0, 1)
    return (images if size < len(enlarging) else large).astype(np.float32)


@cache
def unseen(size: int) -> tuple[Images, Labels]:
    """Return the test part of the digits, of 8 or 28 pixels."""
    _, _, images, labels = datasets.digits(size)
    return images, labels


def drawn(size: int, most: float, rng: np.random.Generator, times: int) -> tuple[Images, Labels]:
    """Draw every unseen digit some times, each time moved otherwise."""
    images, labels = unseen(size)
    moves = [moved(images, most, rng) for _ in range(times)]
    return np.concatenate(moves), np.tile(labels, times)


def moved(images: Images, most: float, rng: np.random.Generator) -> Images:
    """Move each image by at most a part of a pixel along both axes, and add a little noise."""
    for axis in (2, 3):
        by = rng.uniform(-most, most, (len(images), 1, 1, 1))
        back, forth = (_next(images, step, axis) for step in (-1, 1))
        images = (1 - np.abs(by)) * images + np.maximum(by, 0) * forth - np.minimum(by, 0) * back
    noisy = images + rng.normal(0, NOISE, images.shape)
    return np.clip(noisy, 0, 1).astype(np.float32)


def _next(images: Images, step: int, axis: int) -> Images:
    """Return the images moved by a whole pixel; zeros come in."""
    out = np.roll(images, step, axis)
    edge = [slice(None)] * 4
    edge[axis] = slice(0, 1) if step > 0 else slice(-1, None)
    out[tuple(edge)] = 0
    return out


def check_right(got: Sequence[object], labels: Labels) -> NDArray[np.bool_]:
    """Say which labels are right, once they are found to be labels."""
    known = len(got) - len(labels) or not all(type(n) is int and 0 <= n < 10 for n in got)
    expect.holds(not known, "these are not the labels of so many images")
    return np.equal(np.array(got), labels)


def check_share(right: NDArray[np.bool_], least: float) -> None:
    """Ask for a share of right labels."""
    expect.holds(bool(right.mean() >= least), f"{right.mean():.4f} of the digits are right")


def a_dozen_alone(images: Images) -> list[tuple[Images]]:
    """Return a dozen images together, then each alone."""
    return [(images[:12],), *((images[n : n + 1],) for n in range(12))]


def check_alone(got: Sequence[Sequence[object]], labels: Labels) -> None:
    """Ask that `a_dozen_alone` get the labels alone that they get together."""
    together, *alone = got
    check_right(together, labels[:12])
    expect.close(alone, [[label] for label in together])


def again(images: Images, order: Labels) -> list[tuple[NDArray[np.floating]]]:
    """Return the images, the same in another order, and in double precision."""
    return [(images,), (images[order],), (images.astype(np.float64),)]


def check_again(got: Sequence[Sequence[object]], labels: Labels, order: Labels) -> None:
    """Ask that images get the same labels `again`."""
    first, mixed, precise = got
    check_right(first, labels)
    expect.close(mixed, np.array(first)[order].tolist())
    expect.close(precise, first)
