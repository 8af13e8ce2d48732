"""PyTorch as oracle where it is installed; the run's last lines say how many cases it judged."""

import importlib.util
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

INSTALLED = importlib.util.find_spec("torch") is not None
cases = 0  # random cases that PyTorch has judged in this process


def outcome(
    function: Callable[..., Any], arrays: Sequence[np.ndarray], dout: np.ndarray
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return PyTorch's output of `function(torch, *tensors)`, and all gradients for `dout`."""
    import torch

    global cases
    cases += 1
    torch.set_num_threads(1)
    leaves = [torch.tensor(a.copy(), requires_grad=True) for a in arrays]
    out = function(torch, *leaves)
    gradients = torch.autograd.grad(out, leaves, torch.tensor(dout), allow_unused=True)
    found = [
        np.zeros_like(array) if gradient is None else gradient.numpy()
        for array, gradient in zip(arrays, gradients, strict=True)
    ]
    return out.detach().numpy(), found
