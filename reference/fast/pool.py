"""Pooling in any layout, first along the width, then along the height.

A window of k x k is k slices along one axis and then k along the other: 2(k-1) vectorised maxima
of long slices, where `reshape(...).max(axis=...)` makes a short loop for each output. For each
comparison a 0 or 1 remembers who won, in the numbers' own dtype, since a product with booleans
converts them first. Ties go to the left, then to the top, so to the first in C order.
"""

import numpy as np

from reference.fast.stage import Array, Shape, Stage, memory


class Line(Stage):
    """Pools along one axis: the window is a list of slices of the input, one for each place."""

    def __init__(
        self, axis: int, size: int, stride: int, shape: Shape, chunks: int, dtype: np.dtype
    ) -> None:
        steps = (shape[axis] - size) // stride + 1
        before = (slice(None),) * axis
        self.first, *self.others = (
            (*before, slice(j, j + stride * (steps - 1) + 1, stride)) for j in range(size)
        )
        self.overlap = size > stride
        self.dims = (*shape[:axis], steps, *shape[axis + 1 :])
        self.y = [memory(self.dims, dtype) for _ in range(chunks)]
        self.dx = memory(shape, dtype)  # what no window reaches stays zero


class MaxLine(Line):
    """The maximum along one axis."""

    def __init__(
        self, axis: int, size: int, stride: int, shape: Shape, chunks: int, dtype: np.dtype
    ) -> None:
        super().__init__(axis, size, stride, shape, chunks, dtype)
        self.wins = [[memory(self.dims, dtype) for _ in self.others] for _ in range(chunks)]
        self.part = memory(self.dims, dtype)

    def forward(self, x: Array, k: int) -> Array:
        """Return the maxima; remember which place of each window won."""
        best, y = x[self.first], self.y[k]
        for s, win in zip(self.others, self.wins[k], strict=True):
            np.greater(x[s], best, out=win)
            best = np.maximum(x[s], best, out=y)
        if not self.others:
            y[:] = best
        return y

    def backward(self, g: Array, k: int, wanted: bool) -> Array:
        """Return each gradient at the place that won it."""
        if self.overlap:
            return self.spread(g, k)
        dx, rest = self.dx, g  # from the last to the first: who won takes it, the rest goes on
        for s, win in zip(self.others[::-1], self.wins[k][::-1], strict=True):
            np.multiply(rest, win, out=dx[s])
            rest = np.subtract(rest, dx[s], out=dx[self.first] if s is self.others[0] else g)
        if not self.others:
            dx[self.first] = g
        return dx

    def spread(self, g: Array, k: int) -> Array:
        """Do the same where windows overlap, so that a place may win more than once."""
        dx, part = self.dx, self.part
        dx[:] = 0
        for s, win in zip(self.others[::-1], self.wins[k][::-1], strict=True):
            np.multiply(g, win, out=part)
            dx[s] += part
            g -= part
        dx[self.first] += g
        return dx


class MeanLine(Line):
    """The mean along one axis."""

    def forward(self, x: Array, k: int) -> Array:
        """Return the means."""
        y = self.y[k]
        y[:] = x[self.first]
        for s in self.others:
            y += x[s]
        y /= 1 + len(self.others)  # the sum first: of whole numbers it is exact
        return y

    def backward(self, g: Array, k: int, wanted: bool) -> Array:
        """Return each gradient in equal parts at all places of its window."""
        g /= 1 + len(self.others)
        self.dx[:] = 0
        for s in (self.first, *self.others):
            self.dx[s] += g
        return self.dx
