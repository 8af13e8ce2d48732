"""The door to the tape says in one sentence what it cannot take, and what a layer forgot."""

from typing import Any

import numpy as np
import pytest

from reference import nn
from reference.arrays import Array
from reference.nn import functional
from reference.operation import operation
from reference.tensor import Tensor

ROWS = np.ones((2, 3))
WEIGHT, BIAS = Tensor(np.ones((3, 4))), Tensor(np.ones(4))


def product(x: Array, y: Array) -> tuple[Array, tuple[Array, Array]]:
    return x * y, (x, y)


@pytest.mark.parametrize(
    ("gradients", "shapes"),
    [
        (lambda g: g, r"\[\(2, 3\)\]"),
        (lambda g: (g,), r"\[\(2, 3\)\]"),
        (lambda g: (g, g.sum()), r"\[\(2, 3\), \(\)\]"),
        (lambda g: (g, None), r"\[\(2, 3\), \(\)\]"),
    ],
)
def test_gradients_that_are_missing_or_misshapen(gradients: Any, shapes: str) -> None:
    times = operation(product, lambda g, cache: gradients(g))
    both = times(Tensor(ROWS), Tensor(ROWS))
    said = (
        rf"product has Tensors of shapes \[\(2, 3\), \(2, 3\)\].*gave gradients of shapes {shapes}"
    )
    with pytest.raises(ValueError, match=said):
        both.backward(ROWS)


def test_gradients_that_nobody_asks_for_may_be_anything() -> None:
    x = Tensor(ROWS)
    operation(product, lambda g, cache: g)(x, ROWS).backward(ROWS)
    np.testing.assert_array_equal(x.grad, ROWS)


def test_tensors_come_in_order() -> None:
    with pytest.raises(TypeError, match=r"linear_forward takes Tensors in order, .* name: w, b"):
        functional.linear(ROWS, w=WEIGHT, b=BIAS)
    named = functional.linear(ROWS, w=WEIGHT.data, b=BIAS.data)
    np.testing.assert_array_equal(named.data, functional.linear(ROWS, WEIGHT, BIAS).data)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (None, "not None"),
        ("two", "not 'two'"),
        ([[1.0, 2.0, 3.0]], r"not \[\[1.0, 2.0, 3.0\]\]"),
        ((1.0, 2.0, 3.0), r"not \(1.0, 2.0, 3.0\)"),
        (np.array(["a"]), r"not array\(\['a'\]"),
        (np.array([1j]), r"not array\(\[0.\+1.j\]"),
    ],
)
def test_what_is_no_array_is_named(wrong: Any, said: str) -> None:
    takers = {
        "Linear": nn.Linear(3, 2),
        "Sequential": nn.Sequential(nn.Linear(3, 2), nn.ReLU()),
        "Dropout": nn.Dropout().eval(),
        "relu_forward": functional.relu,
        "linear_forward": lambda b: functional.linear(ROWS, WEIGHT, b),
    }
    for taker, call in takers.items():
        with pytest.raises(TypeError, match=f"^{taker} takes Tensors and arrays .*{said}"):
            call(wrong)
