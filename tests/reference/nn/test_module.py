"""Modules as text, and states that are taken over whole or not at all."""

from typing import Any

import numpy as np
import pytest

from reference import nn

WHOLE = """\
Net(
  scale=2
  gain=(3,)
  (features): Sequential(
    (0): Conv2d(weight=(6, 1, 5, 5), bias=(6,), stride=1, padding=0)
    (1): ReLU()
    (2): MaxPool2d(size=2, stride=2)
  )
  (drop): Dropout(p=0.5)
  (fc): Linear(weight=(864, 10), bias=(10,))
)"""


class Net(nn.Module):
    def __init__(self) -> None:
        self.scale, self.gain = 2, nn.Parameter(np.ones(3))
        self.features = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2))
        self.drop = nn.Dropout()
        self.fc = nn.Linear(864, 10)


def test_a_line_for_each_layer() -> None:
    assert repr(Net()) == repr(Net().eval()) == WHOLE


@pytest.mark.parametrize(
    ("error", "change", "said"),
    [
        (ValueError, {"weight": None}, "the state lacks weight.$"),
        (ValueError, {"gain": np.ones(1)}, "fit the model: the model has no gain.$"),
        (ValueError, {"bias": None, "b": 1}, "the state lacks bias; the model has no b.$"),
        (ValueError, {"bias": np.ones(3)}, r"bias has shape \(3,\) in the state and \(2,\)"),
        (TypeError, {"bias": np.array(["1", "2"])}, "bias takes Tensors and arrays of real"),
        (TypeError, {"bias": np.array([1j, 2])}, "bias takes Tensors and arrays of real"),
        (TypeError, {"bias": [1.0, 2.0]}, r"bias takes .*, not \[1.0, 2.0\]"),
    ],
)
def test_a_state_is_loaded_whole_or_not_at_all(error: Any, change: Any, said: str) -> None:
    model = nn.Linear(3, 2)
    before = model.state_dict()
    state = {"weight": np.ones((3, 2)), "bias": np.ones(2)} | change
    with pytest.raises(error, match=said) as caught:
        model.load_state_dict({name: value for name, value in state.items() if value is not None})
    assert "weight" not in str(caught.value) or "weight" in change
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_parameters_are_values_too_even_the_models_own() -> None:
    model, other = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)), nn.Linear(2, 2)
    first, second = model.state_dict()["0.weight"], model.state_dict()["1.weight"]
    mine = dict(model.named_parameters())
    model.load_state_dict({**mine, "0.weight": mine["1.weight"], "1.weight": mine["0.weight"]})
    np.testing.assert_array_equal(mine["0.weight"].data, second)
    np.testing.assert_array_equal(mine["1.weight"].data, first)
    other.load_state_dict(dict(model.layers[0].named_parameters()))
    np.testing.assert_array_equal(other.weight.data, second)
    assert other.weight.data is not mine["0.weight"].data
