"""a1_graphs / value_ops: every operation knows its result and one slope for each parent.

Slopes are read from `.parents` and `.local`, along every path down to the inputs, so that these
tests ask nothing of `backward`.
"""

import numpy as np
import pytest

from autograder import expect
from autograder.program import Student, public
from reference.scalar import Value


@public("x + y", 3.0, -4.0)
@public("x - y", 3.0, -4.0)
@public("x * y", 3.0, -4.0)
@public("x / y", 3.0, -4.0)
@public("x + b", -2.0, 5.0)
@public("x - b", -2.0, 5.0)
@public("x * b", -2.0, 5.0)
@public("x / b", -2.0, 5.0)
@public("x ** b", -2.0, 3)
@public("x ** b", 4.0, -0.5)
@public("x ** b", 0.0, 2)
@public("b + x", 2.0, 3.0)
@public("b - x", 2.0, 3.0)
@public("b * x", 2.0, 3.0)
@public("b / x", 2.0, 3.0)
def arithmetic(formula: str, a: float, b: float) -> object:
    """Two Values, or a Value and a plain number on either side; 3 - x is not x - 3 (W1, W2, W5)."""

    def slope(node: Value, leaf: Value) -> float:
        downwards = zip(node.parents, node.local, strict=True)
        return 1.0 if node is leaf else sum(s * slope(p, leaf) for p, s in downwards)

    x, y = Value(a), Value(b)
    match formula:
        case "x + y":
            f = x + y
        case "x - y":
            f = x - y
        case "x * y":
            f = x * y
        case "x / y":
            f = x / y
        case "x + b":
            f = x + b
        case "x - b":
            f = x - b
        case "x * b":
            f = x * b
        case "x / b":
            f = x / b
        case "b + x":
            f = b + x
        case "b - x":
            f = b - x
        case "b * x":
            f = b * x
        case "b / x":
            f = b / x
        case _:
            f = x**b
    return {"data": f.data, "df/dx": slope(f, x), "df/dy": slope(f, y)}


@public("__neg__", 5.0)
@public("exp", 2.0)
@public("log", 2.0)
@public("sin", 2.0)
@public("cos", 2.0)
@public("tanh", -0.5)
@public("sigmoid", 1.0)
@public("sigmoid", 1000.0)
@public("sigmoid", -1000.0)
@public("relu", 2.0)
@public("relu", -2.0)
def method(name: str, a: float) -> object:
    """A function of one value: result and slope there; a sigmoid never overflows (W4, W7)."""

    def slope(node: Value, leaf: Value) -> float:
        downwards = zip(node.parents, node.local, strict=True)
        return 1.0 if node is leaf else sum(s * slope(p, leaf) for p, s in downwards)

    x = Value(a)
    f = getattr(x, name)()
    return {"data": f.data, "df/dx": slope(f, x)}


@public("x * x", 3.0, 0.0)
@public("x + x", 3.0, 0.0)
@public("x - (-x) * 2", 3.0, 0.0)
@public("(3 - x) * (3 - x)", 5.0, 0.0)
@public("cos(sin(x^2) + 3 x^2)", 0.5, 0.0)
@public("u + exp(u cos x), u = x^2", 1.0, 0.0)
@public("exp(xy) + xy / log x + sin(log x) / (xy)", 3.0, 0.5)
def expression(formula: str, a: float, b: float) -> object:
    """Operations on the results of operations: all paths to x count (W5), in W6, W7 and W8 too."""

    def slope(node: Value, leaf: Value) -> float:
        downwards = zip(node.parents, node.local, strict=True)
        return 1.0 if node is leaf else sum(s * slope(p, leaf) for p, s in downwards)

    x, y = Value(a), Value(b)
    match formula:
        case "x * x":
            f = x * x
        case "x + x":
            f = x + x
        case "x - x":
            f = x - x
        case "x / x":
            f = x / x
        case "x - (-x) * 2":
            f = x - (-x) * 2
        case "(3 - x) * (3 - x)":
            f = (3 - x) * (3 - x)
        case "cos(sin(x^2) + 3 x^2)":
            f = ((x**2).sin() + 3 * x**2).cos()
        case "u + exp(u cos x), u = x^2":
            u = x**2
            f = u + (u * x.cos()).exp()
        case _:
            f = (x * y).exp() + x * y / x.log() + x.log().sin() / (x * y)
    return {"data": f.data, "df/dx": slope(f, x), "df/dy": slope(f, y)}


@public(3.0, 4.0)
def operands_afterwards(a: float, b: float) -> object:
    """Operations make new nodes; their operands keep data, gradient and parents (W10)."""
    x, y = Value(a), Value(b)
    total = x + y
    results = [total * x, total / y, -total, total**2, 2 * total, total.exp(), total.relu()]
    return {
        "results": [f.data for f in results],
        "their gradients": [f.grad for f in results],
        "operands": [[node.data, node.grad] for node in (x, y, total)],
        "parents of x and y": [len(x.parents), len(y.parents)],
    }


def away_from_zero(rng: np.random.Generator, count: int) -> list[tuple[float, float]]:
    """Return pairs of numbers of either sign whose sizes are between 0.5 and 2.5."""
    shape = (count, 2)
    numbers = rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.5, 2.5, size=shape)
    return [(a, b) for a, b in numbers.tolist()]


@pytest.mark.category("values")
@pytest.mark.parametrize("name", ["plus", "minus", "times", "by"])
def test_two_values(student: Student, rng: np.random.Generator, name: str) -> None:
    """An operation on two values: its result, and its slope with respect to each of them."""
    formula = {"plus": "x + y", "minus": "x - y", "times": "x * y", "by": "x / y"}[name]
    cases = [(formula, a, b) for a, b in away_from_zero(rng, 5)]
    expect.close(student.map(arithmetic, cases), [arithmetic(*case) for case in cases])


@pytest.mark.category("values")
def test_number_on_the_right(student: Student, rng: np.random.Generator) -> None:
    """A Value with a number on its right: the number takes part and has no gradient."""
    formulas = ["x + b", "x - b", "x * b", "x / b"]
    pairs = away_from_zero(rng, len(formulas))
    cases = [(formula, a, b) for formula, (a, b) in zip(formulas, pairs, strict=True)]
    expect.close(student.map(arithmetic, cases), [arithmetic(*case) for case in cases])


@pytest.mark.category("values")
@pytest.mark.parametrize("commutes", [True, False], ids=["plus_times", "minus_by"])
def test_number_on_the_left(student: Student, rng: np.random.Generator, commutes: bool) -> None:
    """A number on the left of a Value: Python then asks the Value for the reflected method."""
    formulas = ["b + x", "b * x"] if commutes else ["b - x", "b / x"]
    cases = [(formula, a, b) for formula in formulas for a, b in away_from_zero(rng, 3)]
    expect.close(student.map(arithmetic, cases), [arithmetic(*case) for case in cases])


@pytest.mark.category("values")
def test_power(student: Student, rng: np.random.Generator) -> None:
    """A power with a number as its exponent, positive, negative or broken."""
    bases = rng.uniform(0.5, 2.5, size=4).tolist()
    exponents = [3, -1, 0.5, float(rng.uniform(-2.0, 2.0))]
    cases = [("x ** b", a, b) for a, b in zip(bases, exponents, strict=True)]
    expect.close(student.map(arithmetic, cases), [arithmetic(*case) for case in cases])


@pytest.mark.category("values")
@pytest.mark.parametrize("name", ["__neg__", "exp", "log", "sin", "cos", "tanh", "sigmoid", "relu"])
def test_function(student: Student, rng: np.random.Generator, name: str) -> None:
    """A function of one value: its result, and its slope at the input."""
    signs = {"log": [1.0]}.get(name, [1.0, -1.0])
    cases = [(name, sign * size) for sign in signs for size in rng.uniform(0.5, 2.5, 3).tolist()]
    expect.close(student.map(method, cases), [method(*case) for case in cases])


@pytest.mark.category("values")
def test_functions_of_functions(student: Student, rng: np.random.Generator) -> None:
    """Functions of functions: the slopes along a path multiply, and the paths add up."""
    formulas = [
        "cos(sin(x^2) + 3 x^2)",
        "u + exp(u cos x), u = x^2",
        "exp(xy) + xy / log x + sin(log x) / (xy)",
    ]
    points = rng.uniform([1.5, 0.3], [2.5, 1.2], size=(3, 2)).tolist()
    cases = [(formula, x, y) for formula in formulas for x, y in points]
    expect.close(student.map(expression, cases), [expression(*case) for case in cases])


@pytest.mark.category("reuse")
def test_same_value_twice(student: Student, rng: np.random.Generator) -> None:
    """A value used twice in an expression is reached along two paths, and both count."""
    formulas = ["x * x", "x + x", "x - x", "x / x", "(3 - x) * (3 - x)", "x - (-x) * 2"]
    cases = [(formula, a, b) for formula in formulas for a, b in away_from_zero(rng, 2)]
    expect.close(student.map(expression, cases), [expression(*case) for case in cases])


@pytest.mark.category("reuse")
def test_operands_are_kept(student: Student, rng: np.random.Generator) -> None:
    """An operation makes a new node and leaves its operands as they were."""
    cases = rng.uniform(0.5, 2.0, size=(3, 2)).tolist()
    expect.close(
        student.map(operands_afterwards, cases), [operands_afterwards(*case) for case in cases]
    )


@pytest.mark.category("edges")
def test_powers_of_zero_and_below(student: Student, rng: np.random.Generator) -> None:
    """Powers with a whole exponent also exist at zero and at negative numbers."""
    a = -float(rng.uniform(0.5, 2.5))
    cases = [("x ** b", 0.0, exponent) for exponent in (1, 2, 3)]
    cases += [("x ** b", a, exponent) for exponent in (-2, -1, 0, 1, 2, 3)]
    expect.close(student.map(arithmetic, cases), [arithmetic(*case) for case in cases])


@pytest.mark.category("edges")
def test_sigmoid_far_from_zero(student: Student, rng: np.random.Generator) -> None:
    """The sigmoid of a very large or very negative number is a number, and flat."""
    far = float(rng.uniform(800.0, 1200.0))
    cases = [("sigmoid", a) for a in (far, -far, 1000.0, -1000.0)]
    expect.close(student.map(method, cases), [method(*case) for case in cases])


@pytest.mark.category("edges")
@pytest.mark.parametrize("kind", [int, np.float64], ids=["whole", "numpy"])
def test_other_numbers(
    student: Student, rng: np.random.Generator, kind: type[int] | type[np.float64]
) -> None:
    """Values and constants may be whole numbers or NumPy's numbers."""
    formulas = ["x + y", "x - y", "x * y", "x / y", "x - b", "x / b", "b + x", "b * x", "b - x"]
    numbers = rng.integers(1, 9, size=(len(formulas), 2)).tolist()
    cases = [(f, kind(a), kind(-b)) for f, (a, b) in zip(formulas, numbers, strict=True)]
    expect.close(student.map(arithmetic, cases), [arithmetic(*case) for case in cases])


@pytest.mark.category("ties")
def test_relu_at_zero(student: Student, rng: np.random.Generator) -> None:
    """ReLU at zero is zero, and any slope between those of its two sides will do."""
    got = student.map(method, [("relu", 0.0), ("relu", float(rng.uniform(1.0, 2.0)))])
    expect.close(got[0]["data"], 0.0)
    expect.holds(bool(0.0 <= got[0]["df/dx"] <= 1.0), "the slope of relu at 0 is outside 0..1")
    expect.close(got[1]["df/dx"], 1.0)
