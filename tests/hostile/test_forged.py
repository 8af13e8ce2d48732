"""The student's process answers for the programs itself: without the work there are no points.

It knows every program, its inputs, and from the visible checks some expected numbers; what it does
not know is what is expected of the hidden inputs.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from autograder.judge import judge
from autograder.program import LIBRARIES, Program, code_of, public_inputs
from autograder.rooms import Rooms
from autograder.sandbox.inside import wire
from autograder.verdict import Verdict
from tests.autograder.suites.rights import parts, passed_values, reference

pytestmark = pytest.mark.thorough

ASSIGNMENTS = Rooms().known()
every_assignment = pytest.mark.parametrize("assignment", ASSIGNMENTS)


@pytest.fixture(autouse=True)
def _few_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@dataclass(frozen=True)
class Forger:
    """Answers each case by itself."""

    answer: Callable[[Program, Sequence[object]], object]

    def call(self, program: Program, cases: Sequence[Sequence[object]]) -> list[object]:
        answers = wire.unpack(wire.pack([self.answer(program, case) for case in cases]))
        assert isinstance(answers, list)
        return answers


def forged(assignment: str, answer: Callable[[Program, Sequence[object]], object]) -> list[Verdict]:
    return judge(assignment, Forger(answer), 5)


def numbers_replaced(value: object, number: float) -> object:
    """The same form with other numbers: what a program's source gives away."""
    if isinstance(value, tuple | list):
        return [numbers_replaced(each, number) for each in value]
    if isinstance(value, dict):
        return {key: numbers_replaced(each, number) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        return np.full(value.shape, number)
    return number if isinstance(value, bool | int | float | np.number) else None


@every_assignment
def test_zeros_in_the_right_form_earn_nothing(assignment: str):
    """Observations that are zero when all is well would be verdicts, and could be forged."""
    names = reference(assignment)

    def zeros(program: Program, case: Sequence[object]) -> object:
        scope = {**LIBRARIES, **{name: names[name] for name in program.names}}
        exec(code_of(program), scope)
        return numbers_replaced(scope[program.name](*copy.deepcopy(case)), 0.0)

    assert passed_values(forged(assignment, zeros)) == []


@every_assignment
def test_the_visible_checks_numbers_earn_nothing(assignment: str):
    """No hidden test of values asks what the visible check has answered."""
    table = {
        (program.__name__, wire.pack(list(inputs))): program(*copy.deepcopy(inputs))
        for part in parts(assignment).values()
        for program in part.programs
        for inputs in public_inputs(program)
    }
    assert len(table) >= len(parts(assignment)) / 2

    def looked_up(program: Program, case: Sequence[object]) -> object:
        return table.get((program.name, wire.pack(list(case))), 0.0)

    assert passed_values(forged(assignment, looked_up)) == []
