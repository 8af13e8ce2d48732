"""Random expressions, and the number systems that can compute them.

A `Program` is a list of instructions over a growing list of nodes, so that any node may be used
again: diamonds, unequal branches and repeated operands come by themselves. It runs on Values, on
complex numbers (whose imaginary part carries a derivative exactly) and on PyTorch's tensors. Every
instruction keeps its result within [-2, 2] if its operands are.
"""

import cmath
import math
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from hypothesis import strategies as st

from reference.scalar import Value

BINARY = {
    "add": lambda m, a, b: (a + b) / 2,
    "subtract": lambda m, a, b: 0.5 * (a - b),
    "multiply": lambda m, a, b: a * b * 0.5,
    "divide": lambda m, a, b: a / (2 + m.cos(b)),
}
UNARY = {
    "negate": lambda m, a: -a,
    "square": lambda m, a: a**2 / 2,
    "power": lambda m, a: (a + 3) ** -1.5,
    "one over": lambda m, a: 1 / (a + 3),
    "one minus": lambda m, a: (1 - a) / 2,
    "exp": lambda m, a: m.exp(a) / 4,
    "log": lambda m, a: m.log(a + 2.5),
    "sin": lambda m, a: m.sin(a),
    "cos": lambda m, a: m.cos(a),
    "tanh": lambda m, a: m.tanh(a),
    "sigmoid": lambda m, a: m.sigmoid(a),
    "relu": lambda m, a: m.relu(a),
}


class OnValues:
    exp, log, sin, cos = Value.exp, Value.log, Value.sin, Value.cos
    tanh, sigmoid, relu = Value.tanh, Value.sigmoid, Value.relu


class OnComplexNumbers:
    exp, log, sin, cos, tanh = cmath.exp, cmath.log, cmath.sin, cmath.cos, cmath.tanh

    @staticmethod
    def sigmoid(z: complex) -> complex:
        return 1 / (1 + cmath.exp(-z))

    @staticmethod
    def relu(z: complex) -> complex:
        return z if z.real > 0 else 0j


@dataclass(frozen=True)
class Program:
    leaves: tuple[float, ...]
    instructions: tuple[tuple[str, int, int], ...]

    def run(self, maths, leaves):
        """Compute with `maths` and return the last node."""
        nodes = list(leaves)
        for name, i, j in self.instructions:
            if name in UNARY:
                nodes.append(UNARY[name](maths, nodes[i]))
            else:
                nodes.append(BINARY[name](maths, nodes[i], nodes[j]))
        return nodes[-1]


@st.composite
def programs(draw, longest: int = 12) -> Program:
    leaves = draw(st.lists(st.floats(-2, 2).map(lambda x: x or 0.5), min_size=1, max_size=4))
    names = st.sampled_from([*BINARY, *UNARY])
    instructions = []
    for size in range(len(leaves), len(leaves) + draw(st.integers(1, longest))):
        # the newest node is always used, so that the result depends on much of what was drawn
        instructions.append((draw(names), size - 1, draw(st.integers(0, size - 1))))
    return Program(tuple(leaves), tuple(instructions))


def complex_step(program: Program) -> tuple[float, list[float]]:
    """Return value and gradient: the imaginary part of f(x + ih) is h f'(x), to rounding."""
    step = 1e-30
    results = [
        program.run(
            OnComplexNumbers, [complex(x, step * (k == n)) for k, x in enumerate(program.leaves)]
        )
        for n in range(len(program.leaves))
    ]
    return results[0].real, [z.imag / step for z in results]


def pytorch(program: Program) -> tuple[float, list[float]]:
    """Return value and gradient by PyTorch, in float64."""
    torch = import_module("torch")
    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in program.leaves]
    root = program.run(torch, leaves)
    gradients = torch.autograd.grad(root, leaves, allow_unused=True)
    return root.item(), [0.0 if g is None else g.item() for g in gradients]


ORACLES: dict[str, Callable[[Program], tuple[float, list[float]]]] = {"complex step": complex_step}
if find_spec("torch"):
    ORACLES["PyTorch"] = pytorch


def one_operation(name: str) -> list[Program]:
    """Return programs of this one operation, at points on both sides of 0 and far from it."""
    points = [-1.9, -0.7, -1e-3, 1e-3, 0.4, math.sqrt(3)]
    if name in UNARY:
        return [Program((x,), ((name, 0, 0),)) for x in points]
    return [Program((x, y), ((name, 0, 1),)) for x in points for y in points]
