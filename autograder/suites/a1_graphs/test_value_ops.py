"""a1_graphs / value_ops: every operation knows its result and one slope for each parent.

Every program ends alike, so that it asks nothing of `backward`: it walks all paths from `f` down to
the inputs, multiplies the slopes in `.local` along each path, and adds the paths up.
"""

from collections.abc import Callable

import numpy as np
import pytest

from autograder import expect
from autograder.program import Student, public
from reference.scalar import Value


@public("x + y", 3.0, -4.0)
@public("x * y", 3.0, -4.0)
def sum_or_product(formula: str, a: float, b: float) -> object:
    """x + y has the slopes 1 and 1; in x * y the slope of each factor is the other factor (W2)."""
    x, y = Value(a), Value(b)
    f = x + y if formula == "x + y" else x * y
    paths = [(f, 1.0)]
    for node, slope in paths:
        node.grad += slope
        paths += [(p, slope * s) for p, s in zip(node.parents, node.local, strict=True)]
    return {"f": f.data, "df/dx": x.grad, "df/dy": y.grad}


@public("x - y", 3.0, -4.0)
@public("x / y", 3.0, -4.0)
def difference_or_quotient(formula: str, a: float, b: float) -> object:
    """x - y has the slopes 1 and -1; x / y has the slopes 1 / y and -x / y^2 (W5, W8)."""
    x, y = Value(a), Value(b)
    f = x - y if formula == "x - y" else x / y
    paths = [(f, 1.0)]
    for node, slope in paths:
        node.grad += slope
        paths += [(p, slope * s) for p, s in zip(node.parents, node.local, strict=True)]
    return {"f": f.data, "df/dx": x.grad, "df/dy": y.grad}


@public(-2.0, 3)
@public(4.0, -0.5)
@public(0.0, 2)
def power(a: float, k: float) -> object:
    """x ** k, where k is a plain number, has the slope k x^(k - 1) (W1)."""
    x = Value(a)
    f = x**k
    paths = [(f, 1.0)]
    for node, slope in paths:
        node.grad += slope
        paths += [(p, slope * s) for p, s in zip(node.parents, node.local, strict=True)]
    return {"f": f.data, "df/dx": x.grad}


@public("+", -2.0, 5.0)
@public("-", -2.0, 5.0)
@public("*", -2.0, 5.0)
@public("/", -2.0, 5.0)
def number_on_the_right(sign: str, a: float, k: float) -> object:
    """x + k, x - k, x * k, x / k with a plain number k, which has no gradient of its own (W1)."""
    x = Value(a)
    f = {"+": lambda: x + k, "-": lambda: x - k, "*": lambda: x * k, "/": lambda: x / k}[sign]()
    paths = [(f, 1.0)]
    for node, slope in paths:
        node.grad += slope
        paths += [(p, slope * s) for p, s in zip(node.parents, node.local, strict=True)]
    return {"f": f.data, "df/dx": x.grad}


@public("+", 3.0, 2.0)
@public("-", 3.0, 2.0)
@public("*", 3.0, 2.0)
@public("/", 3.0, 2.0)
def number_on_the_left(sign: str, k: float, a: float) -> object:
    """k + x, k - x, k * x, k / x with a plain number k first: 3 - x is not x - 3 (W5)."""
    x = Value(a)
    f = {"+": lambda: k + x, "-": lambda: k - x, "*": lambda: k * x, "/": lambda: k / x}[sign]()
    paths = [(f, 1.0)]
    for node, slope in paths:
        node.grad += slope
        paths += [(p, slope * s) for p, s in zip(node.parents, node.local, strict=True)]
    return {"f": f.data, "df/dx": x.grad}


@public("exp", 2.0)
@public("log", 2.0)
@public("sin", 2.0)
@public("cos", 2.0)
def curve(name: str, a: float) -> object:
    """The slope of e^x is e^x, of log (natural) 1 / x, of the sine the cosine (W6, W7)."""
    x = Value(a)
    f = getattr(x, name)()
    paths = [(f, 1.0)]
    for node, slope in paths:
        node.grad += slope
        paths += [(p, slope * s) for p, s in zip(node.parents, node.local, strict=True)]
    return {"f": f.data, "df/dx": x.grad}


@public("tanh", -0.5)
@public("relu", 2.0)
@public("relu", -2.0)
def tanh_or_relu(name: str, a: float) -> object:
    """tanh has the slope 1 - tanh^2; relu has the slope 1 above zero and 0 below (W4)."""
    x = Value(a)
    f = x.tanh() if name == "tanh" else x.relu()
    paths = [(f, 1.0)]
    for node, slope in paths:
        node.grad += slope
        paths += [(p, slope * s) for p, s in zip(node.parents, node.local, strict=True)]
    return {"f": f.data, "df/dx": x.grad}


@public(1.0)
@public(1000.0)
@public(-1000.0)
def sigmoid(a: float) -> object:
    """The sigmoid s has the slope s (1 - s); far from zero it is flat, without overflow (W4)."""
    x = Value(a)
    f = x.sigmoid()
    paths = [(f, 1.0)]
    for node, slope in paths:
        node.grad += slope
        paths += [(p, slope * s) for p, s in zip(node.parents, node.local, strict=True)]
    return {"f": f.data, "df/dx": x.grad}


@public("x * x", 3.0, 0.0)
@public("(-x + 3) * (3 - x)", 5.0, 0.0)
@public("W8", 3.0, 0.5)
def several_steps(formula: str, a: float, b: float) -> object:
    """Slopes multiply along a path, and paths add up; x * x has two paths to x (W1, W5, W8)."""
    x, y = Value(a), Value(b)
    match formula:
        case "x * x":
            f = x * x
        case "(-x + 3) * (3 - x)":
            f = (-x + 3) * (3 - x)
        case _:
            f = (x * y).exp() + x * y / x.log() + x.log().sin() / (x * y)
    paths = [(f, 1.0)]
    for node, slope in paths:
        node.grad += slope
        paths += [(p, slope * s) for p, s in zip(node.parents, node.local, strict=True)]
    return {"f": f.data, "df/dx": x.grad, "df/dy": y.grad}


@public(3.0, 4.0)
def operands_afterwards(a: float, b: float) -> object:
    """An operation makes a new Value; its operands keep their data and their gradient (W10)."""
    x, y = Value(a), Value(b)
    q = x + y
    results = [q * x, q / y, -q, q**2, 2 * q, q.exp(), q.relu()]
    return {
        "results": [[f.data, f.grad] for f in results],
        "operands": [[node.data, node.grad] for node in (x, y, q)],
    }


def away_from_zero(rng: np.random.Generator, *shape: int) -> list[list[float]]:
    """Return numbers of either sign whose sizes are between 0.5 and 2.5."""
    return (rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.5, 2.5, size=shape)).tolist()


@pytest.mark.category("values")
@pytest.mark.parametrize("formula", ["x + y", "x - y", "x * y", "x / y"])
def test_two_values(student: Student, rng: np.random.Generator, formula: str) -> None:
    """An operation on two values: its result, and its slope with respect to each of them."""
    program = sum_or_product if formula in ("x + y", "x * y") else difference_or_quotient
    cases = [(formula, a, b) for a, b in [*away_from_zero(rng, 5, 2), (-2.5, 1.0)]]
    expect.close(student.map(program, cases), [program(*case) for case in cases])


@pytest.mark.category("values")
@pytest.mark.parametrize("sign", ["+", "-", "*", "/"])
@pytest.mark.parametrize("program", [number_on_the_right, number_on_the_left])
def test_value_and_number(
    student: Student, rng: np.random.Generator, program: Callable[..., object], sign: str
) -> None:
    """A Value with a plain number beside it: the number takes part and has no gradient."""
    cases = [(sign, a, b) for a, b in away_from_zero(rng, 3, 2)]
    expect.close(student.map(program, cases), [program(*case) for case in cases])


@pytest.mark.category("values")
def test_power(student: Student, rng: np.random.Generator) -> None:
    """A power with a number as its exponent, whole or broken, positive or negative."""
    exponents = (3, -1, 0.5, float(rng.uniform(-2, 2)))
    cases = [(float(rng.uniform(*part)), k) for part in ((0.4, 0.9), (1.1, 2.5)) for k in exponents]
    expect.close(student.map(power, cases), [power(*case) for case in cases])


@pytest.mark.category("values")
@pytest.mark.parametrize("name", ["exp", "log", "sin", "cos", "tanh", "sigmoid", "relu"])
def test_function(student: Student, rng: np.random.Generator, name: str) -> None:
    """A function of one value: its result, and its slope at the input."""
    signs = {"log": [1.0]}.get(name, [1.0, -1.0])
    sizes = [*rng.uniform(0.5, 2.5, 3).tolist(), float(rng.uniform(0.2, 0.8))]
    cases = [(name, sign * size) for sign in signs for size in sizes]
    expect.close(student.map(curve, cases), [curve(*case) for case in cases])


@pytest.mark.category("reuse")
@pytest.mark.parametrize("formula", ["x * x", "(-x + 3) * (3 - x)", "W8"])
def test_several_steps(student: Student, rng: np.random.Generator, formula: str) -> None:
    """Operations on results of operations: slopes along a path multiply, and paths add up."""
    cases = [(formula, a, b) for a, b in rng.uniform([1.5, 0.3], [2.5, 1.2], (3, 2)).tolist()]
    expect.close(student.map(several_steps, cases), [several_steps(*case) for case in cases])


@pytest.mark.category("reuse")
def test_operands_are_kept(student: Student, rng: np.random.Generator) -> None:
    """An operation makes a new node and leaves its operands as they were."""
    case = rng.uniform(0.5, 2.0, size=2).tolist()
    expect.close(student(operands_afterwards, *case), operands_afterwards(*case))


@pytest.mark.category("edges")
def test_powers_of_zero_and_below(student: Student, rng: np.random.Generator) -> None:
    """Powers also exist at zero, and those with a whole exponent at negative numbers."""
    a = -float(rng.uniform(0.5, 2.5))
    cases = [(0.0, k) for k in (1, 1.5, 2, 3)] + [(a, k) for k in (-2, -1, 0, 1, 2, 3)]
    cases += [(1.0, -1), (-1.0, -1)]
    expect.close(student.map(power, cases), [power(*case) for case in cases])


@pytest.mark.category("edges")
def test_sigmoid_far_from_zero(student: Student, rng: np.random.Generator) -> None:
    """The sigmoid of a very large or very negative number is a number, and flat."""
    cases = [(sign * far,) for sign in (1.0, -1.0) for far in (float(rng.uniform(8e2, 2e3)), 1e3)]
    expect.close(student.map(sigmoid, cases), [sigmoid(*case) for case in cases])


@pytest.mark.category("edges")
@pytest.mark.parametrize("kind", [int, np.float64], ids=["whole", "numpy"])
def test_other_numbers(student: Student, rng: np.random.Generator, kind: type) -> None:
    """Values and constants may be whole numbers or NumPy's numbers."""
    cases = [(sign, kind(a), kind(-b)) for sign in "+-*/" for a, b in rng.integers(1, 9, (2, 2))]
    for program in (number_on_the_right, number_on_the_left):
        expect.close(student.map(program, cases), [program(*case) for case in cases])


@pytest.mark.category("ties")
def test_relu_at_zero(student: Student, rng: np.random.Generator) -> None:
    """ReLU at zero is zero, and any slope between those of its two sides will do."""
    at_zero, above = student.map(tanh_or_relu, [("relu", 0.0), ("relu", float(rng.uniform(1, 2)))])
    expect.close([at_zero["f"], above["df/dx"]], [0.0, 1.0])
    expect.holds(bool(0.0 <= at_zero["df/dx"] <= 1.0), "the slope of relu at 0 is outside 0..1")
