import numpy as np
import pytest

from reference.convnet import LeNet5
from reference.inspection import feature_maps, gradient_norms, saliency_map, score_change
from tests.reference.pairs import normal
from tests.reference.torch_oracle import INSTALLED, outcome


@pytest.fixture
def model():
    return LeNet5(np.random.default_rng(2))


@pytest.fixture
def image():
    return np.random.default_rng(3).random((1, 28, 28))


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_gradient_norms_against_pytorch(activation):
    rng = np.random.default_rng(0)
    shapes = ((5, 4), (4, 6), (6, 3))
    params = [(normal(rng, *shape), normal(rng, shape[1])) for shape in shapes]
    x, labels = normal(rng, 7, 5), rng.integers(0, 3, 7)
    norms = gradient_norms(params, x, labels, activation)
    assert [type(norm) for norm in norms] == [float] * 3

    def oracle(torch, *weights):
        h = torch.tensor(x)
        for k, w in enumerate(weights):
            h = (getattr(torch, activation)(h) if k else h) @ w + torch.tensor(params[k][1])
        return torch.nn.functional.cross_entropy(h, torch.tensor(labels))

    if INSTALLED:
        _, gradients = outcome(oracle, [w for w, _ in params], np.ones(()))
        assert norms == pytest.approx([float(np.linalg.norm(dw)) for dw in gradients])


def test_sigmoid_layers_lose_the_gradient_on_its_way_back():
    rng = np.random.default_rng(0)
    params = [(0.5 * normal(rng, 10, 10), np.zeros(10)) for _ in range(6)]
    norms = gradient_norms(params, normal(rng, 20, 10), rng.integers(0, 10, 20), "sigmoid")
    assert norms == sorted(norms)
    assert norms[0] < norms[-1] / 100


def test_w38_feature_maps(model, image):
    maps = feature_maps(model, image)
    assert {name: a.shape for name, a in maps.items()} == {
        "conv1": (6, 24, 24),
        "pool1": (6, 12, 12),
        "conv2": (16, 8, 8),
        "pool2": (16, 4, 4),
    }
    p = model.params
    for k, i, j in [(0, 0, 0), (5, 23, 7), (2, 11, 23)]:
        window = image[0, i : i + 5, j : j + 5]
        wanted = max(0.0, float((window * p["w1"][k, 0]).sum() + p["b1"][k]))
        assert maps["conv1"][k, i, j] == pytest.approx(wanted)
        window = maps["pool1"][:, i % 8 : i % 8 + 5, j % 8 : j % 8 + 5]
        wanted = max(0.0, float((window * p["w2"][k]).sum() + p["b2"][k]))
        assert maps["conv2"][k, i % 8, j % 8] == pytest.approx(wanted)
    for name in "12":
        conv, pool = maps["conv" + name], maps["pool" + name]
        assert pool[1, 3, 2] == conv[1, 6:8, 4:6].max()
    same = feature_maps(model, image[0])
    assert all(np.array_equal(same[name], maps[name]) for name in maps)


def test_saliency_against_differences(model, image):
    found = saliency_map(model, image, 4)
    assert found.shape == (28, 28)
    assert np.all(found >= 0)
    for i, j in [(0, 0), (14, 14), (5, 20), (27, 27)]:
        step = np.zeros_like(image)
        step[0, i, j] = 1e-6
        above, below = (model.forward((image + s)[np.newaxis])[0, 4] for s in (step, -step))
        assert found[i, j] == pytest.approx(abs(above - below) / 2e-6, rel=1e-5, abs=1e-9)
    assert np.array_equal(saliency_map(model, image[0], 4), found)
    assert not np.array_equal(saliency_map(model, image, 5), found)


def test_score_change(model, image):
    changes = score_change(model, image, [0, 1, -3])
    still = model.forward(image[np.newaxis])
    right, left = np.zeros_like(image), np.zeros_like(image)
    right[:, :, 1:], left[:, :, :-3] = image[:, :, :-1], image[:, :, 3:]
    moved = [model.forward(a[np.newaxis]) - still for a in (right, left)]
    assert changes == pytest.approx([0.0, *(float(np.sqrt((d**2).sum())) for d in moved)])
    assert changes[1] > 0.1
