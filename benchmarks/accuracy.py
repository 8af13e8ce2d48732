"""Train on MNIST and Fashion-MNIST with NumPy alone; print accuracy, seconds and memory.

    python -m benchmarks.accuracy

The data is what `course.datasets` finds: in the folder that COURSE_DATA names, or downloaded once.
Ends with 1 where an accuracy is below its limit.
"""

import resource
import sys
import time
from dataclasses import dataclass

import numpy as np

from benchmarks import harness
from course import datasets
from reference import nn, optim
from reference.convnet import Layer
from reference.models import LENET5, mlp, network
from reference.nn.training import Data, fit

EPOCHS, RATE = 5, 3e-3


@dataclass(frozen=True)
class Case:
    """What is trained on what, and the share of test images it has to get right."""

    what: str
    data: str
    layers: list[Layer]
    batch: int
    limit: float


LENET = Case("LeNet-5", "mnist", LENET5, 32, 0.989)
MLP = Case("MLP 784-256-128-10", "mnist", [("flatten",), *mlp([256, 128, 10])], 128, 0.978)
FASHION = Case("LeNet-5", "fashion_mnist", LENET5, 32, 0.89)
RUNS = [*((LENET, seed) for seed in range(5)), (MLP, 0), (FASHION, 0)]


@dataclass(frozen=True)
class Result:
    """What came of a training."""

    accuracy: float
    seconds: float
    images_per_second: float


def read(name: str) -> Data:
    """Return a data set, shifted and scaled to mean 0 and variance 1 over the training images."""
    x, labels, x_test, labels_test = (
        datasets.mnist() if name == "mnist" else datasets.fashion_mnist()
    )
    mean, deviation = x.mean(), x.std()
    return (x - mean) / deviation, labels, (x_test - mean) / deviation, labels_test


def train(case: Case, seed: int, data: Data) -> Result:
    """Train for five epochs with Adam, the rate falling to 0 as a cosine."""
    nn.manual_seed(seed)
    model = network(case.layers, (1, 28, 28))
    optimizer = optim.Adam(model.parameters(), lr=RATE)
    schedule = optim.CosineAnnealingLR(optimizer, EPOCHS * -(-len(data[0]) // case.batch))
    rng = np.random.default_rng(seed)
    start = time.perf_counter()

    def after_batch(done: int, total: int) -> None:
        schedule.step()

    history = fit(model, data, optimizer, EPOCHS, case.batch, rng, progress=after_batch)
    images = EPOCHS * len(data[0]) / sum(history["seconds"])
    return Result(history["test_accuracy"][-1], time.perf_counter() - start, images)


def main() -> None:
    """Run all and print a line each."""
    print(", ".join(f"{name} {value}" for name, value in harness.machine().items()))
    missed = False
    for case, seed in RUNS:
        result = train(case, seed, read(case.data))
        missed |= result.accuracy < case.limit
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        name = f"{case.what:20} {case.data:14} seed {seed}"
        reached = f"{result.accuracy:.2%} (at least {case.limit:.1%})"
        cost = f"{result.seconds:5.1f} s  {result.images_per_second:6.0f} images/s"
        print(f"{name}  {reached}  {cost}  peak {memory:.0f} MB", flush=True)
    sys.exit(missed)


if __name__ == "__main__":
    main()
