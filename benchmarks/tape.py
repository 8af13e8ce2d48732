"""The tape of Tensors on 2x2 float64 arrays, where only the bookkeeping counts."""

from importlib import import_module
from typing import Protocol, Self, cast

import numpy as np
import torch

from benchmarks.harness import Row, Run, measure
from reference.tensor import Tensor

STEPS = 50  # of four operations each


class Node(Protocol):
    """What every engine's arrays offer."""

    def __matmul__(self, other: Self, /) -> Self: ...
    def __add__(self, other: Self, /) -> Self: ...
    def __mul__(self, other: Self, /) -> Self: ...
    def __sub__(self, other: Self, /) -> Self: ...
    def sum(self) -> Self: ...
    def backward(self) -> None: ...


def chain(x: Node, w: Node, b: Node) -> Node:
    """Return a scalar after many small operations; the same lines for every engine."""
    for _ in range(STEPS):
        x = (x @ w + b) * w - b
    return x.sum()


def rows() -> list[Row]:
    """Measure forward and backward, against torch and against HIPS autograd."""
    rng = np.random.default_rng(0)
    x, w, b = (rng.uniform(-0.5, 0.5, (2, 2)) for _ in range(3))

    def ours() -> None:
        tensors = cast(list[Node], [Tensor(x), Tensor(w), Tensor(b)])
        chain(*tensors).backward()

    def torchs() -> None:
        tensors = cast(list[Node], [torch.tensor(a, requires_grad=True) for a in (x, w, b)])
        chain(*tensors).backward()

    grad = import_module("autograd").grad
    gradient = grad(chain, (0, 1, 2))
    runs: dict[str, Run] = {
        "tape": ours,
        "torch": torchs,
        "HIPS autograd": lambda: gradient(x, w, b),
    }
    what = f"tape, {4 * STEPS + 1} operations on 2x2"
    return [
        measure(f"{what}, against torch", runs, "torch", 0.60, times=20),
        measure(f"{what}, against autograd", runs, "HIPS autograd", 0.25, times=20),
    ]
