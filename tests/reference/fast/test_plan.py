"""A plan computes what the plain network does, whatever the network, the batch and the dtype."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reference.fast import plan
from reference.fast.layers import input_shapes
from tests.reference.fast.plain import Plain

LENET = [
    *(("conv", 6, 5, 1, 0), ("relu",), ("pool", 2, 2)),
    *(("conv", 16, 5, 1, 0), ("relu",), ("pool", 2, 2)),
    *(("flatten",), ("linear", 120), ("relu",), ("linear", 84), ("relu",), ("linear", 10)),
]
TOLERANCE = {np.float32: 2e-4, np.float64: 1e-11}

convs = st.tuples(
    st.just("conv"), st.integers(1, 7), st.integers(1, 5), st.integers(1, 3), st.integers(0, 2)
)
wide = st.tuples(st.just("conv"), st.integers(16, 20), st.just(3), st.just(1), st.integers(0, 2))
pools = st.tuples(st.sampled_from(["pool", "avgpool"]), st.integers(1, 3), st.integers(1, 3))
heads = st.lists(st.one_of(st.just(("relu",)), st.tuples(st.just("linear"), st.integers(1, 9))))
trunks = st.lists(st.one_of(convs, wide, wide, pools, st.just(("relu",))), max_size=5)
images = st.tuples(st.integers(1, 7), st.integers(1, 17), st.integers(1, 13), st.integers(1, 14))
dtypes = st.sampled_from([np.float32, np.float64])


def filled(layers, shape, dtype, seed=0):
    """Return a plan with random parameters, the plain network with the same, and a generator."""
    rng = np.random.default_rng(seed)
    p = plan(layers, shape, dtype)
    p.parameters[:] = 0.3 * rng.standard_normal(p.parameters.size)
    return p, Plain(layers, p.views(p.parameters)), rng


def close(found, wanted, tolerance):
    assert found.shape == wanted.shape
    np.testing.assert_allclose(
        found, wanted, rtol=0, atol=tolerance * (np.abs(wanted).max(initial=0) + 1e-3)
    )


def smooth(layers):
    """Return the layers without kinks."""
    names = {"pool": "avgpool"}
    return [(names.get(name, name), *rest) for name, *rest in layers if name != "relu"]


def agree(layers, shape, dtype, seed=0, passes=1):
    """Compare outputs and gradients; float32's gradients on the network without its kinks.

    Where rounding decides on which side of a kink a number lies, gradients differ by much.
    """
    kinks = dtype is np.float32 and list(layers) != smooth(layers)
    if kinks:
        agree(smooth(layers), shape, dtype, seed, passes)
    p, plain, rng = filled(layers, shape, dtype, seed)
    for _ in range(passes):
        x = rng.standard_normal(shape).astype(dtype)
        out = p.forward(x)
        assert out.dtype == dtype
        close(out, plain.forward(x), TOLERANCE[dtype])
        dout = rng.standard_normal(out.shape).astype(dtype)
        dx = p.backward(dout, wanted=True)
        assert dx.dtype == p.gradients.dtype == dtype
        if kinks:
            continue
        wanted, slopes = plain.backward(dout)
        close(dx, wanted, TOLERANCE[dtype])
        for pair, pair_wanted in zip(p.views(p.gradients), slopes, strict=True):
            for found, right in zip(pair, pair_wanted, strict=True):
                close(found, right, TOLERANCE[dtype])


@settings(max_examples=150)
@given(trunks, heads, images, dtypes, st.integers(0, 99), st.booleans())
def test_random_convolutional_networks(trunk, head, shape, dtype, seed, ends_in_images):
    layers = trunk if ends_in_images else [*trunk, ("flatten",), *head]
    assume(input_shapes(layers, shape[1:]) is not None)
    agree(layers, shape, dtype, seed)


@settings(max_examples=50)
@given(heads, st.tuples(st.integers(1, 40), st.integers(1, 30)), dtypes, st.integers(0, 99))
def test_random_dense_networks(head, shape, dtype, seed):
    agree(head, shape, dtype, seed)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("batch", [1, 2, 127])
def test_lenet(batch, dtype):
    agree(LENET, (batch, 1, 28, 28), dtype)


def test_a_batch_of_several_chunks_of_which_the_last_is_short():
    p = plan(LENET, (300, 1, 28, 28), np.float64)
    trunk = p.stages[0]
    assert trunk.chunks > 2
    assert trunk.chunks * trunk.n > 300
    agree(LENET, (300, 1, 28, 28), np.float64, passes=2)


def test_passes_leave_nothing_behind():
    layers = [("conv", 16, 3, 1, 1), ("relu",), ("conv", 17, 3, 1, 1), ("pool", 3, 2)]
    agree(layers, (5, 16, 9, 7), np.float64, passes=3)
    agree(
        [("conv", 4, 3, 2, 1), ("avgpool", 3, 1), ("flatten",)], (5, 3, 9, 7), np.float64, passes=3
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("stride", [2, 3, 4])
@pytest.mark.parametrize("kernel", [1, 2, 5, 7, 8, 9, 10, 11, 13])
def test_strides_with_kernels_of_any_size(kernel: int, stride: int, dtype: type[np.floating]):
    for pad, size in ((0, (kernel, kernel + 1)), (kernel // 2, (19, 23))):
        agree([("conv", 3, kernel, stride, pad)], (2, 2, *size), dtype, passes=2)


@pytest.mark.parametrize("size", [2, 3])
def test_the_first_maximum_in_c_order_takes_the_gradient(size):
    x = np.random.default_rng(0).integers(0, 2, (4, 3, 9, 9)).astype(float)
    for stride in (1, size):
        p, plain, rng = filled([("pool", size, stride)], x.shape, float)
        dout = rng.standard_normal(p.forward(x).shape)
        plain.forward(x)
        close(p.backward(dout, wanted=True), plain.backward(dout)[0], 1e-15)


def test_relu_has_slope_0_at_0():
    p = plan([("relu",)], (2, 3), float)
    p.forward(np.zeros((2, 3)))
    assert not p.backward(np.ones((2, 3)), wanted=True).any()


@pytest.mark.parametrize(
    "layer", [("conv", 6, 5, 1, 0), ("conv", 16, 3, 1, 1), ("conv", 4, 5, 2, 2)]
)
def test_what_torch_says(layer):
    torch = pytest.importorskip("torch")
    p, _, rng = filled([layer, ("relu",), ("pool", 2, 2)], (9, 16, 15, 13), float)
    x = rng.standard_normal(p.input_shape)
    tx, (tw, tb) = torch.tensor(x, requires_grad=True), map(torch.tensor, p.views(p.parameters)[0])
    tw.requires_grad_(), tb.requires_grad_()
    tout = torch.max_pool2d(torch.conv2d(tx, tw, tb, layer[3], layer[4]).relu(), 2)
    out = p.forward(x)
    dout = rng.standard_normal(out.shape)
    tout.backward(torch.tensor(dout))
    close(out, tout.detach().numpy(), 1e-11)
    close(p.backward(dout, wanted=True), tx.grad.numpy(), 1e-11)
    for found, wanted in zip(p.views(p.gradients)[0], (tw.grad, tb.grad), strict=True):
        close(found, wanted.numpy(), 1e-11)


def test_float32_winograd_keeps_five_digits():
    p, plain, rng = filled([("conv", 64, 3, 1, 1)], (2, 64, 16, 16), np.float32)
    x = rng.standard_normal(p.input_shape, np.float32)
    close(p.forward(x), plain.forward(x), 1e-5)
