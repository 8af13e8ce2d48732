"""W1 to W10 of the lectures, with their numbers, on the scalar engine."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.quizzes import a1_graphs
from reference.scalar import Value, backward_pull

ALGORITHMS = [Value.backward, backward_pull]
numbers = st.floats(-2, 2)


@given(numbers)
def test_w1_square_of_three_minus_x(number):
    x = Value(number)
    f = (-x + 3) ** 2
    f.backward()
    assert f.data == pytest.approx((3 - number) ** 2)
    assert x.grad == pytest.approx(2 * number - 6)


@pytest.mark.parametrize("backward", ALGORITHMS)
def test_w2_sum_times_z(backward):
    x, y, z = Value(-2.0), Value(5.0), Value(-4.0)
    q = x + y
    f = q * z
    backward(f)
    assert (q.data, f.data) == (3.0, -12.0)
    assert (x.grad, y.grad, z.grad, q.grad, f.grad) == (-4.0, -4.0, 3.0, -4.0, 1.0)


@pytest.mark.parametrize("backward", ALGORITHMS)
def test_w4_sigmoid_neuron(backward):
    w0, w1, w2, x0, x1 = leaves = [Value(v) for v in (2, -3, -3, -1, -2)]
    f = (w0 * x0 + w1 * x1 + w2).sigmoid()
    backward(f)
    assert round(f.data, 4) == 0.7311
    rounded = [round(leaf.grad, 4) for leaf in leaves]
    assert rounded == [-0.1966, -0.3932, 0.1966, 0.3932, -0.5898]


@given(numbers)
def test_w5_two_paths_add_up(number):
    for backward in ALGORITHMS:
        x = Value(number)
        backward((3 - x) * (3 - x))
        assert x.grad == pytest.approx(2 * number - 6)


@given(numbers)
def test_w6_two_paths_from_t(number):
    t = Value(number)
    x, y = t.cos(), t**2
    (y + (x * y).exp()).backward()
    a, b = math.cos(number), number**2
    e = math.exp(a * b)
    assert t.grad == pytest.approx(-(b * e) * math.sin(number) + (1 + a * e) * 2 * number)


@given(numbers)
def test_w7_every_adjoint_of_the_table(number):
    x = Value(number)
    t = x**2
    u1, u2 = t.sin(), 3 * t
    u = u1 + u2
    j = u.cos()
    j.backward()
    du = -math.sin(math.sin(number**2) + 3 * number**2)
    dt = du * math.cos(number**2) + du * 3
    adjoints = [node.grad for node in (j, u, u1, u2, t, x)]
    assert adjoints == pytest.approx([1.0, du, du, du, dt, dt * 2 * number])


@pytest.mark.parametrize("backward", ALGORITHMS)
def test_w8_quiz(backward):
    x, z = Value(2), Value(3)
    y = (x * z).exp() + x * z / x.log() + x.log().sin() / (x * z)
    backward(y)
    assert [round(x.grad, 3), round(z.grad, 3)] == [1208.381, 809.707]
    choices = {"A": (42, -72), "B": (72, -42), "E": (1208, 810), "F": (810, 1208)}
    assert choices[a1_graphs.answer] == (round(x.grad), round(z.grad))


@given(w=numbers, x=numbers, b=numbers, t=numbers)
def test_w9_logistic_least_squares_in_bar_notation(w, x, b, t):
    weight, bias = Value(w), Value(b)
    z = weight * x + bias
    y = z.sigmoid()
    (0.5 * (y - t) ** 2).backward()
    ybar = y.data - t
    zbar = ybar * y.data * (1 - y.data)
    assert (y.grad, z.grad) == pytest.approx((ybar, zbar))
    assert (weight.grad, bias.grad) == pytest.approx((zbar * x, zbar))


@given(numbers, numbers)
def test_w10_both_algorithms_agree(a, b):
    results = []
    for backward in ALGORITHMS:
        x, y = Value(a), Value(b)
        shared = (x * y).tanh()
        backward(shared * x - (shared + y).cos() * shared)
        results.append((x.grad, y.grad, shared.grad))
    assert results[0] == pytest.approx(results[1])
