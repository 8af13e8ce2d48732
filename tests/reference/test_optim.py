"""Optimisers and schedules against PyTorch's, over 100 steps in float64."""

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference import optim
from reference.nn import Linear, Parameter
from reference.updates import sgd_update

STEPS = 100
CASES: dict[str, tuple[Callable[[list[Parameter]], Any], Callable[[Any, Any], Any]]] = {
    "sgd": (lambda p: optim.SGD(p, 0.01), lambda t, p: t.SGD(p, 0.01)),
    "momentum": (lambda p: optim.SGD(p, 0.01, 0.9), lambda t, p: t.SGD(p, 0.01, 0.9)),
    "adagrad": (lambda p: optim.Adagrad(p, 0.1), lambda t, p: t.Adagrad(p, 0.1, eps=1e-8)),
    "rmsprop": (
        lambda p: optim.RMSprop(p, 0.01, 0.95, 1e-6),
        lambda t, p: t.RMSprop(p, 0.01, 0.95, 1e-6),
    ),
    "adam": (
        lambda p: optim.Adam(p, 0.01, (0.8, 0.99)),
        lambda t, p: t.Adam(p, 0.01, (0.8, 0.99)),
    ),
}


def height(w: Any) -> float:
    return float((0.5 * w**4 - 0.85 * w**2).sum())


def slope(w: Any) -> Any:
    """The gradient of `height`, two valleys; it depends on where we are, so errors grow."""
    return 2 * w**3 - 1.7 * w


@pytest.mark.parametrize("name", CASES)
def test_like_pytorch_over_100_steps(name: str) -> None:
    ours, theirs = CASES[name]
    start = [np.random.default_rng(0).normal(size=shape) for shape in ((3, 4), (4,), ())]
    mine = [Parameter(np.array(array)) for array in start]
    optimizer = ours(mine)
    peers: list[Any] = []
    peer: Any = None
    if importlib.util.find_spec("torch"):
        import torch

        peers = [torch.tensor(array, requires_grad=True) for array in start]
        peer = theirs(torch.optim, peers)
    for _ in range(STEPS):
        optimizer.zero_grad()
        assert all(parameter.grad is None for parameter in mine)
        for parameter in mine:
            parameter.grad = slope(parameter.data)
        optimizer.step()
        for tensor in peers:
            tensor.grad = slope(tensor.detach())
        if peer is not None:
            peer.step()
    for parameter, tensor in zip(mine, peers, strict=bool(peers)):
        np.testing.assert_allclose(parameter.data, tensor.detach().numpy(), rtol=1e-10, atol=1e-10)
    for parameter, before in zip(mine, start, strict=True):
        assert height(parameter.data) < height(before)


def test_parameters_without_a_gradient_stay_where_they_are() -> None:
    moved, kept = Parameter([1.0]), Parameter([1.0])
    moved.grad = np.array([1.0])
    optim.SGD([moved, kept], 0.5).step()
    assert (moved.item(), kept.item()) == (0.5, 1.0)


def test_steps_are_taken_in_place() -> None:
    parameter = Parameter([1.0])
    array = parameter.data
    parameter.grad = np.array([1.0])
    optim.Adam([parameter], 0.5).step()
    assert parameter.data is array


def test_sgd_in_place_is_its_rule_to_the_last_bit() -> None:
    rng = np.random.default_rng(0)
    parameter = Parameter(rng.standard_normal((300, 200), np.float32))
    optimizer = optim.SGD([parameter], lr=0.1, momentum=0.9)
    w, state = parameter.data.copy(), None
    for _ in range(4):
        dw = rng.standard_normal(w.shape, np.float32)
        parameter.grad = dw.copy()
        optimizer.step()
        w, state = sgd_update(w, dw, state, 0.1, 0.9)
        np.testing.assert_array_equal(parameter.data, w)
        np.testing.assert_array_equal(parameter.grad, dw)
    parameter.grad = np.ones((1, 1), np.float32)
    with pytest.raises(ValueError, match=r"dw \(1,\) must have the same shape"):
        optimizer.step()


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [
        (lambda o: optim.StepLR(o, 2, 0.1), [1.0, 1.0, 0.1, 0.1, 0.01]),
        (lambda o: optim.CosineAnnealingLR(o, 4), [1.0, 0.85355339, 0.5, 0.14644661, 0.0]),
    ],
)
def test_schedules(schedule: Callable[[Any], Any], rates: list[float]) -> None:
    optimizer = optim.SGD([Parameter([1.0])], 1.0)
    scheduler = schedule(optimizer)
    seen: list[float] = []
    for _ in rates:
        seen.append(optimizer.lr)
        scheduler.step()
    np.testing.assert_allclose(seen, rates, atol=1e-8)


@pytest.mark.parametrize("name", CASES)
def test_steps_do_not_depend_on_the_layout_in_memory(name: str) -> None:
    start = np.random.default_rng(0).normal(size=(3, 4))
    one, other = Parameter(start.copy()), Parameter(np.asfortranarray(start))
    optimizers = [CASES[name][0]([parameter]) for parameter in (one, other)]
    for layout in (np.ascontiguousarray, np.asfortranarray, np.ascontiguousarray):
        for parameter, optimizer in zip((one, other), optimizers, strict=True):
            parameter.grad = slope(parameter.data)
            optimizer.step()
        other.data = layout(other.data)
    np.testing.assert_array_equal(one.data, other.data)


def test_a_parameter_listed_twice_is_moved_once() -> None:
    parameter = Parameter([1.0])
    parameter.grad = np.array([1.0])
    optim.SGD([parameter, parameter], 0.25).step()
    assert parameter.item() == 0.75


@pytest.mark.parametrize(
    ("wrong", "given"),
    [
        (Linear(2, 3), "Linear"),
        (Linear(2, 3).named_parameters(), "tuple"),
        ([np.ones(3)], "ndarray"),
        (np.ones(3), "float64"),
        (None, "NoneType"),
    ],
)
def test_what_holds_no_parameters_is_named(wrong: Any, given: str) -> None:
    with pytest.raises(TypeError, match=f"as model.parameters\\(\\) returns it; .* {given}.$"):
        optim.SGD(wrong, 0.1)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: optim.SGD([], 0.1), "list of parameters is empty"),
        (lambda: optim.SGD([Parameter([1.0])], -1), "must not be negative; this is -1"),
        (lambda: optim.SGD([Parameter([1.0])], float("nan")), "must not be negative"),
    ],
)
def test_what_cannot_be_optimised_is_said(wrong: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        wrong()
