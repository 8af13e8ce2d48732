"""A convolutional layer, window by window: the products, and where their gradients go."""

from collections.abc import Mapping
from typing import cast

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from course.plots.picture import CannotDrawError, numbers
from course.plots.strokes import number
from course.widgets.answers import Answer, exactly, float_bytes
from course.widgets.base import script
from course.widgets.stepping import (
    MOST_MAPS,
    Array,
    Frames,
    Rows,
    Stepper,
    Student,
    finite,
    fitting,
    maps_of,
    name_of,
    pair_of,
    ranged,
)
from course.widgets.trying import tried
from course.widgets.windows import available, correlated, padded, scattered, windows

LARGEST, MOST_PAD, MOST_STRIDE = 5, 2, 3
SPELLED_OUT = 9  # products that still make a readable sum


class ConvStepper(Stepper):
    """Step through a convolutional layer, forward and backward (T311, C601; W27 to W31).

    Forward, the products under the window add up to one output. Backward, what that output hears
    is scattered: times the filter to its window of the input, times the window to the filter.

    Args:
        x: one image, (H, W), (C, H, W) or (1, C, H, W); up to 4 channels of 10x10.
        w: filters (KH, KW), (C, KH, KW) or (F, C, KH, KW); up to 4 of 5x5.
        b: biases (F,), zeros if left out.
        dout: the loss's gradient, shaped like the output at this stride and padding: 1, 2, 3 and
            so on if left out, and at other settings.
        forward, backward: `conv2d_forward(x, w, b, stride, pad) -> (out, cache)` and
            `conv2d_backward(dout, cache) -> (dx, dw, db)`, on a batch of one; their results are
            compared with SciPy's.
        stride, pad: 1 to 3, 0 to 2.

    Raises:
        ValueError: the shapes do not fit together, or cannot be read.
        traitlets.TraitError: a step, stride or padding that is not there.
    """

    _esm = script("grids", "stepping", "conv_stepper")
    pad = traitlets.Int(0).tag(sync=True)
    filters = traitlets.List(traitlets.Int()).tag(sync=True)
    w = traitlets.Bytes().tag(sync=True)
    b = traitlets.Bytes().tag(sync=True)

    def __init__(
        self,
        x: ArrayLike,
        w: ArrayLike,
        b: ArrayLike | None = None,
        dout: ArrayLike | None = None,
        forward: Student | None = None,
        backward: Student | None = None,
        stride: int = 1,
        pad: int = 0,
    ) -> None:
        image = maps_of(x, "x")
        self._w = _filters(w, len(image))
        self._b = np.zeros(len(self._w)) if b is None else finite(np.array(b, dtype=float), "b")
        if self._b.shape != (len(self._w),):
            raise ValueError(
                f"b has the shape {self._b.shape}: {len(self._w)} filters have as many biases."
            )
        fitting(image.shape[1:], self._w.shape[2:], 1)
        self._forward, self._backward = forward, backward
        super().__init__(
            stride=stride,
            pad=pad,
            shape=list(image.shape),
            filters=list(self._w.shape),
            x=float_bytes(image),
            w=float_bytes(self._w),
            b=float_bytes(self._b),
        )
        self._start(image, dout)

    @traitlets.validate("stride", "pad")
    def _allowed(self, proposal: Mapping[str, object]) -> int:
        return ranged(proposal, _RANGES)

    def settings(self) -> dict[str, int | str]:
        """Return the settings that the student's answers depend on."""
        return {"stride": self.stride, "pad": self.pad}

    def size(self) -> tuple[int, int, int]:
        """Return filters, rows and columns of the output."""
        f, _, *kernel = self.filters
        down, across = (
            windows(n, k, self.stride, self.pad)
            for n, k in zip(self.shape[1:], kernel, strict=True)
        )
        return f, down, across

    def expected(self) -> tuple[Array, Array, Array, Array]:
        """Return out (F, H', W'), dx (C, H, W), dw (F, C, KH, KW) and db (F,), by SciPy."""
        products = [correlated(self._x, each, self.stride, self.pad) for each in self._w]
        out = np.stack(products) + self._b[:, np.newaxis, np.newaxis]
        dout = self.gradients()
        dx, dw = scattered(self._x, self._w, dout, self.stride, self.pad)
        return out, dx, dw, dout.sum(axis=(1, 2))

    def ask(self) -> list[Answer]:
        """Return what the student's functions give here; raises CannotDrawError."""
        if self._forward is None:
            return []
        out, *gradients = self.expected()
        inputs = (self._x[np.newaxis].copy(), self._w.copy(), self._b.copy(), self.stride, self.pad)
        found, cache = pair_of(self._forward, *inputs)
        own = f"your `{name_of(self._forward)}`'s out"
        answers = [exactly("out", numbers(found, (1, *out.shape), own)[0], out)]
        if self._backward is None:
            return answers
        name = name_of(self._backward)
        back = tried(self._backward, self.gradients()[np.newaxis].copy(), cache)
        if not isinstance(back, tuple | list) or len(cast("list[object]", back)) != len(gradients):
            raise CannotDrawError(f"`{name}` should return (dx, dw, db).")
        dx, dw, db = cast("list[object]", back)
        shaped = zip(("dx", "dw", "db"), (dx, dw, db), gradients, strict=True)
        for what, given, right in shaped:
            shape = (1, *right.shape) if what == "dx" else right.shape
            array = numbers(given, shape, f"your `{name}`'s {what}").reshape(right.shape)
            answers.append(exactly(what, array, right))
        return answers

    def _here(self) -> tuple[Array, Array, float]:
        """Return the window (C, KH, KW), its filter and what its output hears."""
        f, i, j = self.place
        top, left = i * self.stride, j * self.stride
        _, _, rows, columns = self.filters
        window = padded(self._x, self.pad)[:, top : top + rows, left : left + columns]
        return window, self._w[f], float(self.gradients()[f, i, j])

    def told(self) -> str:
        """Return what happens at this step."""
        f, i, j = self.place
        window, own, heard = self._here()
        where = f"Map {f}, row {i}, column {j}"
        if self.direction == "backward":
            return (
                f"{where} hears {number(heard)}: {number(heard)} times filter {f} is added to the "
                f"input's window, {number(heard)} times the window to the filter's gradient, "
                f"{number(heard)} to the bias's."
            )
        total, bias = float((window * own).sum()), float(self._b[f])
        if window.size > SPELLED_OUT:
            spelled = f"{window.size} products add up to {number(total)}"
        else:
            pairs = zip(window.ravel(), own.ravel(), strict=True)
            products = " + ".join(f"{_factor(a)}·{_factor(v)}" for a, v in pairs)
            spelled = f"{products} = {number(total)}"
        return f"{where}: {spelled}; with the bias {number(bias)} it is {number(total + bias)}."

    def shown(self) -> tuple[Rows, Frames]:
        """Return the grids of this step, row by row, and their frames."""
        f, i, j = self.place
        _, own, _ = self._here()
        grids = self._forward_grids(f) if self.direction == "forward" else self._backward_grids(f)
        window = (i * self.stride, j * self.stride, *own.shape[1:])
        frames: Frames = {
            name: window for row in grids for name in row if name.startswith(("x", "dx"))
        }
        last = f"y, map {f}" if self.direction == "forward" else f"dy, map {f}"
        return grids, {**frames, last: (i, j, 1, 1)}

    def _forward_grids(self, f: int) -> Rows:
        window, own, _ = self._here()
        wide = padded(self._x, self.pad)
        grids: Rows = [
            {
                f"x{of}": wide[c],
                f"filter {f}{of}": own[c],
                f"products{of}": window[c] * own[c],
            }
            for c, of in enumerate(self._channels())
        ]
        if available():
            grids[0][f"y, map {f}"] = self.expected()[0][f]
        return grids

    def _backward_grids(self, f: int) -> Rows:
        window, own, heard = self._here()
        wide = padded(self._x, self.pad)
        above: Rows = []
        below: Rows = []
        for c, of in enumerate(self._channels()):
            above.append({f"filter {f}{of}": own[c], f"dy · filter{of}": heard * own[c]})
            below.append({f"x{of}": wide[c], f"dy · window{of}": heard * window[c]})
        above[0] = {f"dy, map {f}": self.gradients()[f], **above[0]}
        if available():
            for c, (dx, dw) in enumerate(zip(*self._so_far(), strict=True)):
                above[c][f"dx so far{self._channels()[c]}"] = padded(dx, self.pad)
                below[c][f"dw so far{self._channels()[c]}"] = dw
        return above + below

    def _channels(self) -> list[str]:
        """Return how the grids of each channel are told apart."""
        count = len(self._x)
        return [f", channel {c}" if count > 1 else "" for c in range(count)]

    def _so_far(self) -> tuple[list[Array], list[Array]]:
        """Return what has arrived up to this step: dx and this filter's dw, channel by channel."""
        dout = self.gradients()
        dout.flat[self.step + 1 :] = 0
        dx, dw = scattered(self._x, self._w, dout, self.stride, self.pad)
        return list(dx), list(dw[self.place[0]])


_RANGES = {"stride": (1, MOST_STRIDE), "pad": (0, MOST_PAD)}


def _factor(value: float) -> str:
    return number(value) if value >= 0 else f"({number(value)})"


def _filters(found: ArrayLike, channels: int) -> Array:
    """Return filters as (F, C, KH, KW); ValueError if they do not fit."""
    array = finite(np.array(found, dtype=float), "w")
    array = array.reshape(*[1] * (4 - array.ndim), *array.shape)
    if array.ndim != 4 or not array.size or array.shape[1] != channels:
        raise ValueError(
            f"w has the shape {np.shape(found)}: {channels} channels need filters "
            f"(F, {channels}, KH, KW)."
        )
    if len(array) > MOST_MAPS or max(array.shape[2:]) > LARGEST:
        raise ValueError(
            f"w has the shape {array.shape}: up to {MOST_MAPS} filters of {LARGEST}x{LARGEST} "
            "can be read."
        )
    return array
