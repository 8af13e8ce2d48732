import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference import gates
from reference.differences import numerical_gradient

numbers = st.floats(-5, 5)
PAIRS = {
    "add": (gates.add_forward, gates.add_backward, lambda a, b: a + b),
    "multiply": (gates.multiply_forward, gates.multiply_backward, lambda a, b: a * b),
    "max": (gates.max_forward, gates.max_backward, max),
}


@pytest.mark.parametrize("name", PAIRS)
@given(a=numbers, b=numbers, dout=numbers)
def test_two_input_gates_against_finite_differences(name, a, b, dout):
    forward, backward, formula = PAIRS[name]
    if name == "max" and abs(a - b) < 1e-3:
        b = a + 1.0
    out, cache = forward(a, b)
    assert out == formula(a, b)
    numeric = dout * numerical_gradient(lambda x: formula(x[0], x[1]), np.array([a, b]))
    assert backward(dout, cache) == pytest.approx(tuple(numeric), abs=1e-7)


@given(a=st.floats(-30, 30), dout=numbers)
def test_sigmoid_against_its_other_formula_and_finite_differences(a, dout):
    out, cache = gates.sigmoid_forward(a)
    assert out == pytest.approx((1 + math.tanh(a / 2)) / 2, abs=1e-15)
    numeric = dout * numerical_gradient(lambda x: 1 / (1 + math.exp(-x)), np.array(a))
    assert gates.sigmoid_backward(dout, cache) == pytest.approx(float(numeric), abs=1e-8)


@pytest.mark.parametrize(("a", "out"), [(1000.0, 1.0), (-1000.0, 0.0), (math.inf, 1.0)])
def test_sigmoid_far_out_neither_overflows_nor_slopes(a, out):
    value, cache = gates.sigmoid_forward(a)
    assert (value, gates.sigmoid_backward(1.0, cache)) == (out, 0.0)


def test_sigmoid_keeps_its_small_values():
    assert gates.sigmoid_forward(-40.0)[0] == pytest.approx(math.exp(-40.0), rel=1e-12)


@pytest.mark.parametrize("tie", [0.0, -2.0])
def test_max_gives_a_tie_to_the_first(tie):
    out, cache = gates.max_forward(tie, tie)
    assert out == tie
    assert gates.max_backward(3.0, cache) == (3.0, 0.0)


def test_w2_stepped_through_gates():
    x, y, z = -2.0, 5.0, -4.0
    q, add_cache = gates.add_forward(x, y)
    f, multiply_cache = gates.multiply_forward(q, z)
    dq, dz = gates.multiply_backward(1.0, multiply_cache)
    assert (q, f, dq, dz) == (3.0, -12.0, -4.0, 3.0)
    assert gates.add_backward(dq, add_cache) == (-4.0, -4.0)


def test_w4_sigmoid_neuron():
    value, dw, dx = gates.sigmoid_neuron((2, -3, -3), (-1, -2))
    assert round(value, 4) == 0.7311
    assert [round(g, 4) for g in dw] == [-0.1966, -0.3932, 0.1966]
    assert [round(g, 4) for g in dx] == [0.3932, -0.5898]


@given(
    st.integers(0, 5).flatmap(lambda n: st.lists(numbers, min_size=2 * n + 1, max_size=2 * n + 1))
)
def test_sigmoid_neuron_against_finite_differences(both):
    n = len(both) // 2
    value, dw, dx = gates.sigmoid_neuron(both[: n + 1], both[n + 1 :])

    def f(p):
        return 1 / (1 + np.exp(-(p[:n] @ p[n + 1 :] + p[n])))

    assert value == pytest.approx(f(np.array(both)))
    assert (len(dw), len(dx)) == (n + 1, n)
    assert [*dw, *dx] == pytest.approx(numerical_gradient(f, both), abs=1e-7)


def test_sigmoid_neuron_takes_arrays_and_leaves_them_alone():
    w, x = np.array([2.0, -3.0, -3.0]), np.array([-1.0, -2.0])
    assert gates.sigmoid_neuron(w, x) == gates.sigmoid_neuron([2.0, -3.0, -3.0], [-1.0, -2.0])
    assert w.tolist() == [2.0, -3.0, -3.0]
    assert x.tolist() == [-1.0, -2.0]


@pytest.mark.parametrize("x", [[1.0, 2.0], [], [1.0, 2.0, 3.0, 4.0]])
def test_sigmoid_neuron_names_both_lengths_that_do_not_fit(x):
    with pytest.raises(ValueError, match=f"w has 2 numbers, x has {len(x)}"):
        gates.sigmoid_neuron([1.0, 2.0], x)
