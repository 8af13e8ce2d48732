"""Losses on the tape: which targets they take."""

from typing import Any

import numpy as np
import pytest

from reference.nn import functional
from reference.tensor import Tensor


@pytest.mark.parametrize("loss", [functional.cross_entropy, functional.multiclass_hinge])
@pytest.mark.parametrize(
    "wrong",
    [np.array([True, False]), np.array([1.0, 0.0]), [1, 0], Tensor([1, 0]), np.array(["a"]), None],
)
def test_labels_are_whole_numbers(loss: Any, wrong: Any) -> None:
    scores = Tensor(np.zeros((2, 2)))
    for call in (lambda: loss(scores, wrong), lambda: loss(scores, labels=wrong)):
        with pytest.raises(ValueError, match=r"Labels are an array of whole numbers, .*, not "):
            call()


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64])
def test_whole_numbers_of_all_widths_are_labels(dtype: Any) -> None:
    loss = functional.cross_entropy(Tensor(np.zeros((2, 4))), np.array([1, 3], dtype))
    assert loss.item() == pytest.approx(np.log(4))


def test_truth_values_are_no_signs() -> None:
    with pytest.raises(ValueError, match="are -1 and \\+1, not truth values"):
        functional.hinge_loss(Tensor([1.0, 2.0]), np.array([True, False]))


def test_the_target_of_a_squared_error_may_be_computed_too() -> None:
    y, t = Tensor([[1.0, 2.0]]), Tensor([[0.0, 5.0]])
    functional.squared_error(y, t).backward()
    np.testing.assert_array_equal(y.grad, [[1.0, -3.0]])
    np.testing.assert_array_equal(t.grad, [[-1.0, 3.0]])


def test_other_targets_as_tensors_are_told_going_back() -> None:
    loss = functional.binary_cross_entropy_with_logits(Tensor([1.0]), Tensor([1.0]))
    with pytest.raises(ValueError, match="bce_with_logits has Tensors of shapes"):
        loss.backward()
