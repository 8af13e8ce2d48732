"""Tell a run that failed: the call, what came back, what was expected, where they differ most."""

import textwrap
from typing import cast

from course.compare import difference
from course.errors import deepest_function, error_in_words, programs_line, students_line
from course.plain import decode
from course.running import Run
from course.words import LONGEST, rounded, shown

_LONGEST_SOURCE = 40


def tell(run: Run, hint: str | None = None, with_source: bool = True) -> str:
    """Return the story of a run that did not pass, several lines."""
    told = _error(run, run.error) if run.error is not None else _result(run)
    notes = [f"Python warned: {text}" for text in run.warnings]
    notes += [modified_note(run)] if run.modified else []
    notes += [f"Hint: {hint}"] if hint else []
    return "\n".join(
        [*call(run, with_source), *(textwrap.indent(each, "  ") for each in [*told, *notes])]
    )


def call(run: Run, with_source: bool) -> list[str]:
    """What was called, with what, and what it is about."""
    inputs = ", ".join(shown(decode(each)) for each in run.case.inputs)
    idea = " ".join(run.program.says.split())
    called = f"{run.program.name}({inputs})" + (f" - {idea}" if idea else "")
    lines = run.program.source.strip().splitlines() if with_source else []
    if len(lines) > _LONGEST_SOURCE:
        lines = [*lines[:_LONGEST_SOURCE], "    ..."]
    return [called, *(textwrap.indent(line, "    ") for line in lines)]


def modified_note(run: Run) -> str:
    """One sentence about inputs that the student's code wrote into."""
    names = " and ".join(run.modified)
    one = len(run.modified) == 1
    return (
        f"{run.program.name}: your code wrote into {names}, "
        f"{'an input' if one else 'inputs'} that {'was' if one else 'were'} only lent to it. "
        "Work on a copy, or make a new array."
    )


def unwritten(run: Run) -> str | None:
    """Name the function that is still the untouched stub; None if the run stopped elsewhere."""
    if not isinstance(run.error, NotImplementedError):
        return None
    return deepest_function(run.error) or run.program.name


def _result(run: Run) -> list[str]:
    got, expected, where = _part(run.result, run.case.expected)
    told = [
        f"{where}came back: {shown(rounded(got))}",
        f"{where}expected:  {shown(rounded(expected))}",
    ]
    told += [run.off.sentence] if run.off is not None else []
    return [*told, *_silent(run)]


def _part(got: object, expected: object) -> tuple[object, object, str]:
    """Of dicts too long for a line take the first entry that differs, and say which it is."""
    pair = (got, expected)
    if all(len(shown(rounded(each))) < LONGEST for each in pair):
        return *pair, ""
    if isinstance(got, dict) and isinstance(expected, dict):
        mine, theirs = cast("dict[object, object]", got), cast("dict[object, object]", expected)
        for key, value in theirs.items():
            if key in mine and difference(mine[key], value) is not None:
                return mine[key], value, f"[{shown(key)}] "
    return *pair, ""


def _error(run: Run, error: BaseException) -> list[str]:
    told = [*_silent(run), error_in_words(error)]
    own = students_line(error)
    line = programs_line(error, run.program.name, run.program.source)
    if own is not None:
        told.append(own)
    elif line is not None:
        told.append(f"at this line of the check:\n    {line}")
        told += _lost_method(error)
    return [*told, f"expected:  {shown(rounded(run.case.expected))}"]


def _silent(run: Run) -> list[str]:
    return [f"`{run.silent}` returned None: is a `return` missing?"] if run.silent else []


def _lost_method(error: BaseException) -> list[str]:
    """What to do if a class of the notebook has not got what was asked of its object."""
    if not isinstance(error, AttributeError):
        return []
    owner = type(error.obj)
    if owner.__module__ != "__main__" or hasattr(owner, error.name or ""):
        return []
    return [
        f"The class {owner.__name__} has no `{error.name}`. If you wrote it in a cell of its own, "
        "run that cell again after the cell of the class."
    ]
