"""What sizes layers take."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference import nn


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda w: nn.Linear(w, 3), "inputs"),
        (lambda w: nn.Linear(3, w), "outputs"),
        (lambda w: nn.Conv2d(w, 3, 3), "channels"),
        (lambda w: nn.Conv2d(1, w, 3), "filters"),
        (lambda w: nn.Conv2d(1, 3, w), "kernel_size"),
        (lambda w: nn.Conv2d(1, 3, 3, w), "stride"),
        (lambda w: nn.Conv2d(1, 3, 3, 1, w), "padding"),
        (lambda w: nn.MaxPool2d(w), "kernel_size"),
        (lambda w: nn.AvgPool2d(2, w), "stride"),
    ],
)
@pytest.mark.parametrize("wrong", [2.0, (3, 3), "3", True, -1])
def test_sizes_are_whole_numbers(make: Callable[[Any], object], said: str, wrong: Any) -> None:
    with pytest.raises(ValueError, match=f"^{said} must be a whole number, at least [01], not "):
        make(wrong)


def test_a_stride_of_zero_is_not_taken_for_none() -> None:
    with pytest.raises(ValueError, match="stride must be a whole number, at least 1, not 0"):
        nn.MaxPool2d(2, 0)


def test_numpys_whole_numbers_are_sizes() -> None:
    assert nn.Linear(np.int64(2), np.int32(3)).weight.shape == (2, 3)
    assert nn.Conv2d(1, 2, np.int64(3), padding=np.int64(1)).description == ("conv", 2, 3, 1, 1)
