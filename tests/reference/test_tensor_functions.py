"""Functions of several Tensors, layers on the tape, and checks along random directions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from reference.directions import check_gradients
from reference.layers.linear import linear_backward, linear_forward
from reference.operation import operation
from reference.tensor import Tensor
from reference.tensor_functions import concatenate, pad, where
from tests.reference.test_tensor import SEEDS, SOLID, agree, drawn


@given(shape=SOLID, seed=SEEDS, data=st.data())
def test_concatenate(shape: tuple[int, ...], seed: int, data: st.DataObject) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    sizes = data.draw(st.lists(st.integers(0, 3), min_size=1, max_size=3))
    shapes = [(*shape[:axis], size, *shape[axis:][1:]) for size in sizes]
    agree(lambda *parts: concatenate(parts, axis), drawn(seed, *shapes), seed)


@given(shape=SOLID, seed=SEEDS, data=st.data())
def test_pad(shape: tuple[int, ...], seed: int, data: st.DataObject) -> None:
    width = st.tuples(st.integers(0, 2), st.integers(0, 2))
    widths = data.draw(st.lists(width, min_size=len(shape), max_size=len(shape)))
    agree(lambda x: pad(x, widths), drawn(seed, shape), seed)


@given(shapes=hnp.mutually_broadcastable_shapes(num_shapes=3, max_dims=3, max_side=3), seed=SEEDS)
def test_where(shapes: hnp.BroadcastableShapes, seed: int) -> None:
    chosen, *branches = drawn(seed, *shapes.input_shapes)
    agree(lambda x, y: where(chosen > 0, x, y), branches, seed)


def test_a_tensor_is_a_condition_too() -> None:
    x, y = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    np.testing.assert_array_equal(where(Tensor([1.0, 0.0]), x, y).data, [1.0, 4.0])


def test_numbers_and_arrays_are_lifted() -> None:
    t = Tensor(np.array([1.0, 2.0], np.float32))
    chosen = np.array([True, False])
    for out in (where(chosen, t, 0.0), where(~chosen, 0, t)):
        t.zero_grad()
        out.sum().backward()
        assert out.data.dtype == np.float32
        np.testing.assert_array_equal(out.data, [1.0, 0.0])
        np.testing.assert_array_equal(t.grad, [1.0, 0.0])
    joined = concatenate([np.zeros(1), t, where(chosen, np.ones(2), np.zeros(2))])
    t.zero_grad()
    joined.backward(np.arange(5.0))
    np.testing.assert_array_equal(joined.data, [0.0, 1.0, 2.0, 1.0, 0.0])
    np.testing.assert_array_equal(t.grad, [1.0, 2.0])


def test_axes_may_come_as_a_tuple() -> None:
    array = np.arange(24.0).reshape(2, 3, 4)
    agree(lambda x: x.transpose((2, 0, -2)) * x.transpose(2, 0, 1), [array], 0)
    np.testing.assert_array_equal(Tensor(array).transpose((1, 0, 2)).data, array.swapaxes(0, 1))


def test_a_layer_joins_the_tape() -> None:
    linear = operation(linear_forward, linear_backward)
    rng = np.random.default_rng(0)
    x, w, b = (rng.normal(size=shape) for shape in ((4, 3), (3, 2), (2,)))
    assert check_gradients(lambda *inputs: linear(*inputs).tanh().sum(), [x, w, b], rng) < 1e-7
    out = linear(x, Tensor(w), b)
    assert len(out.parents) == 1
    np.testing.assert_allclose(out.data, x @ w + b)
    out.backward(np.ones((4, 2)))
    np.testing.assert_allclose(out.parents[0].grad, x.T @ np.ones((4, 2)))


def test_a_wrong_gradient_is_found() -> None:
    def half_right(x: Tensor, y: Tensor) -> Tensor:
        return (x * x.detach() + y).sum()  # half of the derivative of x ** 2

    rng = np.random.default_rng(0)
    error = check_gradients(half_right, [np.ones(3), np.ones(3)], rng)
    assert error == pytest.approx(1 / 3, rel=1e-4)
    assert check_gradients(lambda x, y: (x * x).sum(), [np.ones(3), np.ones(3)], rng) < 1e-7
    with np.errstate(all="ignore"):
        assert np.isnan(check_gradients(lambda x: (x - x).log().sum(), [np.ones(2)], rng))
