"""What a classifier gets wrong: who is taken for whom, and its worst mistakes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from course.plots.picture import CannotDrawError
from course.plots.strokes import number

Array = NDArray[np.float64]
Labels = NDArray[np.int64]
WORST = 6


@dataclass(frozen=True)
class Mistake:
    """An example whose largest score is a wrong one, `margin` above the right one."""

    place: int
    said: str
    right: str
    margin: float

    def __str__(self) -> str:
        return f"said {self.said}, is {self.right}; by {number(self.margin, 2)}"


@dataclass(frozen=True)
class Judgement:
    """What scores (N, K) are worth.

    Attributes:
        confusion: (K, K) counts, a row for each right label, a column for each one said.
        mistakes: the worst, that is those with the largest margin, worst first.
        images: those of the mistakes, (n, H, W), or none, (0, 1, 1).
    """

    confusion: NDArray[np.int64]
    mistakes: list[Mistake]
    images: Array

    @property
    def wrong(self) -> int:
        """How many are wrong."""
        return int(self.confusion.sum() - np.trace(self.confusion))


def judge(scores: object, labels: object, images: object, classes: list[str]) -> Judgement:
    """Compare scores (N, K) with labels (N,); raises CannotDrawError with a sentence."""
    found, right = _scores(scores), _labels(labels)
    if right.shape != found.shape[:1]:
        raise CannotDrawError(
            f"there are scores {found.shape} and labels {right.shape}; one label for each row of "
            "scores is needed."
        )
    if right.min() < 0 or right.max() >= found.shape[1]:
        raise CannotDrawError(
            "the labels of these images are not known here."
            if (right < 0).all()
            else f"labels from 0 to {found.shape[1] - 1} go with scores {found.shape}."
        )
    said: Labels = found.argmax(axis=1)
    rows = np.arange(len(found))
    confusion = np.zeros((found.shape[1], found.shape[1]), dtype=np.int64)
    np.add.at(confusion, (right, said), 1)
    margins = found[rows, said] - found[rows, right]
    margins[said == right] = -1
    worst = [int(place) for place in np.argsort(-margins, kind="stable")[:WORST]]
    names = classes or [str(each) for each in range(found.shape[1])]
    if len(names) != found.shape[1]:
        raise CannotDrawError(f"there are {len(names)} classes, but scores {found.shape}.")
    mistakes = [
        Mistake(place, names[int(said[place])], names[int(right[place])], float(margins[place]))
        for place in worst
        if said[place] != right[place]
    ]
    return Judgement(confusion, mistakes, _pictures(images, len(found), mistakes))


def _scores(found: object) -> Array:
    try:
        scores = np.asarray(found, dtype=float)
    except (TypeError, ValueError):
        raise CannotDrawError("the scores are no array of numbers.") from None
    if scores.ndim != 2 or scores.size == 0:
        raise CannotDrawError(f"the scores have the shape {scores.shape}; it should be (N, K).")
    if not np.isfinite(scores).all():
        raise CannotDrawError("a score is infinite or not a number.")
    return scores


def _labels(found: object) -> Labels:
    labels = np.asarray(found)
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise CannotDrawError("the labels should be whole numbers, (N,).")
    return labels


def _pictures(found: object, count: int, mistakes: list[Mistake]) -> Array:
    """Return the images of the mistakes as (n, H, W); rows of a square number are squares."""
    if found is None:
        return np.zeros((0, 1, 1))
    images = np.asarray(found)
    side = round(float(np.sqrt(images[0].size))) if len(images) else 0
    if images.ndim == 2 and side * side == images.shape[1]:
        images = images.reshape(-1, side, side)
    if images.ndim == 4 and images.shape[1] == 1:
        images = images[:, 0]
    if images.ndim != 3 or len(images) != count:
        raise CannotDrawError(
            f"the images have the shape {images.shape}; it should be ({count}, H, W) or "
            f"({count}, 1, H, W)."
        )
    return images[[mistake.place for mistake in mistakes]].astype(float)
