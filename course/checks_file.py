"""Read the visible checks of an assignment: `checks.json`, which lies beside the notebook."""

import difflib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast, get_args

from course.forms import Form
from course.forms import Kind as FormKind
from course.plain import decode

SCHEMA = 1
CALL_SECONDS = 3.0
_CURE = "Fetch the assignment again and keep its files together in one folder."

Kind = TypeVar("Kind")


class ChecksFileError(Exception):
    """`checks.json` cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Misconception:
    """What comes out of a known mistake, and the hint that helps.

    `raises` is the type of the exception that the mistake ends in, None if `value` comes back.
    """

    hint: str
    see: str
    value: object
    raises: str | None


@dataclass(frozen=True)
class Case:
    """One call of a program. Inputs stay encoded: every call decodes copies of its own."""

    inputs: Sequence[object]
    expected: object
    misconceptions: Sequence[Misconception]


@dataclass(frozen=True)
class VisibleProgram:
    """A short function that uses the student's definitions and returns plain data."""

    name: str
    says: str
    source: str
    cases: Sequence[Case]


@dataclass(frozen=True)
class VisibleExercise:
    """The visible checks of one exercise.

    `names` are what the programs call the objects given to `check`, in that order. `form` is
    what an answer that is a value must look like, None for an exercise that runs.
    `call_seconds` is how long one call of a program may take.
    """

    names: Sequence[str]
    form: Form | None
    programs: Sequence[VisibleProgram]
    call_seconds: float


def load_exercise(exercise: str, folder: Path) -> VisibleExercise:
    """Read one exercise from the `checks.json` in `folder`.

    Raises:
        ChecksFileError: the file is not there, is damaged, or has no such exercise.
    """
    path = folder / "checks.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ChecksFileError(
            f"There is no checks.json in {folder.name or folder}, the folder in which this "
            f"notebook runs. {_CURE}"
        ) from None
    except (OSError, ValueError) as error:
        raise ChecksFileError(
            f"checks.json cannot be read ({type(error).__name__}). {_CURE}"
        ) from None
    try:
        return _exercise(content, exercise)
    except (KeyError, TypeError, ValueError, SyntaxError):
        raise ChecksFileError(
            f"checks.json is damaged: its part on {exercise} cannot be read. {_CURE}"
        ) from None


def _exercise(content: object, exercise: str) -> VisibleExercise:
    if _part(content, "schema", int) != SCHEMA:
        raise ChecksFileError(
            "checks.json was made for another version of the course kit. "
            "Fetch the assignment and the folder `course` again."
        )
    exercises = _section(content, "exercises")
    if exercise not in exercises:
        raise ChecksFileError(_no_such(exercise, exercises, _part(content, "assignment", str)))
    found = _section(exercises, exercise)
    literal = found["literal"]
    return VisibleExercise(
        names=[str(name) for name in _items(found, "names")],
        form=None if literal is None else _form(literal),
        programs=[_program(each) for each in _items(found, "programs")],
        call_seconds=_seconds(content),
    )


def _form(content: object) -> Form:
    kind = _part(content, "kind", str)
    if kind not in get_args(FormKind):
        raise ValueError(f"{kind} is no form of an answer")
    return Form(cast(FormKind, kind), tuple(str(name) for name in _items(content, "names")))


def _no_such(exercise: str, exercises: Iterable[str], assignment: str) -> str:
    known = list(exercises)
    near = difflib.get_close_matches(str(exercise), known, n=1)
    guess = f" Did you mean {near[0]!r}?" if near else ""
    cure = "" if near else f" The checks.json beside this notebook is that of {assignment}. {_CURE}"
    return f"There is no exercise {exercise!r}.{guess} The exercises are: {', '.join(known)}.{cure}"


def _seconds(content: object) -> float:
    seconds = cast("Mapping[str, object]", content).get("call_seconds", CALL_SECONDS)
    if not isinstance(seconds, int | float) or not 0 < seconds < math.inf:
        raise TypeError("call_seconds should be a number of seconds")
    return seconds


def _program(content: object) -> VisibleProgram:
    source = _part(content, "source", str)
    compile(source, "checks.json", "exec")
    return VisibleProgram(
        name=_part(content, "name", str),
        says=_part(content, "says", str),
        source=source,
        cases=[_case(each) for each in _items(content, "cases")],
    )


def _case(content: object) -> Case:
    inputs = _items(content, "inputs")
    for each in inputs:
        decode(each)
    return Case(
        inputs=inputs,
        expected=decode(_part(content, "expected", object)),
        misconceptions=[_misconception(each) for each in _items(content, "misconceptions")],
    )


def _misconception(content: object) -> Misconception:
    breaks = "raises" in cast("Mapping[str, object]", content)
    return Misconception(
        hint=_part(content, "hint", str),
        see=_part(content, "see", str),
        value=None if breaks else decode(_part(content, "value", object)),
        raises=_part(content, "raises", str) if breaks else None,
    )


def _part(content: object, key: str, kind: type[Kind]) -> Kind:
    part = cast("Mapping[str, object]", content)[key]
    if not isinstance(part, kind):
        raise TypeError(f"{key} should be a {kind.__name__}")
    return part


def _section(content: object, key: str) -> Mapping[str, object]:
    return cast("dict[str, object]", _part(content, key, dict))


def _items(content: object, key: str) -> Sequence[object]:
    return cast("list[object]", _part(content, key, list))
