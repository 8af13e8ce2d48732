import gc
import math
import threading
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.differences import numerical_gradient
from reference.scalar import Value, backward_pull, topological_order
from tests.reference.expressions import (
    BINARY,
    ORACLES,
    UNARY,
    OnValues,
    Program,
    one_operation,
    programs,
)

small = st.floats(-2, 2)


def differentiate(program: Program) -> tuple[Value, list[Value]]:
    leaves = [Value(x) for x in program.leaves]
    root = program.run(OnValues, leaves)
    root.backward()
    return root, leaves


def grads(nodes):
    return [node.grad for node in nodes]


# --- every gradient against other ways to find it


@pytest.mark.parametrize("name", [*BINARY, *UNARY])
def test_each_operation_against_finite_differences(name):
    for program in one_operation(name):
        _, leaves = differentiate(program)
        numeric = numerical_gradient(
            lambda x, p=program: p.run(OnValues, [*map(Value, x)]).data, program.leaves, eps=1e-6
        )
        assert grads(leaves) == pytest.approx(list(numeric), abs=1e-8, rel=1e-8)


@pytest.mark.parametrize("oracle", ORACLES)
@pytest.mark.parametrize("name", [*BINARY, *UNARY])
def test_each_operation_against_an_oracle(name, oracle):
    for program in one_operation(name):
        root, leaves = differentiate(program)
        value, gradient = ORACLES[oracle](program)
        assert root.data == pytest.approx(value, rel=1e-13, abs=1e-15)
        assert grads(leaves) == pytest.approx(gradient, rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("oracle", ORACLES)
@given(programs())
def test_random_expressions_against_an_oracle(oracle, program):
    root, leaves = differentiate(program)
    value, gradient = ORACLES[oracle](program)
    assert root.data == pytest.approx(value, rel=1e-12, abs=1e-14)
    assert grads(leaves) == pytest.approx(gradient, rel=1e-9, abs=1e-11)


def test_pytorch_is_among_the_oracles_or_its_absence_is_said():
    if "PyTorch" not in ORACLES:
        operations = len(BINARY) + len(UNARY)
        warnings.warn(
            f"PyTorch is not installed: {operations} operations and the random expressions were "
            "compared with finite differences and the complex step alone (pip install torch).",
            stacklevel=1,
        )
    assert "complex step" in ORACLES


# --- the two algorithms, the order, repeated use


@given(programs())
def test_pull_equals_push(program):
    root, _ = differentiate(program)
    order = topological_order(root)
    pushed = grads(order)
    for node in order:
        node.grad = math.nan
    backward_pull(root)
    assert grads(order) == pytest.approx(pushed, rel=1e-12, abs=1e-14)


def test_pull_does_not_call_backward(monkeypatch):
    monkeypatch.delattr(Value, "backward")
    x = Value(3.0)
    backward_pull(x * x)
    assert x.grad == 6.0


@given(programs())
def test_a_second_call_changes_nothing(program):
    root, _ = differentiate(program)
    order = topological_order(root)
    first = grads(order)
    root.backward()
    assert grads(order) == first
    backward_pull(root)
    backward_pull(root)
    assert grads(order) == pytest.approx(first, rel=1e-12, abs=1e-14)


@given(programs())
def test_topological_order(program):
    root = program.run(OnValues, [Value(x) for x in program.leaves])
    order = topological_order(root)
    place = {node: k for k, node in enumerate(order)}
    assert len(place) == len(order)
    assert order[-1] is root
    for node in order:
        assert all(place[parent] < place[node] for parent in node.parents)
    assert all(any(node in later.parents for later in order) for node in order[:-1])


def test_order_of_hand_made_nodes_with_many_parents():
    leaves = tuple(Value(k) for k in range(1000))
    root = Value(0.0, leaves * 2, (1.0,) * 1000 + (2.0,) * 1000)
    assert set(topological_order(root)) == {*leaves, root}
    for backward in (Value.backward, backward_pull):
        backward(root)
        assert grads(leaves) == [3.0] * 1000


def test_order_leaves_gradients_alone():
    x = Value(1.0)
    x.grad = 5.0
    topological_order(x + x)
    assert x.grad == 5.0


@pytest.mark.parametrize("backward", [Value.backward, backward_pull])
@pytest.mark.parametrize("leaf", [2.0, -3.0])
def test_a_leaf_alone_has_gradient_one(backward, leaf):
    x = Value(leaf)
    backward(x)
    assert topological_order(x) == [x]
    assert x.grad == 1.0


@pytest.mark.parametrize("backward", [Value.backward, backward_pull])
def test_unequal_branches(backward):
    x = Value(3.0)
    backward(x - (-x) * 2)
    assert x.grad == 3.0


@pytest.mark.parametrize("backward", [Value.backward, backward_pull])
def test_a_ladder_of_sixty_doublings(backward):
    x = y = Value(1.0)
    for _ in range(60):
        y = y + y
    backward(y)
    assert (y.data, x.grad) == (2.0**60, 2.0**60)
    assert len(topological_order(y)) == 61


@pytest.mark.parametrize("backward", [Value.backward, backward_pull])
def test_two_roots_share_a_leaf_and_each_sets_its_gradient(backward):
    x = Value(3.0)
    square, triple = x * x, 3 * x
    backward(square)
    assert x.grad == 6.0
    backward(triple)
    assert x.grad == 3.0
    assert square.grad == 1.0  # not reached from the second root


@pytest.mark.parametrize("backward", [Value.backward, backward_pull])
def test_what_the_root_does_not_depend_on_is_not_touched(backward):
    x, y = Value(2.0), Value(5.0)
    later = x * y
    y.grad = later.grad = 7.0
    backward(x * x)
    assert (y.grad, later.grad) == (7.0, 7.0)


@pytest.mark.parametrize("backward", [Value.backward, backward_pull])
def test_a_node_inside_the_graph_can_be_a_root(backward):
    x = Value(2.0)
    inner = x * x
    outer = inner * 10
    outer.backward()
    backward(inner)
    assert (inner.grad, x.grad, outer.grad) == (1.0, 4.0, 1.0)


def test_pull_on_a_long_chain():
    x = node = Value(1.0)
    for _ in range(100_000):
        node = -node
    backward_pull(node)
    assert x.grad == 1.0


def test_a_chain_of_a_million_nodes_is_made_differentiated_and_freed():
    failures = []

    def run():
        try:
            x = node = Value(1.0)
            for _ in range(1_000_000):
                node = -node
            node.backward()
            failures.extend([] if x.grad == 1.0 else ["push"])
            del node
            gc.collect()
        except BaseException as error:  # a thread would swallow it
            failures.append(repr(error))

    usual = threading.stack_size(2**20)  # a recursion in C over the chain would not fit
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(usual)
    assert failures == []


# --- numbers, edges and refusals


@given(x=small, k=st.integers(-3, 3) | st.floats(-3, 3))
def test_numbers_on_either_side_count_as_constants(x, k):
    def same(result, wanted, slope):
        leaf.grad = math.nan
        result.backward()
        assert (result.data, leaf.grad) == pytest.approx((wanted, slope))

    leaf = Value(x)
    same(leaf + k, x + k, 1)
    same(k + leaf, k + x, 1)
    same(leaf - k, x - k, 1)
    same(k - leaf, k - x, -1)
    same(leaf * k, x * k, k)
    same(k * leaf, k * x, k)
    if abs(k) > 1e-3:
        same(leaf / k, x / k, 1 / k)
    if abs(x) > 1e-3:
        same(k / leaf, k / x, -k / x**2)


@pytest.mark.parametrize("two", [2, 2.0, np.float64(2), np.float32(2), np.int64(2), np.array(2.0)])
def test_numpy_numbers_become_floats(two):
    x = Value(two)
    assert type(x.data) is float
    for result, wanted in [(x * two, 4.0), (two * x, 4.0), (two - x, 0.0), (two / x, 1.0)]:
        assert isinstance(result, Value)
        assert type(result.data) is float
        assert result.data == wanted
    assert (x**two).data == 4.0


def test_sum_and_repr():
    xs = [Value(1), Value(2.5)]
    total = sum(xs) * 2
    total.backward()
    assert grads(xs) == [2.0, 2.0]
    assert repr(total) == "Value(data=7.0, grad=1.0)"


@pytest.mark.parametrize(
    ("exponent", "value", "slope"), [(0, 1, 0), (1, 0, 1), (2, 0, 0), (1.5, 0, 0)]
)
def test_powers_of_zero_that_have_a_slope(exponent, value, slope):
    x = Value(0.0)
    y = x**exponent
    y.backward()
    assert (y.data, x.grad) == (value, slope)


@pytest.mark.parametrize(("x", "k"), [(-2.0, 3), (-2.0, -1), (-2.0, 2.0), (4.0, 0.5), (3.0, 0)])
def test_powers(x, k):
    leaf = Value(x)
    y = leaf**k
    y.backward()
    assert (y.data, leaf.grad) == pytest.approx((x**k, k * x ** (k - 1)))


@pytest.mark.parametrize(("x", "value"), [(1000.0, 1.0), (-1000.0, 0.0), (0.0, 0.5)])
def test_sigmoid_does_not_overflow(x, value):
    leaf = Value(x)
    y = leaf.sigmoid()
    y.backward()
    assert (y.data, leaf.grad) == (value, value * (1 - value))


@pytest.mark.parametrize("x", [0.0, -0.0])
def test_relu_on_its_kink_has_slope_zero(x):
    leaf = Value(x)
    y = leaf.relu()
    y.backward()
    assert (y.data, leaf.grad) == (0.0, 0.0)


def test_nan_is_not_hidden():
    x = Value(math.nan)
    y = x.relu() * 2
    assert math.isnan(y.data)
    z = Value(1.0)
    (z * x).backward()
    assert math.isnan(z.grad)


def test_division_of_very_small_numbers():
    x, y = Value(1e-200), Value(2e-200)
    (x / y).backward()
    assert (x.grad, y.grad) == pytest.approx((5e199, -2.5e199))


ONE = Value(1.0)


@pytest.mark.parametrize(
    ("refused", "error", "sentence"),
    [
        (lambda: Value("3"), TypeError, "A Value holds one number, not '3'."),
        (lambda: Value(None), TypeError, "A Value holds one number, not None."),
        (lambda: Value(ONE), TypeError, "A Value holds one number, not Value"),
        (lambda: Value(np.ones(3)), TypeError, "A Value holds one number, not array"),
        (lambda: Value(1j), TypeError, "A Value holds one number, not 1j."),
        (lambda: ONE + "a", TypeError, "A Value holds one number, not 'a'."),
        (lambda: [] * ONE, TypeError, "A Value holds one number, not []."),
        (lambda: ONE**ONE, TypeError, "The exponent must be a plain number, not Value"),
        (lambda: 2**ONE, TypeError, "unsupported operand"),
        (lambda: Value(-8.0) ** (1 / 2), ValueError, "(-8.0) ** 0.5 is not real"),
        (lambda: Value(0.0) ** -1, ZeroDivisionError, "0 ** -1 has no finite slope"),
        (lambda: Value(0.0) ** 0.5, ZeroDivisionError, "0 ** 0.5 has no finite slope"),
        (lambda: ONE / 0, ZeroDivisionError, "1.0 / 0 does not exist"),
        (lambda: 2 / Value(0.0), ZeroDivisionError, "2.0 / 0 does not exist"),
        (lambda: Value(0.0).log(), ValueError, "log(0.0) does not exist"),
        (lambda: Value(-1.0).log(), ValueError, "log(-1.0) does not exist"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(refused, error, sentence):
    with pytest.raises(error) as caught:
        refused()
    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)
