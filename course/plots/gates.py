"""Guessing which gate made a value, from its number, its inputs and its slopes alone."""

import math
from collections.abc import Callable

UNKNOWN = "f"

BINARY: dict[str, Callable[[float, float], float]] = {
    "×": lambda a, b: a * b,
    "+": lambda a, b: a + b,
    "−": lambda a, b: a - b,
    "÷": lambda a, b: a / b,
    "max": max,
}
UNARY: dict[str, Callable[[float], float]] = {
    "neg": lambda a: -a,
    "exp": math.exp,
    "log": math.log,
    "sin": math.sin,
    "cos": math.cos,
    "tanh": math.tanh,
    "σ": lambda a: 1 / (1 + math.exp(-a)),
    "relu": lambda a: a if a > 0 else 0.0,
}


def name_of_gate(out: float, inputs: tuple[float, ...], local: tuple[float, ...]) -> str:
    """Return a short name for the gate, "" for an input and "f" where several names would fit."""
    if len(inputs) == 2:
        fitting = [name for name, gate in BINARY.items() if _fits(out, gate, *inputs)]
        if local == (1.0, 1.0) and "+" in fitting:
            return "+"
        return fitting[0] if fitting else UNKNOWN
    if len(inputs) == 1:
        a = inputs[0]
        fitting = [name for name, gate in UNARY.items() if _fits(out, gate, a)]
        if "relu" in fitting and local not in ((), (0.0,), (1.0,)):
            fitting.remove("relu")
        if local == (1.0,) and a < 0:  # a sum with a number: no function above rises so fast there
            return _with_number(out, a, 1.0)
        if local == (1.0,) and a == 0 and fitting:
            return UNKNOWN
        if len(fitting) == 1:
            return fitting[0]
        return UNKNOWN if fitting or len(local) != 1 else _with_number(out, a, local[0])
    return UNKNOWN if inputs else ""


def _fits(out: float, gate: Callable[..., float], *inputs: float) -> bool:
    try:
        return math.isclose(gate(*inputs), out, rel_tol=1e-12, abs_tol=1e-300)
    except (ArithmeticError, ValueError, TypeError):
        return False


def _with_number(out: float, a: float, slope: float) -> str:
    """Name a gate that joins `a` with a plain number: + 3, 3 −, × 3, 3 ÷, ^ 2."""
    if slope == 1.0:
        return f"+ {out - a:.3g}" if out >= a else f"− {a - out:.3g}"
    if slope == -1.0:
        return f"{out + a:.3g} −"
    if math.isclose(out, slope * a, rel_tol=1e-12):
        return f"× {slope:.3g}".replace("-", "−")
    if a == 0.0 or out == 0.0:
        return UNKNOWN
    power = slope * a / out
    if math.isclose(power, -1.0):
        return f"{out * a:.3g} / n".replace("-", "−")
    return f"^ {power:.3g}".replace("-", "−") if _fits(out, pow, a, power) else UNKNOWN
