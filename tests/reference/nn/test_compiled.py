"""A planned network gives what its layers give, whatever is done to it; and it is used at all."""

import copy
import gc
import multiprocessing
from typing import Any

import numpy as np
import pytest

from reference import nn, optim
from reference.arrays import Array
from reference.fast import Plan
from reference.models import LENET5, mlp, network
from reference.nn import functional
from reference.tensor import Tensor, no_grad

LABELS = np.arange(6) % 10


class Slow(nn.Sequential):
    """The same network, layer by layer."""

    def _planned(self, x: Tensor | Array) -> Tensor | None:
        return None


def images(dtype: Any = np.float64, size: int = 6) -> Array:
    return np.random.default_rng(0).normal(size=(size, 1, 28, 28)).astype(dtype)


def lenet(dtype: Any = np.float64) -> nn.Sequential:
    nn.manual_seed(0)
    model = network(LENET5, (1, 28, 28))
    for parameter in model.parameters():
        parameter.data = parameter.data.astype(dtype)
    return model


def slow(model: nn.Sequential) -> Slow:
    twin = Slow(*copy.deepcopy(model).layers)
    twin.zero_grad()
    return twin


def gradients(model: nn.Module, x: Any, times: int = 1) -> list[Array]:
    model.zero_grad()
    for _ in range(times):
        functional.cross_entropy(model(x), LABELS[: len(images())]).backward()
    return [parameter.grad for parameter in model.parameters() if parameter.grad is not None]


def agree(model: nn.Sequential, x: Any = None, times: int = 1) -> None:
    x = images() if x is None else x
    peer = slow(model)
    np.testing.assert_allclose(model(x).data, peer(x).data, rtol=1e-10, atol=1e-10)
    pairs = zip(gradients(model, x, times), gradients(peer, x, times), strict=True)
    for got, wanted in pairs:
        np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-11)


def planned(model: nn.Sequential, x: Array) -> bool:
    """A planned network's output hangs directly on its parameters."""
    return model(x).parents[: len(model.parameters())] == tuple(model.parameters())


def test_lenet_is_planned_and_agrees_with_its_layers() -> None:
    model = lenet()
    assert planned(model, images())
    assert not planned(slow(model), images())
    agree(model)
    agree(model, times=3)


def test_the_image_gets_its_gradient() -> None:
    model = lenet()
    found: list[Array | None] = []
    for net in (model, slow(model)):
        x = Tensor(images())
        net(x).sum().backward()
        found.append(x.grad)
    np.testing.assert_allclose(*found, rtol=1e-9, atol=1e-11)


def test_whatever_is_done_to_the_parameters_counts() -> None:
    model = lenet()
    model(images())
    model.parameters()[0].data = model.parameters()[0].data * 2
    agree(model)
    model.load_state_dict({name: value + 0.01 for name, value in model.state_dict().items()})
    agree(model)
    optim.SGD(model.parameters(), 0.1).step()
    agree(model)
    for parameter in model.parameters():
        parameter.data = parameter.data.astype(np.float32)
    assert model(images(np.float32)).data.dtype == np.float32
    assert planned(model, images(np.float32))


def test_settings_changed_later_count() -> None:
    model = network([("conv", 2, 3, 1, 0), ("relu",), ("flatten",)], (1, 8, 8))
    x = np.ones((2, 1, 8, 8), np.float32)
    assert model(x).shape == (2, 72)
    first: Any = model.layers[0]
    first.stride = 2
    assert model(x).shape == (2, 18)


def test_other_shapes_share_the_parameters() -> None:
    model = lenet()
    for size in (6, 3, 1, 6, 7, 8, 9, 10, 11, 12, 3):
        out = model(images(size=size)).data
        np.testing.assert_allclose(out, slow(model)(images(size=size)).data, rtol=1e-10, atol=1e-10)
    agree(model)


def test_two_passes_before_going_back_do_not_disturb_each_other() -> None:
    model, x = lenet(), images()
    first, second = model(x), model(x + 1)
    assert first.parents != second.parents
    (first.sum() + (second * second).sum()).backward()
    peer = slow(model)
    (peer(x).sum() + (peer(x + 1) * peer(x + 1)).sum()).backward()
    for mine, other in zip(model.parameters(), peer.parameters(), strict=True):
        np.testing.assert_allclose(mine.grad, other.grad, rtol=1e-8, atol=1e-9)


def test_what_nobody_goes_back_through_blocks_no_plan() -> None:
    model, x = lenet(), images()
    model(x)
    gc.collect()
    assert planned(model, x)
    with no_grad():
        kept = model(x)
    assert planned(model, x)
    assert kept.parents == ()


def test_outputs_are_the_callers_own() -> None:
    model, x = lenet(), images()
    out = model(x)
    before = out.data.copy()
    out.sum().backward()
    model(x + 1)
    np.testing.assert_array_equal(out.data, before)
    grads = [p.grad for p in model.parameters()]
    copies = [np.array(g) for g in grads]
    model(x + 1).sum().backward()
    for grad, kept in zip(grads, copies, strict=True):
        np.testing.assert_array_equal(grad, kept)


def test_a_graph_is_walked_back_once() -> None:
    out = lenet()(images())
    out.sum().backward()
    with pytest.raises(RuntimeError, match="has been through this pass"):
        out.sum().backward()


def test_own_layers_and_shared_ones_run_layer_by_layer() -> None:
    class Doubled(nn.Linear):
        def forward(self, x: Tensor | Array) -> Tensor:
            return super().forward(x) * 2

    x = np.ones((2, 3))
    shared = nn.Linear(3, 3)
    for model in (nn.Sequential(Doubled(3, 2)), nn.Sequential(shared, nn.ReLU(), shared)):
        for parameter in model.parameters():
            parameter.data = parameter.data.astype(float)
        np.testing.assert_array_equal(model(x).data, Slow(*model.layers)(x).data)
        assert not planned(model, x)


def test_what_does_not_fit_is_said_by_the_layer() -> None:
    model = network(mlp([4, 2]), (3,))
    with pytest.raises(ValueError, match=r"\(5, 4\).*\(3, 4\)"):
        model(np.ones((5, 4), np.float32))


def test_copies_are_independent() -> None:
    model = lenet()
    model(images())
    other = copy.deepcopy(model)
    other.parameters()[0].data += 1
    agree(model)
    agree(other)


def test_two_processes_train_alike() -> None:
    one, two = lenet(), lenet()
    two.processes = 2
    x = images()
    with no_grad():
        np.testing.assert_allclose(one(x).data, two(x).data, rtol=1e-10, atol=1e-10)
    for model in (one, two):
        optimizer = optim.SGD(model.parameters(), 0.01, momentum=0.9)
        for _ in range(5):
            optimizer.zero_grad()
            functional.cross_entropy(model(x), LABELS).backward()
            optimizer.step()
    for mine, other in zip(one.parameters(), two.parameters(), strict=True):
        np.testing.assert_allclose(mine.data, other.data, rtol=1e-9, atol=1e-11)


def small() -> nn.Sequential:
    model = nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1))
    for parameter in model.parameters():
        parameter.data = np.ones_like(parameter.data)
    return model


ONE, TEN = np.full((1, 1), 1, np.float32), np.full((2, 1), 10, np.float32)


def test_batches_of_two_sizes_may_share_one_loss() -> None:
    model = small()
    peer = slow(model)
    for net in (model, peer):
        (net(ONE).sum() + net(TEN).sum()).backward()
    for mine, other in zip(model.parameters(), peer.parameters(), strict=True):
        np.testing.assert_array_equal(mine.grad, other.grad)


def test_a_way_back_that_was_used_is_not_that_of_another_pass() -> None:
    model = small()
    first = model(ONE).sum()
    first.backward()
    second = model(TEN[:1]).sum()
    with pytest.raises(RuntimeError, match="has been through this pass"):
        first.backward()
    model.zero_grad()
    second.backward()
    np.testing.assert_array_equal(model.parameters()[2].grad, 11)


def test_a_parameter_that_is_replaced_waits_for_the_next_pass() -> None:
    model = small()
    first, second = (model.layers[i] for i in (0, 1))
    assert isinstance(first, nn.Linear)
    assert isinstance(second, nn.Linear)
    loss = model(ONE).sum()
    second.weight.data = np.zeros((1, 1), np.float32)
    np.testing.assert_array_equal(model(TEN).data, 1)
    loss.backward()
    np.testing.assert_array_equal(first.weight.grad, 1)


@pytest.mark.parametrize(("own", "given"), [(np.float64, np.float32), (np.float32, np.float64)])
def test_an_input_of_another_precision_leaves_the_parameters_alone(own: Any, given: Any) -> None:
    model = lenet(own)
    model(images(given))
    assert {parameter.data.dtype for parameter in model.parameters()} == {np.dtype(own)}


def test_a_layer_that_is_replaced_is_used() -> None:
    model = network(mlp([5, 3]), (4,))
    x = np.ones((2, 4), np.float32)
    assert model(x).shape == (2, 3)
    setattr(model, "2", nn.Linear(5, 7))
    assert model(x).shape == (2, 7)
    assert len(model) == 3
    assert [*model] == [model[0], model[1], model[-1]]
    assert len(model.parameters()) == 4


def test_sequential_takes_modules() -> None:
    for wrong in ([nn.ReLU()], nn.ReLU, None):
        with pytest.raises(TypeError, match="takes modules one after another"):
            nn.Sequential(wrong)  # pyright: ignore[reportArgumentType]


def test_processes_are_one_or_two() -> None:
    with pytest.raises(ValueError, match="1 or 2, not 3"):
        small().processes = 3


class Interrupt(BaseException):
    """What may come at any time."""


def test_after_an_interrupt_two_processes_agree_with_the_layers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model, x = lenet(), images()
    model.processes = 2
    gradients(model, x)

    def interrupted(*_: object) -> None:
        raise Interrupt

    with monkeypatch.context() as during:
        during.setattr(Plan, "forward", interrupted)
        with pytest.raises(Interrupt):
            model(x + 5)
    agree(model, x)
    with monkeypatch.context() as during:
        loss = model(x).sum()
        during.setattr(Plan, "backward", interrupted)
        with pytest.raises(Interrupt):
            loss.backward()
    agree(model, x)
    agree(model, x + 1)


def test_the_death_of_the_second_process_costs_one_step() -> None:
    model, x = lenet(), images()
    model.processes = 2
    before = set(multiprocessing.active_children())
    loss = functional.cross_entropy(model(x), LABELS[:6])
    (worker,) = set(multiprocessing.active_children()) - before
    worker.kill()
    with pytest.raises(RuntimeError, match="run this step again"):
        loss.backward()
    agree(model, x)


def test_averages_of_whole_numbers_are_exact() -> None:
    x = np.array([[3, -2, -1], [0, 0, 0], [0, 0, 0]], float).reshape(1, 1, 3, 3)
    leaf = Tensor(x)
    out = nn.Sequential(nn.AvgPool2d(3), nn.ReLU())(leaf)
    out.sum().backward()
    np.testing.assert_array_equal(out.data, 0)
    np.testing.assert_array_equal(leaf.grad, np.zeros_like(x))
