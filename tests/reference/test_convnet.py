import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.convnet import (
    LeNet5,
    conv_parameters,
    convnet_loss,
    dense_parameters,
    layer_table,
)
from reference.differences import numerical_gradient
from reference.layers.convolution import conv2d_forward
from reference.layers.losses import softmax_cross_entropy
from reference.layers.pooling import avgpool2d_forward, maxpool2d_forward
from reference.models import ALEXNET, LENET5
from tests.reference.pairs import arranged, close, dtypes, normal, seeds
from tests.reference.torch_oracle import INSTALLED, outcome


def test_w33_dense_or_convolutional():
    assert dense_parameters((3, 200, 200), 1000) == 120_000_000
    assert conv_parameters((3, 200, 200), 1000, 5) == 75_000
    assert dense_parameters((7,), 2) == 14


def test_w36_lenet_layer_by_layer():
    assert layer_table(LENET5, (1, 28, 28)) == [
        ("conv", (6, 24, 24), 156),
        ("relu", (6, 24, 24), 0),
        ("pool", (6, 12, 12), 0),
        ("conv", (16, 8, 8), 2416),
        ("relu", (16, 8, 8), 0),
        ("pool", (16, 4, 4), 0),
        ("flatten", (256,), 0),
        ("linear", (120,), 30840),
        ("relu", (120,), 0),
        ("linear", (84,), 10164),
        ("relu", (84,), 0),
        ("linear", (10,), 850),
    ]


def test_w36_alexnet_layer_by_layer():
    table = [(shape, n) for name, shape, n in layer_table(ALEXNET, (3, 227, 227)) if name != "relu"]
    assert table == [
        ((96, 55, 55), 34_944),
        ((96, 27, 27), 0),
        ((256, 27, 27), 614_656),
        ((256, 13, 13), 0),
        ((384, 13, 13), 885_120),
        ((384, 13, 13), 1_327_488),
        ((256, 13, 13), 884_992),
        ((256, 6, 6), 0),
        ((9216,), 0),
        ((4096,), 37_752_832),
        ((4096,), 16_781_312),
        ((1000,), 4_097_000),
    ]


@given(st.integers(7, 12), st.integers(7, 12), st.integers(1, 3), st.integers(1, 3))
def test_the_table_tells_the_shapes_that_come_out(height, width, stride, size):
    x = np.zeros((1, 2, height, width))
    conv, _ = conv2d_forward(x, np.zeros((3, 2, 3, 3)), np.zeros(3), stride, 1)
    pool, _ = maxpool2d_forward(conv, size, 1)
    mean, _ = avgpool2d_forward(pool, 1, stride)
    layers = [("conv", 3, 3, stride, 1), ("pool", size, 1), ("avgpool", 1, stride)]
    table = layer_table(layers, (2, height, width))
    assert [row[1] for row in table] == [conv.shape[1:], pool.shape[1:], mean.shape[1:]]
    assert [row[2] for row in table] == [3 * 2 * 9 + 3, 0, 0]


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (("linear", 10), (1, 28, 28)),
        (("conv", 6, 5, 1, 0), (784,)),
        (("conv", 6, 5), (1, 28, 28)),
        (("pool", 2, 2), (784,)),
        (("softmax",), (10,)),
        ((), (10,)),
    ],
)
def test_layers_that_do_not_fit_are_named(layer, shape):
    with pytest.raises(ValueError, match="There is no layer") as caught:
        layer_table([layer], shape)
    assert str(layer) in str(caught.value)
    assert str(shape) in str(caught.value)


def test_windows_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match="No window of 5"):
        layer_table([("conv", 6, 5, 1, 0)], (1, 4, 28))


def small_network(rng, dtype="float64"):
    """Draw parameters for images of 2x9x8, three classes."""
    shapes = {
        "alpha": (3, 2, 2, 3),
        "alpha_b": (3,),
        "beta": (4, 3, 2, 2),
        "beta_b": (4,),
        "w": (4 * 3 * 2, 3),
        "b": (3,),
    }
    return {name: arranged(0.5 * normal(rng, *s), dtype) for name, s in shapes.items()}


def small_network_in_torch(torch, x, labels, alpha, alpha_b, beta, beta_b, w, b):
    functional = torch.nn.functional
    z = functional.max_pool2d(functional.conv2d(x, alpha, alpha_b), 2)
    z = torch.relu(functional.conv2d(z, beta, beta_b))
    return functional.cross_entropy(z.flatten(1) @ w + b, labels)


@settings(max_examples=60)
@given(seeds, dtypes, st.integers(1, 3))
def test_w35_loss_and_gradients_against_pytorch(seed, dtype, n):
    rng = np.random.default_rng(seed)
    params = small_network(rng, dtype)
    x, labels = arranged(normal(rng, n, 2, 9, 8), dtype), rng.integers(0, 3, n)
    loss, grads = convnet_loss(x, labels, params)
    assert type(loss) is float
    assert list(grads) == list(params)
    assert {str(grad.dtype) for grad in grads.values()} == {dtype}
    if INSTALLED:

        def oracle(torch, *leaves):
            x_there, labels_there = torch.tensor(x.copy()), torch.tensor(labels)
            return small_network_in_torch(torch, x_there, labels_there, *leaves)

        tolerance = 1e-5 if dtype == "float32" else 1e-10
        wanted, gradients = outcome(oracle, list(params.values()), np.ones((), dtype))
        close(loss, wanted, tolerance, "loss")
        for (name, found), want in zip(grads.items(), gradients, strict=True):
            close(found, want, tolerance, name)


def test_w35_gradients_against_differences():
    rng = np.random.default_rng(1)
    params, x, labels = small_network(rng), normal(rng, 2, 2, 9, 8), np.array([2, 0])
    _, grads = convnet_loss(x, labels, params)
    for name in params:
        numeric = numerical_gradient(
            lambda p, name=name: convnet_loss(x, labels, params | {name: p})[0], params[name]
        )
        close(grads[name], numeric, 1e-7, name)


def test_w35_trained_by_sgd():
    rng = np.random.default_rng(0)
    params, labels = small_network(rng), rng.integers(0, 3, 60)
    x = 0.3 * normal(rng, 60, 2, 9, 8)
    for n, label in enumerate(labels):
        x[n, 0, 3 * label : 3 * label + 2] += 1.0  # a bar whose height tells the class
    first, _ = convnet_loss(x, labels, params)
    for _ in range(150):
        batch = rng.integers(0, 60, 10)
        _, grads = convnet_loss(x[batch], labels[batch], params)
        params = {name: params[name] - 0.1 * grads[name] for name in params}
    last, _ = convnet_loss(x, labels, params)
    assert last < 0.1 < 0.9 < first


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("n", [0, 1, 5])
def test_lenet_against_pytorch(dtype, n):
    rng = np.random.default_rng(n)
    model = LeNet5(rng)
    model.params = {name: arranged(value, dtype) for name, value in model.params.items()}
    x, dscores = arranged(rng.random((n, 1, 28, 28)), dtype), arranged(normal(rng, n, 10), dtype)
    scores = model.forward(x)
    dx = model.backward(dscores)
    found = [dx, *(model.grads[name] for name in model.params)]
    assert {str(a.dtype) for a in [scores, *found]} == {dtype}

    def oracle(torch, x, *p):
        functional = torch.nn.functional
        for k in (0, 2):
            x = functional.max_pool2d(torch.relu(functional.conv2d(x, p[k], p[k + 1])), 2)
        x = x.flatten(1)
        for k in (4, 6):
            x = torch.relu(x @ p[k] + p[k + 1])
        return x @ p[8] + p[9]

    assert scores.shape == (n, 10)
    if INSTALLED:
        tolerance = 1e-5 if dtype == "float32" else 1e-10
        wanted, gradients = outcome(oracle, [x, *model.params.values()], dscores)
        close(scores, wanted, tolerance, "scores")
        for k, (a, b) in enumerate(zip(found, gradients, strict=True)):
            close(a, b, tolerance, f"gradient {k}")


def test_lenet_against_differences_along_random_directions():
    rng = np.random.default_rng(7)
    model, x, labels = LeNet5(rng), rng.random((2, 1, 28, 28)), np.array([3, 8])
    _, dscores = softmax_cross_entropy(model.forward(x), labels)
    model.backward(dscores)
    grads, start = dict(model.grads), dict(model.params)
    for name, value in start.items():
        direction = normal(rng, *value.shape)
        losses = []
        for eps in (1e-6, -1e-6):
            model.params = start | {name: value + eps * direction}
            losses.append(softmax_cross_entropy(model.forward(x), labels)[0])
        slope = (losses[0] - losses[1]) / 2e-6
        assert np.sum(grads[name] * direction) == pytest.approx(slope, rel=1e-6, abs=1e-8)


def test_w36_lenet_has_what_the_table_says():
    model = LeNet5(np.random.default_rng(0))
    assert list(model.params) == [f"{kind}{k}" for k in range(1, 6) for kind in "wb"]
    counts = [n for _, _, n in layer_table(LENET5, (1, 28, 28)) if n]
    sizes = [model.params[f"w{k}"].size + model.params[f"b{k}"].size for k in range(1, 6)]
    assert sizes == counts
    assert sum(sizes) == 44_426
    for k, fan_in in enumerate((25, 150, 256, 120, 84), 1):
        w = model.params[f"w{k}"]
        assert abs(np.mean(w**2) * fan_in / 2 - 1) < 5 * np.sqrt(2 / w.size)
        assert np.all(model.params[f"b{k}"] == 0)


def test_lenet_refuses_other_images_and_gradients():
    model = LeNet5(np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"\(2, 3, 28, 28\).*\(6, 1, 5, 5\)"):
        model.forward(np.zeros((2, 3, 28, 28)))
    with pytest.raises(ValueError, match=r"\(2, 400\).*\(256, 120\)"):
        model.forward(np.zeros((2, 1, 32, 32)))
    model.forward(np.zeros((2, 1, 28, 28)))
    with pytest.raises(ValueError, match=r"\(1, 10\).*\(2, 10\)"):
        model.backward(np.zeros((1, 10)))
