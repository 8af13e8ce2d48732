"""Our scalar engine against micrograd's, on micrograd's own demo: `python -m benchmarks.scalar`.

One step is what its demo notebook does: a 2-16-16-1 network on 100 points, SVM max-margin loss
plus L2 penalty, backward, update. The same lines below build the same graph with either engine.
Both run in this process and take turns, and what is counted is processor time, so that a busy
machine changes little.
"""

import gc
import math
import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from operator import mul
from pathlib import Path
from typing import Protocol, Self, cast

from reference.scalar import Value

REQUIRED = {"on": 8.0, "off": 1.8}  # speed-up with the garbage collector on and off
ROUNDS = {"on": 5, "off": 11}
STEPS = 3


class Scalar(Protocol):
    """What both engines offer, as far as the demo needs it."""

    data: float
    grad: float

    def __add__(self, other: Self | float) -> Self: ...
    def __mul__(self, other: Self | float) -> Self: ...
    def __radd__(self, other: float) -> Self: ...
    def __rmul__(self, other: float) -> Self: ...
    def relu(self) -> Self: ...
    def backward(self) -> None: ...


Engine = Callable[[float], Scalar]
Layer = list[tuple[list[Scalar], Scalar]]  # for each neuron, its weights and its bias


def demo_step(engine: Engine) -> Callable[[], float]:
    """Return a function that makes one training step and returns the loss."""
    rng = random.Random(1337)
    points: list[tuple[list[float], int]] = []
    for k in range(50):  # two interleaving half moons
        x, y = math.cos(math.pi * k / 49), math.sin(math.pi * k / 49)
        for center, label in (((x, y), -1), ((1 - x, 0.5 - y), 1)):
            points.append(([c + rng.gauss(0, 0.1) for c in center], label))
    layers: list[Layer] = [
        [([engine(rng.uniform(-1, 1)) for _ in range(n)], engine(0.0)) for _ in range(m)]
        for n, m in ((2, 16), (16, 16), (16, 1))
    ]
    params = [p for layer in layers for weights, bias in layer for p in (*weights, bias)]

    def score(x: list[Scalar]) -> Scalar:
        for layer in layers:
            x = [sum(map(mul, ws, x), b) for ws, b in layer]
            if layer is not layers[-1]:
                x = [a.relu() for a in x]
        return x[0]

    def step() -> float:
        scores = [score([engine(c) for c in x]) for x, _ in points]
        losses = [(1 + -y * s).relu() for (_, y), s in zip(points, scores, strict=True)]
        data_loss = sum(losses, engine(0.0)) * (1 / len(losses))
        loss = data_loss + 1e-4 * sum((p * p for p in params), engine(0.0))
        for p in params:
            p.grad = 0.0
        loss.backward()
        for p in params:
            p.data -= 0.05 * p.grad
        return loss.data

    return step


def seconds(run: Callable[[], object], times: int = 1) -> float:
    """Return the processor time of one call of `run`, the mean of several in a row."""
    start = time.process_time()
    for _ in range(times):
        run()
    return (time.process_time() - start) / times


def compare(engines: dict[str, Engine], collector: str) -> dict[str, list[float]]:
    """Return each engine's time per step, round by round; the order alternates."""
    steps = {name: demo_step(engine) for name, engine in engines.items()}
    times: dict[str, list[float]] = {name: [] for name in steps}
    for k in range(ROUNDS[collector]):
        for name in list(steps)[:: 1 if k % 2 else -1]:
            gc.enable()
            gc.collect()  # nobody pays for the garbage of the one before
            if collector == "off":
                gc.disable()
            steps[name]()
            times[name].append(seconds(steps[name], STEPS))
    gc.enable()
    return times


def chain(length: int) -> Callable[[], None]:
    """Return a function that makes a chain of that many nodes, differentiates and frees it."""

    def run() -> None:
        node = Value(1.0)
        for _ in range(length):
            node = -node
        node.backward()

    return run


def processor() -> str:
    """Return the processor's name, where the system tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(": ", 1)[1] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def main() -> None:
    """Print the comparison, the growth of cost with size, and whether the promise is kept."""
    try:
        micrograd = cast(Engine, import_module("micrograd.engine").Value)
    except ImportError:
        sys.exit("micrograd is not installed: pip install micrograd")
    print(f"{processor()}, {os.cpu_count()} cores, {platform.system()}")
    print(f"Python {platform.python_version()}, micrograd {version('micrograd')}")
    engines: dict[str, Engine] = {"micrograd": micrograd, "ours": Value}
    losses = [demo_step(engine)() for engine in engines.values()]
    if not math.isclose(*losses, rel_tol=1e-12):
        sys.exit(f"The engines disagree on the loss of the first step: {losses}.")

    print("\nOne step of the 2-16-16-1 demo, 100 points: processor time of a step (median)")
    missed: list[str] = []
    for collector, required in REQUIRED.items():
        times = compare(engines, collector)
        ratios = [a / b for a, b in zip(times["micrograd"], times["ours"], strict=True)]
        ratio = statistics.median(ratios)
        shown = ", ".join(f"{n} {statistics.median(t) * 1e3:.1f} ms" for n, t in times.items())
        print(
            f"  garbage collector {collector:3}: {shown}: {ratio:.2f} times as fast"
            f" ({min(ratios):.2f} to {max(ratios):.2f}), required {required}"
        )
        if ratio < required:
            missed.append(f"{ratio:.2f} with the collector {collector}, not {required}")

    print("\nForward, backward and freeing of a chain")
    for length in (62_500, 125_000, 250_000, 500_000, 1_000_000):
        took = seconds(chain(length))
        print(f"  {length:9,} nodes: {took:6.3f} s, {took / length * 1e6:.2f} µs a node")
    if missed:
        sys.exit(f"The promised speed-up is missed: {' and '.join(missed)}.")


if __name__ == "__main__":
    main()
