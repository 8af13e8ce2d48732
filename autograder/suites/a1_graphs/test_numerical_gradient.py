"""a1_graphs / numerical_gradient: centred differences, one entry of x at a time."""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.differences import numerical_gradient

Floats = NDArray[np.float64]


@public(np.array([5.0, 3.0, -1.0]))
@public(np.array([[0.5, 2.0, -1.0], [1.5, 0.0, 4.0]]))
@public(np.array([[[1.0], [2.0]], [[-3.0], [0.5]]]))
def parabolas(x: Floats) -> object:
    """For f = sum of (-x + 3)^2 the gradient is 2x - 6, in the shape of x (W1, W11)."""
    return numerical_gradient(lambda v: float(np.sum((3.0 - v) ** 2)), x)


@public(np.array([0.5, -1.0, 2.0]))
def entangled(x: Floats) -> object:
    """For f = sum of sines times sum of squares: one entry moves, the others stay (W11)."""
    return numerical_gradient(lambda v: float(np.sin(v).sum() * (v**2).sum()), x)


@public(np.array([1.0, -2.0]), 0.5)
@public(np.array([1.0, -2.0]), 0.125)
def cubes(x: Floats, eps: float) -> object:
    """For f = sum of x^3 centred differences are off by eps^2, one-sided ones by more (W11)."""
    return numerical_gradient(lambda v: float(np.sum(v**3)), x, eps=eps)


@public(2.0)
def single_number(a: float) -> object:
    """An array without axes, of shape (), has a gradient of shape () (W11)."""
    return np.asarray(numerical_gradient(lambda v: float(np.exp(v)), np.array(a)))


@public(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
def views(x: Floats) -> object:
    """x may be a view, such as y.T, whose entries do not lie in a row in the memory (W11)."""
    return {
        "of x.T": numerical_gradient(lambda v: float(np.sum(v**2) * v[0, 0]), x.T),
        "of x[:, ::2]": numerical_gradient(lambda v: float(np.sum(v**2)), x[:, ::2]),
    }


@public(np.array([[0.5, 2.0], [-1.0, 1.5]]))
def behaviour(x: Floats) -> object:
    """f always sees the shape of x with one entry moved; afterwards x is as it was (W11)."""
    start = x.copy()
    shapes: set[tuple[int, ...]] = set()
    moved: list[int] = []

    def f(v: Floats) -> float:
        shapes.add(np.shape(v))
        moved.append(int(np.count_nonzero(np.abs(v - start) > 1e-9)))
        return float(np.sum(np.cos(v)))

    gradient = numerical_gradient(f, x)
    return {
        "gradient": gradient,
        "shapes that f saw": sorted(shapes),
        "most entries moved at once": max(moved),
        "x afterwards": x,
    }


@public(np.array([0.5, 2.0]), np.array([[1.0], [-1.0]]))
def two_calls(x: Floats, y: Floats) -> object:
    """A second call leaves the first gradient as it was (W11)."""
    first = numerical_gradient(lambda v: float(np.sum(v**2)), x)
    second = numerical_gradient(lambda v: float(np.sum(np.sin(v))), y)
    again = numerical_gradient(lambda v: float(np.sum(np.exp(v))), x)
    return {"first": first, "second": second, "again": again}


def neighbours(x: Floats) -> object:
    """Differentiate a sum of products of neighbours."""
    return numerical_gradient(lambda v: float(np.sum(v[1:] * v[:-1] ** 2)), x)


def rapid(x: Floats) -> object:
    """Differentiate what bends so fast that the error tells which eps was used."""
    return numerical_gradient(lambda v: float(np.sum(np.sin(1000.0 * v))), x)


@pytest.mark.category("values")
def test_gradient(student: Student, rng: np.random.Generator) -> None:
    """The gradient of a function in which all entries of x work together."""
    cases = [(rng.normal(size=4),) for _ in range(4)]
    expect.close(student.map(entangled, cases), [entangled(*case) for case in cases])


@pytest.mark.category("values")
def test_matrix(student: Student, rng: np.random.Generator) -> None:
    """The gradient of a function of a matrix has an entry for every entry of the matrix."""
    cases = [(rng.normal(scale=2.0, size=shape),) for shape in ((2, 3), (3, 2), (1, 4))]
    expect.close(student.map(entangled, cases), [entangled(*case) for case in cases])


@pytest.mark.category("values")
def test_centred(student: Student, rng: np.random.Generator) -> None:
    """Differences are centred, and use the eps that the caller asks for."""
    cases = [(rng.normal(size=3), eps) for eps in rng.uniform(0.1, 1.0, size=3).tolist()]
    expect.close(student.map(cubes, cases), [cubes(*case) for case in cases])


@pytest.mark.category("values")
def test_exact_on_parabolas(student: Student, rng: np.random.Generator) -> None:
    """On a parabola a centred difference has no error of its own."""
    cases = [(rng.normal(scale=4.0, size=size),) for size in (1, 3, 6)]
    expect.close(student.map(parabolas, cases), [parabolas(*case) for case in cases])


@pytest.mark.category("shapes")
def test_any_shape(student: Student, rng: np.random.Generator) -> None:
    """The gradient has the shape of x, with any number of axes."""
    shapes = [(1,), (5,), (1, 1), (2, 2, 3), (2, 1, 2, 2)]
    cases = [(rng.normal(size=shape),) for shape in shapes]
    expect.close(student.map(parabolas, cases), [parabolas(*case) for case in cases])


@pytest.mark.category("shapes")
def test_no_axes(student: Student, rng: np.random.Generator) -> None:
    """An array without axes is an array too: its gradient has no axes either."""
    cases = rng.normal(size=(3, 1)).tolist()
    expect.close(student.map(single_number, cases), [single_number(*case) for case in cases])


@pytest.mark.category("edges")
def test_views(student: Student, rng: np.random.Generator) -> None:
    """Transposed or thinned-out views: every entry of the gradient in its right place."""
    cases = [(rng.normal(size=shape),) for shape in ((2, 3), (4, 5))]
    expect.close(student.map(views, cases), [views(*case) for case in cases])


@pytest.mark.category("edges")
def test_whole_numbers_and_zeros(student: Student, rng: np.random.Generator) -> None:
    """Arrays of floats whose values are whole numbers, or all zero."""
    cases = [(rng.integers(-5, 6, size=(2, 3)).astype(float),), (np.zeros(4),)]
    expect.close(student.map(parabolas, cases), [parabolas(*case) for case in cases])


@pytest.mark.category("edges")
def test_eps_unless_given(student: Student, rng: np.random.Generator) -> None:
    """Where the caller names no eps, it is the one that the exercise names."""
    case = (rng.normal(size=4),)
    expect.close(student(rapid, *case), rapid(*case))


@pytest.mark.category("reuse")
def test_x_is_kept(student: Student, rng: np.random.Generator) -> None:
    """One entry moves at a time, the shape stays, and afterwards x is what it was."""
    cases = [(rng.normal(size=shape),) for shape in ((3,), (2, 3))]
    wanted = [behaviour(x.copy()) for (x,) in cases]
    expect.close(student.map(behaviour, cases), wanted)


@pytest.mark.category("reuse")
def test_two_calls(student: Student, rng: np.random.Generator) -> None:
    """A second call leaves the first answer alone, and remembers nothing."""
    case = (rng.normal(size=3), rng.normal(size=(2, 2)))
    expect.close(student(two_calls, *case), two_calls(*case))


@pytest.mark.category("scale")
def test_many_entries(student: Student, rng: np.random.Generator) -> None:
    """An array with a good thousand entries."""
    case = (rng.normal(size=1_500),)
    expect.close(student(neighbours, *case), neighbours(*case))
