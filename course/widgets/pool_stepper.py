"""Pooling, window by window: who is the maximum, and who gets the gradient."""

from collections.abc import Mapping

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from course.plots.picture import numbers
from course.plots.strokes import number
from course.widgets.answers import Answer, exactly, float_bytes
from course.widgets.base import script
from course.widgets.stepping import (
    Array,
    Frames,
    Rows,
    Stepper,
    Student,
    fitting,
    maps_of,
    name_of,
    pair_of,
    ranged,
)
from course.widgets.trying import tried
from course.widgets.windows import (
    available,
    average_shares,
    averaged,
    largest,
    max_shares,
    windows,
)

KINDS = ("max", "average")
TIES = ("the first takes all", "equal shares")
MOST = 4


class PoolStepper(Stepper):
    """Step through max or average pooling, forward and backward (C601; W30, W31).

    Backward, what an output hears goes to the maximum of its window, or in equal shares to all of
    it. At a tie the maxima may share it in any way: `ties` shows two of them, and the student's
    gradient may be any.

    Args:
        x: one image, (H, W), (C, H, W) or (1, C, H, W); up to 4 maps of 10x10.
        dout: the loss's gradient, shaped like the output at these settings: 1, 2, 3 and so on if
            left out, and at other settings.
        pairs: for "max" and "average", or one of them, the student's `(forward, backward)`:
            `forward(x, size, stride) -> (out, cache)` and `backward(dout, cache) -> dx`, on a
            batch of one; their results are compared with SciPy's.
        kind: "max" or "average".
        window, stride: 1 to 4.

    Raises:
        ValueError: the shapes do not fit together, or cannot be read.
        traitlets.TraitError: a step, a window or a kind that is not there.
    """

    _esm = script("grids", "stepping", "pool_stepper")
    kind = traitlets.Enum(KINDS, default_value="max").tag(sync=True)
    ties = traitlets.Enum(TIES, default_value=TIES[0]).tag(sync=True)
    window = traitlets.Int(2).tag(sync=True)
    most = traitlets.Int(MOST).tag(sync=True)

    def __init__(
        self,
        x: ArrayLike,
        dout: ArrayLike | None = None,
        pairs: Mapping[str, tuple[Student, Student]] | None = None,
        kind: str = "max",
        window: int = 2,
        stride: int = 2,
    ) -> None:
        image = maps_of(x, "x")
        if unknown := set(pairs or {}) - set(KINDS):
            raise ValueError(f"pairs may name {' and '.join(KINDS)}, not {sorted(unknown)}.")
        self._pairs = dict(pairs or {})
        fitting(image.shape[1:], (window, window), 1)
        super().__init__(
            kind=kind,
            window=window,
            stride=stride,
            most=min(MOST, *image.shape[1:]),
            shape=list(image.shape),
            x=float_bytes(image),
        )
        self._start(image, dout)
        self.observe(self._moved, "ties")

    @traitlets.validate("window", "stride")
    def _allowed(self, proposal: Mapping[str, object]) -> int:
        return ranged(proposal, {"window": (1, self.most), "stride": (1, MOST)})

    def settings(self) -> dict[str, int | str]:
        """Return the settings that the student's answers depend on."""
        return {"stride": self.stride, "window": self.window, "kind": self.kind}

    def size(self) -> tuple[int, int, int]:
        """Return maps, rows and columns of the output."""
        maps, *image = self.shape
        down, across = (windows(n, self.window, self.stride) for n in image)
        return maps, down, across

    def ask(self) -> list[Answer]:
        """Return what the student's functions give here; raises CannotDrawError."""
        if self.kind not in self._pairs:
            return []
        forward, backward = self._pairs[self.kind]
        ways = self.window, self.stride
        found, cache = pair_of(forward, self._x[np.newaxis].copy(), *ways)
        dout = self.gradients()
        if self.kind == "max":
            out, (least, most) = largest(self._x, *ways), max_shares(self._x, dout, *ways)
        else:
            out = averaged(self._x, *ways)
            least = most = average_shares(self._x, dout, *ways)
        own = numbers(found, (1, *out.shape), f"your `{name_of(forward)}`'s out")[0]
        answers = [exactly("out", own, out)]
        back = tried(backward, dout[np.newaxis].copy(), cache)
        dx = numbers(back, (1, *self._x.shape), f"your `{name_of(backward)}`'s dx")[0]
        answers.append(Answer("dx", dx, least, most))
        # Where ties leave a choice each entry may be right alone and all together too much.
        sums = exactly("dx's sum over each map", dx.sum(axis=(1, 2)), dout.sum(axis=(1, 2)))
        return [*answers, sums] if sums.wrong.size else answers

    def _here(self) -> tuple[Array, Array]:
        """Return the window and which of its entries count: the maxima, or all."""
        c, i, j = self.place
        top, left = i * self.stride, j * self.stride
        window = self._x[c, top : top + self.window, left : left + self.window]
        counts = window == window.max() if self.kind == "max" else np.ones(window.shape, bool)
        return window, counts.astype(float)

    def told(self) -> str:
        """Return what happens at this step."""
        c, i, j = self.place
        window, counts = self._here()
        where, tied = f"Map {c}, row {i}, column {j}", int(counts.sum())
        heard = number(float(self.gradients()[c, i, j]))
        tie = f" ({tied} tie)" if tied > 1 else ""
        if self.kind == "average":
            mean, share = number(float(window.mean())), number(1 / window.size)
            return (
                f"{where} hears {heard}: each of the {window.size} entries gets {share} of it."
                if self.direction == "backward"
                else f"{where}: the mean of {window.size} entries is {mean}."
            )
        if self.direction == "forward":
            return f"{where}: the maximum is {number(float(window.max()))}{tie}."
        if tied == 1:
            return f"{where} hears {heard}: all of it goes to the window's maximum."
        how = "the first takes all" if self.ties == TIES[0] else "each gets an equal share"
        return f"{where} hears {heard}: {tied} entries tie, and {how}; any shares would do."

    def shown(self) -> tuple[Rows, Frames]:
        """Return the grids of this step, row by row, and their frames."""
        c, i, j = self.place
        window, counts = self._here()
        frames: Frames = {"x": (i * self.stride, j * self.stride, *window.shape)}
        grids = {f"x, map {c}": self._x[c], "window": window}
        if self.direction == "backward":
            dout = self.gradients()
            shares = counts / counts.sum()
            if self.kind == "max" and self.ties == TIES[0]:
                shares = np.zeros(window.shape)
                shares.flat[np.argmax(counts)] = 1.0
            grids = {"dy": dout[c], **grids, "its shares": dout[c, i, j] * shares}
        elif available():
            out = largest if self.kind == "max" else averaged
            grids["y"] = out(self._x, self.window, self.stride)[c]
        frames |= {"y": (i, j, 1, 1), "dy": (i, j, 1, 1), f"x, map {c}": frames["x"]}
        return [grids], frames
