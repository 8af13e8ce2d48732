"""What the visible checks compare with: `checks.json`, numbers and hints, no answers."""

import copy
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from types import FunctionType

import numpy as np

from autograder.assignment import Assignment
from autograder.exercise import Parts
from autograder.limit import OutOfTime, cpu_limit
from autograder.misconception import Misconception, mutant
from autograder.program import program_of, public_inputs, run_with
from course.compare import difference
from course.plain import Json, encode
from course.time_limit import TookTooLong

MISTAKE_SECONDS = 1.0
"""Where the reference takes milliseconds, a mistake that takes this long does not end."""


def checks_json(
    assignment: Assignment, parts: Iterable[Parts], misconceptions: Sequence[Misconception]
) -> str:
    """Run the public programs on the reference and on each misconception, and write the values.

    Raises:
        DirectiveError: a program fails on the reference, or returns what is not plain data.
    """
    exercises = {
        part.exercise.id: _exercise(
            assignment,
            part,
            [known for known in misconceptions if known.entry.exercise == part.exercise.id],
        )
        for part in parts
    }
    content = {
        "schema": 1,
        "assignment": assignment.id,
        "call_seconds": assignment.limits.call_seconds,
        "exercises": exercises,
    }
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _exercise(assignment: Assignment, part: Parts, misconceptions: Sequence[Misconception]) -> Json:
    mutants = [(known, mutant(known)) for known in misconceptions]
    programs: list[Json] = []
    for function in part.programs:
        try:
            programs.append(_program(function, mutants))
        except Exception as error:  # the program runs our own code, which may raise anything
            raise assignment.error(
                part.exercise.line,
                f"exercise {part.exercise.id!r}: the public program {function.__name__} fails on "
                f"the reference ({type(error).__name__}: {error})",
            ) from error
    literal = None if part.form is None else {**asdict(part.form), "names": list(part.form.names)}
    return {"names": list(part.names), "literal": literal, "programs": programs}


def _program(
    function: FunctionType, mutants: Sequence[tuple[Misconception, dict[str, object]]]
) -> Json:
    program = program_of(function)
    return {
        "name": program.name,
        "says": program.says,
        "source": program.source,
        "names": list(program.names),
        "cases": [_case(function, inputs, mutants) for inputs in public_inputs(function)],
    }


def _case(
    function: FunctionType,
    inputs: tuple[object, ...],
    mutants: Sequence[tuple[Misconception, dict[str, object]]],
) -> Json:
    expected: object = function(*copy.deepcopy(inputs))
    mistaken: list[Json] = []
    for known, definitions in mutants:
        outcome = _outcome(function, {**function.__globals__, **definitions}, inputs, expected)
        if outcome:
            mistaken.append({"hint": known.entry.hint, "see": known.entry.see, **outcome})
    return {
        "inputs": [encode(value) for value in inputs],
        "expected": encode(expected),
        "misconceptions": mistaken,
    }


def _outcome(
    function: FunctionType,
    names: Mapping[str, object],
    inputs: tuple[object, ...],
    expected: object,
) -> dict[str, Json]:
    """Tell what a mistake gives where it differs: a `value`, or the exception that it `raises`.

    A mistake that does not end raises what the student's kit raises for one.
    """
    try:
        with np.errstate(all="ignore"), cpu_limit(MISTAKE_SECONDS):
            value: object = run_with(function, names, copy.deepcopy(inputs))
    except OutOfTime:
        return {"raises": TookTooLong.__name__}
    except Exception as error:  # a mistake may break anything
        return {"raises": type(error).__name__}
    try:
        encoded = encode(value)
    except TypeError:  # then there is no value to recognise
        return {}
    return {} if difference(value, expected, None) is None else {"value": encoded}
