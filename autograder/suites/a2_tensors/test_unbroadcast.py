"""a2_tensors / unbroadcast: what was copied going forward is summed coming back."""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.tensor import unbroadcast

Floats = NDArray[np.float64]
Shape = tuple[int, ...]


@public(np.array([[1.0, -1.0, 2.0, 0.0], [0.0, 3.0, 1.0, 1.0], [2.0, -2.0, -1.0, 0.0]]), (4,))
@public(np.array([[1.0, -1.0, 2.0, 0.0], [0.0, 3.0, 1.0, 1.0], [2.0, -2.0, -1.0, 0.0]]), (3, 1))
@public(np.array([[1.0, -1.0], [2.0, 3.0], [0.5, 4.0]]), ())
@public(np.array([[1.0, -1.0, 2.0]]), (1, 3))
@public(np.array([[[1.0, 2.0], [3.0, 4.0]], [[10.0, 20.0], [30.0, 40.0]]]), (2, 1))
def adjoint(gradient: Floats, shape: Shape) -> object:
    """Every entry was used once for each of its copies, and gradients of all uses add up (W5)."""
    return np.asarray(unbroadcast(gradient, shape))


@public((2, 3), (4,))
@public((3,), (1, 3))
@public((2, 3), (2, 1, 3))
def impossible(large: Shape, small: Shape) -> object:
    """A shape that was never broadcast to the gradient's raises a ValueError (W12)."""
    try:
        unbroadcast(np.ones(large), small)
    except ValueError:
        return "ValueError"
    return "no error"


@public(np.array([[1.0, 2.0], [3.0, 4.0]]), (2, 1))
def gradient_afterwards(gradient: Floats, shape: Shape) -> object:
    """The gradient that comes in is left as it was; a second call gives the same (W5)."""
    before = gradient.copy()
    sums = [np.array(unbroadcast(gradient, shape)) for _ in range(2)]
    return {"sums": sums, "gradient before": before, "gradient afterwards": gradient}


def drawn(rng: np.random.Generator, *pairs: tuple[Shape, Shape]) -> list[tuple[Floats, Shape]]:
    """Draw a gradient of the first shape of each pair."""
    return [(np.array(rng.normal(size=large)), small) for large, small in pairs]


@pytest.mark.category("values")
def test_added_axes(student: Student, rng: np.random.Generator) -> None:
    """Axes that were added at the left: the sum runs over all of them."""
    cases = drawn(rng, ((3, 4), (4,)), ((2, 3, 4), (4,)), ((5, 2), (2,)), ((2, 3, 4), (3, 4)))
    expect.close(student.map(adjoint, cases), [adjoint(*case) for case in cases])


@pytest.mark.category("values")
def test_stretched_axes(student: Student, rng: np.random.Generator) -> None:
    """Axes of size 1 that were stretched: they are summed, and keep their place."""
    cases = drawn(rng, ((3, 4), (3, 1)), ((3, 4), (1, 4)), ((2, 3, 4), (2, 1, 4)))
    expect.close(student.map(adjoint, cases), [adjoint(*case) for case in cases])


@pytest.mark.category("values")
def test_both_at_once(student: Student, rng: np.random.Generator) -> None:
    """Axes added at the left and axes stretched, in one and the same array."""
    cases = drawn(rng, ((2, 3, 4), (3, 1)), ((2, 3, 4), (1, 4)), ((5, 2, 3), (1, 1)))
    expect.close(student.map(adjoint, cases), [adjoint(*case) for case in cases])


@pytest.mark.category("values")
def test_square_arrays(student: Student, rng: np.random.Generator) -> None:
    """Where all sizes are equal only their places tell which axis was copied."""
    cases = drawn(rng, ((3, 3), (3,)), ((3, 3), (3, 1)), ((3, 3, 3), (3, 1)), ((3, 3, 3), (3, 3)))
    expect.close(student.map(adjoint, cases), [adjoint(*case) for case in cases])


@pytest.mark.category("shapes")
def test_numbers(student: Student, rng: np.random.Generator) -> None:
    """A number without axes was copied to every entry."""
    cases = drawn(rng, ((4,), ()), ((2, 3), ()), ((2, 1, 3), ()), ((), ()))
    expect.close(student.map(adjoint, cases), [adjoint(*case) for case in cases])


@pytest.mark.category("shapes")
def test_many_axes(student: Student, rng: np.random.Generator) -> None:
    """Arrays with four and five axes, some of them stretched."""
    cases = drawn(
        rng,
        ((2, 3, 2, 4), (1, 3, 1, 4)),
        ((2, 3, 2, 4), (2, 1)),
        ((2, 1, 3, 2, 2), (1, 3, 1, 2)),
        ((2, 3, 1, 2), (2, 1, 1, 1)),
    )
    expect.close(student.map(adjoint, cases), [adjoint(*case) for case in cases])


@pytest.mark.category("edges")
def test_nothing_was_broadcast(student: Student, rng: np.random.Generator) -> None:
    """Equal shapes, sizes of 1 among them: nothing is to be summed and no axis is lost."""
    cases = drawn(rng, ((3, 4), (3, 4)), ((1, 3), (1, 3)), ((1,), (1,)), ((2, 1, 3), (2, 1, 3)))
    expect.close(student.map(adjoint, cases), [adjoint(*case) for case in cases])


@pytest.mark.category("edges")
def test_only_ones_were_added(student: Student, rng: np.random.Generator) -> None:
    """Axes of size 1 that were added: there is one copy only, but the shape changes."""
    cases = drawn(rng, ((1, 3), (3,)), ((1, 1), ()), ((1, 2, 3), (2, 1)))
    expect.close(student.map(adjoint, cases), [adjoint(*case) for case in cases])


@pytest.mark.category("edges")
def test_empty_batches(student: Student, rng: np.random.Generator) -> None:
    """A batch without examples: a sum over nothing is zero."""
    cases = drawn(rng, ((0, 3), (3,)), ((0, 3), (1, 3)), ((0, 3), (1,)), ((0, 2), (0, 1)))
    expect.close(student.map(adjoint, cases), [adjoint(*case) for case in cases])


@pytest.mark.category("edges")
def test_impossible_shapes(student: Student, rng: np.random.Generator) -> None:
    """Shapes that cannot have been broadcast to the gradient's are refused."""
    n = int(rng.integers(3, 6))
    cases = [((2, n), (n + 1,)), ((n, 2), (n,)), ((n,), (n, n)), ((n, 1), (n, 2)), ((), (1,))]
    cases += [((1,), (1, 1))]
    expect.close(student.map(impossible, cases), [impossible(*case) for case in cases])


@pytest.mark.category("reuse")
def test_gradient_is_kept(student: Student, rng: np.random.Generator) -> None:
    """The gradient that comes in is only read, and a second call gives the same."""
    cases = drawn(rng, ((2, 3), (3,)), ((2, 3), (2, 1)), ((2, 3), (2, 3)))
    wanted = [gradient_afterwards(gradient.copy(), shape) for gradient, shape in cases]
    expect.close(student.map(gradient_afterwards, cases), wanted)
