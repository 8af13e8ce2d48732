"""a3_mlp / activations: entry by entry, a value and its slope; and maxout, a layer with a gate."""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.layers.activations import (
    leaky_relu_backward,
    leaky_relu_forward,
    maxout_backward,
    maxout_forward,
    relu_backward,
    relu_forward,
    sigmoid_backward,
    sigmoid_forward,
    tanh_backward,
    tanh_forward,
)

Floats = NDArray[np.floating]
X, DOUT = np.array([[-2.0, 0.5, 3.0], [1.0, -0.25, -4.0]]), np.array([[1, 2, -1], [0.5, 3, -2.0]])
FAR = np.array([-1000.0, 1000.0, -1.0])
M_X, M_W1 = np.array([[1.0, 2.0], [-1.0, 0.5], [2.0, -3.0]]), np.array([[1.0, -1.0], [0.5, 2.0]])
M_W2, M_DOUT = np.array([[-1.0, 0.5], [1.0, 1.0]]), np.array([[1.0, 2.0], [-1.0, 0.5], [3.0, 1.0]])
M_B = np.array([0.1, -0.2])


@public(X, DOUT)
@public(FAR, np.array([1.0, 2.0, 3.0]))
def sigmoid_pair(x: Floats, dout: Floats) -> object:
    """The slope is s (1 - s), times dout; at -1000 and 1000 nothing overflows (W22)."""
    out, cache = sigmoid_forward(x)
    return {"out": np.asarray(out), "dx": np.asarray(sigmoid_backward(dout, cache))}


@public(X, DOUT)
@public(FAR, np.array([1.0, 2.0, 3.0]))
def tanh_pair(x: Floats, dout: Floats) -> object:
    """The slope is 1 - tanh squared, times dout; at -1000 and 1000 nothing overflows (W22)."""
    out, cache = tanh_forward(x)
    return {"out": np.asarray(out), "dx": np.asarray(tanh_backward(dout, cache))}


@public(X, DOUT)
def relu_pair(x: Floats, dout: Floats) -> object:
    """What is positive passes, there and back; the sign of dout does not matter (W22, W15)."""
    out, cache = relu_forward(x)
    return {"out": np.asarray(out), "dx": np.asarray(relu_backward(dout, cache))}


@public(X, DOUT, 0.1)
@public(X, DOUT, 0.3)
def leaky_pair(x: Floats, dout: Floats, slope: float) -> object:
    """Left of 0 both the value and the gradient are multiplied by the slope (W22)."""
    out, cache = leaky_relu_forward(x, slope)
    return {"out": np.asarray(out), "dx": np.asarray(leaky_relu_backward(dout, cache))}


@public(X, DOUT)
def leaky_by_default(x: Floats, dout: Floats) -> object:
    """The slope is 0.01 where none is given (W22)."""
    out, cache = leaky_relu_forward(x)
    return {"out": np.asarray(out), "dx": np.asarray(leaky_relu_backward(dout, cache))}


@public(M_X, M_W1, M_B, M_W2, -M_B, M_DOUT)
@public(M_X, M_W1[:, :1], M_B[:1], M_W2[:, :1], M_B[1:], M_DOUT[:, :1])
def maxout_pair(x: Floats, w1: Floats, b1: Floats, w2: Floats, b2: Floats, dout: Floats) -> object:
    """Entry by entry the larger of two layers; the winner takes the gradient (W22)."""
    out, cache = maxout_forward(x, w1, b1, w2, b2)
    gradients = maxout_backward(dout, cache)
    names = ["dx", "dw1", "db1", "dw2", "db2"]
    found = {name: np.asarray(each) for name, each in zip(names, gradients, strict=True)}
    return {"out": np.asarray(out), **found}


@public(X, DOUT)
def arguments_afterwards(x: Floats, dout: Floats) -> object:
    """None of them writes into x or dout, which belong to the caller (W22)."""
    _, cache = sigmoid_forward(x)
    sigmoid_backward(dout, cache)
    _, cache = tanh_forward(x)
    tanh_backward(dout, cache)
    _, cache = relu_forward(x)
    relu_backward(dout, cache)
    _, cache = leaky_relu_forward(x)
    leaky_relu_backward(dout, cache)
    return {"x": x, "dout": dout}


@public(X, -X, DOUT)
def two_calls(x1: Floats, x2: Floats, dout: Floats) -> object:
    """Forward on two arrays, then backward: each cache belongs to its own call (W22)."""
    first, second = relu_forward(x1)[1], relu_forward(x2)[1]
    found = [relu_backward(dout, first), relu_backward(dout, second)]
    first, second = sigmoid_forward(x1)[1], sigmoid_forward(2.0 * x2)[1]
    found += [sigmoid_backward(dout, first), sigmoid_backward(dout, second)]
    first, second = tanh_forward(x1)[1], tanh_forward(2.0 * x2)[1]
    found += [tanh_backward(dout, first), tanh_backward(dout, second)]
    first, second = leaky_relu_forward(x1, 0.1)[1], leaky_relu_forward(x2, 0.2)[1]
    found += [leaky_relu_backward(dout, first), leaky_relu_backward(dout, second)]
    return [np.asarray(each) for each in found]


def maxout_twice(x: Floats, w1: Floats, b1: Floats, w2: Floats, b2: Floats, dout: Floats) -> object:
    """Use maxout on two batches before going back; return the arguments as well."""
    _, first = maxout_forward(x, w1, b1, w2, b2)
    _, second = maxout_forward(-x, w1, b1, w2, b2)
    found = [*maxout_backward(dout, first), *maxout_backward(dout, second)]
    return [np.asarray(each) for each in found], [x, w1, b1, w2, b2, dout]


def slopes_at_zero(n: int, slope: float) -> object:
    """Return values and slopes of both rectifiers at 0."""
    out, cache = relu_forward(np.zeros(n))
    leaky_out, leaky_cache = leaky_relu_forward(np.zeros(n), slope)
    return {
        "values": [np.asarray(out), np.asarray(leaky_out)],
        "slopes": np.asarray(relu_backward(np.ones(n), cache)),
        "leaky slopes": np.asarray(leaky_relu_backward(np.ones(n), leaky_cache)),
    }


def shares_of_equals(w: Floats, b: Floats, dout: Floats) -> object:
    """Return what the two equal layers of a maxout share, in parts of the whole."""
    _, cache = maxout_forward(np.ones((1, len(w))), w, b, w.copy(), b.copy())
    _, dw1, db1, dw2, db2 = (np.asarray(each) for each in maxout_backward(dout, cache))
    return {"first": dw1 / dout, "all": dw1 + dw2, "first bias": db1 / dout[0], "biases": db1 + db2}


def away_from_zero(rng: np.random.Generator, *shape: int) -> Floats:
    """Draw numbers of both signs, none near 0."""
    return rng.uniform(0.2, 3.0, size=shape) * rng.choice([-1.0, 1.0], size=shape)


def pairs(rng: np.random.Generator, *shapes: tuple[int, ...]) -> list[tuple[Floats, Floats]]:
    """Draw inputs and gradients from above."""
    return [(away_from_zero(rng, *shape), rng.normal(size=shape)) for shape in shapes]


def maxout_case(rng: np.random.Generator, n: int, d: int, m: int) -> tuple[Floats, ...]:
    """Draw the arguments of a maxout and a gradient from above."""
    shapes = [(n, d), (d, m), (m,), (d, m), (m,), (n, m)]
    return tuple(rng.normal(size=shape) for shape in shapes)


@pytest.mark.category("values")
def test_sigmoid(student: Student, rng: np.random.Generator) -> None:
    """The sigmoid and its gradient: the slope can be had from the value."""
    cases = pairs(rng, (3, 4), (5,))
    expect.close(student.map(sigmoid_pair, cases), [sigmoid_pair(*case) for case in cases])


@pytest.mark.category("values")
def test_tanh(student: Student, rng: np.random.Generator) -> None:
    """The hyperbolic tangent and its gradient."""
    cases = pairs(rng, (3, 4), (5,))
    expect.close(student.map(tanh_pair, cases), [tanh_pair(*case) for case in cases])


@pytest.mark.category("values")
def test_relu(student: Student, rng: np.random.Generator) -> None:
    """The ReLU: where the input was positive the gradient passes, elsewhere it does not."""
    cases = pairs(rng, (4, 5), (12,))
    expect.close(student.map(relu_pair, cases), [relu_pair(*case) for case in cases])


@pytest.mark.category("values")
def test_leaky_relu(student: Student, rng: np.random.Generator) -> None:
    """The leaky ReLU with any slope, there and back."""
    cases = [(*pair, float(rng.uniform(0.05, 0.5))) for pair in pairs(rng, (4, 5), (12,))]
    expect.close(student.map(leaky_pair, cases), [leaky_pair(*case) for case in cases])


@pytest.mark.category("values")
def test_maxout(student: Student, rng: np.random.Generator) -> None:
    """Maxout: the larger layer wins entry by entry, and the input hears from both layers."""
    cases = [maxout_case(rng, 6, 3, 4) for _ in range(2)]
    expect.close(student.map(maxout_pair, cases), [maxout_pair(*case) for case in cases])


@pytest.mark.category("shapes")
def test_any_shape(student: Student, rng: np.random.Generator) -> None:
    """The four that work entry by entry take arrays with any number of axes."""
    cases = pairs(rng, (1,), (1, 1), (2, 3, 2), (2, 1, 2, 3))
    for pair in (sigmoid_pair, tanh_pair, relu_pair, leaky_by_default):
        expect.close(student.map(pair, cases), [pair(*case) for case in cases])


@pytest.mark.category("shapes")
def test_maxout_sizes(student: Student, rng: np.random.Generator) -> None:
    """Maxout with one example, one input or one output, and with rectangles."""
    sizes = [(1, 3, 2), (4, 1, 3), (4, 3, 1), (2, 5, 3), (1, 1, 1)]
    cases = [maxout_case(rng, *size) for size in sizes]
    expect.close(student.map(maxout_pair, cases), [maxout_pair(*case) for case in cases])


@pytest.mark.category("edges")
def test_far_from_zero(student: Student, rng: np.random.Generator) -> None:
    """Very large and very negative inputs in one array: values are numbers, gradients vanish."""
    x = rng.uniform(800.0, 1200.0, size=6) * np.array([1, -1, 1, -1, 1, -1])
    cases = [(x, rng.normal(size=6)), (np.append(x, 0.5), rng.normal(size=7))]
    for pair in (sigmoid_pair, tanh_pair, relu_pair):
        expect.close(student.map(pair, cases), [pair(*case) for case in cases])


@pytest.mark.category("edges")
def test_tiny_slopes(student: Student, rng: np.random.Generator) -> None:
    """Where the curve is nearly flat the slope is tiny, and yet it is not zero."""
    x = rng.uniform(12.0, 15.0, size=12) * np.tile([1.0, -1.0], 6)
    dout = rng.uniform(1e8, 2e8, size=12)
    expect.close(student(sigmoid_pair, x, dout), sigmoid_pair(x, dout))
    expect.close(student(tanh_pair, 0.5 * x, dout), tanh_pair(0.5 * x, dout))


@pytest.mark.category("edges")
def test_single_precision(student: Student, rng: np.random.Generator) -> None:
    """Arrays of single precision, judged by value."""
    cases = [tuple(each.astype(np.float32) for each in pair) for pair in pairs(rng, (3, 4))]
    for pair in (sigmoid_pair, tanh_pair, relu_pair, leaky_by_default):
        expect.close(student.map(pair, cases), [pair(*case) for case in cases], rtol=1e-4)


@pytest.mark.category("ties")
def test_corners(student: Student, rng: np.random.Generator) -> None:
    """At the corner of a rectifier any slope between the left one and the right one will do."""
    slope = float(rng.uniform(0.05, 0.3))
    got = student(slopes_at_zero, 3, slope)
    expect.close(got, {"values": [np.zeros(3), np.zeros(3)]})
    expect.close(got, {"slopes": np.full(3, 0.5)}, rtol=0.5 + 1e-9)  # each lies in 0..1
    leaky = {"leaky slopes": np.full(3, (1 + slope) / 2)}
    expect.close(got, leaky, rtol=(1 - slope) / 2 + 1e-9)  # each lies in slope..1


@pytest.mark.category("ties")
def test_equal_layers(student: Student, rng: np.random.Generator) -> None:
    """A maxout of two equal layers: any sharing that hands on exactly the whole gradient."""
    w, b, dout = rng.normal(size=(2, 3)), rng.normal(size=3), rng.uniform(0.5, 2.0, size=(1, 3))
    got = student(shares_of_equals, w, b, dout)
    expect.close(got, {"all": np.repeat(dout, 2, axis=0), "biases": dout[0]})
    halves = {"first": np.full((2, 3), 0.5), "first bias": np.full(3, 0.5)}
    expect.close(got, halves, rtol=0.5 + 1e-9)  # each lies in 0..1


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Neither the input nor the gradient from above is written into."""
    cases = pairs(rng, (3, 4), (6,))
    wanted = [arguments_afterwards(x.copy(), dout.copy()) for x, dout in cases]
    expect.close(student.map(arguments_afterwards, cases), wanted)


@pytest.mark.category("reuse")
def test_two_calls(student: Student, rng: np.random.Generator) -> None:
    """Several forward calls before the backward calls: every cache belongs to its own call."""
    case = (away_from_zero(rng, 3, 3), away_from_zero(rng, 3, 3), rng.normal(size=(3, 3)))
    expect.close(student(two_calls, *case), two_calls(*case))


@pytest.mark.category("reuse")
def test_maxout_twice(student: Student, rng: np.random.Generator) -> None:
    """Maxout used on two batches: nothing is mixed up and no argument is changed."""
    case = maxout_case(rng, 4, 3, 2)
    wanted = maxout_twice(*(each.copy() for each in case))
    expect.close(student(maxout_twice, *case), wanted)


@pytest.mark.category("cost")
def test_large_maxout(student: Student, rng: np.random.Generator) -> None:
    """A large maxout: the gradients are computed, not measured by nudging every entry."""
    case = maxout_case(rng, 300, 600, 1)
    expect.close(student(maxout_pair, *case), maxout_pair(*case))
