"""The contract of a plan: who owns what, when a pass may come, what cannot be planned."""

import ast
from pathlib import Path

import numpy as np
import pytest

import reference.fast
from reference.fast import plan

NET = [("conv", 4, 3, 1, 0), ("relu",), ("pool", 2, 2), ("flatten",), ("linear", 5)]
SHAPE = (7, 2, 8, 8)


@pytest.fixture
def ready():
    p = plan(NET, SHAPE, np.float64)
    p.parameters[:] = np.random.default_rng(0).standard_normal(p.parameters.size)
    return p


def images(seed=1):
    return np.random.default_rng(seed).standard_normal(SHAPE)


def test_views_are_the_flat_vector_in_the_order_of_the_layers(ready):
    (w1, b1), (w2, b2) = ready.views(ready.parameters)
    assert [a.shape for a in (w1, b1, w2, b2)] == [(4, 2, 3, 3), (4,), (36, 5), (5,)]
    assert all(np.shares_memory(a, ready.parameters) for a in (w1, b1, w2, b2))
    whole = np.concatenate([a.ravel() for a in (w1, b1, w2, b2)])
    np.testing.assert_array_equal(whole, ready.parameters)
    assert ready.gradients.shape == ready.parameters.shape == (len(whole),)


def test_inputs_and_parameters_are_only_read(ready):
    x, parameters = images(), ready.parameters.copy()
    kept = x.copy()
    dout = np.ones_like(ready.forward(x))
    ready.backward(dout, wanted=True)
    np.testing.assert_array_equal(x, kept)
    np.testing.assert_array_equal(dout, 1.0)
    np.testing.assert_array_equal(ready.parameters, parameters)


@pytest.mark.parametrize("layers", [[], [("relu",)], [("flatten",)], [("relu",), ("linear", 3)]])
def test_inputs_of_networks_without_convolutions_are_only_read(layers):
    x = np.random.default_rng(0).standard_normal((5, 4))
    x.setflags(write=False)
    p = plan(layers, x.shape, float)
    dout = np.ones_like(p.forward(x))
    dout.setflags(write=False)
    p.backward(dout, wanted=True)


def test_what_leaves_is_never_written_again(ready):
    x = images()
    out = ready.forward(x)
    dx = ready.backward(np.ones_like(out), wanted=True)
    kept, dx_kept = out.copy(), dx.copy()
    out_again = ready.forward(images(2))
    ready.backward(out_again, wanted=True)
    np.testing.assert_array_equal(out, kept)
    np.testing.assert_array_equal(dx, dx_kept)
    out_again[:], dx[:] = np.nan, np.nan
    np.testing.assert_array_equal(ready.forward(x), kept)


def test_any_memory_order_will_do(ready):
    x = images()
    first = ready.forward(x)
    ready.release()
    for other in (np.asfortranarray(x), np.repeat(x, 2, axis=3)[..., ::2], x[::-1].copy()[::-1]):
        np.testing.assert_array_equal(ready.forward(other), first)
        ready.backward(np.asfortranarray(first))


def test_gradients_are_set_not_added_to(ready):
    x = images()
    ready.backward(ready.forward(x))
    first = ready.gradients.copy()
    ready.backward(ready.forward(x))
    np.testing.assert_array_equal(ready.gradients, first)


def test_the_input_gradient_comes_only_if_wanted(ready):
    assert ready.backward(ready.forward(images())) is None


def test_one_backward_for_each_forward(ready):
    assert not ready.pending
    out = ready.forward(images())
    assert ready.pending
    with pytest.raises(RuntimeError, match="backward or release"):
        ready.forward(images())
    ready.backward(out)
    assert not ready.pending
    with pytest.raises(RuntimeError, match="forward first"):
        ready.backward(out)
    ready.forward(images())
    ready.release()
    ready.forward(images(2))


@pytest.mark.parametrize(
    "wrong", [np.zeros((6, 2, 8, 8)), np.zeros(SHAPE, np.float32), np.zeros((7, 128))]
)
def test_another_shape_or_dtype_is_refused_and_leaves_the_plan_usable(ready, wrong):
    with pytest.raises(ValueError, match=r"\(7, 2, 8, 8\) and float64"):
        ready.forward(wrong)
    out = ready.forward(images())
    with pytest.raises(ValueError, match=r"\(7, 5\) and float64"):
        ready.backward(wrong)
    ready.backward(out)


def test_plans_for_other_batches_share_parameters_and_gradients(ready):
    other = plan(NET, (3, *SHAPE[1:]), np.float64, like=ready)
    assert other.parameters is ready.parameters
    x = images()
    np.testing.assert_allclose(other.forward(x[:3]), ready.forward(x)[:3], rtol=1e-12)
    with pytest.raises(ValueError, match="different networks"):
        plan(NET[:-1], SHAPE, np.float64, like=ready)


@pytest.mark.parametrize(
    ("layers", "shape", "dtype"),
    [
        ([("linear", 3)], (4, 5), np.int64),
        ([("linear", 3)], (4, 5), np.float16),
        ([("linear", 3)], (0, 5), float),
        ([("linear", 3)], (5,), float),
        ([("linear", 3)], (4, 5, 6), float),
        ([("linear", 3)], (4, 2, 5, 5), float),
        ([("conv", 3, 3, 1, 0)], (4, 18), float),
        ([("conv", 3, 6, 1, 0)], (4, 2, 5, 5), float),
        ([("conv", 3, 3, 0, 0)], (4, 2, 5, 5), float),
        ([("conv", 3, 3)], (4, 2, 5, 5), float),
        ([("pool", 6, 1)], (4, 2, 5, 5), float),
        ([("softmax",)], (4, 5), float),
    ],
)
def test_what_cannot_be_planned_is_none(layers, shape, dtype):
    assert plan(layers, shape, dtype) is None


def test_it_imports_numpy_the_standard_library_and_itself():
    for path in Path(reference.fast.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("reference"):
                assert node.module.startswith("reference.fast")
