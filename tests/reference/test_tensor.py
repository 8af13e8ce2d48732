"""Every operation on Tensors against finite differences, and against PyTorch where installed."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from reference.arrays import Array
from reference.tensor import Tensor, no_grad, unbroadcast
from reference.tensor_functions import amin, log_softmax, logsumexp, softmax
from tests.reference import torch_oracle

SEEDS = st.integers(0, 2**32 - 1)
SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
SOLID = hnp.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4)

ELEMENTWISE: dict[str, Callable[[Any], Any]] = {
    "neg": lambda x: -x,
    "exp": lambda x: x.exp(),
    "log": lambda x: (x * x + 0.5).log(),
    "tanh": lambda x: x.tanh(),
    "sigmoid": lambda x: x.sigmoid(),
    "relu": lambda x: x.relu(),
    "cube": lambda x: x**3,
    "root": lambda x: (x * x + 0.5) ** 0.5,
    "constant power": lambda x: x**0,
    "reciprocal": lambda x: 2.0 / (x * x + 1),
    "number minus": lambda x: 3 - x,
    "shared": lambda x: x * x + x,
}
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / (y * y + 1),
    "maximum": lambda x, y: x.maximum(y),
}


def laid_out(array: Array, rng: np.random.Generator) -> Array:
    """Return the same numbers in another memory order: C, Fortran, or a view with gaps."""
    choice = rng.integers(3)
    if choice == 0 or array.ndim == 0:
        return array
    if choice == 1:
        return np.asfortranarray(array)
    wide = np.empty((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]


def drawn(seed: int, *shapes: tuple[int, ...], dtype: type = np.float64) -> list[Array]:
    rng = np.random.default_rng(seed)
    return [laid_out(rng.normal(size=shape).astype(dtype), rng) for shape in shapes]


def gradients(f: Callable[..., Tensor], arrays: list[Array], weights: Array) -> list[Array]:
    """Return the gradients of sum(weights * f(arrays)); f may leave an input unused."""
    tensors = [Tensor(array) for array in arrays]
    f(*tensors).backward(weights)
    return [
        np.zeros_like(a) if t.grad is None else t.grad for a, t in zip(arrays, tensors, strict=True)
    ]


def differences(f: Callable[..., Tensor], arrays: list[Array], weights: Array) -> list[Array]:
    results: list[Array] = []
    for i, array in enumerate(arrays):
        slope = np.zeros(array.shape)
        for index in np.ndindex(array.shape):
            parts: list[float] = []
            for step in (1e-5, -1e-5):
                moved = [a.copy() for a in arrays]
                moved[i][index] += step
                parts.append(float((weights * f(*map(Tensor, moved)).data).sum()))
            slope[index] = (parts[0] - parts[1]) / 2e-5
        results.append(slope)
    return results


def agree(f: Callable[..., Tensor], arrays: list[Array], seed: int) -> None:
    """Check gradients against finite differences, in float64; shapes and inputs too."""
    before = [array.copy() for array in arrays]
    weights = np.random.default_rng(seed + 1).normal(size=f(*map(Tensor, arrays)).shape)
    exact = gradients(f, arrays, weights)
    for array, copy in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, copy)
    for got, wanted in zip(exact, differences(f, arrays, weights), strict=True):
        assert got.shape == wanted.shape
        assert np.linalg.norm(got - wanted) <= 1e-7 * max(1.0, float(np.linalg.norm(wanted)))


def like_torch(
    ours: Callable[..., Tensor], theirs: Callable[..., Any], arrays: list[Array], seed: int
) -> None:
    """Check the result and all gradients against PyTorch's, in both precisions."""
    import torch

    for dtype, tolerance in ((np.float64, 1e-10), (np.float32, 1e-5)):
        torch_oracle.cases += 1
        mine = [Tensor(array.astype(dtype)) for array in arrays]
        peers = [torch.tensor(array.astype(dtype), requires_grad=True) for array in arrays]
        out, peer = ours(*mine), theirs(*peers)
        weights = np.random.default_rng(seed + 1).normal(size=out.shape).astype(dtype)
        out.backward(weights)
        peer.backward(torch.tensor(weights))
        assert out.data.dtype == dtype
        close(out.data, peer.detach().numpy(), tolerance)
        for tensor, other in zip(mine, peers, strict=True):
            assert tensor.grad is not None
            assert tensor.grad.dtype == dtype
            wanted = np.zeros_like(tensor.data) if other.grad is None else other.grad.numpy()
            close(tensor.grad, wanted, tolerance)


def close(got: Array, wanted: Array, tolerance: float) -> None:
    assert got.shape == wanted.shape
    scale = max(1.0, float(np.abs(wanted).max(initial=0.0)))
    assert np.abs(got - wanted).max(initial=0.0) <= tolerance * scale


def away_from_kinks(*arrays: Array) -> bool:
    return all(np.abs(array).min(initial=1.0) > 1e-3 for array in arrays)


@pytest.mark.parametrize("name", ELEMENTWISE)
@settings(max_examples=25)
@given(shape=SHAPES, seed=SEEDS)
def test_elementwise(name: str, shape: tuple[int, ...], seed: int) -> None:
    arrays = drawn(seed, shape)
    assume(away_from_kinks(*arrays))
    agree(ELEMENTWISE[name], arrays, seed)
    if torch_oracle.INSTALLED:
        like_torch(ELEMENTWISE[name], ELEMENTWISE[name], arrays, seed)


@pytest.mark.parametrize("name", BINARY)
@settings(max_examples=40)
@given(
    shapes=hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, min_side=0, max_side=3),
    seed=SEEDS,
)
def test_broadcasting(name: str, shapes: hnp.BroadcastableShapes, seed: int) -> None:
    arrays = drawn(seed, *shapes.input_shapes)
    assume(away_from_kinks(np.subtract(*arrays)))
    agree(BINARY[name], arrays, seed)
    if torch_oracle.INSTALLED:
        theirs = {"maximum": lambda x, y: x.maximum(y)}.get(name, BINARY[name])
        like_torch(BINARY[name], theirs, arrays, seed)


@settings(max_examples=150)
@given(
    shapes=hnp.mutually_broadcastable_shapes(
        signature="(m?,n),(n,p?)->(m?,p?)", max_dims=2, min_side=0, max_side=3
    ),
    seed=SEEDS,
)
def test_matmul(shapes: hnp.BroadcastableShapes, seed: int) -> None:
    arrays = drawn(seed, *shapes.input_shapes)
    agree(lambda x, y: x @ y, arrays, seed)
    if torch_oracle.INSTALLED:
        like_torch(lambda x, y: x @ y, lambda x, y: x @ y, arrays, seed)


@st.composite
def reductions(draw: st.DrawFn) -> tuple[tuple[int, ...], int | tuple[int, ...] | None, bool]:
    shape = draw(SOLID)
    axes = st.integers(-len(shape), len(shape) - 1)
    several = hnp.valid_tuple_axes(len(shape), min_size=1)
    return shape, draw(st.none() | axes | several), draw(st.booleans())


@pytest.mark.parametrize("name", ["sum", "mean", "max", "amin"])
@settings(max_examples=60)
@given(case=reductions(), seed=SEEDS)
def test_reductions(
    name: str, case: tuple[tuple[int, ...], int | tuple[int, ...] | None, bool], seed: int
) -> None:
    shape, axis, keepdims = case
    arrays = drawn(seed, shape)
    ours = amin if name == "amin" else getattr(Tensor, name)
    agree(lambda x: ours(x, axis, keepdims), arrays, seed)
    if torch_oracle.INSTALLED:
        theirs = "amax" if name == "max" else name
        axes = tuple(range(len(shape))) if axis is None else axis
        like_torch(
            lambda x: ours(x, axis, keepdims),
            lambda x: getattr(x, theirs)(axes, keepdims),
            arrays,
            seed,
        )


@settings(max_examples=60)
@given(shape=hnp.array_shapes(max_dims=3), seed=SEEDS, data=st.data())
def test_indexing(shape: tuple[int, ...], seed: int, data: st.DataObject) -> None:
    index = data.draw(
        hnp.basic_indices(shape, allow_newaxis=True)
        | hnp.integer_array_indices(shape, result_shape=hnp.array_shapes(max_dims=2))
        | hnp.arrays(bool, shape)
    )
    agree(lambda x: x[index], drawn(seed, shape), seed)


@settings(max_examples=60)
@given(shape=SHAPES, seed=SEEDS, data=st.data())
def test_shapes(shape: tuple[int, ...], seed: int, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(shape))))
    arrays = drawn(seed, shape)
    agree(lambda x: x.transpose(*order), arrays, seed)
    agree(lambda x: x.transpose(), arrays, seed)
    agree(lambda x: x.reshape(int(np.prod(shape))), arrays, seed)


@pytest.mark.parametrize("ours", [softmax, log_softmax])
@settings(max_examples=40)
@given(shape=SOLID, seed=SEEDS, data=st.data())
def test_softmax(
    ours: Callable[..., Tensor], shape: tuple[int, ...], seed: int, data: st.DataObject
) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    arrays = drawn(seed, shape)
    agree(lambda x: ours(x, axis), arrays, seed)
    if torch_oracle.INSTALLED:
        like_torch(lambda x: ours(x, axis), lambda x: getattr(x, ours.__name__)(axis), arrays, seed)


@settings(max_examples=60)
@given(case=reductions(), seed=SEEDS)
def test_logsumexp(
    case: tuple[tuple[int, ...], int | tuple[int, ...] | None, bool], seed: int
) -> None:
    shape, axis, keepdims = case
    agree(lambda x: logsumexp(x, axis, keepdims), drawn(seed, shape), seed)


def test_large_logits_stay_finite() -> None:
    t = Tensor([1000.0, -1000.0, 0.0])
    assert np.isfinite(log_softmax(t).data).all()
    assert logsumexp(t).item() == 1000.0
    assert logsumexp(Tensor([-np.inf, 0.0])).item() == 0.0


def test_repeated_indices_accumulate() -> None:
    t = Tensor([1.0, 2.0, 3.0])
    t[[0, 2, 0]].backward(np.array([1.0, 10.0, 100.0]))
    np.testing.assert_array_equal(t.grad, [101.0, 0.0, 10.0])


@pytest.mark.parametrize(("axis", "first"), [(None, [[1, 0], [0, 0]]), (0, [[1, 1], [0, 0]])])
def test_the_first_of_equal_maxima_takes_all(axis: int | None, first: list[list[int]]) -> None:
    t = Tensor([[5.0, 5.0], [5.0, 5.0]])
    t.max(axis).sum().backward()
    np.testing.assert_array_equal(t.grad, first)
    x, y = Tensor([2.0]), Tensor([2.0])
    x.maximum(y).backward()
    np.testing.assert_array_equal([x.grad, y.grad], [[1.0], [0.0]])


def test_leaves_add_up_and_results_do_not() -> None:
    x = Tensor([3.0])
    y = x * x
    y.backward()
    y.backward()
    np.testing.assert_array_equal(x.grad, [12.0])
    np.testing.assert_array_equal(y.grad, [1.0])
    x.zero_grad()
    assert x.grad is None


def test_gradients_of_leaves_are_shared_with_no_one() -> None:
    x, y, seed = Tensor([1.0]), Tensor([2.0]), np.array([1.0])
    (x + y).backward(seed)
    assert x.grad is not None
    x.grad[0] = 99.0
    np.testing.assert_array_equal(y.grad, [1.0])
    np.testing.assert_array_equal(seed, [1.0])


def test_no_grad_and_detach_cut_the_graph() -> None:
    x = Tensor([2.0])
    with no_grad():
        y = x * x
    assert y.parents == ()
    (x * x.detach()).backward()
    np.testing.assert_array_equal(x.grad, [2.0])
    assert (x * x).parents == (x, x)


@pytest.mark.parametrize("number", [2, 2.0, True])
def test_numbers_take_the_dtype_and_arrays_keep_theirs(number: float) -> None:
    t = Tensor(np.ones(2, np.float32))
    for result in (t + number, number * t, number / t, number - t, t.maximum(number)):
        assert result.data.dtype == np.float32
    for result in (t + np.ones(2), np.ones(2) * t, np.ones((2, 2)) @ t):
        assert isinstance(result, Tensor)
        assert result.data.dtype == np.float64


def test_whole_numbers_become_float64() -> None:
    assert Tensor([1, 2]).data.dtype == np.float64
    assert Tensor(True).item() == 1.0


def test_a_million_operations() -> None:
    x = Tensor(1.0)
    y = x
    for _ in range(1_000_000):
        y = y + x
    y.backward()
    assert x.grad == 1_000_001


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: Tensor(np.ones((2, 3))) + np.ones(4), r"\(2,3\) \(4,\)"),
        (lambda: Tensor(np.ones((2, 3))) @ np.ones((2, 3)), r"\(2, 3\) and \(2, 3\)"),
        (lambda: Tensor(1.0) @ np.ones(2), r"\(\) and \(2,\)"),
        (lambda: Tensor(np.ones(3)).backward(), r"shape \(3,\) was given no gradient"),
        (lambda: Tensor(np.ones(3)).backward(np.ones(2)), r"\(3,\) was given one of shape \(2,\)"),
        (lambda: Tensor(np.ones((0, 2))).max(0), r"\(0, 2\) has no maximum over axis 0"),
        (lambda: unbroadcast(np.ones((2, 3)), (4,)), r"\(4,\) does not broadcast to \(2, 3\)"),
        (lambda: unbroadcast(np.ones(3), (1, 3)), r"\(1, 3\) does not broadcast to \(3,\)"),
    ],
)
def test_shapes_that_do_not_fit_are_named(wrong: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        wrong()


@pytest.mark.parametrize("wrong", ["two", [None], 1 + 2j])
def test_what_is_no_number_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match="holds real numbers"):
        Tensor(wrong)
    with pytest.raises(TypeError, match="plain number"):
        Tensor(2.0) ** Tensor(2.0)
