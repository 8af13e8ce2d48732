"""A right set of answers: one image after the other, lists, Python's own numbers."""

import math

import numpy as np

from reference.layers.activations import relu_backward, relu_forward
from reference.layers.convolution import conv2d_backward, conv2d_forward
from reference.layers.linear import linear_backward, linear_forward
from reference.layers.losses import softmax_cross_entropy
from reference.layers.pooling import maxpool2d_backward, maxpool2d_forward
from reference.lenet_experiment import network as trained
from reference.signals import output_size, shift


def dense_parameters(input_shape, units):
    count = units
    for n in input_shape:
        count *= n
    return count


def conv_parameters(input_shape, filters, kernel):
    channels, _, _ = input_shape
    return sum(channels * kernel**2 for _ in range(filters))


def rows_of(x):
    return [x] if x.ndim == 1 else [row for part in x for row in rows_of(part)]


def softmax_forward(x):
    shares = []
    for row in rows_of(x):
        top = max(row.tolist())
        powers = [math.exp(score - top) for score in row.tolist()]
        shares.append([power / sum(powers) for power in powers])
    return np.array(shares).reshape(x.shape), shares


def softmax_backward(dout, cache):
    rows = []
    for y, row in zip(cache, rows_of(dout), strict=True):
        jacobian = [
            [y[i] * ((i == j) - y[j]) for j in range(len(y))]  # of output i to score j
            for i in range(len(y))
        ]
        rows.append([sum(jacobian[i][j] * row[i] for i in range(len(y))) for j in range(len(y))])
    return np.array(rows).reshape(dout.shape)


def flatten_forward(x):
    return np.array([image.flatten().tolist() for image in x]), {"shape": x.shape}


def flatten_backward(dout, cache):
    dx = np.zeros(cache["shape"])
    for n in range(len(dout)):
        for place, index in enumerate(np.ndindex(*cache["shape"][1:])):
            dx[(n, *index)] = dout[n, place]
    return dx


def one_image(x, label, params):
    maps, first = conv2d_forward(x, params["alpha"], params["alpha_b"])
    maps, pool = maxpool2d_forward(maps)
    maps, second = conv2d_forward(maps, params["beta"], params["beta_b"])
    maps, relu = relu_forward(maps)
    scores, linear = linear_forward(maps.reshape(1, -1), params["w"], params["b"])
    loss, d = softmax_cross_entropy(scores, np.array([label]))
    d, dw, db = linear_backward(d, linear)
    d, dbeta, dbeta_b = conv2d_backward(relu_backward(d.reshape(maps.shape), relu), second)
    _, dalpha, dalpha_b = conv2d_backward(maxpool2d_backward(d, pool), first)
    return loss, [dalpha, dalpha_b, dbeta, dbeta_b, dw, db]


def convnet_loss(x, labels, params):
    names = ["alpha", "alpha_b", "beta", "beta_b", "w", "b"]
    total, grads = 0.0, {name: np.zeros(params[name].shape) for name in names}
    for n in range(len(x)):
        loss, slopes = one_image(x[n : n + 1], labels[n], params)
        total += loss / len(x)
        for name, slope in zip(names, slopes, strict=True):
            grads[name] += slope / len(x)
    return total, grads


def layer_table(layers, input_shape):
    rows, shape = [], list(input_shape)
    for layer in layers:
        name, count = layer[0], 0
        if name in ("conv", "pool") and len(shape) != 3:
            raise ValueError(f"{layer} needs maps, not {shape}")
        if name == "conv":
            _, filters, kernel, stride, pad = layer
            for _ in range(filters):
                count += shape[0] * kernel * kernel + 1
            sides = [output_size(n, kernel, stride, pad) for n in shape[1:]]
            shape = [filters, *sides]
        elif name == "pool":
            sides = [output_size(n, layer[1], layer[2]) for n in shape[1:]]
            shape = [shape[0], *sides]
        elif name == "flatten":
            product = 1
            for n in shape:
                product *= n
            shape = [product]
        elif name == "linear":
            if len(shape) != 1:
                raise ValueError(f"{layer} needs a row, not {shape}")
            count = layer[1] * shape[0] + layer[1]
            shape = [layer[1]]
        rows.append([name, list(shape), count])
    return rows


class LeNet5:
    def __init__(self, rng):
        self.params, self.grads = {}, {}
        for k, (shape, fan_in) in enumerate(
            [((6, 1, 5, 5), 25), ((16, 6, 5, 5), 150), ((256, 120), 256), ((120, 84), 120)], 1
        ):
            self.params[f"w{k}"] = rng.normal(0.0, math.sqrt(2 / fan_in), size=shape)
            self.params[f"b{k}"] = np.zeros(shape[0] if len(shape) == 4 else shape[1])
        self.params["w5"] = rng.normal(0.0, math.sqrt(1 / 84), size=(84, 10))
        self.params["b5"] = np.zeros(10)

    def one(self, x):
        caches = []
        for k in (1, 2):
            x, conv = conv2d_forward(x, self.params[f"w{k}"], self.params[f"b{k}"])
            x, relu = relu_forward(x)
            x, pool = maxpool2d_forward(x)
            caches.append((conv, relu, pool))
        x = x.reshape(1, 256)
        for k in (3, 4):
            x, linear = linear_forward(x, self.params[f"w{k}"], self.params[f"b{k}"])
            x, relu = relu_forward(x)
            caches.append((linear, relu))
        x, linear = linear_forward(x, self.params["w5"], self.params["b5"])
        caches.append((linear,))
        return x[0], caches

    def forward(self, x):
        self.caches = []
        scores = []
        for n in range(len(x)):
            row, caches = self.one(x[n : n + 1])
            scores.append(row)
            self.caches.append(caches)
        return np.array(scores)

    def backward(self, dscores):
        self.grads = {name: np.zeros_like(value) for name, value in self.params.items()}
        images = []
        for n, caches in enumerate(self.caches):
            d = dscores[n : n + 1]
            for k in (5, 4, 3):
                linear, *relu = caches[k - 1]
                if relu:
                    d = relu_backward(d, relu[0])
                d, dw, db = linear_backward(d, linear)
                self.grads[f"w{k}"] += dw
                self.grads[f"b{k}"] += db
            d = d.reshape(1, 16, 4, 4)
            for k in (2, 1):
                conv, relu, pool = caches[k - 1]
                d = relu_backward(maxpool2d_backward(d, pool), relu)
                d, dw, db = conv2d_backward(d, conv)
                self.grads[f"w{k}"] += dw
                self.grads[f"b{k}"] += db
            images.append(d[0])
        return np.array(images)


network = LeNet5(np.random.default_rng(0))
network.params = dict(trained.params)


def predict(images):
    labels = []
    for n in range(len(images)):
        scores = network.forward(images[n : n + 1])[0].tolist()
        labels.append(scores.index(max(scores)))
    return labels


def score_change(model, image, shifts):
    still = model.forward(image.reshape(1, 1, 28, 28))[0]
    found = []
    for dx in shifts:
        moved = model.forward(shift(image.reshape(1, 1, 28, 28), 0, dx))[0]
        found.append(math.sqrt(sum((a - b) ** 2 for a, b in zip(moved, still, strict=True))))
    return found


def feature_maps(model, image):
    x, maps = image.reshape(1, 28, 28), {}
    for k in (1, 2):
        w, b = model.params[f"w{k}"], model.params[f"b{k}"]
        side = x.shape[1] - 4
        out = np.zeros((len(w), side, side))
        for i in range(side):
            for j in range(side):
                window = x[:, i : i + 5, j : j + 5]
                for f in range(len(w)):
                    out[f, i, j] = max(0.0, float((window * w[f]).sum() + b[f]))
        maps[f"conv{k}"] = out
        x = np.zeros((len(w), side // 2, side // 2))
        for i in range(side // 2):
            for j in range(side // 2):
                x[:, i, j] = out[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max(axis=(1, 2))
        maps[f"pool{k}"] = x
    return maps


def saliency_map(model, image, label):
    model.forward(image.reshape(1, 1, 28, 28))
    slopes = model.backward(np.array([[float(k == label) for k in range(10)]]))
    return [[abs(float(slopes[0, 0, i, j])) for j in range(28)] for i in range(28)]
