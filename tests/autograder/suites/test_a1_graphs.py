"""The hidden suite of a1_graphs tells right answers from wrong ones, whoever wrote them."""

import copy
import importlib
import inspect
import math
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FunctionType, ModuleType

import numpy as np
import pytest

from autograder.assignment import read_assignment
from autograder.exercise import Parts, parts_of
from autograder.judge import Verdict, judge
from autograder.misconception import Misconception, mutant, read_misconceptions
from autograder.program import program_of, public_inputs, run_with
from autograder.rooms import Rooms
from course.compare import difference

A1 = "a1_graphs"
MODULES = ("gates", "scalar", "differences", "descent", "quizzes.a1_graphs")
MOST_LINES = 16
OF_VALUES = {"value_ops", "backward_push", "backward_pull"}
FUNCTIONS = (
    *("add_forward", "add_backward", "multiply_forward", "multiply_backward"),
    *("max_forward", "max_backward", "sigmoid_forward", "sigmoid_backward", "sigmoid_neuron"),
    *("topological_order", "numerical_gradient", "gradient_check", "fit_constant"),
)
SOLUTIONS = sorted(Path(__file__).parent.glob("solutions/*.py"))
MISCONCEPTIONS = [
    (entry["exercise"], entry["name"])
    for entry in tomllib.loads(Rooms().misconceptions(A1).read_text())["misconception"]
]

Assess = Callable[[str, str, Mapping[str, object], int], list[Verdict]]


def reference() -> dict[str, object]:
    """A copy of the reference of its own, so that a test may break it."""
    names: dict[str, object] = {}
    for name in MODULES:
        original = importlib.import_module(f"reference.{name}")
        module = ModuleType(original.__name__)
        module.__package__ = original.__package__
        exec(inspect.getsource(original), vars(module))
        names = {**vars(module), **names}  # the copy of Value, not the one that descent imports
    return names


def solution(file: Path) -> dict[str, object]:
    names: dict[str, object] = {"__name__": "notebook"}
    exec(compile(file.read_text(), file.name, "exec"), names)
    return names


def failed(verdicts: list[Verdict]) -> list[tuple[str, str, str]]:
    return [(v.exercise, v.name, v.why or str(v.faults)) for v in verdicts if not v.passed]


def passed_values(verdicts: list[Verdict]) -> list[str]:
    return [v.name for v in verdicts if v.passed and v.category == "values"]


def visible_failures(
    programs: tuple[FunctionType, ...], names: Mapping[str, object]
) -> Iterator[str]:
    for program in programs:
        for inputs in public_inputs(program):
            expected = program(*copy.deepcopy(inputs))
            try:
                got = run_with(program, names, copy.deepcopy(inputs))
            except Exception as error:
                yield f"{program.__name__}{inputs}: {type(error).__name__}: {error}"
                continue
            if gap := difference(got, expected):
                yield f"{program.__name__}{inputs}: {gap.sentence}"


@pytest.fixture(scope="module")
def mistakes() -> dict[tuple[str, str], Misconception]:
    known = read_misconceptions(read_assignment(A1))
    return {(each.entry.exercise, each.entry.name): each for each in known}


@pytest.fixture(scope="module")
def parts() -> dict[str, Parts]:
    return {part.exercise.id: part for part in parts_of(read_assignment(A1))}


@pytest.mark.parametrize("seed", [0, 1, 2**62 + 5])
def test_the_reference_has_full_marks(local_peer, seed: int):
    peer = local_peer(reference())
    verdicts = judge(A1, peer, seed)
    assert failed(verdicts) == []
    assert peer.calls <= 120


@pytest.mark.parametrize("file", SOLUTIONS, ids=lambda file: file.stem)
@pytest.mark.parametrize("seed", [3, 4])
def test_other_right_answers_have_full_marks(local_peer, file: Path, seed: int):
    assert failed(judge(A1, local_peer(solution(file)), seed)) == []


@pytest.mark.parametrize("file", SOLUTIONS, ids=lambda file: file.stem)
def test_other_right_answers_pass_the_visible_checks(parts: dict[str, Parts], file: Path):
    for part in parts.values():
        assert list(visible_failures(part.programs, solution(file))) == []


def test_visible_programs_can_be_read_at_a_glance(parts: dict[str, Parts]):
    lines = {
        program.__name__: len(program_of(program).source.splitlines())
        for part in parts.values()
        for program in part.programs
    }
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_there_are_three_other_right_answers():
    assert len(SOLUTIONS) >= 3


def replaced(value: object, number: float) -> object:
    """The same structure, with every number replaced."""
    if isinstance(value, tuple | list):
        return type(value)(replaced(each, number) for each in value)
    if isinstance(value, np.ndarray):
        return np.full_like(value, number)
    if isinstance(value, int | float | np.number):
        return number
    return type(value)(number) if hasattr(value, "grad") else None


def null_like(number: float) -> Callable[[Callable[..., object]], Callable[..., object]]:
    def of(right: Callable[..., object]) -> Callable[..., object]:
        return lambda *args, **kwargs: replaced(right(*args, **kwargs), number)

    return of


def first_argument(right: Callable[..., object]) -> Callable[..., object]:
    def answer(*args: object, **kwargs: object) -> object:
        result = right(*args, **kwargs)
        return (args[0],) * len(result) if isinstance(result, tuple) else args[0]

    return answer


def fails(*args: object, **kwargs: object) -> object:
    raise NotImplementedError


NULLS: dict[str, Callable[[Callable[..., object]], Callable[..., object]]] = {
    "none": lambda right: lambda *args, **kwargs: None,
    "zero": lambda right: lambda *args, **kwargs: 0.0,
    "first": lambda right: lambda *args, **kwargs: args[0],
    "last": lambda right: lambda *args, **kwargs: args[-1],
    "raises": lambda right: fails,
    "zeros": null_like(0.0),
    "ones": null_like(1.0),
    "nans": null_like(math.nan),
    "first_arguments": first_argument,
    "itself": lambda right: lambda *args, **kwargs: [args[0]],
}


@pytest.mark.parametrize("null", NULLS)
def test_null_functions_score_nothing(local_peer, null: str):
    names = reference()
    names |= {name: NULLS[null](names[name]) for name in FUNCTIONS}  # none sees another's null
    verdicts = judge(A1, local_peer({**names, "answer": None}), 5)
    assert passed_values([v for v in verdicts if v.exercise not in OF_VALUES]) == []
    assert failed([v for v in verdicts if v.exercise in OF_VALUES]) == []


@pytest.mark.parametrize("null", NULLS)
def test_null_operations_score_nothing(assess: Assess, null: str):
    names = reference()
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
    names = reference()
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
    names = solution(SOLUTIONS[0])
    assert "backward" in names
    exec(f"def backward_pull(root):\n    {call}", names)
    verdicts = assess(A1, "backward_pull", names, 6)
    assert [v.name for v in verdicts if v.passed] == []


def test_backward_comes_back_after_it_was_taken_away(parts: dict[str, Parts]):
    names = solution(SOLUTIONS[0])
    backward = names["backward"]
    assert list(visible_failures(parts["backward_pull"].programs, names)) == []
    assert names["Value"].backward is names["backward"] is backward


@pytest.mark.filterwarnings("ignore:invalid value encountered in divide")
@pytest.mark.parametrize("key", MISCONCEPTIONS, ids="-".join)
def test_misconceptions_are_found(
    assess: Assess,
    parts: dict[str, Parts],
    mistakes: dict[tuple[str, str], Misconception],
    key: tuple[str, str],
):
    exercise, _ = key
    names = {**reference(), **mutant(mistakes[key])}
    assert failed(assess(A1, exercise, names, 7)), "the hidden suite does not see it"
    if programs := parts[exercise].programs:
        assert any(visible_failures(programs, names)), "the visible checks do not see it"


def test_every_exercise_has_its_misconceptions(parts: dict[str, Parts]):
    counts = dict.fromkeys(parts, 0)
    for exercise, _ in MISCONCEPTIONS:
        counts[exercise] += 1
    heavy = ("value_ops", "backward_push", "backward_pull", "numerical_gradient")
    assert all(counts.values())
    assert all(counts[exercise] >= 3 for exercise in (*heavy, "topological_order"))
