"""What only the suite of a1_graphs has to tell apart: methods, procedures, a letter, a ban."""

import math
from collections.abc import Callable, Mapping
from types import FunctionType

import pytest

from autograder.verdict import Verdict
from tests.autograder.suites.rights import (
    copied,
    parts,
    passed_values,
    solution,
    solutions,
    visible_failures,
)
from tests.autograder.suites.test_every_suite import NULLS, fails

A1 = "a1_graphs"
MODULES = ("gates", "scalar", "differences", "descent", "quizzes.a1_graphs")

Assess = Callable[[str, str, Mapping[str, object], int], list[Verdict]]


@pytest.mark.parametrize("null", NULLS)
def test_null_operations_score_nothing(assess: Assess, null: str):
    names = copied(MODULES)
    value = names["Value"]
    given = ("__init__", "__repr__", "backward")
    for name, right in list(vars(value).items()):
        if isinstance(right, FunctionType) and name not in given:
            setattr(value, name, NULLS[null](right))
    assert passed_values(assess(A1, "value_ops", names, 5)) == []


def sets(number: float) -> Callable[[object], None]:
    def backward(root) -> None:
        seen, waiting = {root}, [root]
        while waiting:
            node = waiting.pop()
            node.grad = number
            fresh = set(node.parents) - seen
            seen |= fresh
            waiting += fresh

    return backward


@pytest.mark.parametrize("exercise", ["backward_pull", "backward_push"])
@pytest.mark.parametrize(
    "null",
    [lambda root: None, lambda root: root, fails, sets(0.0), sets(1.0), sets(math.nan)],
    ids=["none", "first", "raises", "zeros", "ones", "nans"],
)
def test_null_backward_scores_nothing(assess: Assess, exercise: str, null):
    names = copied(MODULES)
    if exercise == "backward_push":
        names["Value"].backward = null
    else:
        names["backward_pull"] = null
    assert passed_values(assess(A1, exercise, names, 5)) == []


@pytest.mark.parametrize("answer", [None, 0, "", "e", "A", ["E"], math.nan])
def test_other_letters_score_nothing(assess: Assess, answer: object):
    assert passed_values(assess(A1, "quiz_chain_rule", {"answer": answer}, 5)) == []


@pytest.mark.parametrize("call", ["backward(root)", "root.backward()", "type(root).backward(root)"])
def test_pull_may_not_call_backward(assess: Assess, call: str):
    names = solution(solutions(A1)[0])
    assert "backward" in names
    exec(f"def backward_pull(root):\n    {call}", names)
    verdicts = assess(A1, "backward_pull", names, 6)
    assert [v.name for v in verdicts if v.passed] == []


def test_backward_comes_back_after_it_was_taken_away():
    names = solution(solutions(A1)[0])
    backward = names["backward"]
    assert list(visible_failures(parts(A1)["backward_pull"].programs, names)) == []
    assert names["Value"].backward is names["backward"] is backward
