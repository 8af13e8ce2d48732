"""What only the suite of a2_tensors has to tell apart: methods, a table, pulls by nudging."""

import inspect
from collections.abc import Callable, Mapping
from types import FunctionType

import numpy as np
import pytest

from autograder.verdict import Verdict
from reference import directions
from tests.autograder.suites.rights import copied, passed_values, reference
from tests.autograder.suites.test_every_suite import NULLS, fails

A2 = "a2_tensors"
MODULES = ("tensor", "tensor_functions", "directions", "quizzes.a2_tensors")
METHODS = {
    "elementwise": (
        *("__add__", "__sub__", "__mul__", "__truediv__", "__pow__", "__neg__", "__radd__"),
        *("__rsub__", "__rmul__", "__rtruediv__", "exp", "log", "tanh", "sigmoid", "relu"),
        "maximum",
    ),
    "matmul": ("__matmul__",),
    "reductions": ("sum", "mean", "max"),
    "shape_ops": ("reshape", "transpose", "__getitem__"),
}

Assess = Callable[[str, str, Mapping[str, object], int], list[Verdict]]


@pytest.mark.parametrize("exercise", METHODS)
@pytest.mark.parametrize("null", NULLS)
def test_null_methods_score_nothing(assess: Assess, exercise: str, null: str):
    names = copied(MODULES)
    tensor = names["Tensor"]
    for name in METHODS[exercise]:
        right = vars(tensor)[name]
        assert isinstance(right, FunctionType)
        setattr(tensor, name, NULLS[null](right))
    assert passed_values(assess(A2, exercise, names, 5)) == []


@pytest.mark.parametrize("exercise", METHODS)
@pytest.mark.parametrize("share", [0.0, 1.0, np.nan], ids=["zeros", "ones", "nans"])
def test_right_results_without_gradients_score_nothing(assess: Assess, exercise: str, share: float):
    names = copied(MODULES)
    tensor = names["Tensor"]

    def without(right):
        def method(*args, **kwargs):
            out = right(*args, **kwargs)
            inputs = out.parents
            return tensor(out.data, inputs, lambda g: [np.full(x.shape, share) for x in inputs])

        return method

    for name in METHODS[exercise]:
        setattr(tensor, name, without(vars(tensor)[name]))
    assert passed_values(assess(A2, exercise, names, 5)) == []


def sets(number: float | None) -> Callable[..., None]:
    def backward(root, gradient=None) -> None:
        seen, waiting = {root}, [root]
        while waiting:
            node = waiting.pop()
            node.grad = None if number is None else np.full(node.shape, number)
            fresh = set(node.parents) - seen
            seen |= fresh
            waiting += fresh

    return backward


@pytest.mark.parametrize(
    "null",
    [lambda root, gradient=None: None, fails, sets(None), sets(0.0), sets(1.0), sets(np.nan)],
    ids=["nothing", "raises", "none", "zeros", "ones", "nans"],
)
def test_null_backward_scores_nothing(assess: Assess, null):
    names = copied(MODULES)
    names["Tensor"].backward = null
    assert passed_values(assess(A2, "tensor_backward", names, 5)) == []


@pytest.mark.parametrize(
    "table", [None, {}, "E", {"scalar by scalar": ...}, {"vector by vector": [4, 2]}, [(), (2,)]]
)
def test_other_tables_score_nothing(assess: Assess, table: object):
    assert passed_values(assess(A2, "quiz_layouts", {"answers": table}, 5)) == []


def test_a_row_of_the_table_counts_by_itself(assess: Assess):
    right = reference(A2)["answers"]
    assert isinstance(right, dict)
    mixed = {**right, "vector by vector": (2, 4)}
    passed = passed_values(assess(A2, "quiz_layouts", {"answers": mixed}, 5))
    assert passed == ["test_shapes[scalar]", "test_shapes[matrix]"]


def by_nudging(right, tensor):
    """The gate with a pull that asks the forward pass about every entry of every parent."""

    def method(*args, **kwargs):
        out = right(*args, **kwargs)
        operands = [each for each in args if isinstance(each, tensor)]

        def pull(g):
            found = []
            for operand in operands:
                dx = np.zeros(operand.shape)
                for place in np.ndindex(*operand.shape):
                    kept = operand.data[place]
                    values = []
                    for step in (1e-4, -1e-4):
                        operand.data[place] = kept + step
                        values.append(right(*args, **kwargs).data.copy())
                    operand.data[place] = kept
                    dx[place] = ((values[0] - values[1]) * g).sum() / 2e-4
                found.append(dx)
            return found

        return tensor(out.data.copy(), tuple(operands), pull)

    return method


@pytest.mark.thorough
@pytest.mark.parametrize("exercise", ["matmul", "reductions"])
def test_pulls_by_nudging_fail_where_cost_is_asked(assess: Assess, exercise: str):
    names = copied(MODULES)
    tensor = names["Tensor"]
    for name in METHODS[exercise]:
        setattr(tensor, name, by_nudging(vars(tensor)[name], tensor))
    verdicts = assess(A2, exercise, names, 6)
    assert [v.passed for v in verdicts if v.category == "cost"].count(True) == 0
    assert passed_values(verdicts), "nudging is exact enough to be found by its cost alone"


def test_a_check_in_single_precision_is_found(assess: Assess):
    names = reference(A2)
    source = inspect.getsource(directions)
    source = source.replace("np.array(value, np.float64)", "np.array(value)")
    source = source.replace("size=(3, *tensor.shape))", "size=(3, *tensor.shape)).astype('f')")
    module: dict[str, object] = {}
    exec(source, module)
    verdicts = assess(A2, "check_gradients", {**names, **module}, 7)
    assert "test_single_precision" in [v.name for v in verdicts if not v.passed]
