"""Convolution with stride 1 as a few matrix products in the layout W-C-H-N ("banded GEMM").

The usual im2col copies each pixel KH*KW times and multiplies by F rows of weights. For a first
layer of 6 filters that is 25 copies for 6 rows: memory, not arithmetic, sets the pace, and 6 rows
leave a matrix product's registers half empty. Here

- the images lie innermost, so that a shifted copy moves runs of OH*N numbers, not of OW;
- only the KH rows are unfolded, A[x, c, i, y, n] = input[x, c, y + i, n]: KH copies, not KH*KW;
- t neighbouring output columns are computed together from t+KW-1 columns of A, which lie in memory
  one after the other, by a matrix that holds the filters t times, each shifted by one column:

      (t F, (t+KW-1) C KH) @ ((t+KW-1) C KH, OH N) -> (t F, OH N)

  The share KW/(t+KW-1) of its entries is not zero: at t = 4 and KW = 5 the product does 1.8 times
  the arithmetic, and yet takes less time, since it is one product of a good shape.

The output lies in the same layout, so that the next layer needs no rearranging. For LeNet-5's first
layer (1x28x28 to 6@5x5) a chunk of 64 images has 0.9 MB in A, 0.2 in its input and 0.9 in its
output, where im2col's matrix would have 3.7 MB.
"""

import numpy as np

from reference.fast.layers import Layer, Weights
from reference.fast.stage import Array, Shape, Stage, memory

SMALL = 1_000_000  # multiplications up to which BLAS leaves out rearranging its operands
ROWS = 64  # rows with which a larger product is efficient


class Banded(Stage):
    """Correlates (W, C, H, N) with w (F, C, KH, KW), stride 1; the bias comes later."""

    bias_inside = False
    layout = "WCHN"

    def __init__(
        self, shape: Shape, chunks: int, n: int, layer: Layer, weights: Weights, slopes: Weights
    ) -> None:
        (w, _), (dw, _) = weights, slopes
        channels, height, width = shape
        pad = int(layer[4])
        filters, _, kh, kw = w.shape
        height, width = height + 2 * pad, width + 2 * pad
        rows, columns = height - kh + 1, width - kw + 1
        t = tile(columns, filters, kw, channels * kh * rows * n)
        new = w.dtype
        self.pad, self.w, self.dw = pad, w, dw
        self.tiles = [(x, min(t, columns - x)) for x in range(0, columns, t)]
        self.dims = (columns, filters, rows, n)
        self.filters, self.lines = filters, channels * kh
        self.padded = memory((width, channels, height, n), new)
        self.a = [memory((width, channels, kh, rows, n), new) for _ in range(chunks)]
        self.y = [memory(self.dims, new) for _ in range(chunks)]
        self.band = memory((t, filters, t + kw - 1, channels, kh), new)
        self.dband, self.part = memory(self.band.shape, new), memory(self.band.shape, new)
        self.da, self.dx = memory(self.a[0].shape, new), memory(self.padded.shape, new)
        self.shared = memory((kw - 1, channels, kh, rows, n), new)

    @staticmethod
    def bytes(shape: Shape, layer: Layer, w: Array) -> int:
        """Return what one image's A takes."""
        (channels, height, width), kh, pad = shape, w.shape[2], int(layer[4])
        return channels * kh * (height + 2 * pad - kh + 1) * (width + 2 * pad) * w.itemsize

    def prepare(self) -> None:
        """Lay the filters into the matrix, each column of outputs one place further."""
        kw = self.w.shape[3]
        for x, block in enumerate(self.band):
            block[:, x : x + kw] = self.w.transpose(0, 3, 1, 2)
        self.dband[:] = 0

    def forward(self, x: Array, k: int) -> Array:
        """Return (OW, F, OH, N) for (W, C, H, N)."""
        (_, _, kh, kw), p, a, y = self.w.shape, self.pad, self.a[k], self.y[k]
        rows = y.shape[2]
        if p:
            self.padded[p:-p, :, p:-p] = x
            x = self.padded
        for i in range(kh):
            a[:, :, i] = x[:, :, i : i + rows]
        for x0, t in self.tiles:
            columns, outputs = self.matrix(a, x0, x0 + t + kw - 1), self.matrix(y, x0, x0 + t)
            np.matmul(self.corner(self.band, t), columns, out=outputs)
        return y

    def backward(self, g: Array, k: int, wanted: bool) -> Array:
        """Return (W, C, H, N) for (OW, F, OH, N); add to the matrix's gradient."""
        (_, _, kh, kw), p, a, da, dx = self.w.shape, self.pad, self.a[k], self.da, self.dx
        rows = g.shape[2]
        for x0, t in self.tiles:
            end = x0 + t + kw - 1
            d, part, dband = (
                self.matrix(g, x0, x0 + t),
                self.corner(self.part, t),
                self.corner(self.dband, t),
            )
            dband += np.matmul(d, self.matrix(a, x0, end).T, out=part)
            if wanted:
                # The first columns belong to the tile before as well: there the parts add up.
                shared = kw - 1 if x0 else 0
                band = self.corner(self.band, t).T
                np.matmul(band[shared * self.lines :], d, out=self.matrix(da, x0 + shared, end))
                if shared:
                    np.matmul(
                        band[: shared * self.lines], d, out=self.matrix(self.shared, 0, shared)
                    )
                    da[x0 : x0 + shared] += self.shared
        if wanted:
            dx[:, :, :rows], dx[:, :, rows:] = da[:, :, 0], 0
            for i in range(1, kh):
                dx[:, :, i : i + rows] += da[:, :, i]
        return dx[p:-p, :, p:-p] if p else dx

    def finish(self) -> None:
        """Gather the filters' gradient from the places where they lie."""
        kw = self.w.shape[3]
        self.dw[:] = 0
        for x, block in enumerate(self.dband):
            self.dw += block[:, x : x + kw].transpose(0, 2, 3, 1)

    def corner(self, band: Array, t: int) -> Array:
        """Return the matrix for a tile of t columns, which is the corner of the full one."""
        full = band.reshape(len(band) * self.filters, -1)
        return full[: t * self.filters, : (t + self.w.shape[3] - 1) * self.lines]

    @staticmethod
    def matrix(a: Array, start: int, end: int) -> Array:
        """Return some columns of images as a matrix: a column for each output row and image."""
        part = a[start:end]
        return part.reshape(-1, part.shape[-2] * part.shape[-1])


def tile(columns: int, filters: int, kw: int, area: int) -> int:
    """Return how many output columns to compute together."""
    t = min(columns, max(1, round(ROWS / filters)))
    small = [k for k in range(1, t + 1) if k * filters * (k + kw - 1) * area <= SMALL]
    return small[-1] if small else t
