"""Two processes compute what one does, end when told, and say so when one has died."""

import gc
import os
import signal
import time

import numpy as np
import pytest

from reference.fast import pair, plan

NET = [("conv", 4, 3, 1, 0), ("relu",), ("pool", 2, 2), ("flatten",), ("linear", 5)]


def ready(batch, dtype=np.float64):
    two = pair(NET, (batch, 2, 8, 8), dtype)
    rng = np.random.default_rng(0)
    two.parameters[:] = 0.3 * rng.standard_normal(two.parameters.size)
    return two, rng.standard_normal((batch, 2, 8, 8)).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("batch", [2, 7, 32])
def test_equals_one_process(batch, dtype):
    tolerance = 1e-4 if dtype is np.float32 else 1e-12
    two, x = ready(batch, dtype)
    one = plan(NET, x.shape, dtype)
    with two:
        for _ in range(3):
            one.parameters[:] = two.parameters
            out, wanted = two.forward(x), one.forward(x)
            np.testing.assert_allclose(out, wanted, rtol=tolerance, atol=tolerance)
            dx, dx_wanted = two.backward(out, wanted=True), one.backward(wanted, wanted=True)
            np.testing.assert_allclose(dx, dx_wanted, rtol=tolerance, atol=tolerance)
            scale = np.abs(one.gradients).max()
            np.testing.assert_allclose(two.gradients, one.gradients, atol=tolerance * scale)
            two.parameters -= 0.001 * two.gradients
            assert two.backward(two.forward(x)) is None


def test_a_plan_for_another_batch_shares_its_parameters():
    two, x = ready(6)
    with two:
        other = plan(NET, (2, 2, 8, 8), np.float64, like=two.own)
        np.testing.assert_allclose(other.forward(x[:2]), two.forward(x)[:2], rtol=1e-12)


def test_one_backward_for_each_forward():
    two, x = ready(4)
    with two:
        out = two.forward(x)
        assert two.pending
        with pytest.raises(RuntimeError, match="backward or release"):
            two.forward(x)
        two.release()
        with pytest.raises(RuntimeError, match="forward first"):
            two.backward(out)
        np.testing.assert_array_equal(two.forward(x), out)


def test_another_shape_is_refused():
    two, x = ready(4)
    with two, pytest.raises(ValueError, match=r"\(4, 2, 8, 8\)"):
        two.forward(x[:3])


def test_close_ends_the_second_process():
    two, x = ready(4)
    two.backward(two.forward(x))
    two.close()
    assert two.process.exitcode == 0
    two.close()
    with pytest.raises(RuntimeError, match="run this step again"):
        two.forward(x)


def test_the_garbage_collector_ends_it_too():
    two, _ = ready(4)
    process = two.process
    del two
    gc.collect()
    assert process.exitcode == 0


def test_a_dead_process_is_said_to_be_dead():
    two, x = ready(4)
    out = two.forward(x)
    os.kill(two.process.pid, signal.SIGKILL)
    two.process.join()
    with pytest.raises(RuntimeError, match=r"has ended \(exit code -9\)"):
        two.backward(out)
    two.close()


def test_none_where_there_is_no_way():
    assert pair(NET, (1, 2, 8, 8), np.float64) is None
    assert pair([("softmax",)], (4, 5), np.float64) is None


def test_cores_are_given_back():
    before = os.sched_getaffinity(0)
    two, x = ready(4)
    with two:
        out = two.forward(x)
        assert os.sched_getaffinity(0) == before
        two.backward(out)
        assert os.sched_getaffinity(0) == before
        if len(before) > 1:
            assert os.sched_getaffinity(two.process.pid) < before


def test_a_pair_ends_while_another_goes_on():
    first, _ = ready(4)
    second, x = ready(4)
    began = time.monotonic()
    first.close()
    assert time.monotonic() - began < 2
    second.backward(second.forward(x))
    second.close()
