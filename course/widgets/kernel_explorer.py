"""A kernel edited by hand slides over a picture, and the result is there at once."""

from collections.abc import Mapping
from typing import cast

import numpy as np
import traitlets
from numpy.typing import ArrayLike
from traitlets import observe

from course.plots.filtered import draw_filtered
from course.plots.picture import CannotDrawError, Picture, numbers
from course.plots.strokes import number
from course.widgets.answers import exactly, float_bytes
from course.widgets.base import Widget, script
from course.widgets.kernel_images import (
    BY_HAND,
    CORNER,
    DRAWING,
    NEUTRAL,
    UPLOAD,
    Array,
    Preset,
    grey,
    kernel_of,
    pictures,
    pixels_of,
)
from course.widgets.stepping import Student, name_of, ranged
from course.widgets.trying import tried
from course.widgets.windows import available, correlated, windows

MOST_STRIDE, MOST_PAD = 4, 6
SCALES = ("automatic", "grey, 0 to 1", "signed", "magnitude")


class KernelExplorer(Widget):
    """Edit a kernel and see what it makes of a picture (C601, T311; W28 to W32).

    The browser computes the result; the student's stands beside it, with the difference.

    Args:
        images: pictures by name, (H, W) or (H, W, 3), numbers 0..1; larger ones are thinned out to
            256 pixels. Left out: the photographs of `course.datasets`, or a digit in their place.
        presets: kernels by name, up to 7x7, or functions that return one and may fail; a few that
            say nothing come after them.
        student: `correlate2d(image, kernel, stride, pad) -> (H', W')`. It is handed a kernel that
            is flipped already, where `flip` is set.
        kernel: the first kernel, rows of numbers; W28's if left out.

    Attributes:
        source: the name of the picture on show; also "drawing" and "upload".
        preset: the name of the kernel, or "by hand".
        kernel: its rows; an array may be set.
        stride, pad, flip: 1 to 4, 0 to 6, and whether it is convolution rather than correlation.
        row, column: the window that is looked at, a place in the result.
        scale: how numbers become colours.

    Raises:
        ValueError: a picture or kernel that is none.
        traitlets.TraitError: a kernel, name or number that is not there.
    """

    _esm = script("grids", "filtering", "kernel_explorer")
    sources = traitlets.List(traitlets.Unicode()).tag(sync=True)
    source = traitlets.Unicode().tag(sync=True)
    image = traitlets.Dict().tag(sync=True)
    presets = traitlets.List(traitlets.Unicode()).tag(sync=True)
    preset = traitlets.Unicode(BY_HAND).tag(sync=True)
    kernel = traitlets.Any().tag(sync=True)
    stride = traitlets.Int(1).tag(sync=True)
    pad = traitlets.Int(0).tag(sync=True)
    flip = traitlets.Bool(False).tag(sync=True)
    row = traitlets.Int(0).tag(sync=True)
    column = traitlets.Int(0).tag(sync=True)
    scale = traitlets.Enum(SCALES, default_value=SCALES[0]).tag(sync=True)
    theirs = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        images: Mapping[str, ArrayLike] | None = None,
        presets: Mapping[str, Preset] | None = None,
        student: Student | None = None,
        kernel: ArrayLike | None = None,
    ) -> None:
        self._pictures = {name: grey(each, name) for name, each in pictures(images).items()}
        self._presets: dict[str, Preset] = {**(presets or {}), **NEUTRAL}
        self._student, self._version, self._of_preset = student, 0, None
        self._theirs: Array | None = None
        first = kernel_of(CORNER if kernel is None else kernel)
        super().__init__(
            sources=list(self._pictures),
            source=next(iter(self._pictures)),
            presets=[BY_HAND, *self._presets],
            kernel=first,
        )
        self._show()
        self.observe(self._settle, ["kernel", "stride", "pad", "flip", "image"])
        self._settle()

    @traitlets.validate("source", "preset")
    def _known(self, proposal: Mapping[str, object]) -> str:
        value, trait = cast("str", proposal["value"]), proposal["trait"]
        preset = cast("traitlets.TraitType[str, str]", trait).name == "preset"
        known = [BY_HAND, *self._presets] if preset else [*self._pictures]
        if value not in known:
            raise traitlets.TraitError(f"There is no {value!r} here: choose from {known}.")
        return value

    @traitlets.validate("kernel")
    def _rows(self, proposal: Mapping[str, object]) -> list[list[float]]:
        try:
            return kernel_of(cast("ArrayLike", proposal["value"]))
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None

    @traitlets.validate("stride", "pad")
    def _allowed(self, proposal: Mapping[str, object]) -> int:
        return ranged(proposal, {"stride": (1, MOST_STRIDE), "pad": (0, MOST_PAD)})

    @traitlets.validate("image")
    def _picture(self, proposal: Mapping[str, dict[str, object]]) -> dict[str, object]:
        try:
            pixels_of(proposal["value"])
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None
        return proposal["value"]

    @observe("source")
    def _show(self, change: object = None) -> None:
        if self.image and self.image["name"] == self.source:
            return  # the browser has drawn or read it just now
        pixels = self._pictures[self.source]
        self._version += 1
        size = {"rows": pixels.shape[0], "columns": pixels.shape[1], "version": self._version}
        self.image = {"name": self.source, **size, "pixels": float_bytes(pixels)}

    @observe("image")
    def _keep(self, change: object) -> None:
        name = str(self.image["name"])
        self._version = cast("int", self.image["version"])
        self._pictures[name] = pixels_of(self.image)
        self.source = name

    @observe("preset")
    def _choose(self, change: object) -> None:
        if self.preset == BY_HAND:
            return
        chosen = self._presets[self.preset]
        try:
            found = tried(chosen) if callable(chosen) else chosen
            self._of_preset = kernel_of(cast("ArrayLike", found))
        except (CannotDrawError, ValueError) as why:
            self.problem = f"No kernel {self.preset!r} yet: {why}"
            self._of_preset, self.preset = None, BY_HAND
            return
        if self.kernel == self._of_preset:
            self._settle()
        self.kernel = self._of_preset

    def pixels(self) -> Array:
        """Return the picture on show (H, W)."""
        return self._pictures[self.source]

    def used(self) -> Array:
        """Return the kernel as it is laid on the picture: flipped, if it is convolution."""
        kernel = np.array(self.kernel)
        return kernel[::-1, ::-1].copy() if self.flip else kernel

    def size(self) -> tuple[int, int]:
        """Return rows and columns of the result, 0 or less where no window fits."""
        sides = zip(self.pixels().shape, self.used().shape, strict=True)
        down, across = (windows(n, k, self.stride, self.pad) for n, k in sides)
        return down, across

    def _settle(self, change: object = None) -> None:
        """Ask the student's function, and say what is seen."""
        if self.preset != BY_HAND and self.kernel != self._of_preset:
            self.preset = BY_HAND
        problem, self._theirs, verdict = "", None, ""
        if min(self.size()) < 1:
            problem = "The kernel fits nowhere: choose more padding or a smaller kernel."
        elif self._student and available():
            try:
                self._theirs, verdict = self._asked(self._student)
            except CannotDrawError as why:
                problem = f"Yours is not shown: {why}"
        self.problem = problem
        self._pass_on()
        self.words = self._told(verdict)

    def _asked(self, student: Student) -> tuple[Array, str]:
        right = correlated(self.pixels(), self.used(), self.stride, self.pad)
        came = tried(student, self.pixels().copy(), self.used(), self.stride, self.pad)
        found = numbers(came, right.shape, f"your `{name_of(student)}`'s result")
        return found, exactly(f"Your {name_of(student)}", found, right).told()

    def _pass_on(self) -> None:
        """Send the student's result and what it is the result of."""
        answer: dict[str, object] = {}
        if self._theirs is not None:
            rows, columns = self._theirs.shape
            asked = {name: getattr(self, name) for name in ("kernel", "stride", "pad", "flip")}
            answer = {
                "rows": rows,
                "columns": columns,
                "values": float_bytes(self._theirs),
                **asked,
            }
            answer["version"] = self.image["version"]
        self.theirs = answer

    def _told(self, verdict: str) -> str:
        (rows, columns), kernel = self.pixels().shape, np.array(self.kernel)
        down, across = self.size()
        what = "convolution, the kernel flipped" if self.flip else "correlation, no flip"
        made = f"; the result has {down}x{across}" if min(down, across) > 0 else ""
        empty = not self.pixels().any()
        hint = {DRAWING: " Draw on it.", UPLOAD: " Choose a file."}.get(self.source, "") * empty
        return (
            f"{self.source}, {rows}x{columns} pixels.{hint} Kernel {kernel.shape[0]}x"
            f"{kernel.shape[1]}, sum {number(float(kernel.sum()))}: {what}, stride {self.stride}, "
            f"padding {self.pad}{made}.\n{verdict}".strip()
        )

    def picture(self) -> Picture:
        """Return the picture, the kernel as it is laid on it, the result and the student's."""
        text = "\n".join(filter(None, [self.words, self.problem]))
        if min(self.size()) < 1 or not available():
            return Picture(text)
        right = correlated(self.pixels(), self.used(), self.stride, self.pad)
        images = {self.source: self.pixels(), "result": right}
        if self._theirs is not None:
            images |= {"yours": self._theirs, "yours − result": self._theirs - right}
        drawn = draw_filtered(self.used(), images, "KernelExplorer")
        return Picture(f"{drawn.text}\n{text}", lambda: drawn.figure)
