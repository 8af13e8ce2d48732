"""Update rules: from a gradient to the next weights.

Each returns new arrays and a `state` to hand back with the next gradient of the same weights;
`state` is None at the first call. Shapes that differ raise ValueError, which names both.
"""

import math

import numpy as np

from reference.arrays import Array


def sgd_update(
    w: Array, dw: Array, state: Array | None, rate: float, momentum: float = 0.0
) -> tuple[Array, Array]:
    """Return `(w, state)` after v = momentum v + dw, w = w - rate v; the state is v.

    `w`, `dw` and v have the same shape (C601, ACT; W25).
    """
    if w.shape != dw.shape:
        raise ValueError(f"w {w.shape} and dw {dw.shape} must have the same shape.")
    velocity = momentum * (np.zeros_like(dw) if state is None else state)
    velocity += dw
    return w - rate * velocity, velocity


def adagrad_update(
    w: Array, dw: Array, state: Array | None, rate: float, eps: float = 1e-8
) -> tuple[Array, Array]:
    """Return `(w, state)`; the state sums all squared gradients, and its root divides the step.

    `w`, `dw` and the state have the same shape (E445).
    """
    if w.shape != dw.shape:
        raise ValueError(f"w {w.shape} and dw {dw.shape} must have the same shape.")
    squares = (np.zeros_like(dw) if state is None else state) + dw * dw
    return w - rate * dw / (np.sqrt(squares) + eps), squares


def rmsprop_update(
    w: Array,
    dw: Array,
    state: Array | None,
    rate: float,
    decay: float = 0.9,
    eps: float = 1e-8,
) -> tuple[Array, Array]:
    """Return `(w, state)`; the state is a moving mean of squared gradients, so old ones fade.

    `w`, `dw` and the state have the same shape (E445).
    """
    if w.shape != dw.shape:
        raise ValueError(f"w {w.shape} and dw {dw.shape} must have the same shape.")
    squares = decay * (np.zeros_like(dw) if state is None else state) + (1.0 - decay) * dw * dw
    return w - rate * dw / (np.sqrt(squares) + eps), squares


def adam_update(
    w: Array,
    dw: Array,
    state: tuple[Array, Array, int] | None,
    rate: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Array, tuple[Array, Array, int]]:
    """Return `(w, state)`: momentum and RMSProp together, both corrected for starting at 0.

    The state is `(m, v, t)`: the moving means of gradient and squared gradient, shaped like `w`
    and `dw`, and the number of steps taken (E445).
    """
    if w.shape != dw.shape:
        raise ValueError(f"w {w.shape} and dw {dw.shape} must have the same shape.")
    m, v, t = (np.zeros_like(dw), np.zeros_like(dw), 0) if state is None else state
    t += 1
    m = beta1 * m + (1.0 - beta1) * dw
    v = beta2 * v + (1.0 - beta2) * dw * dw
    mean = m / (1.0 - beta1**t)
    square = v / (1.0 - beta2**t)
    return w - rate * mean / (np.sqrt(square) + eps), (m, v, t)


def step_decay(rate: float, epoch: int, drop: float, every: int) -> float:
    """Return `rate` times `drop` for each `every` epochs that have passed.

    Raises ValueError if `every` is below 1 (E445).
    """
    if every < 1:
        raise ValueError(f"every must be at least 1 epoch, not {every}.")
    return rate * drop ** (epoch // every)


def cosine_decay(rate: float, epoch: int, epochs: int) -> float:
    """Return the learning rate on half a cosine wave, from `rate` at epoch 0 to 0 at `epochs`.

    Raises ValueError if `epochs` is below 1 (E445).
    """
    if epochs < 1:
        raise ValueError(f"epochs must be at least 1, not {epochs}.")
    return rate * (1.0 + math.cos(math.pi * epoch / epochs)) / 2.0
