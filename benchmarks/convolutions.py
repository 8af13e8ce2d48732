"""Single convolutions and the max-pool, as plans in their own layout, against torch.

Both sides hold their inputs as they like them; no time is counted for turning them. Forward adds
the bias, backward gives the gradients of input, weights and bias. The 3x3 convolution is compared
with the better of torch's two layouts.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.harness import Row, Run, better, measure
from reference.fast import Plan, plan
from reference.fast.layers import Layer
from reference.fast.trunk import Trunk

Floats = NDArray[np.float32]


@dataclass
class Case:
    """A layer, its input and the limits of its two ratios."""

    what: str
    layer: Layer
    shape: tuple[int, int, int, int]
    forward: float
    backward: float
    channels_last: bool = False


CASES = [
    Case("conv 1x28x28 to 6@5x5", ("conv", 6, 5, 1, 0), (128, 1, 28, 28), 0.75, 0.60),
    Case("conv 6x12x12 to 16@5x5", ("conv", 16, 5, 1, 0), (128, 6, 12, 12), 1.8, 0.95),
    Case("conv 64x32x32 to 64@3x3", ("conv", 64, 3, 1, 1), (32, 64, 32, 32), 0.95, 0.85, True),
    Case("conv 3x227x227 to 96@11x11", ("conv", 96, 11, 4, 0), (8, 3, 227, 227), 1.45, 1.40),
    Case("max-pool 2x2, 6x24x24", ("pool", 2, 2), (128, 6, 24, 24), 0.20, 1.1),
]


def rows() -> list[Row]:
    """Measure every case, forward and backward."""
    return [row for case in CASES for row in measured(case)]


def measured(case: Case) -> list[Row]:
    """Measure one case."""
    rng = np.random.default_rng(0)
    p = plan([case.layer], case.shape, np.float32)
    assert p is not None
    p.parameters[:] = 0.1 * rng.standard_normal(p.parameters.size, np.float32)
    x = rng.standard_normal(case.shape, np.float32)
    dout = rng.standard_normal(p.output_shape, np.float32)
    ours = own_layout(p, x, dout)
    opponents = {"torch": torch_runs(case, p, x, dout, torch.contiguous_format)}
    if case.channels_last:
        opponents["torch (channels last)"] = torch_runs(case, p, x, dout, torch.channels_last)
    found: list[Row] = []
    for i, (way, limit) in enumerate((("forward", case.forward), ("backward", case.backward))):
        runs = {"plan": ours[i]} | {name: pair[i] for name, pair in opponents.items()}
        what = f"{case.what} {way}"
        found.append(better([measure(what, runs, name, limit) for name in opponents]))
    return found


def own_layout(p: Plan, x: Floats, dout: Floats) -> tuple[Run, Run]:
    """Return forward and backward of the plan's stages between the turns of layout."""
    trunk = p.stages[0]
    assert isinstance(trunk, Trunk)
    first, *stages, last = trunk.stages
    n, chunks = trunk.n, range(trunk.chunks)
    inputs = [first.forward(x[k * n : (k + 1) * n], k) for k in chunks]
    douts = np.zeros((n * trunk.chunks, *dout.shape[1:]), np.float32)
    douts[: len(dout)] = dout
    turned = [
        last.backward(douts[k * n : (k + 1) * n].transpose(1, 2, 3, 0), k, True).copy()
        for k in chunks
    ]

    def forward() -> None:
        for stage in stages:
            stage.prepare()
        for k, a in enumerate(inputs):
            for stage in stages:
                a = stage.forward(a, k)

    def backward() -> None:
        for k, g in enumerate(turned):
            for stage in reversed(stages):
                g = stage.backward(g, k, True)
        for stage in stages:
            stage.finish()

    return forward, backward


def torch_runs(
    case: Case, p: Plan, x: Floats, dout: Floats, memory: torch.memory_format
) -> tuple[Run, Run]:
    """Return torch's forward and backward in one of its layouts."""
    tx, td = (torch.tensor(a).to(memory_format=memory) for a in (x, dout))
    if case.layer[0] == "pool":
        _, indices = torch.nn.functional.max_pool2d_with_indices(tx, [2, 2])
        return (
            lambda: torch.nn.functional.max_pool2d(tx, 2),
            lambda: torch.ops.aten.max_pool2d_with_indices_backward(
                td, tx, [2, 2], [2, 2], [0, 0], [1, 1], False, indices
            ),
        )
    _, filters, _, stride, pad = (int(n) if isinstance(n, int) else 0 for n in case.layer)
    ((w, b),) = p.views(p.parameters)
    tw, tb = torch.tensor(w).to(memory_format=memory), torch.tensor(b)
    s, q = [stride, stride], [pad, pad]
    return (
        lambda: torch.conv2d(tx, tw, tb, s, q),
        lambda: torch.ops.aten.convolution_backward(
            td, tx, tw, [filters], s, q, [1, 1], False, [0, 0], 1, [True, True, True]
        ),
    )
