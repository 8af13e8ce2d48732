"""Convolution with any kernel and stride, in the layout N-C-H-W: long shifts instead of im2col.

With stride s, the weight (i, j) of a filter meets pixels whose row is i and whose column is j
modulo s. So the pixels of an image are first sorted by these remainders, its s^2 phases: within a
phase a filter moves by one, and an output row after the other reads neighbours. The kernel's rows
s q to s (q + 1) together meet the phases' rows t + q for the output row t:

    y[t] = sum over q of w_q @ (the phases' row t + q, unfolded along the columns)

That is a convolution in one dimension with r = ceil(KH / s) weights, each a matrix. Winograd's
F(m, r), m + r = 7, gets m output rows from 6 products instead of m r; its transforms (see
`winograd`) act on the rows before they are unfolded. To unfold is to copy a phase as one long row
from some pixel on, for each kernel column, where im2col copies a run of OW numbers for every weight
and output row.

AlexNet's first layer (3x227x227 to 96@11x11, stride 4) has r = 3: 61 million multiplications
instead of 105, and 0.4 MB of unfolded rows at a time, where im2col has 4.4 MB.
"""

from collections.abc import Iterator

import numpy as np

from reference.fast.layers import Layer, Weights
from reference.fast.stage import Array, Shape, Stage, memory
from reference.fast.winograd import POINTS, lines, transforms


def along_rows(r: int) -> tuple[Array, Array, Array]:
    """Return A (6, m), B (6, 6) and G (6, r) of F(m, r), or for other r plain products."""
    if 2 <= r <= len(POINTS):
        return transforms(len(POINTS) + 2 - r, r)
    return np.ones((r, 1)), np.eye(r), np.eye(r)


class Strided(Stage):
    """Correlates (N, C, H, W) with w (F, C, KH, KW) and adds the bias."""

    layout = "NCHW"
    bias_inside = True

    def __init__(
        self, shape: Shape, chunks: int, n: int, layer: Layer, weights: Weights, slopes: Weights
    ) -> None:
        (self.w, self.b), (self.dw, self.db) = weights, slopes
        s, pad = int(layer[3]), int(layer[4])
        (channels, height, width), (filters, _, kh, kw) = shape, self.w.shape
        rows, columns = (height + 2 * pad - kh) // s + 1, (width + 2 * pad - kw) // s + 1
        new, self.stride, self.dims = self.w.dtype, s, (n, filters, rows, columns)
        r = -(-kh // s)
        a, b, g = along_rows(r)
        self.at, self.bt, self.g = a.T.astype(new), b.T.astype(new), g.astype(new)
        products, m = a.shape
        tiles, self.wide = -(-rows // m), columns + (kw - 1) // s
        deep = tiles + -(-(r - 1) // m)
        # What no window reaches is not copied, so that infinities there do no harm.
        ends = min(pad + height, s * (rows - 1) + kh), min(pad + width, s * (columns - 1) + kw)
        self.reached = (..., *(slice(0, end - pad) for end in ends))
        self.inside = (..., *(slice(pad, end) for end in ends))
        split, kept = (channels, deep, m, s, self.wide, s), (min(s, kh), min(s, kw))
        self.image, self.dimage = (
            memory((channels, deep * m * s, self.wide * s), new) for _ in range(2)
        )
        self.by_phase, self.d_by_phase = (
            image.reshape(split).transpose(2, 3, 5, 0, 1, 4)[:, : kept[0], : kept[1]]
            for image in (self.image, self.dimage)
        )
        # Row t of rows[k] is the phases' row m t + k; behind them, a shift runs over the end.
        phases = (products, *kept, channels, deep * self.wide + (kw - 1) // s)
        self.rows, self.drows, self.dv = (memory(phases, new) for _ in range(3))
        self.v = [memory((n, *phases), new) for _ in range(chunks)]
        self.y, self.dx = [memory(self.dims, new) for _ in range(chunks)], memory((n, *shape), new)
        length, unfolded = tiles * self.wide, kept[0] * kw * channels
        self.a, self.da = (memory((unfolded, length), new) for _ in range(2))
        self.u, self.du = (memory((products, filters, unfolded), new) for _ in range(2))
        self.u_part = memory(self.u.shape[1:], new)
        # The bias stands behind the products, and every sum gets it.
        self.m, self.sums = (memory((k, filters, length), new) for k in (products + 1, m))
        self.with_bias = np.hstack([self.at, np.ones((m, 1), new)])

    @staticmethod
    def bytes(shape: Shape, layer: Layer, w: Array) -> int:
        """Return what one image takes."""
        return int(np.prod(shape)) * w.itemsize

    def prepare(self) -> None:
        """Mix the weights of kernel rows for the products; their order is that of A's rows."""
        filters, channels, kh, kw = self.w.shape
        r, of_phase = self.g.shape[1], self.dv.shape[1]
        rows = np.zeros((filters, r * of_phase, kw, channels), self.w.dtype)
        rows[:, :kh] = self.w.transpose(0, 2, 3, 1)
        rows = rows.reshape(filters, r, of_phase, kw, channels)
        self.u[:] = np.tensordot(self.g, rows, (1, 1)).reshape(self.u.shape)
        self.m[-1] = self.b[:, None]
        self.du[:], self.db[:] = 0, 0

    def forward(self, x: Array, k: int) -> Array:
        """Return (N, F, OH, OW) for (N, C, H, W)."""
        for image, v, y in zip(x, self.v[k], self.y[k], strict=True):
            self.sort(image)
            np.matmul(self.bt, lines(self.rows), out=lines(v))
            for phases, u, m in zip(v, self.u, self.m[:-1], strict=True):
                np.matmul(u, self.unfolded(phases), out=m)
            np.matmul(self.with_bias, lines(self.m), out=lines(self.sums))
            for rows, sums in self.by_row(y):
                rows[:] = sums
        return self.y[k]

    def backward(self, g: Array, k: int, wanted: bool) -> Array:
        """Return (N, C, H, W) for (N, F, OH, OW); add to the weights' gradient."""
        for gradient, v, dx in zip(g, self.v[k], self.dx, strict=True):
            self.db += gradient.sum((1, 2))
            self.sums[:] = 0
            for rows, sums in self.by_row(gradient):
                sums[:] = rows
            np.matmul(self.at.T, lines(self.sums), out=lines(self.m[:-1]))
            for phases, m, du in zip(v, self.m[:-1], self.du, strict=True):
                du += np.matmul(m, self.unfolded(phases).T, out=self.u_part)
            if wanted:
                self.dv[:] = 0
                for phases, u, m in zip(self.dv, self.u, self.m[:-1], strict=True):
                    np.matmul(u.T, m, out=self.da)
                    for source, line in self.shifts(phases, self.da):
                        source += line
                np.matmul(self.bt.T, lines(self.dv), out=lines(self.drows))
                self.sort_back(dx)
        return self.dx

    def finish(self) -> None:
        """Write the gradient of the weights."""
        filters, channels, kh, kw = self.w.shape
        rows = np.tensordot(self.g, self.du, (0, 0)).swapaxes(0, 1)
        self.dw[:] = rows.reshape(filters, -1, kw, channels)[:, :kh].transpose(0, 3, 1, 2)

    def sort(self, image: Array) -> None:
        """Set the rows of all phases from an image."""
        self.image[self.inside] = image[self.reached]
        rows = self.rows[: len(self.sums)]
        rows[..., : self.by_phase[0, 0, 0, 0].size] = self.by_phase.reshape(*rows.shape[:-1], -1)
        for found, same in self.repeated(self.rows):
            same[:] = found

    def sort_back(self, dx: Array) -> None:
        """Set the gradient of an image from that of the rows."""
        for first, same in reversed(list(self.repeated(self.drows))):  # what adds up moves on
            first += same
        rows = self.drows[: len(self.sums), ..., : self.by_phase[0, 0, 0, 0].size]
        self.d_by_phase[:] = rows.reshape(self.d_by_phase.shape)
        dx[self.reached] = self.dimage[self.inside]

    def repeated(self, rows: Array) -> Iterator[tuple[Array, Array]]:
        """Yield what stands in the rows twice: row t of rows[k + m] is row t + 1 of rows[k]."""
        by_line, m = lines(rows), len(self.sums)
        for first, same in zip(by_line, by_line[m:], strict=False):
            yield first[self.wide :], same[: -self.wide]

    def by_row(self, image: Array) -> Iterator[tuple[Array, Array]]:
        """Yield each m-th output row of an image (F, OH, OW), and these rows of the sums."""
        m = len(self.sums)
        for i, sums in enumerate(self.sums):
            rows = image[:, i::m]
            yield rows, sums.reshape(len(sums), -1, self.wide)[:, : rows.shape[1], : rows.shape[2]]

    def unfolded(self, phases: Array) -> Array:
        """Return A, the input of a product."""
        for source, line in self.shifts(phases, self.a):
            line[:] = source
        return self.a

    def shifts(self, phases: Array, a: Array) -> Iterator[tuple[Array, Array]]:
        """Yield for each kernel column the phases from some pixel on and their rows of A."""
        length = a.shape[1]
        by_column = a.reshape(len(phases), -1, phases.shape[2], length)
        for j in range(by_column.shape[1]):
            over, phase = divmod(j, self.stride)
            yield phases[:, phase, :, over : over + length], by_column[:, j]
