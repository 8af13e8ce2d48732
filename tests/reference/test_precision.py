"""float32 stays float32, whatever it meets on the way: Python's numbers, NumPy's, float64."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference import nn, optim
from reference.nn import functional
from reference.tensor import Tensor

NUMBERS = [0.5, np.float64(0.5), np.float32(0.5)]
ROW = np.array([1.0, -2.0, 3.0], np.float32)


@pytest.mark.parametrize(
    "loss",
    [
        lambda s: functional.cross_entropy(s, np.array([0, 1])),
        lambda s: functional.multiclass_hinge(s, np.array([0, 1])),
        lambda s: functional.squared_error(s, np.zeros((2, 3))),
        lambda s: functional.hinge_loss(s.reshape(6), np.ones(6)),
        lambda s: functional.binary_cross_entropy_with_logits(s.reshape(6), np.ones(6)),
    ],
)
def test_a_loss_has_the_dtype_of_the_scores(loss: Callable[[Tensor], Tensor]) -> None:
    for dtype in (np.float32, np.float64):
        scores = Tensor(np.arange(6, dtype=dtype).reshape(2, 3))
        out = loss(scores)
        out.backward()
        assert out.data.dtype == dtype
        assert scores.grad is not None
        assert scores.grad.dtype == dtype


def test_a_gradient_has_the_dtype_of_its_data() -> None:
    w, wide = Tensor(ROW), Tensor(ROW.astype(np.float64))
    between = w * 2
    out = (between * wide).sum()
    out.backward()
    out.backward()
    for tensor in (w, wide, between, out):
        assert tensor.grad is not None
        assert tensor.grad.dtype == tensor.data.dtype
    np.testing.assert_array_equal(w.grad, 4 * ROW)


def test_a_penalty_of_the_weights_keeps_their_dtype() -> None:
    model = nn.Linear(3, 2)
    loss = functional.cross_entropy(model(ROW[None]), np.array([1]))
    (loss + np.float64(1e-4) * (model.weight * model.weight).sum()).backward()
    assert model.weight.grad is not None
    assert model.weight.grad.dtype == np.float32


@pytest.mark.parametrize("number", [2, 2.0, np.float64(2), np.float32(2), np.int64(2)])
def test_numpys_numbers_are_exponents_too(number: Any) -> None:
    x = Tensor(ROW)
    out = x**number
    out.sum().backward()
    assert out.data.dtype == np.float32
    np.testing.assert_array_equal(out.data, ROW * ROW)
    np.testing.assert_array_equal(x.grad, 2 * ROW)


@pytest.mark.parametrize("wrong", [Tensor(2.0), np.ones(3), np.complex128(2), "two"])
def test_nothing_else_is_an_exponent(wrong: Any) -> None:
    with pytest.raises(TypeError, match="must be a plain number, not "):
        Tensor(ROW) ** wrong


@pytest.mark.parametrize("number", NUMBERS)
def test_settings_bend_no_dtype(number: float) -> None:
    rng = np.random.default_rng(0)
    for out in (
        nn.Dropout(number)(ROW),
        functional.dropout(ROW, rate=number, rng=rng),
        functional.leaky_relu(Tensor(ROW), slope=number),
        functional.leaky_relu(Tensor(ROW), number),
        functional.multiclass_hinge(Tensor(ROW[None]), np.array([1]), margin=number),
    ):
        assert out.data.dtype == np.float32


@pytest.mark.parametrize("number", NUMBERS)
def test_steps_are_computed_in_the_parameters_dtype(number: float) -> None:
    for make in (
        lambda p, n: optim.SGD(p, n, n),
        lambda p, n: optim.Adagrad(p, n, n),
        lambda p, n: optim.RMSprop(p, n, n, n),
        lambda p, n: optim.Adam(p, n, (n, n), n),
    ):
        moved: list[np.ndarray] = []
        for setting in (0.5, number):
            parameter = nn.Parameter(ROW.copy())
            optimizer = make([parameter], setting)
            for _ in range(3):
                parameter.grad = ROW / 3
                optimizer.step()
            moved.append(parameter.data)
        np.testing.assert_array_equal(*moved)  # bit for bit: nothing was done in float64
        assert moved[1].dtype == np.float32
