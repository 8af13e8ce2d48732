"""a2_tensors / elementwise: every gate knows its result and pulls a gradient back to its parents.

Every program ends alike, so that it asks nothing of `backward`: it walks all paths from `f` down to
the inputs, pulls the gradient `g` of `f` along each path, and adds up what arrives.
"""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.tensor import Tensor

Array = NDArray[np.floating[Any]]
Shape = tuple[int, ...]
Operand = float | Array

ROWS = np.array([[1.0, -2.0, 0.5], [3.0, 1.5, -1.0]])
OTHERS = np.array([[2.0, 4.0, -0.5], [1.0, -2.0, 2.5]])
GRADIENT = np.array([[1.0, 10.0, 100.0], [-1.0, 2.0, 0.5]])


@public("x + y", ROWS, OTHERS, GRADIENT)
@public("x + y", ROWS, np.array([10.0, 20.0, 30.0]), GRADIENT)
@public("x * y", ROWS, OTHERS, GRADIENT)
@public("x * y", ROWS, np.array([[2.0], [3.0]]), GRADIENT)
@public("x * y", np.array(-2.0), ROWS, GRADIENT)
def sum_or_product(formula: str, a: Array, b: Array, g: Array) -> object:
    """A sum hands g on, a product g times the other; copies are summed to each shape (W2, W5)."""
    x, y = Tensor(a), Tensor(b)
    f = x + y if formula == "x + y" else x * y
    paths = [(f, g)]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    return {"f": f.data, "gradient of x": x.grad, "gradient of y": y.grad}


@public("x - y", ROWS, OTHERS, GRADIENT)
@public("x - y", ROWS, np.array([10.0, 20.0, 30.0]), GRADIENT)
@public("x / y", ROWS, OTHERS, GRADIENT)
@public("x / y", np.array([[2.0], [3.0]]), OTHERS, GRADIENT)
@public("x / y", ROWS, np.array(4.0), GRADIENT)
def difference_or_quotient(formula: str, a: Array, b: Array, g: Array) -> object:
    """x - y has the slopes 1 and -1; x / y has the slopes 1 / y and -x / y^2 (W5, W8)."""
    x, y = Tensor(a), Tensor(b)
    f = x - y if formula == "x - y" else x / y
    paths = [(f, g)]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    return {"f": f.data, "gradient of x": x.grad, "gradient of y": y.grad}


@public("-", ROWS, 3.0, GRADIENT)
@public("/", ROWS, 2, GRADIENT)
@public("*", np.array([10.0, 20.0, 30.0]), ROWS, GRADIENT)
def constant_on_the_right(sign: str, a: Array, k: Operand, g: Array) -> object:
    """x + k, x - k, x * k, x / k with a plain number or an array k (W4)."""
    x = Tensor(a)
    f = {"+": lambda: x + k, "-": lambda: x - k, "*": lambda: x * k, "/": lambda: x / k}[sign]()
    paths = [(f, g)]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    return {"f": f.data, "gradient of x": x.grad}


@public("-", 3.0, ROWS, GRADIENT)
@public("/", 2, ROWS, GRADIENT)
@public("+", ROWS, np.array([10.0, 20.0, 30.0]), GRADIENT)
@public("/", ROWS, np.array([10.0, 20.0, 30.0]), GRADIENT)
def constant_on_the_left(sign: str, k: Operand, a: Array, g: Array) -> object:
    """k + x, k - x, k * x, k / x with a plain number or an array k: 3 - x is not x - 3 (W5)."""
    x = Tensor(a)
    f = {"+": lambda: k + x, "-": lambda: k - x, "*": lambda: k * x, "/": lambda: k / x}[sign]()
    paths = [(f, g)]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    return {"f": f.data, "gradient of x": x.grad}


@public(ROWS, 3, GRADIENT)
@public(np.array([4.0, 0.25]), -0.5, np.array([1.0, 10.0]))
@public(np.array([0.0, 2.0]), 0, np.array([1.0, 10.0]))
def power(a: Array, k: float, g: Array) -> object:
    """x ** k has the slope k x^(k - 1); x ** 0 is constant, also at 0 (W4)."""
    x = Tensor(a)
    f = x**k
    paths = [(f, g)]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    return {"f": f.data, "gradient of x": x.grad}


@public("negative", ROWS, GRADIENT)
@public("exp", ROWS, GRADIENT)
@public("log", np.array([0.5, 2.0, 10.0]), np.array([1.0, 10.0, 100.0]))
@public("relu", ROWS, GRADIENT)
@public("tanh", ROWS, GRADIENT)
@public("tanh", np.array([-1000.0, 1000.0]), np.array([1.0, 1.0]))
@public("sigmoid", ROWS, GRADIENT)
@public("sigmoid", np.array([-1000.0, 1000.0]), np.array([1.0, 1.0]))
def curve(name: str, a: Array, g: Array) -> object:
    """A gate with one input sends back g times its own slope, entry by entry (W4)."""
    x = Tensor(a)
    f = -x if name == "negative" else getattr(x, name)()
    paths = [(f, g)]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    return {"f": f.data, "gradient of x": x.grad}


@public(ROWS, OTHERS, GRADIENT)
@public(ROWS, np.array([0.0, 1.0, -3.0]), GRADIENT)
@public(ROWS, np.array([[0.0], [2.0]]), GRADIENT)
def larger(a: Array, b: Array, g: Array) -> object:
    """maximum gives all of g to the winner, in the winner's shape (W5)."""
    x, y = Tensor(a), Tensor(b)
    f = x.maximum(y)
    paths = [(f, g)]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    return {"f": f.data, "gradient of x": x.grad, "gradient of y": y.grad}


@public(ROWS, 0.25, GRADIENT)
def larger_than_number(a: Array, k: float, g: Array) -> object:
    """x.maximum(k) with a plain number k is x where x is larger, and flat elsewhere (W5)."""
    x = Tensor(a)
    f = x.maximum(k)
    paths = [(f, g)]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    return {"f": f.data, "gradient of x": x.grad}


@public(np.array([1.0, 2.0, 3.0]), np.array([1.0, 5.0, 3.0]), np.array([1.0, 10.0, 100.0]))
def ties(a: Array, b: Array, g: Array) -> object:
    """Where x and y tie, what arrives is shared: neither lost nor given twice (W5)."""
    x, y = Tensor(a), Tensor(b)
    f = x.maximum(y)
    paths = [(f, g)]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    mine, yours = np.array(x.grad), np.array(y.grad)
    shared = bool(np.all((mine * g >= 0) & (yours * g >= 0)))
    return {"f": f.data, "x's and y's gradients together": mine + yours, "shared": shared}


@public("x * x", ROWS, np.array([1.0, 1.0, 1.0]), GRADIENT)
@public("neuron", ROWS, np.array([2.0, -3.0, -3.0]), GRADIENT)
@public("W8", np.array([[1.5], [2.0]]), np.array([0.5, 1.0, 0.25]), GRADIENT)
def several_steps(formula: str, a: Array, b: Array, g: Array) -> object:
    """Gates behind gates: pulls are called in a row, and paths to one input add up (W4, W8)."""
    x, y = Tensor(a), Tensor(b)
    match formula:
        case "x * x":
            f = x * x + y
        case "neuron":
            f = (x * y - 3).sigmoid().log()
        case _:
            f = (x * y).exp() + x * y / x.log() + x.log().tanh() / (x * y)
    paths = [(f, g)]
    for node, gradient in paths:
        node.grad = gradient if node.grad is None else node.grad + gradient
        if node.pull is not None:
            paths += zip(node.parents, node.pull(gradient), strict=True)
    return {"f": f.data, "gradient of x": x.grad, "gradient of y": y.grad}


@public(ROWS, OTHERS, GRADIENT)
def operands_afterwards(a: Array, b: Array, g: Array) -> object:
    """Gates and their pulls leave data alone, and the gradient that they are handed (W5)."""
    x, y = Tensor(a), Tensor(b)
    results = [x + y, x - y, x * y, x / y, -x, x**2, 2 * x, x.exp(), x.relu(), x.maximum(y)]
    lost = [len(f.parents) - len(list(f.pull(g))) if f.pull else "no pull" for f in results]
    return {
        "parents without a gradient": lost,
        "operands": [x.data, y.data, x.grad, y.grad],
        "what was handed in": g,
    }


def drawn(rng: np.random.Generator, *shapes: Shape) -> list[Array]:
    """Draw numbers of either sign whose sizes are between 0.5 and 2.5, away from all corners."""
    return [np.array(rng.choice([-1.0, 1.0], s) * rng.uniform(0.5, 2.5, s)) for s in shapes]


def pairs(rng: np.random.Generator, *shapes: tuple[Shape, Shape]) -> list[list[Array]]:
    """Draw two operands of each pair of shapes, and a gradient of their result."""
    return [
        [*drawn(rng, a, b), np.array(rng.normal(size=np.broadcast_shapes(a, b)))] for a, b in shapes
    ]


@pytest.mark.category("values")
@pytest.mark.parametrize("formula", ["x + y", "x - y", "x * y", "x / y"])
def test_two_tensors(student: Student, rng: np.random.Generator, formula: str) -> None:
    """An operation on two Tensors: its result, and what it pulls back to each of them."""
    program = sum_or_product if formula in ("x + y", "x * y") else difference_or_quotient
    shapes = [((2, 3), (2, 3)), ((3, 2), (2,)), ((2, 1), (3,)), ((), (4,)), ((2, 1, 2), (3, 1))]
    cases = [(formula, *case) for case in pairs(rng, *shapes)]
    expect.close(student.map(program, cases), [program(*case) for case in cases])


@pytest.mark.category("shapes")
@pytest.mark.parametrize("formula", ["x + y", "x - y", "x * y", "x / y"])
def test_broadcasting(student: Student, rng: np.random.Generator, formula: str) -> None:
    """Operands of different shapes: each gradient has the shape of its own operand."""
    program = sum_or_product if formula in ("x + y", "x * y") else difference_or_quotient
    shapes = [((3, 3), (3,)), ((3, 1), (3, 3)), ((1, 1), (2, 1, 3)), ((2, 2), ()), ((1,), (3,))]
    cases = [(formula, *case) for case in pairs(rng, *shapes)]
    expect.close(student.map(program, cases), [program(*case) for case in cases])


@pytest.mark.category("values")
def test_number_beside(student: Student, rng: np.random.Generator) -> None:
    """A Tensor with a plain number to its right, for all four signs."""
    cases = [
        (s, *drawn(rng, (2, 3)), float(rng.uniform(1, 3)), rng.normal(size=(2, 3))) for s in "+-*/"
    ]
    expect.close(
        student.map(constant_on_the_right, cases),
        [constant_on_the_right(*case) for case in cases],
    )


@pytest.mark.category("values")
def test_number_before(student: Student, rng: np.random.Generator) -> None:
    """A Tensor with a plain number to its left, for all four signs."""
    cases = [
        (s, float(rng.uniform(1, 3)), *drawn(rng, (2, 3)), rng.normal(size=(2, 3))) for s in "+-*/"
    ]
    expect.close(
        student.map(constant_on_the_left, cases), [constant_on_the_left(*case) for case in cases]
    )


@pytest.mark.category("edges")
def test_array_beside(student: Student, rng: np.random.Generator) -> None:
    """A Tensor and an array, on either side, that broadcast to a larger shape."""
    right = [(sign, *pairs(rng, ((3,), (2, 3)))[0]) for sign in "+-*/"]
    left = [(sign, *pairs(rng, ((2, 1), (3,)))[0]) for sign in "+-*/"]
    got = [student.map(constant_on_the_right, right), student.map(constant_on_the_left, left)]
    wanted = [
        [constant_on_the_right(*case) for case in right],
        [constant_on_the_left(*case) for case in left],
    ]
    expect.close(got, wanted)


@pytest.mark.category("edges")
def test_other_numbers(student: Student, rng: np.random.Generator) -> None:
    """Whole numbers and NumPy's numbers beside a Tensor, and data that are whole numbers."""
    numbers = [2, np.float64(3.0), np.int64(4), np.float32(0.5)]
    g = rng.normal(size=3)
    cases = [(s, k, rng.integers(1, 9, size=3), g) for s, k in zip("+-*/", numbers, strict=True)]
    expect.close(
        student.map(constant_on_the_left, cases), [constant_on_the_left(*case) for case in cases]
    )


@pytest.mark.category("values")
def test_power(student: Student, rng: np.random.Generator) -> None:
    """A power with a number as its exponent, whole or broken, positive or negative."""
    exponents = (3, -1, 0.5, float(rng.uniform(-2, 2)), -2.5)
    cases = [(rng.uniform(0.5, 2.5, size=(2, 3)), k, rng.normal(size=(2, 3))) for k in exponents]
    expect.close(student.map(power, cases), [power(*case) for case in cases])


@pytest.mark.category("edges")
def test_powers_of_zero_and_below(student: Student, rng: np.random.Generator) -> None:
    """Powers with a whole exponent also exist at zero and at negative numbers."""
    a = np.array([0.0, -float(rng.uniform(0.5, 2.5))])
    cases = [(a, k, rng.normal(size=2)) for k in (0, 1, 2, 3)]
    cases += [(drawn(rng, (3,))[0], k, rng.normal(size=3)) for k in (-2, 0)]
    expect.close(student.map(power, cases), [power(*case) for case in cases])


@pytest.mark.category("values")
@pytest.mark.parametrize("name", ["negative", "exp", "log", "tanh", "sigmoid", "relu"])
def test_function(student: Student, rng: np.random.Generator, name: str) -> None:
    """A function of one Tensor: its result, and what it pulls back."""
    sign = {"log": np.abs}.get(name, np.positive)
    shapes = [(5,), (2, 3), ()]
    cases = [
        (name, sign(drawn(rng, shape)[0]), np.array(rng.normal(size=shape))) for shape in shapes
    ]
    cases += [(name, sign(rng.uniform(0.2, 0.8) * np.array([-1.0, 1.0])), rng.normal(size=2))]
    expect.close(student.map(curve, cases), [curve(*case) for case in cases])


@pytest.mark.category("edges")
@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_far_from_zero(student: Student, rng: np.random.Generator, name: str) -> None:
    """Far from zero the curve is flat, and everything is a number."""
    far = rng.uniform(800, 2000, size=3)
    cases = [(name, sign * far, rng.normal(size=3)) for sign in (1.0, -1.0)]
    expect.close(student.map(curve, cases), [curve(*case) for case in cases])


@pytest.mark.category("values")
def test_maximum(student: Student, rng: np.random.Generator) -> None:
    """The larger of two arrays, entry by entry: the winner gets what arrives."""
    cases = pairs(rng, ((2, 3), (2, 3)), ((2, 3), (3,)), ((2, 1), (3,)), ((), (4,)))
    expect.close(student.map(larger, cases), [larger(*case) for case in cases])


@pytest.mark.category("edges")
def test_maximum_with_a_number(student: Student, rng: np.random.Generator) -> None:
    """The larger of a Tensor and a plain number."""
    g = rng.normal(size=(2, 3))
    cases = [(*drawn(rng, (2, 3)), k, g) for k in (0, float(rng.uniform(-0.4, 0.4)))]
    expect.close(
        student.map(larger_than_number, cases), [larger_than_number(*case) for case in cases]
    )


@pytest.mark.category("ties")
def test_maximum_at_ties(student: Student, rng: np.random.Generator) -> None:
    """Where both are equal they share what arrives, in whatever parts."""
    a = rng.normal(size=4)
    b = a + np.array([0.0, 1.0, -1.0, 0.0])
    case = (a, b, rng.uniform(0.5, 2.0, size=4))
    expect.close(student(ties, *case), ties(*case))


@pytest.mark.category("ties")
def test_relu_at_zero(student: Student, rng: np.random.Generator) -> None:
    """ReLU at zero is zero, and any slope between those of its two sides will do."""
    a = np.array([0.0, float(rng.uniform(1, 2)), -float(rng.uniform(1, 2))])
    got = student(curve, "relu", a, np.ones(3))
    expect.close(got["f"], np.maximum(a, 0.0))
    slopes = got["gradient of x"]
    expect.close(slopes, np.array([np.clip(slopes[0], 0.0, 1.0), 1.0, 0.0]))


@pytest.mark.category("reuse")
@pytest.mark.parametrize("formula", ["x * x", "neuron", "W8"])
def test_several_steps(student: Student, rng: np.random.Generator, formula: str) -> None:
    """Operations on results of operations: pulls in a row, and paths that add up."""
    cases = [
        (formula, rng.uniform(1.3, 2.0, a), rng.uniform(0.3, 1.2, b), rng.normal(size=(2, 3)))
        for a, b in [((2, 3), (3,)), ((2, 1), (3,))]
    ]
    expect.close(student.map(several_steps, cases), [several_steps(*case) for case in cases])


@pytest.mark.category("reuse")
def test_operands_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Neither an operation nor its pull writes into an array that it was given."""
    case = (*drawn(rng, (2, 3), (2, 3)), rng.normal(size=(2, 3)))
    wanted = operands_afterwards(*(array.copy() for array in case))
    expect.close(student(operands_afterwards, *case), wanted)


@pytest.mark.category("scale")
def test_many_entries(student: Student, rng: np.random.Generator) -> None:
    """Arrays with some ten thousand entries."""
    cases = pairs(rng, ((100, 200), (200,)))
    got = student.map(difference_or_quotient, [("x / y", *case) for case in cases])
    expect.close(got, [difference_or_quotient("x / y", *case) for case in cases])
