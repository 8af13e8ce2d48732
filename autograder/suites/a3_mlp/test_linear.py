"""a3_mlp / linear: the dense layer, forward and backward, for a whole batch."""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.layers.linear import linear_backward, linear_forward

Floats = NDArray[np.floating]
Case = tuple[Floats, Floats, Floats, Floats]
X = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]])
W, B = np.array([[1.0, -1.0, 0.5, 0.0], [2.0, 0.0, 1.0, -1.0]]), np.array([0.1, 0.2, 0.3, 0.4])
DOUT = np.array([[1.0, 0.0, -1.0, 2.0], [0.5, 2.0, 0.0, 1.0], [-1.0, 1.0, 1.0, 0.0]])
PIXELS = np.array([[1.0, 2.0, 3.0, 4.0]])
ANIMALS = np.array([[0.2, 0.3, 0.5], [0.4, 0.8, 0.6], [0.1, 0.2, 0.4], [0.6, 0.1, 0.7]])


@public(X, W, B, DOUT)
@public(PIXELS, ANIMALS, np.zeros(3), np.array([[1.0, 0.0, 0.0]]))
@public(X, W[:, :2], B[:2], DOUT[:, :2])
@public(np.array([[2.0], [-1.0]]), np.array([[3.0]]), np.array([0.5]), np.array([[1.0], [1.0]]))
def dense(x: Floats, w: Floats, b: Floats, dout: Floats) -> object:
    """Every row of x is an example; w and b hear from all rows, and db is (M,) (W17, W23)."""
    out, cache = linear_forward(x, w, b)
    dx, dw, db = linear_backward(dout, cache)
    return {
        "out": np.asarray(out),
        "dx": np.asarray(dx),
        "dw": np.asarray(dw),
        "db": np.asarray(db),
    }


@public(X, W, B, DOUT)
def arguments_afterwards(x: Floats, w: Floats, b: Floats, dout: Floats) -> object:
    """Inputs, weights, bias and dout belong to the caller and stay as they were (W17)."""
    _, cache = linear_forward(x, w, b)
    dx, _, _ = linear_backward(dout, cache)
    return {"dx": np.asarray(dx), "x": x, "w": w, "b": b, "dout": dout}


@public(X, X[:2] + 1.0, W, B, DOUT)
def two_batches(x1: Floats, x2: Floats, w: Floats, b: Floats, dout: Floats) -> object:
    """Forward twice, then backward: each cache belongs to its own call (W17)."""
    _, cache1 = linear_forward(x1, w, b)
    _, cache2 = linear_forward(x2, 2.0 * w, b)
    first = linear_backward(dout, cache1)
    second = linear_backward(dout[: len(x2)], cache2)
    return [[np.asarray(each) for each in gradients] for gradients in (first, second)]


@public(np.ones((2, 3)), np.ones((4, 2)), np.zeros(2))
def refusal(x: Floats, w: Floats, b: Floats) -> object:
    """An x whose rows are not as long as w is high raises a ValueError (W17)."""
    try:
        linear_forward(x, w, b)
    except ValueError:
        return "ValueError"
    return "no error"


def two_layers(x: Floats, w1: Floats, b1: Floats, w2: Floats, b2: Floats, dout: Floats) -> object:
    """Send a batch through two layers, and a gradient back."""
    hidden, cache1 = linear_forward(x, w1, b1)
    out, cache2 = linear_forward(hidden, w2, b2)
    dhidden, dw2, db2 = linear_backward(dout, cache2)
    dx, dw1, db1 = linear_backward(dhidden, cache1)
    return [np.asarray(each) for each in (out, dx, dw1, db1, dw2, db2)]


def dense_without_warnings(x: Floats, w: Floats, b: Floats, dout: Floats) -> object:
    """The layer there and back, whatever the processor says of infinite numbers on the way."""
    with np.errstate(all="ignore"):
        out, cache = linear_forward(x, w, b)
        return [np.asarray(each) for each in (out, *linear_backward(dout, cache))]


def draw(rng: np.random.Generator, n: int, d: int, m: int) -> Case:
    """Return x, w, b and dout for a layer of that size."""
    return (
        rng.normal(size=(n, d)),
        rng.normal(size=(d, m)),
        rng.normal(size=m),
        rng.normal(size=(n, m)),
    )


@pytest.mark.category("values")
def test_layer(student: Student, rng: np.random.Generator) -> None:
    """The layer forward, and all three gradients."""
    cases = [draw(rng, 4, 3, 2) for _ in range(4)]
    expect.close(student.map(dense, cases), [dense(*case) for case in cases])


@pytest.mark.category("values")
def test_square_layer(student: Student, rng: np.random.Generator) -> None:
    """Where everything is square, a forgotten transpose does not show in the shapes."""
    cases = [draw(rng, n, n, n) for n in (2, 3, 4)]
    expect.close(student.map(dense, cases), [dense(*case) for case in cases])


@pytest.mark.category("values")
def test_two_layers(student: Student, rng: np.random.Generator) -> None:
    """Two layers in a row: what the second returns for its input is what the first is handed."""
    x, w1, b1, _ = draw(rng, 5, 3, 4)
    _, w2, b2, dout = draw(rng, 5, 4, 2)
    case = (x, w1, b1, w2, b2, dout)
    expect.close(student(two_layers, *case), two_layers(*case))


@pytest.mark.category("shapes")
def test_rectangles(student: Student, rng: np.random.Generator) -> None:
    """Any number of examples, inputs and outputs."""
    sizes = [(2, 7, 3), (7, 2, 3), (3, 2, 7), (10, 5, 1)]
    cases = [draw(rng, *size) for size in sizes]
    expect.close(student.map(dense, cases), [dense(*case) for case in cases])


@pytest.mark.category("shapes")
def test_ones(student: Student, rng: np.random.Generator) -> None:
    """One example, one input or one output: arrays keep their axes."""
    cases = [draw(rng, *size) for size in ((1, 4, 3), (5, 1, 3), (5, 4, 1), (1, 1, 1))]
    expect.close(student.map(dense, cases), [dense(*case) for case in cases])


@pytest.mark.category("shapes")
def test_refusal(student: Student, rng: np.random.Generator) -> None:
    """Shapes that cannot work raise a ValueError."""
    d, more = int(rng.integers(2, 5)), int(rng.integers(1, 4))
    cases = [
        (np.ones((3, d)), np.ones((d + more, 2)), np.zeros(2)),
        (np.ones((3, d + more)), np.ones((d, 2)), np.zeros(2)),
    ]
    expect.close(student.map(refusal, cases), [refusal(*case) for case in cases])


@pytest.mark.category("edges")
def test_single_precision(student: Student, rng: np.random.Generator) -> None:
    """Arrays of single precision, judged by value."""
    cases = [tuple(each.astype(np.float32) for each in draw(rng, 3, 4, 2)) for _ in range(2)]
    expect.close(student.map(dense, cases), [dense(*case) for case in cases], rtol=1e-4)


@pytest.mark.category("edges")
def test_other_layouts(student: Student, rng: np.random.Generator) -> None:
    """Zeros, whole numbers as floats, and arrays whose columns lie together in the memory."""
    x, w, b, dout = draw(rng, 4, 3, 2)
    cases = [
        (np.asfortranarray(x), np.asfortranarray(w), b, np.asfortranarray(dout)),
        (np.round(3.0 * x), np.round(3.0 * w), np.zeros(2), np.round(dout)),
        (x, np.zeros((3, 2)), b, np.zeros((4, 2))),
    ]
    expect.close(student.map(dense, cases), [dense(*case) for case in cases])


@pytest.mark.category("scale")
@pytest.mark.required
def test_an_infinite_entry(student: Student, rng: np.random.Generator) -> None:
    """An infinite input or weight: gradients are worked out, and never measured by nudging."""
    cases = [draw(rng, 4, 3, 2) for _ in range(2)]
    for (x, w, *_), side in zip(cases, (0, 1), strict=True):
        (x, w)[side][1, 1] = np.inf
    wanted = [dense_without_warnings(*case) for case in cases]
    expect.close(student.map(dense_without_warnings, cases), wanted)


@pytest.mark.category("reuse")
def test_arguments_are_kept(student: Student, rng: np.random.Generator) -> None:
    """Inputs, weights, bias and the gradient from above stay as they were."""
    cases = [draw(rng, 3, 2, 4), draw(rng, 1, 3, 3)]
    wanted = [arguments_afterwards(*(each.copy() for each in case)) for case in cases]
    expect.close(student.map(arguments_afterwards, cases), wanted)


@pytest.mark.category("reuse")
def test_two_batches(student: Student, rng: np.random.Generator) -> None:
    """Several forward calls before the backward calls: nothing is mixed up."""
    x, w, b, dout = draw(rng, 5, 3, 2)
    case = (x, rng.normal(size=(2, 3)), w, b, dout)
    expect.close(student(two_batches, *case), two_batches(*case))


@pytest.mark.category("cost")
def test_many_inputs(student: Student, rng: np.random.Generator) -> None:
    """A large layer: the gradients are computed, not measured by nudging every entry."""
    case = draw(rng, 400, 600, 2)
    expect.close(student(dense, *case), dense(*case))
