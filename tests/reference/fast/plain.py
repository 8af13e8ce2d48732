"""What a plan must agree with: the network written down once more, slowly, from its definition.

Loops over windows, no layout, no trick; float64 inside. Nothing here comes from the library.
"""

import numpy as np


class Plain:
    """A network of (w, b) arrays: `forward`, then `backward`."""

    def __init__(self, layers, weights):
        self.layers = layers
        self.weights = [(w.astype(float), b.astype(float)) for w, b in weights]

    def forward(self, x):
        x, weights, self.steps = x.astype(float), iter(self.weights), []
        for layer in self.layers:
            w, b = next(weights) if layer[0] in ("conv", "linear") else (None, None)
            self.steps.append((layer, x, w))
            x = step(layer, x, w, b)
        return x

    def backward(self, dout):
        """Return (dx, [(dw, db), ...])."""
        g, found = dout.astype(float), []
        for layer, x, w in reversed(self.steps):
            g, *slopes = pull(layer, x, w, g)
            if slopes:
                found.insert(0, tuple(slopes))
        return g, found


def windows(x, size, stride):
    """Yield the place of each output and of its window."""
    for i in range((x.shape[2] - size) // stride + 1):
        for j in range((x.shape[3] - size) // stride + 1):
            a, b = i * stride, j * stride
            yield (..., i, j), (..., slice(a, a + size), slice(b, b + size))


def empty(x, channels, size, stride):
    return np.empty((len(x), channels, *((n - size) // stride + 1 for n in x.shape[2:])))


def padded(x, pad):
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))


def step(layer, x, w, b):
    match layer:
        case ("conv", filters, size, stride, pad):
            x = padded(x, pad)
            out = empty(x, filters, size, stride)
            for o, i in windows(x, size, stride):
                out[o] = np.tensordot(x[i], w, ((1, 2, 3), (1, 2, 3))) + b
        case ("pool", size, stride):
            out = empty(x, x.shape[1], size, stride)
            for o, i in windows(x, size, stride):
                out[o] = x[i].max((2, 3))
        case ("avgpool", size, stride):
            out = empty(x, x.shape[1], size, stride)
            for o, i in windows(x, size, stride):
                out[o] = x[i].mean((2, 3))
        case ("relu",):
            out = np.where(x > 0, x, 0)
        case ("flatten",):
            out = x.reshape(len(x), -1)
        case ("linear", _):
            out = x @ w + b
    return out


def pull(layer, x, w, g):
    """Return (dx,) or (dx, dw, db)."""
    match layer:
        case ("conv", _, size, stride, pad):
            x = padded(x, pad)
            dx, dw = np.zeros_like(x), np.zeros_like(w)
            for o, i in windows(x, size, stride):
                dx[i] += np.tensordot(g[o], w, (1, 0))
                dw += np.tensordot(g[o], x[i], (0, 0))
            height, width = dx.shape[2:]
            return dx[:, :, pad : height - pad, pad : width - pad], dw, g.sum((0, 2, 3))
        case ("pool", size, stride):
            dx = np.zeros_like(x)
            for o, i in windows(x, size, stride):
                flat = x[i].reshape(*x.shape[:2], -1)
                won = np.arange(size * size) == flat.argmax(2)[..., None]
                dx[i] += (won * g[o][..., None]).reshape(x[i].shape)
            return (dx,)
        case ("avgpool", size, stride):
            dx = np.zeros_like(x)
            for o, i in windows(x, size, stride):
                dx[i] += g[o][..., None, None] / size**2
            return (dx,)
        case ("relu",):
            return (g * (x > 0),)
        case ("flatten",):
            return (g.reshape(x.shape),)
        case _:
            return g @ w.T, x.T @ g, g.sum(0)
