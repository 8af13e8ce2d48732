"""Winograd's transforms in single precision: six digits stay, however many channels add up."""

import numpy as np
import pytest

from reference.fast import plan
from reference.layers.convolution import conv2d_forward


@pytest.mark.parametrize("channels", [16, 512])
def test_six_digits_stay(channels: int):
    rng = np.random.default_rng(0)
    x = np.maximum(rng.normal(size=(2, channels, 8, 8)), 0).astype(np.float32)
    w = (rng.normal(size=(channels, channels, 3, 3)) / np.sqrt(9 * channels)).astype(np.float32)
    b = rng.normal(size=channels).astype(np.float32)
    fast = plan([("conv", channels, 3, 1, 1)], x.shape, np.float32)
    assert fast is not None
    ((fast_w, fast_b),) = fast.views(fast.parameters)
    fast_w[:], fast_b[:] = w, b
    wanted, _ = conv2d_forward(x.astype(float), w.astype(float), b.astype(float), 1, 1)
    assert np.abs(fast.forward(x) - wanted).max() <= 5e-6 * np.abs(wanted).max()
