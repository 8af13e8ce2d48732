"""A right set of answers: strided views and einsum, closures as caches, ties shared evenly."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

misprints = frozenset([(1, 0), (1, 1), (1, 2), (2, 1)])


def convolve1d_scale(a, b):
    rows = np.zeros((a.size, a.size + b.size - 1))
    t, k = np.indices((a.size, b.size))
    rows[t, t + k] = np.outer(a, b)
    return rows


def convolve1d_flip(a, b):
    wide = np.pad(a, b.size - 1)
    return np.einsum("tk,k->t", sliding_window_view(wide, b.size), np.flip(b))


def zero_pad(x, pad):
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + [(pad, pad)] * 2)


def output_size(n, kernel, stride=1, pad=0):
    steps, _ = divmod(n + 2 * pad - kernel, stride)
    if steps < 0:
        raise ValueError("no window fits")
    return np.int64(steps + 1)


def windows_of(x, kh, kw, stride):
    if kh > x.shape[-2] or kw > x.shape[-1]:
        raise ValueError("no window fits")
    return sliding_window_view(x, (kh, kw), axis=(-2, -1))[..., ::stride, ::stride, :, :]


def correlate2d(image, kernel, stride=1, pad=0):
    return np.einsum("ijqr,qr->ij", windows_of(zero_pad(image, pad), *kernel.shape, stride), kernel)


def convolve2d(a, b):
    kh, kw = b.shape
    return correlate2d(np.pad(a, [(kh - 1,) * 2, (kw - 1,) * 2]), b[::-1, ::-1])


def named_kernel(name):
    middle = np.zeros((3, 3))
    middle[1, 1] = 1.0
    smooth = np.outer([1.0, 2.0, 1.0], [1.0, 2.0, 1.0]) / 16
    across = np.outer([3.0, 10.0, 3.0], [-1.0, 0.0, 1.0]) / 32
    slanted = np.array([[-1.0, -1.0, 0.0], [-1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    try:
        return {
            "identity": middle,
            "blur": smooth,
            "sharpen": 2.0 * middle - smooth,
            "edge": smooth - middle,
            "sobel_x": across,
            "sobel_y": across.T,
            "emboss": middle + slanted,
        }[name]
    except KeyError:
        raise ValueError(name) from None


def conv2d_forward(x, w, b, stride=1, pad=0):
    if x.shape[1] != w.shape[1]:
        raise ValueError("channels")
    height, width = x.shape[2:]
    kh, kw = w.shape[2:]
    seen = windows_of(zero_pad(x, pad), kh, kw, stride)
    out = np.einsum("ncijqr,fcqr->nfij", seen, w, optimize=True) + b.reshape(-1, 1, 1)

    def back(dout):
        dw = np.einsum("nfij,ncijqr->fcqr", dout, seen, optimize=True)
        far = np.zeros((*dout.shape[:2], height + 2 * pad + kh - 1, width + 2 * pad + kw - 1))
        rows, columns = (stride * np.arange(size) for size in dout.shape[2:])
        far[:, :, (kh - 1 + rows)[:, None], kw - 1 + columns] = dout
        around = sliding_window_view(far, (kh, kw), axis=(2, 3))
        dx = np.einsum("nfijqr,fcqr->ncij", around, w[:, :, ::-1, ::-1], optimize=True)
        return dx[:, :, pad : pad + height, pad : pad + width], dw, dout.sum(axis=(0, 2, 3))

    return out, back


def conv2d_backward(dout, cache):
    return cache(dout)


def maxpool2d_forward(x, size=2, stride=2):
    seen = windows_of(x, size, size, stride)
    out = seen.max(axis=(-2, -1))

    def back(dout):
        hits = seen == out[..., None, None]
        shares = hits * (dout / hits.sum(axis=(-2, -1)))[..., None, None]
        return spread(shares, x.shape, stride)

    return out, back


def spread(shares, shape, stride):
    """Add what each window hands out to the pixels that it covers."""
    dx = np.zeros(shape)
    rows, columns, kh, kw = shares.shape[-4:]
    i, j, q, r = np.indices((rows, columns, kh, kw))
    np.add.at(dx, (..., i * stride + q, j * stride + r), shares)
    return dx


def maxpool2d_backward(dout, cache):
    return cache(dout)


def avgpool2d_forward(x, size=2, stride=2):
    seen = windows_of(x, size, size, stride)
    shape = x.shape
    even = np.full(seen.shape[-2:], 1.0 / size**2)
    out = np.einsum("ncijqr,qr->ncij", seen, even)
    return out, lambda dout: spread(dout[..., None, None] * even, shape, stride)


def avgpool2d_backward(dout, cache):
    return cache(dout)


def shift(x, dy, dx):
    height, width = x.shape[-2:]
    down = np.eye(height, k=-dy)
    right = np.eye(width, k=dx)
    return down @ x @ right


def equivariance_gap(layer, x, dy, dx):
    gap = np.abs(layer(shift(x, dy, dx)) - shift(layer(x), dy, dx))
    h, w = gap.shape[-2:]
    return gap[..., h // 4 : h - h // 4, w // 4 : w - w // 4].max()


def receptive_field(layers):
    if not layers:
        return 1
    kernels, strides = (np.array(each) for each in zip(*layers, strict=True))
    jumps = np.concatenate([[1], np.cumprod(strides)[:-1]])
    return int(1 + (kernels - 1) @ jumps)
