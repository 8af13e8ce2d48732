"""A right set of answers: loops over places, dicts as caches, Python's own numbers."""

import math

import numpy as np

misprints = {(2, 1), (1, 0), (1, 2), (1, 1)}


def convolve1d_scale(a, b):
    n, m = len(a), len(b)
    return [
        [float(a[t]) * float(b[k - t]) if 0 <= k - t < m else 0.0 for k in range(n + m - 1)]
        for t in range(n)
    ]


def convolve1d_flip(a, b):
    n, m = len(a), len(b)
    slid = []
    for t in range(n + m - 1):
        total = 0.0
        for k in range(m):
            if 0 <= t - k < n:
                total += a[t - k] * b[k]
        slid.append(total)
    return slid


def zero_pad(x, pad):
    out = np.zeros([*x.shape[:-2], x.shape[-2] + 2 * pad, x.shape[-1] + 2 * pad])
    for i in range(x.shape[-2]):
        for j in range(x.shape[-1]):
            out[..., i + pad, j + pad] = x[..., i, j]
    return out


def output_size(n, kernel, stride=1, pad=0):
    count, start = 0, -pad
    while start + kernel <= n + pad:
        count += 1
        start += stride
    if count == 0:
        raise ValueError(f"{kernel} does not fit into {n} + 2 * {pad}")
    return count


def correlate2d(image, kernel, stride=1, pad=0):
    rows = output_size(image.shape[0], kernel.shape[0], stride, pad)
    columns = output_size(image.shape[1], kernel.shape[1], stride, pad)
    padded = zero_pad(image, pad)
    out = [[0.0] * columns for _ in range(rows)]
    for i in range(rows):
        for j in range(columns):
            for q in range(kernel.shape[0]):
                for r in range(kernel.shape[1]):
                    out[i][j] += padded[i * stride + q, j * stride + r] * kernel[q, r]
    return np.array(out)


def convolve2d(a, b):
    out = np.zeros((a.shape[0] + b.shape[0] - 1, a.shape[1] + b.shape[1] - 1))
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            for q in range(b.shape[0]):
                for r in range(b.shape[1]):
                    out[i + q, j + r] += a[i, j] * b[q, r]
    return out


def named_kernel(name):
    if name == "identity":
        return np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    if name == "blur":
        return np.array([[1, 1, 1], [1, 1, 1], [1, 1, 1]]) / 9
    if name == "sharpen":
        return np.array([[-1, -1, -1], [-1, 9, -1], [-1, -1, -1]])
    if name == "edge":
        return np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
    if name == "sobel_x":
        return np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])
    if name == "sobel_y":
        return np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]])
    if name == "emboss":
        return np.array([[-1, -1, 0], [-1, 1, 1], [0, 1, 1]])
    raise ValueError(name)


def conv2d_forward(x, w, b, stride=1, pad=0):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"{x.shape[1]} channels, but filters for {w.shape[1]}")
    rows = output_size(x.shape[2], w.shape[2], stride, pad)
    columns = output_size(x.shape[3], w.shape[3], stride, pad)
    padded = zero_pad(x, pad)
    out = np.zeros((x.shape[0], w.shape[0], rows, columns))
    for f in range(w.shape[0]):
        for i in range(rows):
            for j in range(columns):
                top, left = i * stride, j * stride
                window = padded[:, :, top : top + w.shape[2], left : left + w.shape[3]]
                out[:, f, i, j] = (window * w[f]).sum(axis=(1, 2, 3)) + b[f]
    return out, {"padded": padded, "w": w, "b": b, "stride": stride, "pad": pad}


def conv2d_backward(dout, cache):
    padded, w, stride, pad = (cache[name] for name in ("padded", "w", "stride", "pad"))
    dpadded, dw, db = np.zeros(padded.shape), np.zeros(w.shape), np.zeros(cache["b"].shape)
    for f in range(w.shape[0]):
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                top, left = i * stride, j * stride
                where = np.s_[:, :, top : top + w.shape[2], left : left + w.shape[3]]
                up = dout[:, f, i, j][:, None, None, None]
                dpadded[where] += up * w[f]
                dw[f] += (up * padded[where]).sum(axis=0)
                db[f] += up.sum()
    height, width = padded.shape[2] - 2 * pad, padded.shape[3] - 2 * pad
    return dpadded[:, :, pad : pad + height, pad : pad + width], dw, db


def maxpool2d_forward(x, size=2, stride=2):
    rows = output_size(x.shape[2], size, stride)
    columns = output_size(x.shape[3], size, stride)
    out = np.zeros((*x.shape[:2], rows, columns))
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            for i in range(rows):
                for j in range(columns):
                    top, left = i * stride, j * stride
                    out[n, c, i, j] = x[n, c, top : top + size, left : left + size].max()
    return out, {"x": x, "size": size, "stride": stride}


def maxpool2d_backward(dout, cache):
    x, size, stride = cache["x"], cache["size"], cache["stride"]
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        window = x[n, c, top : top + size, left : left + size]
        q, r = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, top + q, left + r] += dout[n, c, i, j]
    return dx


def avgpool2d_forward(x, size=2, stride=2):
    rows = output_size(x.shape[2], size, stride)
    columns = output_size(x.shape[3], size, stride)
    out = np.zeros((*x.shape[:2], rows, columns))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            window = x[:, :, top : top + size, left : left + size]
            out[:, :, i, j] = window.sum(axis=(2, 3)) / size**2
    return out, {"shape": x.shape, "size": size, "stride": stride}


def avgpool2d_backward(dout, cache):
    size, stride = cache["size"], cache["stride"]
    dx = np.zeros(cache["shape"])
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            top, left = i * stride, j * stride
            dx[:, :, top : top + size, left : left + size] += (
                dout[:, :, i : i + 1, j : j + 1] / size**2
            )
    return dx


def shift(x, dy, dx):
    out = np.zeros(x.shape)
    height, width = x.shape[-2:]
    for i in range(height):
        for j in range(width):
            if 0 <= i - dy < height and 0 <= j - dx < width:
                out[..., i, j] = x[..., i - dy, j - dx]
    return out


def equivariance_gap(layer, x, dy, dx):
    one, other = layer(shift(x, dy, dx)), shift(layer(x), dy, dx)
    height, width = one.shape[-2:]
    largest = 0.0
    for i in range(height // 4, height - height // 4):
        for j in range(width // 4, width - width // 4):
            largest = max(largest, float(np.max(np.abs(one[..., i, j] - other[..., i, j]))))
    return largest


def receptive_field(layers):
    """Walk back from one output: which inputs does its first and its last one see?"""
    seen = 1
    for kernel, stride in reversed(list(layers)):
        seen = (seen - 1) * stride + kernel
    return math.floor(seen)
