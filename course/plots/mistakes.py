"""The images that a classifier gets wrong, with what it said and what they are."""

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from course.plots.canvas import Sheet, curve_sheet
from course.plots.picture import CannotDrawError, Picture, run, sentence_instead

Images = NDArray[np.float32]
Labels = NDArray[np.int64]
ACROSS, MOST = 6, 12


@sentence_instead
def draw_mistakes(
    predict: Callable[[Images], object], images: Images, labels: Labels, title: str = "Mistakes"
) -> Picture:
    """Show the first images whose predicted label is wrong, at most 12 (W25).

    `predict(images)` returns (N,) whole numbers; `images` are (N, 1, H, W), `labels` (N,). Where
    the labels are not known, they are -1, as in the room where notebooks are graded.
    """
    if (labels < 0).all():
        raise CannotDrawError("the labels of these images are not known here.")
    said = _labels(run(predict, images.copy()), len(images))
    wrong = np.flatnonzero(np.not_equal(said, labels))
    pairs = [(int(said[n]), int(labels[n])) for n in wrong[:MOST]]
    share = 1 - len(wrong) / len(labels)
    text = f"{title}: {len(wrong)} of {len(labels)} images are wrong ({share:.1%} right)"
    if pairs:
        listed = ", ".join(f"{label} taken for {guess}" for guess, label in pairs)
        text += f"; the first are {listed}"
    if not pairs:
        return Picture(text)
    heading = f"{title}: {len(wrong)} of {len(labels)} wrong, {share:.1%} right"
    return Picture(text, lambda: _sheet(images[wrong[:MOST], 0], pairs, heading))


def _sheet(images: Images, pairs: Sequence[tuple[int, int]], heading: str) -> Sheet:
    down = -(-len(pairs) // ACROSS)
    figure = curve_sheet(1.5 * ACROSS, 1.9 * down + 0.4)
    for place, (image, (guess, label)) in enumerate(zip(images, pairs, strict=True), 1):
        canvas = figure.add_subplot(down, ACROSS, place)
        canvas.imshow(image, cmap="gray_r", vmin=0, vmax=1)
        canvas.set_title(f"said {guess}, is {label}", fontsize=10)
        canvas.axis("off")
    figure.suptitle(heading, fontsize=12)
    return figure


def _labels(found: object, count: int) -> Labels:
    try:
        labels = np.array([int(each) for each in cast("Sequence[int]", found)])
    except (TypeError, ValueError):
        raise CannotDrawError("predict should return one whole number for each image.") from None
    if labels.shape != (count,):
        raise CannotDrawError(f"predict returned {len(labels)} labels for {count} images.")
    return labels
