"""Gates: the smallest pieces of a computation graph, each a forward and a backward step.

A forward step returns its value and a cache: what the backward step will need of this moment.
A backward step is handed `dout`, how fast the final result changes with the gate's output, and
returns how fast it changes with each input: the chain rule multiplies `dout` by the gate's own
slope. Everything here is a float (E442, ACT).
"""

import math
from collections.abc import Sequence


def add_forward(a: float, b: float) -> tuple[float, None]:
    """Return `(a + b, cache)` (E442)."""
    return a + b, None


def add_backward(dout: float, cache: None) -> tuple[float, float]:
    """Return `(da, db)`, the gradients of the two inputs (E442; W2)."""
    return dout, dout  # distributes: both slopes are 1, whatever a and b were


def multiply_forward(a: float, b: float) -> tuple[float, tuple[float, float]]:
    """Return `(a * b, cache)` (E442)."""
    return a * b, (a, b)


def multiply_backward(dout: float, cache: tuple[float, float]) -> tuple[float, float]:
    """Return `(da, db)`, the gradients of the two inputs (E442; W2)."""
    a, b = cache
    return dout * b, dout * a  # swaps: the slope along each input is the other one


def max_forward(a: float, b: float) -> tuple[float, bool]:
    """Return `(max(a, b), cache)` (E442)."""
    first_wins = a >= b
    return (a if first_wins else b), first_wins


def max_backward(dout: float, cache: bool) -> tuple[float, float]:
    """Return `(da, db)`, the gradients of the two inputs; on a tie the first takes all (E442)."""
    first_wins = cache
    return (dout, 0.0) if first_wins else (0.0, dout)  # routes: the loser had no influence


def sigmoid_forward(a: float) -> tuple[float, float]:
    """Return `(1 / (1 + exp(-a)), cache)`, without overflow for any float `a` (E442, ACT)."""
    small = math.exp(-abs(a))  # never above 1, where exp(-a) overflows for a below -709
    out = (1.0 if a >= 0 else small) / (1.0 + small)
    return out, out


def sigmoid_backward(dout: float, cache: float) -> float:
    """Return `da`, the gradient of the input (E442, ACT; W4)."""
    out = cache
    return dout * out * (1.0 - out)  # the slope can be had from the output alone


def sigmoid_neuron(
    w: Sequence[float], x: Sequence[float]
) -> tuple[float, list[float], list[float]]:
    """Compute sigmoid(w[0] x[0] + w[1] x[1] + ... + bias) out of gates, and its gradients.

    `w` is one number longer than `x`: its last is the bias. Returns `(value, dw, dx)`; `dw` and
    `dx` are lists as long as `w` and `x`.
    Raises ValueError if the lengths do not fit (E442, ACT; W4).
    """
    if len(w) != len(x) + 1:
        raise ValueError(f"w has {len(w)} numbers, x has {len(x)}: w needs one more, the bias.")
    total = w[-1]
    caches: list[tuple[tuple[float, float], None]] = []
    for weight, value in zip(w[:-1], x, strict=True):
        product, product_cache = multiply_forward(weight, value)
        total, sum_cache = add_forward(total, product)
        caches.append((product_cache, sum_cache))
    out, cache = sigmoid_forward(total)

    dtotal = sigmoid_backward(1.0, cache)
    dw: list[float] = []
    dx: list[float] = []
    for product_cache, sum_cache in reversed(caches):
        dtotal, dproduct = add_backward(dtotal, sum_cache)
        dweight, dvalue = multiply_backward(dproduct, product_cache)
        dw.append(dweight)
        dx.append(dvalue)
    return out, [*reversed(dw), dtotal], [*reversed(dx)]
