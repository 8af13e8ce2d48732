"""An image, and how strongly something depends on each of its pixels."""

from course.plots.canvas import Sheet, curve_sheet
from course.plots.grids import Array
from course.plots.picture import Picture
from course.plots.strokes import INK, number

HALF_INKED = 0.5


def draw_sensitivity(
    image: Array, found: Array, pixel: tuple[int, int], score: str, title: str
) -> Picture:
    """Draw an image (H, W) and the sensitivity of a score to it, under the outline of the ink.

    `found` (H, W) is not negative; `pixel` is the row and the column that a mark stands on, `score`
    says whose sensitivity it is (T311; W38).
    """
    ink, slopes = (
        f"from {number(float(each.min()), 3)} to {number(float(each.max()), 3)}"
        for each in (image, found)
    )
    size = f"{image.shape[0]}x{image.shape[1]}"
    text = f"{title}\nimage: {size} pixels, ink {ink}\nsensitivity of {score}: {slopes}"
    return Picture(text, lambda: _sheet(image, found, pixel, score, title))


def _sheet(image: Array, found: Array, pixel: tuple[int, int], score: str, title: str) -> Sheet:
    figure = curve_sheet(8.6, 4.2)
    panels = (("image", image, "gray", 1.0), (f"sensitivity of {score}", found, "viridis", None))
    for place, (name, shown, colours, most) in enumerate(panels, 1):
        canvas = figure.add_subplot(1, 2, place)
        most = most or float(shown.max()) or 1.0
        drawn = canvas.imshow(shown, cmap=colours, vmin=0.0, vmax=most, interpolation="nearest")
        if place == 2 and float(image.min()) < HALF_INKED < float(image.max()):
            for ink, line in (("black", 3.0), ("white", 1.5)):
                canvas.contour(image, [HALF_INKED], colors=ink, linewidths=line)
        row, column = pixel
        for ink, size in (("white", 9.0), ("#c2185b", 6.0)):
            canvas.plot(column, row, "x", color=ink, ms=size + 3, mew=size / 2.5)
        canvas.set_title(name, fontsize=11, color=INK)
        canvas.set_xticks([])
        canvas.set_yticks([])
        figure.colorbar(drawn, ax=canvas, shrink=0.8, pad=0.02)
    figure.suptitle(title, fontsize=12)
    return figure
