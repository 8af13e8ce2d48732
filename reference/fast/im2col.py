"""Convolution with any kernel and stride: im2col of one image at a time, in the layout N-C-H-W.

Unfolding the whole batch writes each pixel KH*KW/stride^2 times to main memory and reads it again.
Here every image is unfolded into the same workspace and multiplied before it leaves the last-level
cache. For AlexNet's first layer (3x227x227 to 96@11x11, stride 4) that is 363 x 3025 numbers:
4.4 MB in all, not for each image, for 105 million multiplications.

So that the copying does not take as long as the product, the columns of the images are first
sorted by their remainder modulo the stride: then the pixels that one weight meets along an output
row lie next to each other. A last row of ones makes the bias a weight like the others.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from reference.fast.layers import Layer, Weights
from reference.fast.stage import Array, Shape, Stage, memory


class Im2col(Stage):
    """Correlates (N, C, H, W) with w (F, C, KH, KW) and adds the bias."""

    layout = "NCHW"
    bias_inside = True

    def __init__(
        self, shape: Shape, chunks: int, n: int, layer: Layer, weights: Weights, slopes: Weights
    ) -> None:
        (self.w, self.b), (self.dw, self.db) = weights, slopes
        channels, height, width = shape
        self.stride, self.pad = int(layer[3]), int(layer[4])
        filters, _, kh, kw = self.w.shape
        height, width = height + 2 * self.pad, width + 2 * self.pad
        rows, columns = (height - kh) // self.stride + 1, (width - kw) // self.stride + 1
        new, k = self.w.dtype, channels * kh * kw
        self.dims = (n, filters, rows, columns)
        self.padded = memory((n, channels, height, width), new)
        self.dx = memory(self.padded.shape, new)
        sorted_columns = (n, channels, height, self.stride, -(-width // self.stride))
        self.x = [memory(sorted_columns, new) for _ in range(chunks)]
        self.y = [memory(self.dims, new) for _ in range(chunks)]
        self.unfolded = memory((k + 1, rows * columns), new)
        self.unfolded[-1] = 1
        self.windows = self.unfolded[:-1].reshape(channels, kh, kw, rows, columns)
        self.wb = memory((filters, k + 1), new)
        self.dwb, self.part = memory(self.wb.shape, new), memory(self.wb.shape, new)

    @staticmethod
    def bytes(shape: Shape, layer: Layer, w: Array) -> int:
        """Return what one image takes."""
        return int(np.prod(shape)) * w.itemsize

    def prepare(self) -> None:
        """Put weights and bias side by side."""
        self.wb[:, :-1], self.wb[:, -1] = self.w.reshape(len(self.w), -1), self.b
        self.dwb[:] = 0

    def forward(self, x: Array, k: int) -> Array:
        """Return (N, F, OH, OW) for (N, C, H, W)."""
        if self.pad:
            self.inside(self.padded)[:] = x
            x = self.padded
        for remainder in range(self.stride):
            part = x[..., remainder :: self.stride]
            self.x[k][..., remainder, : part.shape[-1]] = part
        for image, out in zip(self.x[k], self.y[k], strict=True):
            self.unfold(image)
            np.matmul(self.wb, self.unfolded, out=out.reshape(len(out), -1))
        return self.y[k]

    def backward(self, g: Array, k: int, wanted: bool) -> Array:
        """Return (N, C, H, W) for (N, F, OH, OW); add to the weights' gradient."""
        if wanted:
            self.dx[:] = 0
        for image, d, dx in zip(self.x[k], g, self.dx, strict=True):
            d = d.reshape(len(d), -1)
            self.unfold(image)
            self.dwb += np.matmul(d, self.unfolded.T, out=self.part)
            if wanted:
                np.matmul(self.wb[:, :-1].T, d, out=self.unfolded[:-1])
                self.fold(dx)
        return self.inside(self.dx)

    def finish(self) -> None:
        """Take the gradients of weights and bias apart."""
        self.dw[:], self.db[:] = self.dwb[:, :-1].reshape(self.dw.shape), self.dwb[:, -1]

    def unfold(self, image: Array) -> None:
        """Set a row for each weight of a filter: what it meets at each output."""
        _, kh, kw, _, columns = self.windows.shape
        tall = sliding_window_view(image, kh, axis=1)[:, :: self.stride].transpose(0, 4, 1, 2, 3)
        for j in range(kw):
            first = j // self.stride
            self.windows[:, :, j] = tall[..., j % self.stride, first : first + columns]

    def fold(self, dx: Array) -> None:
        """Add what each weight met to the pixel it came from."""
        _, kh, kw, rows, columns = self.windows.shape
        height, width = self.stride * (rows - 1) + 1, self.stride * (columns - 1) + 1
        for i in range(kh):
            for j in range(kw):
                pixels = dx[:, i : i + height : self.stride, j : j + width : self.stride]
                pixels += self.windows[:, i, j]

    def inside(self, padded: Array) -> Array:
        """Return the images without their padding."""
        _, _, height, width = padded.shape
        p = self.pad
        return padded[:, :, p : height - p, p : width - p]
