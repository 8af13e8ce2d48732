"""Convolution with any kernel and stride, in the layout N-C-H-W: long shifts instead of im2col.

With stride s, the weight (i, j) of a filter meets pixels whose row is i and whose column is j
modulo s. So the pixels of an image are first sorted by these remainders, its s^2 phases: within a
phase a filter moves by one, and an output row after the other reads neighbours. Then

- A[i, j, c] is the phase (i, j mod s) of channel c as one long row, shifted by j // s: whole images
  are copied, where im2col writes a run of OW numbers for every weight and output row;
- only s of the KH kernel rows are unfolded. The others meet the same phases s*q rows further down,
  which are the same rows of A from another column on:

      y = sum over q of w[:, s q : s (q + 1)] @ A[: s KW C, q W' : q W' + OH W']

  W' = OW + (KW - 1) // s is a phase's width; the last columns of each row of y are left out.

AlexNet's first layer (3x227x227 to 96@11x11, stride 4) has three products and 133 rows of 3249
numbers in A, 1.7 MB, where im2col has 363 x 3025, 4.4 MB, for 105 million multiplications. The
first row of A is ones: it makes the bias a weight like the others.
"""

import numpy as np

from reference.fast.layers import Layer, Weights
from reference.fast.stage import Array, Shape, Stage, memory


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
        tall, wide = rows + (kh - 1) // s, columns + (kw - 1) // s
        new, phases = self.w.dtype, (min(s, kh), min(s, kw), channels)
        self.stride, self.dims, self.wide = s, (n, filters, rows, columns), wide
        # What no window reaches is not copied, so that infinities there do no harm.
        ends = min(pad + height, s * (rows - 1) + kh), min(pad + width, s * (columns - 1) + kw)
        self.reached = (..., *(slice(0, end - pad) for end in ends))
        self.inside = (..., *(slice(pad, end) for end in ends))
        self.image, self.dimage = (memory((channels, tall * s, wide * s), new) for _ in range(2))
        split, kept = (channels, tall, s, wide, s), (slice(min(s, kh)), slice(min(s, kw)))
        self.by_phase, self.d_by_phase = (
            image.reshape(split).transpose(2, 4, 0, 1, 3)[kept]
            for image in (self.image, self.dimage)
        )
        slack = (kw - 1) // s
        self.x = [memory((n, *phases, tall * wide + slack), new) for _ in range(chunks)]
        self.dphases, self.dx = memory(self.x[0].shape[1:], new), memory((n, *shape), new)
        self.y = [memory(self.dims, new) for _ in range(chunks)]
        self.a = memory((1 + phases[0] * kw * channels, tall * wide), new)
        self.a[0] = 1
        self.da = memory(self.a.shape, new)
        self.wb = memory((filters, 1 + kh * kw * channels), new)
        self.dwb = memory(self.wb.shape, new)
        self.sum, self.part, self.d = (memory((filters, rows * wide), new) for _ in range(3))
        self.dw_part = memory((filters, len(self.a)), new)
        self.da_part = memory((len(self.a), rows * wide), new)
        self.groups = [self.group(q) for q in range(-(-kh // s))]

    def group(self, q: int) -> tuple[slice, slice, slice]:
        """Return which columns of the weights meet which rows and columns of A: kernel rows s q on.

        The first group has the bias, too.
        """
        step = len(self.a) - 1
        first, last = 1 + q * step, min(1 + (q + 1) * step, self.wb.shape[1])
        start = q * self.wide
        bias = int(q == 0)
        outputs = slice(start, start + self.sum.shape[1])
        return slice(first - bias, last), slice(1 - bias, 1 + last - first), outputs

    @staticmethod
    def bytes(shape: Shape, layer: Layer, w: Array) -> int:
        """Return what one image takes."""
        return int(np.prod(shape)) * w.itemsize

    def prepare(self) -> None:
        """Put the bias and the weights side by side, these in the order of A's rows."""
        self.wb[:, 0] = self.b
        self.wb[:, 1:] = self.w.transpose(0, 2, 3, 1).reshape(len(self.w), -1)
        self.dwb[:] = 0

    def forward(self, x: Array, k: int) -> Array:
        """Return (N, F, OH, OW) for (N, C, H, W)."""
        total, part = self.sum, self.part
        columns = self.dims[3]
        for image, phases, y in zip(x, self.x[k], self.y[k], strict=True):
            self.sort(image, phases)
            self.shift(phases)
            for q, (weights, lines, outputs) in enumerate(self.groups):
                out = part if q else total
                np.matmul(self.wb[:, weights], self.a[lines, outputs], out=out)
                if q:
                    total += part
            y[:] = total.reshape(len(y), -1, self.wide)[..., :columns]
        return self.y[k]

    def backward(self, g: Array, k: int, wanted: bool) -> Array:
        """Return (N, C, H, W) for (N, F, OH, OW); add to the weights' gradient."""
        columns = self.dims[3]
        d = self.d.reshape(len(self.d), -1, self.wide)
        for gradient, phases, dx in zip(g, self.x[k], self.dx, strict=True):
            d[..., :columns] = gradient  # the columns that were left out stay zero
            self.shift(phases)
            self.da[:] = 0
            for weights, lines, outputs in self.groups:
                width = weights.stop - weights.start
                part = np.matmul(self.d, self.a[lines, outputs].T, out=self.dw_part[:, :width])
                self.dwb[:, weights] += part
                if wanted:
                    part = np.matmul(self.wb[:, weights].T, self.d, out=self.da_part[:width])
                    self.da[lines, outputs] += part
            if wanted:
                self.shift_back(dx)
        return self.dx

    def finish(self) -> None:
        """Take the gradients of weights and bias apart."""
        filters, channels, kh, kw = self.w.shape
        self.dw[:] = self.dwb[:, 1:].reshape(filters, kh, kw, channels).transpose(0, 3, 1, 2)
        self.db[:] = self.dwb[:, 0]

    def sort(self, image: Array, phases: Array) -> None:
        """Sort the pixels of an image by their phase."""
        self.image[self.inside] = image[self.reached]
        phases[..., : self.a.shape[1]] = self.by_phase.reshape(*phases.shape[:-1], -1)

    def shift(self, phases: Array) -> None:
        """Set A: for each phase of rows, kernel column and channel, a phase from some pixel on."""
        size = self.a.shape[1]
        a = self.a[1:].reshape(len(phases), -1, phases.shape[2], size)
        for j in range(a.shape[1]):
            over, phase = divmod(j, self.stride)
            a[:, j] = phases[:, phase, :, over : over + size]

    def shift_back(self, dx: Array) -> None:
        """Add what each row of A got to the pixels it came from."""
        size, total = self.a.shape[1], self.dphases
        da = self.da[1:].reshape(len(total), -1, total.shape[2], size)
        total[:] = 0
        for j in range(da.shape[1]):
            over, phase = divmod(j, self.stride)
            total[:, phase, :, over : over + size] += da[:, j]
        self.d_by_phase[:] = total[..., :size].reshape(self.d_by_phase.shape)
        dx[self.reached] = self.dimage[self.inside]
