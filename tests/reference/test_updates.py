import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.updates import (
    adagrad_update,
    adam_update,
    cosine_decay,
    rmsprop_update,
    sgd_update,
    step_decay,
)
from tests.reference import torch_oracle
from tests.reference.pairs import arranged, dtypes, seeds

UPDATES = {
    "SGD": (sgd_update, {"momentum": 0.9}, {"momentum": 0.9}),
    "plain SGD": (sgd_update, {}, {}),
    "Adagrad": (adagrad_update, {"eps": 1e-2}, {"eps": 1e-2}),
    "RMSprop": (
        rmsprop_update,
        {"decay": 0.8, "eps": 1e-2},
        {"alpha": 0.8, "eps": 1e-2},
    ),
    "Adam": (
        adam_update,
        {"beta1": 0.8, "beta2": 0.95, "eps": 1e-2},
        {"betas": (0.8, 0.95), "eps": 1e-2},
    ),
}


@pytest.mark.parametrize("name", UPDATES)
@settings(max_examples=5)
@given(seeds, st.floats(1e-3, 0.1))
def test_a_hundred_steps_like_pytorchs(name, seed, rate):
    update, ours, theirs = UPDATES[name]
    rng = np.random.default_rng(seed)
    target, w, state = rng.standard_normal((3, 2)), rng.standard_normal((3, 2)), None
    start = w
    path = []
    for _ in range(100):
        w, state = update(w, np.tanh(w - target), state, rate, **ours)
        path.append(w)
    assert np.isfinite(w).all()
    if torch_oracle.INSTALLED:
        import torch

        leaf = torch.tensor(start.copy(), requires_grad=True)
        optimiser = getattr(torch.optim, name.split()[-1])([leaf], lr=rate, **theirs)
        for mine in path:
            leaf.grad = torch.tanh(leaf.detach() - torch.tensor(target))
            optimiser.step()
            np.testing.assert_allclose(mine, leaf.detach().numpy(), rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", UPDATES)
@given(dtypes)
def test_new_arrays_of_the_same_dtype_and_nothing_modified(name, dtype):
    update, settings, _ = UPDATES[name]
    w, dw = arranged([1.0, -2.0], dtype), arranged([0.5, 0.0], dtype)
    buffer = np.array(dw)
    first, state = update(w, buffer, None, 0.1, **settings)
    assert first.dtype == w.dtype
    assert not np.shares_memory(first, w)
    once = update(first, dw, state, 0.1, **settings)[0]
    buffer[:] = 99.0  # a caller may use its gradient's memory again: the state is its own
    again = update(first, dw, state, 0.1, **settings)[0]
    assert np.array_equal(once, again)


def test_two_steps_by_hand():
    w, dw = np.array([1.0]), np.array([2.0])
    w1, v = sgd_update(w, dw, None, 0.1, momentum=0.5)
    assert w1 == pytest.approx([0.8])
    assert sgd_update(w1, dw, v, 0.1, momentum=0.5)[0] == pytest.approx([0.5])
    w1, s = adagrad_update(w, dw, None, 0.1, eps=1.0)
    assert w1 == pytest.approx([1 - 0.2 / 3])
    assert adagrad_update(w1, dw, s, 0.1, eps=1.0)[0] == pytest.approx(
        w1 - 0.2 / (math.sqrt(8) + 1)
    )
    w1, s = rmsprop_update(w, dw, None, 0.1, decay=0.75, eps=1.0)
    assert w1 == pytest.approx([1 - 0.2 / 2])
    assert rmsprop_update(w1, dw, s, 0.1, decay=0.75, eps=1.0)[0] == pytest.approx(
        w1 - 0.2 / (math.sqrt(1.75) + 1)
    )
    w1, s = adam_update(w, dw, None, 0.1, eps=1.0)  # corrected for starting at 0: 2 and 4
    assert w1 == pytest.approx([1 - 0.2 / 3])
    assert adam_update(w1, -dw, s, 0.1, eps=1.0)[0] == pytest.approx(
        w1 - 0.1 * ((0.9 * 0.2 - 0.2) / 0.19) / (2 + 1)
    )


@pytest.mark.parametrize("update", [sgd_update, adagrad_update, rmsprop_update, adam_update])
def test_shapes_that_differ_are_named(update):
    with pytest.raises(ValueError, match=r"w \(3,\) and dw \(3, 1\)"):
        update(np.zeros(3), np.zeros((3, 1)), None, 0.1)


def test_schedules():
    rates = [step_decay(0.8, epoch, 0.5, 3) for epoch in range(7)]
    assert rates == pytest.approx([0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2])
    rates = [cosine_decay(0.8, epoch, 4) for epoch in (0, 1, 2, 4)]
    assert rates == pytest.approx([0.8, 0.4 * (1 + math.sqrt(0.5)), 0.4, 0.0])
    with pytest.raises(ValueError, match="every must be at least 1 epoch, not 0"):
        step_decay(0.1, 1, 0.5, 0)
    with pytest.raises(ValueError, match="epochs must be at least 1, not 0"):
        cosine_decay(0.1, 0, 0)
