"""A right set of answers: whole arrays, one slice for each entry of a filter; in-place habits."""

import numpy as np

misprints = {(i, j) for i, j in [(1, 0), (1, 1), (1, 2), (2, 1)]}


def convolve1d_scale(a, b):
    rows = np.zeros((len(a), len(a) + len(b) - 1))
    for t in range(len(a)):
        rows[t] = np.concatenate([np.zeros(t), a[t] * b, np.zeros(len(a) - 1 - t)])
    return rows


def convolve1d_flip(a, b):
    edge = np.zeros(len(b) - 1)
    signal, flipped = np.concatenate([edge, a, edge]), b[::-1]
    return np.array([signal[t : t + len(b)] @ flipped for t in range(len(a) + len(b) - 1)])


def zero_pad(x, pad):
    tall = np.zeros_like(x[..., :1, :]).repeat(pad, axis=-2)
    x = np.concatenate([tall, x, tall], axis=-2)
    wide = np.zeros_like(x[..., :1]).repeat(pad, axis=-1)
    return np.concatenate([wide, x, wide], axis=-1)


def output_size(n, kernel, stride=1, pad=0):
    size = int(np.floor((n + 2 * pad - kernel) / stride)) + 1
    if size < 1:
        raise ValueError(f"output size {size}")
    return size


def entries(q, r, rows, columns, stride):
    """Where entry (q, r) of all windows lies."""
    last = (rows - 1) * stride + 1, (columns - 1) * stride + 1
    return np.s_[..., q : q + last[0] : stride, r : r + last[1] : stride]


def conv2d_forward(x, w, b, stride=1, pad=0):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"{x.shape} against {w.shape}")
    rows = output_size(x.shape[2], w.shape[2], stride, pad)
    columns = output_size(x.shape[3], w.shape[3], stride, pad)
    xp = zero_pad(x, pad)
    out = np.zeros((x.shape[0], w.shape[0], rows, columns))
    out += b[None, :, None, None]
    for q in range(w.shape[2]):
        for r in range(w.shape[3]):
            seen = xp[entries(q, r, rows, columns, stride)]
            out += np.moveaxis(np.tensordot(w[:, :, q, r], seen, axes=(1, 1)), 0, 1)
    return out, (x, w, stride, pad)


def conv2d_backward(dout, cache):
    x, w, stride, pad = cache
    rows, columns = dout.shape[2:]
    xp = zero_pad(x, pad)
    dxp, dw = np.zeros_like(xp, dtype=float), np.zeros_like(w, dtype=float)
    for q in range(w.shape[2]):
        for r in range(w.shape[3]):
            place = entries(q, r, rows, columns, stride)
            dw[:, :, q, r] = np.tensordot(dout, xp[place], axes=((0, 2, 3), (0, 2, 3)))
            dxp[place] += np.moveaxis(np.tensordot(w[:, :, q, r], dout, axes=(0, 1)), 0, 1)
    if pad > 0:
        dxp = dxp[:, :, pad:-pad, pad:-pad]
    return [dxp, dw, np.sum(dout, axis=(0, 2, 3))]


def correlate2d(image, kernel, stride=1, pad=0):
    out, _ = conv2d_forward(image[None, None], kernel[None, None], np.zeros(1), stride, pad)
    return out[0, 0]


def convolve2d(a, b):
    out = np.zeros(tuple(m + k - 1 for m, k in zip(a.shape, b.shape, strict=True)))
    for q, r in np.ndindex(*b.shape):
        out[q : q + a.shape[0], r : r + a.shape[1]] += b[q, r] * a
    return out


KERNELS = {
    "identity": "000010000",
    "blur": "111121111",
    "sharpen": "0a0a5a0a0",
    "edge": "0a0a4a0a0",
    "sobel_x": "a01b02a01",
    "sobel_y": "aba000121",
    "emboss": "ba0a11012",
}


def named_kernel(name):
    if name not in KERNELS:
        raise ValueError(f"unknown {name}")
    digits = {"a": -1.0, "b": -2.0}
    kernel = np.array([digits.get(sign) or float(sign) for sign in KERNELS[name]]).reshape(3, 3)
    return kernel / kernel.sum() if name == "blur" else kernel


def maxpool2d_forward(x, size=2, stride=2):
    rows = output_size(x.shape[2], size, stride)
    columns = output_size(x.shape[3], size, stride)
    places = [entries(q, r, rows, columns, stride) for q in range(size) for r in range(size)]
    seen = np.stack([x[place] for place in places])
    return seen.max(axis=0), [seen.argmax(axis=0), places, x.shape]


def maxpool2d_backward(dout, cache):
    winner, places, shape = cache
    dx = np.zeros(shape, dtype=dout.dtype)
    for k, place in enumerate(places):
        dx[place] += np.where(winner == k, dout, 0.0)
    return dx


def avgpool2d_forward(x, size=2, stride=2):
    rows = output_size(x.shape[2], size, stride)
    columns = output_size(x.shape[3], size, stride)
    places = [entries(q, r, rows, columns, stride) for q in range(size) for r in range(size)]
    return np.mean([x[place] for place in places], axis=0), (places, x.shape)


def avgpool2d_backward(dout, cache):
    places, shape = cache
    dx = np.zeros(shape)
    for place in places:
        dx[place] += dout / len(places)
    return dx


def shift(x, dy, dx):
    out = np.roll(x, (dy, dx), axis=(-2, -1))
    rows, columns = np.arange(x.shape[-2]), np.arange(x.shape[-1])
    inside = (rows - dy >= 0) & (rows - dy < rows.size)
    out[..., ~inside, :] = 0.0
    inside = (columns - dx >= 0) & (columns - dx < columns.size)
    out[..., ~inside] = 0.0
    return out


def equivariance_gap(layer, x, dy, dx):
    difference = layer(shift(x, dy, dx)) - shift(layer(x), dy, dx)
    height, width = difference.shape[-2:]
    middle = difference[..., height // 4 : -(height // 4), width // 4 : -(width // 4)]
    return np.float64(np.max(np.abs(middle)))


def receptive_field(layers):
    first, last = 0, 0
    for kernel, stride in layers[::-1]:
        first, last = first * stride, last * stride + kernel - 1
    return last - first + 1
