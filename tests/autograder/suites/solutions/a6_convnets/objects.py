"""A right set of answers: layers as objects, and arrays of its own written in place."""

import numpy as np

from reference.layers.activations import relu_backward, relu_forward
from reference.layers.convolution import conv2d_backward, conv2d_forward
from reference.layers.linear import linear_backward, linear_forward
from reference.layers.losses import softmax_cross_entropy
from reference.layers.pooling import maxpool2d_backward, maxpool2d_forward
from reference.lenet_experiment import network as trained
from reference.signals import output_size, shift


def dense_parameters(input_shape, units):
    _, dense = layer_table([("flatten",), ("linear", units)], input_shape)
    return dense[2] - units


def conv_parameters(input_shape, filters, kernel):
    shape = (input_shape[0], kernel, kernel)
    return layer_table([("conv", filters, kernel, 1, 0)], shape)[0][2] - filters


def softmax_forward(x):
    y = x - np.max(x, axis=-1, keepdims=True)
    np.exp(y, out=y)
    y /= np.sum(y, axis=-1, keepdims=True)
    return y, y.copy()


def softmax_backward(dout, cache):
    dx = dout * cache
    dx -= cache * dx.sum(axis=-1, keepdims=True)
    return dx


def flatten_forward(x):
    return np.ascontiguousarray(x).reshape(x.shape[0], -1), x


def flatten_backward(dout, cache):
    dx = np.empty_like(cache, order="C")
    dx.reshape(-1)[:] = dout.reshape(-1)
    return dx


class Layer:
    """A pair of functions with the names of its parameters; remembers its last cache."""

    def __init__(self, forward, back, *names):
        self.way_there, self.way_back, self.names = forward, back, names

    def forward(self, x, params):
        out, self.cache = self.way_there(x, *(params[name] for name in self.names))
        return out

    def backward(self, dout, grads):
        result = self.way_back(dout, self.cache)
        if not self.names:
            return result
        dx, *own = result
        grads.update(zip(self.names, own, strict=True))
        return dx


def conv(*names):
    return Layer(conv2d_forward, conv2d_backward, *names)


def linear(*names):
    return Layer(linear_forward, linear_backward, *names)


def relu():
    return Layer(relu_forward, relu_backward)


def pool():
    return Layer(maxpool2d_forward, maxpool2d_backward)


def flatten():
    return Layer(flatten_forward, flatten_backward)


def convnet_loss(x, labels, params):
    layers = [conv("alpha", "alpha_b"), pool(), conv("beta", "beta_b"), relu(), flatten()]
    layers.append(linear("w", "b"))
    for layer in layers:
        x = layer.forward(x, params)
    loss, d = softmax_cross_entropy(x, labels)
    grads = {"loss": loss}  # an extra key is no harm
    for layer in layers[::-1]:
        d = layer.backward(d, grads)
    return np.float64(loss), grads


def layer_table(layers, input_shape):
    table = []
    shape = input_shape
    for name, *numbers in layers:
        parameters = 0
        if name == "conv":
            filters, kernel, stride, pad = numbers
            channels, height, width = shape
            height, width = (output_size(n, kernel, stride, pad) for n in (height, width))
            shape = np.array([filters, height, width])
            parameters = (int(channels) * kernel * kernel + 1) * filters
        if name == "pool":
            channels, height, width = shape
            shape = (channels, output_size(height, *numbers), output_size(width, *numbers))
        if name == "flatten":
            shape = (int(np.prod(shape, dtype=np.int64)),)
        if name == "linear":
            if len(shape) > 1:
                raise ValueError(f"flatten {shape} before a dense layer of {numbers[0]} units")
            parameters = (1 + int(shape[0])) * numbers[0]
            shape = (numbers[0],)
        table.append((name, shape, parameters))
    return table


class LeNet5:
    def __init__(self, rng):
        self.params, self.grads = {}, {}
        shapes = [(6, 1, 5, 5), (16, 6, 5, 5), (256, 120), (120, 84), (84, 10)]
        for k, shape in enumerate(shapes, 1):
            units = shape[0] if k < 3 else shape[1]
            self.params[f"w{k}"] = rng.standard_normal(shape)
            self.params[f"w{k}"] /= np.sqrt(self.params[f"w{k}"].size / units)
            self.params[f"b{k}"] = np.zeros(units)
        pairs = [(f"w{k}", f"b{k}") for k in range(1, 6)]
        self.layers = [conv(*pairs[0]), relu(), pool(), conv(*pairs[1]), relu(), pool()]
        self.layers += [flatten(), linear(*pairs[2]), relu(), linear(*pairs[3]), relu()]
        self.layers.append(linear(*pairs[4]))

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x, self.params)
        return x

    def backward(self, dscores):
        self.grads.clear()
        for layer in self.layers[::-1]:
            dscores = layer.backward(dscores, self.grads)
        return dscores


network = LeNet5(np.random.default_rng(1))
for name, value in trained.params.items():
    network.params[name] = value.copy()


def predict(images):
    out = np.empty(len(images), np.int64)
    for n in range(0, len(images), 100):
        np.argmax(network.forward(images[n : n + 100]), axis=1, out=out[n : n + 100])
    return out


def score_change(model, image, shifts):
    def scores(dx):
        return model.forward(shift(image.reshape(28, 28), 0, dx)[None, None])

    return [np.linalg.norm(scores(dx) - scores(0), axis=1).item() for dx in shifts]


def feature_maps(model, image):
    maps, x = {}, image.reshape(1, 1, 28, 28).copy()
    stages = [("conv1", conv("w1", "b1")), ("pool1", pool())]
    stages += [("conv2", conv("w2", "b2")), ("pool2", pool())]
    for name, stage in stages:
        x = stage.forward(x, model.params)
        if name.startswith("conv"):
            np.maximum(x, 0.0, out=x)
        maps[name] = x[0].copy()
    return maps


def saliency_map(model, image, label):
    scores = model.forward(image[None, None] if image.ndim == 2 else image[None])
    dscores = np.zeros(np.shape(scores), np.asarray(scores).dtype)
    dscores[:, label] += 1
    slopes = model.backward(dscores)
    return np.sqrt(slopes.reshape(28, 28) ** 2)
