"""The readable floor and other people's engines: a LeNet-5 step, and the scalar demo."""

import gc
import statistics
from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol, Self, cast

import numpy as np
from numpy.typing import NDArray

from benchmarks import scalar
from benchmarks.harness import Row, Run, measure
from benchmarks.training import MOMENTUM, RATE, Images, Labels, data, plan_step, torch_step
from reference.arrays import Array
from reference.convnet import LeNet5
from reference.fast import plan
from reference.layers.losses import softmax_cross_entropy
from reference.models import LENET5
from reference.scalar import Value
from reference.updates import sgd_update


def rows() -> list[Row]:
    """Measure the LeNet-5 steps and both settings of the scalar demo."""
    x, labels = data((128, 1, 28, 28))
    ours = plan_step(plan(LENET5, x.shape, np.float32), x, labels)
    opponents: dict[str, Run] = {
        "torch": torch_step(LENET5, x, labels),
        "textbook im2col, float64": classic_step(x.astype(float), labels),
        "HIPS autograd": autograd_step(x, labels),
    }
    readable = {"readable": readable_step(x, labels), "torch": opponents["torch"]}
    found = [measure("LeNet-5 step, the readable floor", readable, "torch", 6.0, 7, 1)]
    runs = {"plan": ours} | opponents
    found += [
        measure(
            f"LeNet-5 step, plan against {name}", {"plan": ours, name: runs[name]}, name, None, 5, 1
        )
        for name in list(opponents)[1:]
    ]
    return found + scalar_rows()


def scalar_rows() -> list[Row]:
    """Measure the scalar engine against micrograd on micrograd's demo."""
    gc.collect()
    gc.freeze()  # what torch and the others have imported is no work for the collector
    micrograd = cast(scalar.Engine, import_module("micrograd.engine").Value)
    found: list[Row] = []
    for collector, required in scalar.REQUIRED.items():
        times = scalar.compare({"ours": Value, "micrograd": micrograd}, collector)
        ratios = sorted(a / b for a, b in zip(times["ours"], times["micrograd"], strict=True))
        seconds = {name: statistics.median(found) for name, found in times.items()}
        what = f"scalar engine, garbage collector {collector}"
        row = Row(what, seconds, "micrograd", statistics.median(ratios), 1 / required)
        row.spread = [ratios[0], ratios[-1]]
        found.append(row)
    gc.unfreeze()
    return found


def readable_step(x: Images, labels: Labels) -> Run:
    """Return the step of the class that students write, in float32."""
    model = LeNet5(np.random.default_rng(0))
    model.params = {name: w.astype(np.float32) for name, w in model.params.items()}
    states: dict[str, Array | None] = dict.fromkeys(model.params)

    def step() -> None:
        _, dscores = softmax_cross_entropy(model.forward(x), labels)
        model.backward(dscores)
        for name, w in model.params.items():
            dw, state = model.grads[name], states[name]
            model.params[name], states[name] = sgd_update(w, dw, state, RATE, MOMENTUM)

    return step


SHAPES = (
    (6, 1, 5, 5),
    (6,),
    (16, 6, 5, 5),
    (16,),
    (256, 120),
    (120,),
    (120, 84),
    (84,),
    (84, 10),
    (10,),
)


def weights(dtype: type) -> list[NDArray[np.floating]]:
    """Return small random weights of LeNet-5."""
    rng = np.random.default_rng(0)
    return [(0.05 * rng.standard_normal(shape)).astype(dtype) for shape in SHAPES]


def update(parameters: list[Any], gradients: list[Any], velocity: list[Any]) -> None:
    """Make one step of SGD with momentum."""
    for w, dw, v in zip(parameters, gradients, velocity, strict=True):
        v *= MOMENTUM
        v += dw
        w -= RATE * v


class Traced(Protocol):
    """What the step asks of autograd's arrays."""

    shape: tuple[int, ...]

    def __add__(self, other: Self, /) -> Self: ...
    def __sub__(self, other: Self, /) -> Self: ...
    def __matmul__(self, other: Self, /) -> Self: ...
    def __getitem__(self, index: tuple[Labels, Labels], /) -> Self: ...
    def reshape(self, *shape: int) -> Self: ...


def autograd_step(x: Images, labels: Labels) -> Run:
    """Return the step as HIPS autograd's own example does it: its convolve, reshape and max."""
    anp = import_module("autograd.numpy")
    convolve = cast(Callable[..., Any], import_module("autograd.scipy.signal").convolve)
    grad = import_module("autograd").grad
    parameters = weights(np.float32)
    velocity = [np.zeros_like(w) for w in parameters]
    rows = np.arange(len(labels))

    def layer(a: Traced, w: Traced, b: Traced) -> Traced:
        axes = ([2, 3], [2, 3])
        z = convolve(a, w, axes=axes, dot_axes=([1], [1]), mode="valid")
        z = z + b.reshape(1, -1, 1, 1)
        n, c, h, width = z.shape
        z = anp.max(anp.max(z.reshape(n, c, h // 2, 2, width // 2, 2), axis=3), axis=4)
        return anp.maximum(z, 0)

    def loss(p: list[Traced]) -> Traced:
        a = layer(layer(cast(Traced, x), p[0], p[1]), p[2], p[3]).reshape(len(x), -1)
        a = anp.maximum(a @ p[4] + p[5], 0)
        z = anp.maximum(a @ p[6] + p[7], 0) @ p[8] + p[9]
        z = z - anp.max(z, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(z), axis=1)) - z[rows, labels])

    gradient = grad(loss)
    return lambda: update(parameters, gradient(parameters), velocity)


def classic_step(x: NDArray[np.float64], labels: Labels) -> Run:
    """Return the step of the usual course code: im2col by index arrays, np.add.at back, float64."""
    parameters = cast(list[NDArray[np.float64]], weights(np.float64))
    velocity = [np.zeros_like(w) for w in parameters]

    def step() -> None:
        w1, b1, w2, b2, w3, b3, w4, b4, w5, b5 = parameters
        c1, back1 = classic_conv(x, w1, b1)
        p1, unpool1 = classic_pool(np.maximum(c1, 0))
        c2, back2 = classic_conv(p1, w2, b2)
        p2, unpool2 = classic_pool(np.maximum(c2, 0))
        a2 = p2.reshape(len(x), -1)
        a3 = np.maximum(a2 @ w3 + b3, 0)
        a4 = np.maximum(a3 @ w4 + b4, 0)
        _, d5 = softmax_cross_entropy(a4 @ w5 + b5, labels)
        d4 = (d5 @ w5.T) * (a4 > 0)
        d3 = (d4 @ w4.T) * (a3 > 0)
        dc2 = unpool2((d3 @ w3.T).reshape(p2.shape)) * (c2 > 0)
        dp1, dw2, db2 = back2(dc2)
        _, dw1, db1 = back1(unpool1(dp1) * (c1 > 0))
        dense = (a2.T @ d3, d3.sum(0), a3.T @ d4, d4.sum(0), a4.T @ d5, d5.sum(0))
        update(parameters, [dw1, db1, dw2, db2, *dense], velocity)

    return step


Doubles = NDArray[np.float64]


def classic_conv(
    x: Doubles, w: Doubles, b: Doubles
) -> tuple[Doubles, Callable[[Doubles], tuple[Doubles, Doubles, Doubles]]]:
    """Return the convolution and its backward pass."""
    (n, c, h, width), (f, _, k, _) = x.shape, w.shape
    oh, ow = h - k + 1, width - k + 1
    places = {size: np.arange(size, dtype=np.intp) for size in (c, k, oh, ow)}
    row = np.tile(np.repeat(places[k], k), c)[:, None] + np.repeat(places[oh], ow)
    column = np.tile(places[k], k * c)[:, None] + np.tile(places[ow], oh)
    channel = np.repeat(places[c], k * k)[:, None]
    unfolded = x[:, channel, row, column].transpose(1, 2, 0).reshape(c * k * k, -1)
    out = (w.reshape(f, -1) @ unfolded + b[:, None]).reshape(f, oh, ow, n).transpose(3, 0, 1, 2)

    def backward(g: Doubles) -> tuple[Doubles, Doubles, Doubles]:
        d = g.transpose(1, 2, 3, 0).reshape(f, -1)
        back = (w.reshape(f, -1).T @ d).reshape(c * k * k, -1, n)
        dx = np.zeros_like(x)
        np.add.at(dx.transpose(1, 2, 3, 0), (channel, row, column), back)
        return dx, (d @ unfolded.T).reshape(w.shape), g.sum((0, 2, 3))

    return out, backward


def classic_pool(x: Doubles) -> tuple[Doubles, Callable[[Doubles], Doubles]]:
    """Return the 2x2 max-pool by reshaping, and its backward pass."""
    n, c, h, w = x.shape
    windows = x.reshape(n, c, h // 2, 2, w // 2, 2)
    out = windows.max(axis=(3, 5))

    def backward(g: Doubles) -> Doubles:
        won = windows == out[:, :, :, None, :, None]
        return (won * g[:, :, :, None, :, None]).reshape(x.shape)

    return out, backward
