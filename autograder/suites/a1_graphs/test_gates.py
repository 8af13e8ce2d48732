"""a1_graphs / gates: a gate multiplies the gradient from above by its own slopes."""

import numpy as np
import pytest

from autograder import expect
from autograder.program import Student, public
from reference.gates import (
    add_backward,
    add_forward,
    max_backward,
    max_forward,
    multiply_backward,
    multiply_forward,
    sigmoid_backward,
    sigmoid_forward,
)


@public(-2.0, 5.0, -4.0)
@public(3.0, -4.0, 1.0)
def add_gate(a: float, b: float, dout: float) -> object:
    """An add gate passes the gradient from above on to both inputs (W2)."""
    out, cache = add_forward(a, b)
    da, db = add_backward(dout, cache)
    return {"out": out, "da": da, "db": db}


@public(3.0, -4.0, 1.0)
@public(-2.0, 5.0, -4.0)
def multiply_gate(a: float, b: float, dout: float) -> object:
    """A multiply gate gives each input the gradient times the other input (W2)."""
    out, cache = multiply_forward(a, b)
    da, db = multiply_backward(dout, cache)
    return {"out": out, "da": da, "db": db}


@public(3.0, -4.0, 2.0)
@public(-5.0, -2.0, -4.0)
def max_gate(a: float, b: float, dout: float) -> object:
    """A max gate hands the whole gradient to the larger input, whichever of the two it is (W2)."""
    out, cache = max_forward(a, b)
    da, db = max_backward(dout, cache)
    return {"out": out, "da": da, "db": db}


@public(1.5, 2.0)
def tied_max(a: float, dout: float) -> object:
    """At a tie the two gradients may be shared in any way: together they are what came (W2)."""
    out, cache = max_forward(a, a)
    da, db = max_backward(dout, cache)
    return {"out": out, "da + db": da + db}


@public(1.0, 1.0)
@public(-2.0, 3.0)
@public(1000.0, 1.0)
@public(-1000.0, 1.0)
def sigmoid_gate(a: float, dout: float) -> object:
    """The sigmoid's slope is s (1 - s); far from 0 it is flat, and nothing overflows (W4)."""
    out, cache = sigmoid_forward(a)
    return {"out": out, "da": sigmoid_backward(dout, cache)}


@public(-2.0, 5.0, -4.0)
def sum_times(x: float, y: float, z: float) -> object:
    """Forward through the two gates of f = (x + y) z, and backward in the opposite order (W2)."""
    q, first_cache = add_forward(x, y)
    f, last_cache = multiply_forward(q, z)
    dq, dz = multiply_backward(1.0, last_cache)
    dx, dy = add_backward(dq, first_cache)
    return {"f": f, "df/dx": dx, "df/dy": dy, "df/dz": dz}


@public(5.0)
def squared_difference(x: float) -> object:
    """In f = (-x + 3)^2 the last gate has the same input twice, so x hears from both (W1, W5)."""
    minus_x, first_cache = multiply_forward(x, -1.0)
    n, second_cache = add_forward(minus_x, 3.0)
    f, last_cache = multiply_forward(n, n)
    left, right = multiply_backward(1.0, last_cache)
    from_sum, _ = add_backward(left + right, second_cache)
    dx, _ = multiply_backward(from_sum, first_cache)
    return {"f": f, "df/dx": dx}


@public(3.0, -4.0, -2.0, 5.0)
def two_products(a: float, b: float, c: float, d: float) -> object:
    """Each forward has a cache of its own, and a cache may be used again (W2)."""
    _, first_cache = multiply_forward(a, b)
    _, second_cache = multiply_forward(c, d)
    calls = [(1.0, first_cache), (1.0, second_cache), (-2.0, first_cache)]
    return [list(multiply_backward(dout, cache)) for dout, cache in calls]


def two_of_the_others(a: float, b: float, c: float) -> object:
    """Go forward through two max gates and two sigmoids before going back."""
    _, first_max = max_forward(a, b)
    _, second_max = max_forward(b, a)
    _, first_sigmoid = sigmoid_forward(a)
    _, second_sigmoid = sigmoid_forward(c)
    return [
        list(max_backward(1.0, first_max)),
        list(max_backward(1.0, second_max)),
        sigmoid_backward(1.0, first_sigmoid),
        sigmoid_backward(1.0, second_sigmoid),
    ]


def shares_at_a_tie(a: float, dout: float) -> tuple[float, float, float, float]:
    """Return the value of a max gate with equal inputs, what it hands on, and both shares."""
    out, cache = max_forward(a, a)
    da, db = max_backward(dout, cache)
    return out, da + db, da / dout, db / dout


@pytest.mark.category("values")
def test_add(student: Student, rng: np.random.Generator) -> None:
    """The add gate: its value is the sum, and both inputs receive the gradient from above."""
    cases = rng.normal(size=(6, 3)).tolist()
    expect.close(student.map(add_gate, cases), [add_gate(*case) for case in cases])


@pytest.mark.category("values")
def test_multiply(student: Student, rng: np.random.Generator) -> None:
    """The multiply gate: each input's slope is the other input, times the gradient from above."""
    cases = rng.normal(size=(6, 3)).tolist()
    expect.close(student.map(multiply_gate, cases), [multiply_gate(*case) for case in cases])


@pytest.mark.category("values")
def test_max(student: Student, rng: np.random.Generator) -> None:
    """The max gate: the larger input receives the whole gradient, the other one nothing."""
    low, gap, dout = rng.uniform(0.5, 3.0, size=(3, 4))
    smaller = low - 2.0
    cases = [
        case
        for a, b, d in zip(smaller, smaller + gap, dout, strict=True)
        for case in ((float(a), float(b), float(d)), (float(b), float(a), float(-d)))
    ]
    expect.close(student.map(max_gate, cases), [max_gate(*case) for case in cases])


@pytest.mark.category("values")
def test_sigmoid(student: Student, rng: np.random.Generator) -> None:
    """The sigmoid gate: its slope can be computed from its own value."""
    near = float(rng.uniform(0.2, 0.8))
    cases = [*rng.normal(scale=3.0, size=(8, 2)).tolist(), [near, 1.5], [-near, 0.5]]
    expect.close(student.map(sigmoid_gate, cases), [sigmoid_gate(*case) for case in cases])


@pytest.mark.category("values")
def test_two_gates_in_a_row(student: Student, rng: np.random.Generator) -> None:
    """Two gates in a row: what the later one sends back comes to the first one from above."""
    cases = rng.normal(scale=2.0, size=(5, 3)).tolist()
    expect.close(student.map(sum_times, cases), [sum_times(*case) for case in cases])


@pytest.mark.category("reuse")
def test_same_input_twice(student: Student, rng: np.random.Generator) -> None:
    """A value that enters a gate twice: its two gradients are reported one by one and add up."""
    cases = rng.normal(scale=2.0, size=(5, 1)).tolist()
    expect.close(
        student.map(squared_difference, cases), [squared_difference(*case) for case in cases]
    )


@pytest.mark.category("reuse")
def test_caches_of_products(student: Student, rng: np.random.Generator) -> None:
    """Several forward calls before the backward calls: every cache belongs to its own call."""
    cases = rng.normal(size=(3, 4)).tolist()
    expect.close(student.map(two_products, cases), [two_products(*case) for case in cases])


@pytest.mark.category("reuse")
def test_caches_of_max_and_sigmoid(student: Student, rng: np.random.Generator) -> None:
    """Max and sigmoid gates used twice before going back: each cache belongs to its own call."""
    cases = rng.normal(size=(3, 3)).tolist()
    expect.close(
        student.map(two_of_the_others, cases), [two_of_the_others(*case) for case in cases]
    )


@pytest.mark.category("ties")
def test_max_of_equal_inputs(student: Student, rng: np.random.Generator) -> None:
    """The max gate at a tie: any sharing will do that hands on exactly the whole gradient."""
    cases = rng.normal(scale=2.0, size=(4, 2)).tolist()
    for (a, dout), got in zip(cases, student.map(shares_at_a_tie, cases), strict=True):
        out, total, *shares = got
        expect.close([out, total], [a, dout])
        for share in shares:
            expect.close(share, min(max(float(share), 0.0), 1.0))  # it lies in 0..1


@pytest.mark.category("edges")
def test_sigmoid_far_from_zero(student: Student, rng: np.random.Generator) -> None:
    """The sigmoid of a very large or very negative number is a number, and its slope is 0."""
    far = float(rng.uniform(800.0, 1200.0))
    cases = [(far, 1.0), (-far, 2.0), (1000.0, -3.0), (-1000.0, 1.0), (0.0, 1.0)]
    expect.close(student.map(sigmoid_gate, cases), [sigmoid_gate(*case) for case in cases])


@pytest.mark.category("edges")
def test_whole_numbers(student: Student, rng: np.random.Generator) -> None:
    """The gates also take whole numbers, zeros, and no gradient at all from above."""
    a, b = (int(n) for n in rng.choice(np.arange(1, 9), size=2, replace=False))
    cases = [(a, -b, 2), (-a, b, -1), (0, b, 3), (a, b, 0)]
    for gate in (multiply_gate, max_gate):
        expect.close(student.map(gate, cases), [gate(*case) for case in cases])


@pytest.mark.category("edges")
def test_numpy_numbers(student: Student, rng: np.random.Generator) -> None:
    """The gates also take NumPy's numbers."""
    cases = [tuple(row) for row in rng.normal(size=(3, 3))]
    expect.close(student.map(sum_times, cases), [sum_times(*case) for case in cases])
