"""A right set of answers: einsum and closures, layers of its own, no given function but one."""

from functools import reduce
from itertools import accumulate
from operator import mul

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from reference.lenet_experiment import network as trained
from reference.signals import output_size, shift


def dense_parameters(input_shape, units):
    return int(np.prod(input_shape, dtype=np.int64)) * units


def conv_parameters(input_shape, filters, kernel):
    return int(np.prod([filters, input_shape[0], kernel, kernel], dtype=np.int64))


def softmax_forward(x):
    logs = x - np.logaddexp.reduce(x, axis=-1, keepdims=True)
    y = np.exp(logs)

    def back(dout):
        jacobian = np.einsum("...i,ij->...ij", y, np.eye(y.shape[-1]))
        jacobian -= np.einsum("...i,...j->...ij", y, y)
        return np.einsum("...ij,...i->...j", jacobian, dout)

    return y, back


def softmax_backward(dout, cache):
    return cache(dout)


def flatten_forward(x):
    return np.stack([image.ravel() for image in x]), lambda d: np.resize(d, x.shape)


def flatten_backward(dout, cache):
    return cache(dout)


def conv(x, w, b):
    windows = sliding_window_view(x, w.shape[2:], axis=(2, 3))
    out = np.einsum("nchwij,fcij->nfhw", windows, w, optimize=True) + b[:, None, None]

    def back(d):
        kh, kw = w.shape[2:]
        wide = np.pad(d, [(0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)])
        around = sliding_window_view(wide, (kh, kw), axis=(2, 3))
        dx = np.einsum("nfhwij,fcij->nchw", around, w[:, :, ::-1, ::-1], optimize=True)
        dw = np.einsum("nchwij,nfhw->fcij", windows, d, optimize=True)
        return dx, dw, np.einsum("nfhw->f", d)

    return out, back


def pool(x):
    n, c, h, w = x.shape
    even = x[:, :, : h // 2 * 2, : w // 2 * 2].reshape(n, c, h // 2, 2, w // 2, 2)
    out = even.max(axis=(3, 5))

    def back(d):
        hit = even == out[:, :, :, None, :, None]
        dx = np.zeros_like(x)
        shared = hit * (d / hit.sum(axis=(3, 5)))[:, :, :, None, :, None]
        dx[:, :, : h // 2 * 2, : w // 2 * 2] = shared.reshape(n, c, h // 2 * 2, w // 2 * 2)
        return dx

    return out, back


def relu(x):
    return x * (x > 0), lambda d: d * (x > 0)


def flat(x):
    return x.reshape(len(x), -1), lambda d: d.reshape(x.shape)


def dense(x, w, b):
    return x @ w + b, lambda d: (d @ w.T, x.T @ d, d.sum(axis=0))


def convnet_loss(x, labels, params):
    p = params
    a, back1 = conv(x, p["alpha"], p["alpha_b"])
    a, back2 = pool(a)
    a, back3 = conv(a, p["beta"], p["beta_b"])
    a, back4 = relu(a)
    a, back5 = flat(a)
    scores, back6 = dense(a, p["w"], p["b"])
    y, _ = softmax_forward(scores)
    hot = np.eye(scores.shape[1])[labels]
    logs = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    loss = -np.einsum("nk,nk->", hot, logs) / len(x)
    d, dw, db = back6((y - hot) / len(x))
    d, dbeta, dbeta_b = back3(back4(back5(d)))
    _, dalpha, dalpha_b = back1(back2(d))
    return loss, {
        "w": dw,
        "b": db,
        "beta": dbeta,
        "beta_b": dbeta_b,
        "alpha": dalpha,
        "alpha_b": dalpha_b,
    }


def row_of(before, layer):
    _, shape, _ = before
    match layer:
        case ("conv", filters, kernel, stride, pad):
            c, h, w = shape
            sides = (output_size(h, kernel, stride, pad), output_size(w, kernel, stride, pad))
            return "conv", (filters, *sides), filters * c * kernel**2 + filters
        case ("pool", size, stride):
            c, h, w = shape
            return "pool", (c, output_size(h, size, stride), output_size(w, size, stride)), 0
        case ("linear", units):
            (inputs,) = shape
            return "linear", (units,), units * inputs + units
        case ("flatten",):
            return "flatten", (reduce(mul, shape, 1),), 0
    return layer[0], shape, 0


def layer_table(layers, input_shape):
    return list(accumulate(layers, row_of, initial=("", tuple(input_shape), 0)))[1:]


class LeNet5:
    def __init__(self, rng):
        def uniform(*shape):
            fan_in = np.prod(shape[1:]) if len(shape) == 4 else shape[0]
            return rng.uniform(-1, 1, shape) * np.sqrt(6 / fan_in)

        weights = [uniform(6, 1, 5, 5), uniform(16, 6, 5, 5), uniform(256, 120)]
        weights += [uniform(120, 84), uniform(84, 10)]
        self.params = {f"w{k}": w for k, w in enumerate(weights, 1)}
        self.params |= {f"b{k}": np.zeros(n) for k, n in enumerate((6, 16, 120, 84, 10), 1)}
        self.grads = {}

    def forward(self, x):
        self.tape = []

        def through(layer, x, k=None):
            own = () if k is None else (self.params[f"w{k}"], self.params[f"b{k}"])
            out, back = layer(x, *own)
            self.tape.append((back, k))
            return out

        for k in (1, 2):
            x = through(pool, through(relu, through(conv, x, k)))
        x = through(flat, x)
        for k in (3, 4):
            x = through(relu, through(dense, x, k))
        return through(dense, x, 5)

    def backward(self, dscores):
        d, self.grads = dscores, {}
        for back, k in reversed(self.tape):
            d = back(d)
            if k is not None:
                d, self.grads[f"w{k}"], self.grads[f"b{k}"] = d
        return d


network = LeNet5(np.random.default_rng(3))
network.params.update(trained.params)


def predict(images):
    parts = np.array_split(images, -(-len(images) // 256))
    scores = [network.forward(part.astype(np.float32)) for part in parts]
    return np.concatenate(scores).argmax(axis=-1).astype(np.uint8)


def score_change(model, image, shifts):
    image = image.reshape(1, 28, 28)
    batch = np.stack([image, *(shift(image, 0, dx) for dx in shifts)])
    scores = model.forward(batch)
    return np.sqrt(np.einsum("nk,nk->n", scores[1:] - scores[0], scores[1:] - scores[0])).tolist()


def feature_maps(model, image):
    p = model.params
    conv1 = relu(conv(image.reshape(1, 1, 28, 28), p["w1"], p["b1"])[0])[0]
    pool1 = pool(conv1)[0]
    conv2 = relu(conv(pool1, p["w2"], p["b2"])[0])[0]
    maps = {"conv1": conv1, "pool1": pool1, "conv2": conv2, "pool2": pool(conv2)[0]}
    return {name: array.squeeze(0) for name, array in maps.items()}


def saliency_map(model, image, label):
    scores = model.forward(np.reshape(image, (1, 1, 28, 28)))
    slopes = model.backward(np.eye(scores.shape[1])[[label]])
    return np.absolute(slopes).max(axis=(0, 1))
