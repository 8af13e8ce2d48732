"""Right answers, the reference's and others', and what tests of hidden suites ask about them."""

import copy
import importlib
import inspect
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TypeAlias

from autograder.assignment import read_assignment
from autograder.exercise import Parts, parts_of
from autograder.judge import judge
from autograder.program import public_inputs, run_with
from autograder.verdict import Peer, Verdict
from course.compare import difference

Failures: TypeAlias = list[tuple[str, str, str]]
"""Exercise, test, why."""


@cache
def parts(assignment: str) -> dict[str, Parts]:
    return {part.exercise.id: part for part in parts_of(read_assignment(assignment))}


def reference(assignment: str) -> dict[str, object]:
    """What the notebook with all answers defines: the answers, and what is given."""
    read = read_assignment(assignment)
    specs = [*read.given, *(spec for exercise in read.exercises for spec in exercise.answers)]
    names: dict[str, object] = {}
    for spec in specs:
        module, _, path = spec.partition(":")
        name = path.split(".")[0]
        names[name] = getattr(importlib.import_module(module), name)
    return names


def copied(modules: Sequence[str]) -> dict[str, object]:
    """The names of some modules of the reference, run afresh, so that a test may break them."""
    names: dict[str, object] = {}
    for name in modules:
        original = importlib.import_module(f"reference.{name}")
        module = ModuleType(original.__name__)
        module.__package__ = original.__package__
        exec(inspect.getsource(original), vars(module))
        names = {**vars(module), **names}  # the copy of a class, not what another module imports
    return names


def solutions(assignment: str) -> list[Path]:
    """Other right answers to a whole assignment, each written in its own way."""
    return sorted((Path(__file__).parent / "solutions" / assignment).glob("*.py"))


def solution(file: Path) -> dict[str, object]:
    names: dict[str, object] = {"__name__": "notebook"}
    exec(compile(file.read_text(), file.name, "exec"), names)
    return names


def answered(assignment: str, names: Mapping[str, object]) -> set[str]:
    """The exercises that these definitions answer: a new one need not be in all solutions."""

    def defined(spec: str) -> bool:
        name, *path = spec.partition(":")[2].split(".")
        return name in names and all(hasattr(names[name], part) for part in path)

    exercises = (part.exercise for part in parts(assignment).values())
    return {each.id for each in exercises if all(map(defined, each.answers))}


def judged_fairly(assignment: str, names: Mapping[str, object], peer: Peer, seed: int) -> Failures:
    """Judge right answers; return the tests that fail what is answered."""
    known = answered(assignment, names)
    return failed([each for each in judge(assignment, peer, seed) if each.exercise in known])


def failed(verdicts: list[Verdict]) -> Failures:
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
