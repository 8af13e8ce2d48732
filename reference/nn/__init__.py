"""Networks in PyTorch's manner, on NumPy alone: `from reference import nn, optim` (E445; W24)."""

from reference.nn import functional
from reference.nn.layers import (
    AvgPool2d,
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
    Sigmoid,
    Tanh,
    manual_seed,
)
from reference.nn.module import Module, Parameter
from reference.nn.sequential import Sequential

__all__ = [
    "AvgPool2d",
    "Conv2d",
    "Dropout",
    "Flatten",
    "Linear",
    "MaxPool2d",
    "Module",
    "Parameter",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "functional",
    "manual_seed",
]
