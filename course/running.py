"""Run one visible program on the student's objects and keep all that can be told about it."""

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from course.checks_file import Case, VisibleProgram
from course.compare import Difference, difference
from course.errors import program_file
from course.plain import decode, encode


@dataclass(frozen=True)
class Run:
    """One call of a visible program.

    `error` is what it raised; else `result` is what came back and `off` how it differs from what
    was expected, None where it does not. `modified` names inputs that were written into and
    `warnings` holds what Python and NumPy warned of.
    """

    program: VisibleProgram
    case: Case
    result: object = None
    error: BaseException | None = None
    off: Difference | None = None
    modified: Sequence[str] = ()
    warnings: Sequence[str] = ()

    @property
    def passed(self) -> bool:
        """Nothing was raised and the result is the expected one."""
        return self.error is None and self.off is None


def run_case(program: VisibleProgram, case: Case, objects: Mapping[str, object]) -> Run:
    """Call the program with fresh copies of the case's inputs; `objects` are the student's."""
    namespace: dict[str, object] = {"np": np, "math": math, **objects}
    exec(compile(program.source, program_file(program.name), "exec"), namespace)
    function = cast("Callable[..., object]", namespace[program.name])
    inputs = [decode(each) for each in case.inputs]
    with warnings.catch_warnings(record=True) as caught:
        # A warning on stderr would be taken for an error by nbgrader, so it is told by us.
        warnings.simplefilter("always")
        try:
            result = function(*inputs)
        except (Exception, SystemExit) as error:
            return Run(program, case, error=error, warnings=_texts(caught))
    return Run(
        program,
        case,
        result=result,
        off=difference(result, case.expected),
        modified=_modified(function, inputs, case.inputs),
        warnings=_texts(caught),
    )


def _texts(caught: Sequence[warnings.WarningMessage]) -> list[str]:
    return list(dict.fromkeys(str(each.message) for each in caught))


def _modified(
    function: Callable[..., object], inputs: Sequence[object], originals: Sequence[object]
) -> list[str]:
    names = function.__code__.co_varnames
    return [
        name
        for name, now, before in zip(names, inputs, originals, strict=False)
        if not isinstance(now, int | float | str) and not _same(now, before)
    ]


def _same(now: object, before: object) -> bool:
    try:
        return encode(now) == encode(decode(before))
    except TypeError:  # something that is no plain data was put in
        return False
