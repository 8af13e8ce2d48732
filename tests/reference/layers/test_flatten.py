import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import array_shapes

from reference.layers.flatten import flatten_backward, flatten_forward
from tests.reference.pairs import arranged, dtypes, hold_pair, normal, orders, seeds


@settings(max_examples=100)
@given(seeds, dtypes, orders, array_shapes(min_dims=1, max_dims=5, min_side=0, max_side=4))
def test_against_pytorch_and_differences(seed, dtype, order, shape):
    rng = np.random.default_rng(seed)
    x = arranged(normal(rng, *shape), dtype, order)
    hold_pair(
        flatten_forward,
        flatten_backward,
        lambda _, x: x.reshape(shape[0], int(np.prod(shape[1:]))),
        [x],
        rng,
    )


def test_the_last_axis_runs_fastest():
    x = np.arange(24.0).reshape(2, 3, 2, 2)
    out, cache = flatten_forward(np.asfortranarray(x))
    assert out.tolist() == [list(range(12)), list(range(12, 24))]
    assert flatten_backward(out, cache).tolist() == x.tolist()


def test_a_gradient_of_another_shape_is_refused():
    _, cache = flatten_forward(np.zeros((2, 3, 2)))
    with pytest.raises(ValueError, match=r"\(3, 4\).*\(2, 3, 2\)"):
        flatten_backward(np.zeros((3, 4)), cache)
