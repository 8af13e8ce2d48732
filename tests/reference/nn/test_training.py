"""Training and evaluation: modes that come back, and data that there must be."""

from typing import Any

import numpy as np
import pytest

from reference import nn, optim
from reference.nn.training import evaluate, fit

X, LABELS = np.ones((4, 2), np.float32), np.array([0, 1, 0, 1])


def test_evaluation_gives_each_part_its_mode_back() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(), nn.Linear(2, 2))
    model.layers[1].eval()
    modes = [part.training for part in model.modules()]
    evaluate(model, X, LABELS)
    assert [part.training for part in model.modules()] == modes == [True, True, False, True]
    with pytest.raises(ValueError, match="classes"):
        evaluate(model, X, LABELS + 2)
    assert [part.training for part in model.modules()] == modes


@pytest.mark.parametrize(
    ("data", "size", "said"),
    [
        ((X[:0], LABELS[:0], X, LABELS), 2, "train on 0 examples in batches of 2 and test on 4"),
        ((X, LABELS, X[:0], LABELS[:0]), 2, "on 4 examples in batches of 2 and test on 0"),
        ((X, LABELS, X, LABELS), 0, "in batches of 0 and"),
        ((X, LABELS, X, LABELS), -1, "in batches of -1 and"),
    ],
)
def test_there_must_be_data(data: Any, size: int, said: str) -> None:
    model = nn.Linear(2, 2)
    with pytest.raises(ValueError, match=said):
        fit(model, data, optim.SGD(model.parameters(), 0.1), 1, size, np.random.default_rng(0))


@pytest.mark.parametrize("size", [0, -1])
def test_batches_to_evaluate_are_not_empty(size: int) -> None:
    with pytest.raises(ValueError, match=f"at least 1 example, not {size}"):
        evaluate(nn.Linear(2, 2), X, LABELS, batch_size=size)
