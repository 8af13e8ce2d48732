"""Modules against PyTorch's, E445's network and loop as the deck writes them, and fit."""

import importlib.util
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference import nn, optim
from reference.arrays import Array
from reference.models import ALEXNET, LENET5, mlp, network
from reference.nn import functional
from reference.nn.training import evaluate, fit
from reference.tensor import Tensor, no_grad

DECK = """
class NeuralNet(nn.Module):
    def __init__(self):
        super(NeuralNet, self).__init__()
        # hidden layer 1
        self.fc1 = nn.Linear(10, 100)
        # hidden layer 2
        self.fc2 = nn.Linear(100, 50)
        # hidden layer 3
        self.fc3 = nn.Linear(50, 120)
        # final output layer
        self.final = nn.Linear(120, 1)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        x = F.relu(self.fc3(x))
        x = F.relu(self.final(x))
        return x
"""


def neural_net() -> nn.Module:
    """Build E445's network, whose text stands as on the slide (W24)."""
    names = {"nn": nn, "F": functional}
    exec(DECK, names)
    return names["NeuralNet"]()


def test_the_training_loop_of_the_deck_learns() -> None:
    nn.manual_seed(0)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 10)).astype(np.float32)
    y = np.abs(x[:, :1])
    neuralnet = neural_net()
    optimizer = optim.SGD(neuralnet.parameters(), lr=0.01)
    losses: list[float] = []
    for _ in range(200):
        optimizer.zero_grad()
        output = neuralnet(x)
        loss = functional.squared_error(output, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]


def test_names_and_counts_are_pytorchs() -> None:
    model = neural_net()
    assert list(model.state_dict()) == [
        "fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias",
        "fc3.weight", "fc3.bias", "final.weight", "final.bias",
    ]  # fmt: skip
    assert sum(p.data.size for p in model.parameters()) == 12391
    lenet = network(LENET5, (1, 28, 28))
    assert sum(p.data.size for p in lenet.parameters()) == 44426
    assert list(lenet.state_dict())[:3] == ["0.weight", "0.bias", "3.weight"]


def test_alexnet_has_its_shapes() -> None:
    from reference.convnet import layer_table

    table = layer_table(ALEXNET, (3, 227, 227))
    assert [shape for name, shape, _ in table if name == "conv"] == [
        (96, 55, 55), (256, 27, 27), (384, 13, 13), (384, 13, 13), (256, 13, 13),
    ]  # fmt: skip
    assert sum(parameters for _, _, parameters in table) == 62_378_344


def twin(model: nn.Sequential) -> Any:
    """Build the same network in PyTorch, with the same weights."""
    import torch

    layers: list[Any] = []
    for layer in model.layers:
        if isinstance(layer, nn.Linear):
            peer: Any = torch.nn.Linear(*layer.weight.shape)
            peer.weight.data = torch.tensor(layer.weight.data.T.copy())
        elif isinstance(layer, nn.Conv2d):
            f, c, k, _ = layer.weight.shape
            peer = torch.nn.Conv2d(c, f, k, layer.stride, layer.padding)
            peer.weight.data = torch.tensor(layer.weight.data.copy())
        elif isinstance(layer, nn.MaxPool2d | nn.AvgPool2d):
            peer = getattr(torch.nn, type(layer).__name__)(layer.size, layer.stride)
        else:
            peer = getattr(torch.nn, type(layer).__name__)()
        if hasattr(peer, "bias"):
            peer.bias.data = torch.tensor(layer.bias.data.copy())
        layers.append(peer)
    return torch.nn.Sequential(*layers)


TABLES: dict[str, tuple[list[Any], tuple[int, ...]]] = {
    "lenet": (LENET5, (1, 28, 28)),
    "mlp": (mlp([256, 128, 10]), (784,)),
    "average": ([("conv", 3, 3, 2, 1), ("relu",), ("avgpool", 3, 2), ("flatten",), ("linear", 4)],
                (2, 14, 13)),
    "overlapping": ([("conv", 4, 4, 1, 2), ("pool", 3, 1), ("conv", 2, 3, 3, 0), ("flatten",)],
                    (3, 9, 8)),
}  # fmt: skip


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", TABLES)
def test_networks_like_pytorch(name: str, dtype: Any) -> None:
    table, shape = TABLES[name]
    nn.manual_seed(1)
    model = network(table, shape)
    rng = np.random.default_rng(1)
    for parameter in model.parameters():
        parameter.data = rng.normal(scale=0.1, size=parameter.shape).astype(dtype)
    x = rng.normal(size=(5, *shape)).astype(dtype)
    before = x.copy()
    scores = model(x)
    labels = rng.integers(0, 2, 5)
    loss = functional.cross_entropy(scores.reshape(5, -1), labels)
    loss.backward()
    np.testing.assert_array_equal(x, before)
    assert scores.data.dtype == dtype
    assert all(p.grad is not None and p.grad.dtype == dtype for p in model.parameters())
    if importlib.util.find_spec("torch"):
        import torch

        peer = twin(model)
        out = peer(torch.tensor(x))
        torch.nn.functional.cross_entropy(out.reshape(5, -1), torch.tensor(labels)).backward()
        tolerance = 1e-10 if dtype == np.float64 else 1e-5
        close(scores.data, out.detach().numpy(), tolerance)
        for parameter, other in zip(model.parameters(), peer.parameters(), strict=True):
            wanted = other.grad.numpy()
            close(parameter.grad, wanted.T if wanted.ndim == 2 else wanted, tolerance)


def close(got: Any, wanted: Array, tolerance: float) -> None:
    assert got.shape == wanted.shape
    assert np.abs(got - wanted).max() <= tolerance * max(1.0, float(np.abs(wanted).max()))


def test_tensors_get_a_gradient_and_arrays_do_not() -> None:
    layer = nn.Linear(3, 2)
    x = Tensor(np.ones((4, 3), np.float32))
    layer(x).sum().backward()
    assert x.grad is not None
    np.testing.assert_allclose(x.grad, np.tile(layer.weight.data.sum(1), (4, 1)), rtol=1e-6)


@settings(max_examples=20)
@given(p=st.floats(0, 0.9), seed=st.integers(0, 2**32 - 1))
def test_dropout_keeps_the_mean_and_sleeps_in_eval(p: float, seed: int) -> None:
    nn.manual_seed(seed)
    model = nn.Sequential(nn.Dropout(p))
    x = np.ones((200, 200))
    kept = model(x).data
    assert set(np.unique(kept)) <= {0.0, 1 / (1 - p)}
    assert abs(kept.mean() - 1) < 0.1
    np.testing.assert_array_equal(model.eval()(x).data, x)


def blobs(rng: np.random.Generator, size: int) -> tuple[Array, Any]:
    labels = rng.integers(0, 3, size)
    return (rng.normal(size=(size, 2)) + 4 * np.eye(3, 2)[labels]).astype(np.float32), labels


def test_fit_keeps_history_calls_back_and_stops() -> None:
    nn.manual_seed(0)
    rng = np.random.default_rng(0)
    model = network(mlp([16, 3]), (2,))
    done: list[tuple[int, int]] = []
    history = fit(
        model,
        (*blobs(rng, 300), *blobs(rng, 100)),
        optim.Adam(model.parameters(), 0.01),
        epochs=50,
        batch_size=64,
        rng=rng,
        callbacks=[lambda history: len(history["test_loss"]) == 8],
        progress=lambda *counts: done.append(counts),
    )
    assert {len(numbers) for numbers in history.values()} == {8}
    assert history["train_loss"][-1] < 0.5 * history["train_loss"][0]
    assert history["test_accuracy"][-1] > 0.85
    assert done[:2] == [(1, 250), (2, 250)]
    assert len(done) == 40


def test_evaluation_does_not_depend_on_the_batch() -> None:
    rng = np.random.default_rng(0)
    model = network(mlp([16, 3]), (2,))
    x, labels = blobs(rng, 101)
    assert evaluate(model, x, labels, batch_size=7) == pytest.approx(evaluate(model, x, labels))
    assert model.training
    with pytest.raises(ValueError, match="x has no examples"):
        evaluate(model, x[:0], labels[:0])


def test_nothing_is_recorded_without_gradients() -> None:
    with no_grad():
        assert nn.Linear(3, 2)(np.ones((1, 3))).parents == ()
