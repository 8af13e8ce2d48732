"""3x3 convolution by Winograd's F(4,3): a quarter of the multiplications, in the layout H-W-N-C.

A tile of 4x4 outputs depends on 6x6 inputs. Directly it takes 16*9 = 144 multiplications for each
pair of channels; transformed, 6*6 = 36 (Lavin and Gray, 2015, "Fast algorithms for convolutional
neural networks"):

    output tile = A' [ (G w G') * (B' d B) ] A        (* entry by entry, ' is the transpose)

Summed over channels, "entry by entry" becomes 36 matrix products (tiles N, C) @ (C, F). The
transforms act on the two tile axes only; with images and channels innermost they are products of a
6x6 or 4x6 matrix with rows of thousands of numbers. One row of tiles is worked on at a time, so
that its 36 matrices lie in the cache (64 channels, 8 tiles, 4 images: 0.3 MB before and 0.3 MB
after the product, and 0.6 MB of weights).

Backward is the transpose of each step in reverse order: the gradient is spread by A, multiplied
with the transformed weights (for the input) and with the transformed input, which forward has kept
(for the weights). Overlapping tiles add up.

The usual points 0, +-1, +-2 make the transforms whole numbers, but lose four binary digits: of
float32, five decimal ones are left. With +-sqrt(1/2), +-sqrt(2), whose products are 1 and whose
powers stay near it, the error is a third.
"""

import numpy as np

from reference.fast.layers import Layer, Weights
from reference.fast.stage import Array, Shape, Stage, memory

POINTS = (0.0, 0.5**0.5, -(0.5**0.5), 2**0.5, -(2**0.5))  # and infinity


def transforms(outputs: int, weights: int) -> tuple[Array, Array, Array]:
    """Return A (6, m), B (6, 6) and G (6, r), m + r = 7, from values at POINTS (Toom and Cook)."""
    a, b, g = np.zeros((6, outputs)), np.zeros((6, 6)), np.zeros((6, weights))
    for i, point in enumerate(POINTS):
        others = [other for other in POINTS if other != point]
        a[i] = point ** np.arange(outputs)
        g[i] = point ** np.arange(weights) / np.prod(np.subtract(point, others))
        b[:5, i] = np.poly(others)[::-1]
    a[5, -1] = g[5, -1] = 1
    b[:, 5] = np.poly(POINTS)[::-1]
    return a, b, g


A, B, G = transforms(4, 3)


class Winograd(Stage):
    """Correlates (H, W, N, C) with w (F, C, 3, 3), stride 1; and adds the bias."""

    bias_inside = True
    layout = "HWNC"

    def __init__(
        self, shape: Shape, chunks: int, n: int, layer: Layer, weights: Weights, slopes: Weights
    ) -> None:
        (w, b), (dw, db) = weights, slopes
        channels, height, width = shape
        pad = int(layer[4])
        filters = len(w)
        rows, columns = height + 2 * pad - 2, width + 2 * pad - 2
        down, across = -(-rows // 4), -(-columns // 4)  # tiles; the last may stand over the edge
        new, tiles = w.dtype, across * n
        self.dims = (rows, columns, n, filters)
        self.pad, self.size, self.valid, self.w, self.dw = pad, shape[1:], (rows, columns), w, dw
        self.bias, self.db = b, db
        self.a, self.b, self.g = A.astype(new), B.astype(new), G.astype(new)
        self.padded = memory((4 * down + 2, 4 * across + 2, n, channels), new)
        self.dpadded = memory(self.padded.shape, new)
        self.y = [memory((4 * down, 4 * across, n, filters), new) for _ in range(chunks)]
        self.g_padded = memory(self.y[0].shape, new)
        self.v = [memory((down, 36, tiles, channels), new) for _ in range(chunks)]
        self.dv = memory((36, tiles, channels), new)
        self.m = memory((36, tiles, filters), new)
        self.strip = memory((6, 4 * across + 2, n, channels), new)
        self.dstrip = memory(self.strip.shape, new)
        self.tile_rows = memory((6, 6, across, n, channels), new)
        self.half = memory((4, 6 * tiles * filters), new)
        self.tile = memory((4, 4, across, n, filters), new)
        self.u, self.du = (memory((36, channels, filters), new) for _ in range(2))
        self.u_turned = memory((36, filters, channels), new)
        self.part = memory(self.u.shape, new)

    @staticmethod
    def bytes(shape: Shape, layer: Layer, w: Array) -> int:
        """Return what one image takes while a row of tiles is worked on."""
        return 36 * (-(-shape[2] // 4)) * (w.shape[0] + w.shape[1]) * w.itemsize

    def prepare(self) -> None:
        """Transform the filters."""
        u = np.tensordot(np.tensordot(self.w, self.g, (3, 1)), self.g, (2, 1))  # F C 6 (across) 6
        self.u[:] = u.transpose(2, 3, 1, 0).reshape(self.u.shape)
        self.u_turned[:] = self.u.transpose(0, 2, 1)  # BLAS multiplies a batch of these faster
        self.du[:], self.db[:] = 0, 0

    def forward(self, x: Array, k: int) -> Array:
        """Return (OH, OW, N, F) for (H, W, N, C)."""
        (height, width), p, y, tiles = self.size, self.pad, self.y[k], self.tile_rows
        self.padded[p : p + height, p : p + width] = x
        for row, v in enumerate(self.v[k]):
            top = self.padded[4 * row : 4 * row + 6]
            np.matmul(self.b.T, lines(top), out=lines(self.strip))
            for i in range(6):
                tiles[i] = self.strip[:, i : i + 4 * tiles.shape[2] - 3 : 4]
            np.matmul(self.b.T, lines(tiles), out=v.reshape(6, -1))
            np.matmul(v, self.u, out=self.m)
            np.matmul(self.a.T, self.m.reshape(6, -1), out=self.half)
            np.matmul(self.a.T, self.half.reshape(4, 6, -1), out=self.tile.reshape(4, 4, -1))
            self.tile += self.bias
            self.outputs(y, row)[:] = self.tile
        return y[: self.valid[0], : self.valid[1]]

    def backward(self, g: Array, k: int, wanted: bool) -> Array:
        """Return (H, W, N, C) for (OH, OW, N, F); add to the weights' gradient."""
        (height, width), p, tiles = self.size, self.pad, self.tile_rows
        if g.shape != self.g_padded.shape:
            self.g_padded[: self.valid[0], : self.valid[1]] = g
            g = self.g_padded
        if wanted:
            self.dpadded[:] = 0
        for row, v in enumerate(self.v[k]):
            self.tile[:] = self.outputs(g, row)
            np.matmul(self.a, self.tile.reshape(4, 4, -1), out=self.half.reshape(4, 6, -1))
            np.matmul(self.a, self.half, out=self.m.reshape(6, -1))
            self.db += self.tile.reshape(-1, len(self.db)).sum(0)
            self.du += np.matmul(v.transpose(0, 2, 1), self.m, out=self.part)
            if wanted:
                np.matmul(self.m, self.u_turned, out=self.dv)
                np.matmul(self.b, self.dv.reshape(6, -1), out=lines(tiles))
                end = 4 * tiles.shape[2]
                self.strip[:, end:] = 0
                for i in range(4):
                    self.strip[:, i:end:4] = tiles[i]
                for i in range(4, 6):
                    self.strip[:, i : end + 2 : 4] += tiles[i]
                np.matmul(self.b, lines(self.strip), out=lines(self.dstrip))
                self.dpadded[4 * row : 4 * row + 6] += self.dstrip
        return self.dpadded[p : p + height, p : p + width]

    def finish(self) -> None:
        """Transform the filters' gradient back."""
        du = self.du.reshape(6, 6, *self.du.shape[1:])  # across, down, C, F
        dw = np.tensordot(np.tensordot(du, self.g, (0, 0)), self.g, (0, 0))  # C F across down
        self.dw[:] = dw.transpose(1, 0, 3, 2)

    def outputs(self, y: Array, row: int) -> Array:
        """Return a row of tiles as (column in the tile, row in the tile, tile, N, F)."""
        strip = y[4 * row : 4 * row + 4]
        return strip.reshape(4, -1, 4, *y.shape[2:]).transpose(2, 0, 1, 3, 4)


def lines(a: Array) -> Array:
    """Return the matrix with a row for each entry of the first axis."""
    return a.reshape(len(a), -1)
