"""Cost must grow as the work does: a step's time an image by batch, and a layer by depth."""

import statistics
import time

import numpy as np

from benchmarks.harness import Run
from benchmarks.training import data, plan_step
from reference.fast import plan
from reference.models import LENET5, mlp

BATCHES = (1, 4, 16, 64, 256, 1024)
DEPTHS = (1, 4, 16, 64)
WORST = 1.5  # cost of the last image, or layer, over the cheapest


def seconds(run: Run, rounds: int = 7) -> float:
    """Return the median of the processor times of a run."""
    run()
    found: list[float] = []
    for _ in range(rounds):
        start = time.process_time()
        run()
        found.append(time.process_time() - start)
    return statistics.median(found)


def lines() -> dict[str, dict[int, float]]:
    """Return the seconds an image and a layer, for each size."""
    batch, depth = {}, {}
    for n in BATCHES:
        x, labels = data((n, 1, 28, 28))
        batch[n] = seconds(plan_step(plan(LENET5, x.shape, np.float32), x, labels)) / n
    for n in DEPTHS:
        x, labels = data((128, 256))
        layers = mlp([256] * n)
        depth[n] = seconds(plan_step(plan(layers, x.shape, np.float32), x, labels)) / n
    return {
        "LeNet-5 step, seconds an image by batch": batch,
        "dense step, seconds a layer by depth": depth,
    }


def too_steep(line: dict[int, float]) -> bool:
    """Say whether the largest size costs much more, a unit, than the cheapest."""
    return list(line.values())[-1] > WORST * min(line.values())
