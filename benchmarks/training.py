"""Training steps through the public API against torch's: the same lines with either library."""

import time
from collections.abc import Callable, Sequence
from typing import Protocol, cast

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.harness import Row, Run, measure
from reference import optim
from reference.convnet import Layer
from reference.fast import Plan, plan
from reference.layers.losses import softmax_cross_entropy
from reference.models import LENET5, mlp, network
from reference.nn.functional import cross_entropy

Images = NDArray[np.float32]
Labels = NDArray[np.int64]
MLP = mlp([256, 128, 10])
RATE, MOMENTUM = 0.01, 0.9


def data(shape: tuple[int, ...]) -> tuple[Images, Labels]:
    """Return images, or rows, and labels of ten classes."""
    rng = np.random.default_rng(0)
    return rng.standard_normal(shape, np.float32), rng.integers(0, 10, shape[0])


def rows() -> list[Row]:
    """Measure the steps on one thread, then on two."""
    found: list[Row] = []
    for what, layers, shape, limit in (
        ("LeNet-5 step, batch 128", LENET5, (128, 1, 28, 28), 0.60),
        ("MLP 784-256-128-10 step, batch 128", MLP, (128, 784), 1.0),
    ):
        x, labels = data(shape)
        runs = {
            "nn + optim": api_step(layers, x, labels),
            "torch": torch_step(layers, x, labels),
            "plan": plan_step(plan(layers, shape, np.float32), x, labels),
        }
        found.append(measure(what, runs, "torch", limit))
    x, labels = data((128, 1, 28, 28))
    torch.set_num_threads(2)
    runs = {
        "nn + optim, two processes": api_step(LENET5, x, labels, processes=2),
        "torch, two threads": torch_step(LENET5, x, labels),
    }
    what = "LeNet-5 step, two processes"
    clock = time.perf_counter
    found.append(measure(what, runs, "torch, two threads", 0.60, rounds=21, clock=clock))
    torch.set_num_threads(1)
    return found


class Optimizer(Protocol):
    """What both libraries' optimisers offer."""

    def zero_grad(self) -> None: ...
    def step(self) -> object: ...


class Loss(Protocol):
    """What both libraries' losses offer."""

    def backward(self) -> object: ...


def training_step(optimizer: Optimizer, loss: Callable[[], Loss]) -> Run:
    """Return a step as a reader of the course writes it, the same lines with either library."""

    def step() -> None:
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()

    return step


def api_step(layers: Sequence[Layer], x: Images, labels: Labels, processes: int = 1) -> Run:
    """Return the step with our public API."""
    model = network(layers, x.shape[1:])
    model.processes = processes
    optimizer = optim.SGD(model.parameters(), lr=RATE, momentum=MOMENTUM)
    return training_step(optimizer, lambda: cross_entropy(model(x), labels))


def torch_step(layers: Sequence[Layer], x: Images, labels: Labels) -> Run:
    """Return the step with torch."""
    model = torch_network(layers, x.shape[1:])
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE, momentum=MOMENTUM)
    tx, targets = torch.tensor(x), torch.tensor(labels)
    return training_step(
        cast(Optimizer, optimizer),
        lambda: cast(Loss, torch.nn.functional.cross_entropy(model(tx), targets)),
    )


def torch_network(layers: Sequence[Layer], shape: tuple[int, ...]) -> torch.nn.Sequential:
    """Return torch's modules for a layer table."""
    modules: list[torch.nn.Module] = []
    x = torch.zeros(1, *shape)
    for layer in layers:
        match layer:
            case ("conv", int(filters), int(kernel), int(stride), int(pad)):
                modules.append(torch.nn.Conv2d(x.shape[1], filters, kernel, stride, pad))
            case ("pool", int(size), int(stride)):
                modules.append(torch.nn.MaxPool2d(size, stride))
            case ("linear", int(units)):
                modules.append(torch.nn.Linear(x.shape[1], units))
            case ("relu",):
                modules.append(torch.nn.ReLU())
            case _:
                modules.append(torch.nn.Flatten())
        x = modules[-1](x)
    return torch.nn.Sequential(*modules)


def plan_step(p: Plan | None, x: Images, labels: Labels) -> Run:
    """Return a step with a plan alone: what the API can reach at best."""
    assert p is not None
    rng = np.random.default_rng(0)
    p.parameters[:] = 0.05 * rng.standard_normal(p.parameters.size)
    velocity = np.zeros_like(p.parameters)

    def step() -> None:
        _, dscores = softmax_cross_entropy(p.forward(x), labels)
        p.backward(dscores)
        np.multiply(velocity, MOMENTUM, out=velocity)
        np.add(velocity, p.gradients, out=velocity)
        p.parameters -= RATE * velocity

    return step
