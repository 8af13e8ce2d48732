"""Run one visible program on the student's objects and keep all that can be told about it."""

import contextlib
import io
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from course.checks_file import Case, VisibleProgram
from course.compare import Difference, difference
from course.errors import error_in_words, program_file
from course.missing_return import returned_none
from course.plain import decode, encode
from course.time_limit import TookTooLong, within


@dataclass(frozen=True)
class Run:
    """One call of a visible program.

    `error` is what it raised; else `result` is what came back and `off` how it differs from what
    was expected, None where it does not. `modified` names inputs that were written into,
    `silent` the student's function that returned None where that broke something, and `warnings`
    holds what Python and NumPy warned of.
    """

    program: VisibleProgram
    case: Case
    result: object = None
    error: BaseException | None = None
    off: Difference | None = None
    modified: Sequence[str] = ()
    silent: str | None = None
    warnings: Sequence[str] = ()

    @property
    def passed(self) -> bool:
        """Nothing was raised and the result is the expected one."""
        return self.error is None and self.off is None


def run_case(
    program: VisibleProgram, case: Case, objects: Mapping[str, object], seconds: float
) -> Run:
    """Call the program with fresh copies of the case's inputs; `objects` are the student's.

    Where the system can, the call is stopped after so many `seconds`.
    """
    namespace: dict[str, object] = {"np": np, "math": math, **objects}
    exec(compile(program.source, program_file(program.name), "exec"), namespace)
    function = cast("Callable[..., object]", namespace[program.name])

    def call(inputs: Sequence[object]) -> object:
        return within(seconds, lambda: function(*inputs))

    run = _run(program, case, call, function.__code__.co_varnames)
    said = error_in_words(run.error) if run.error else run.off.sentence if run.off else ""
    if "None" not in said and (run.error or not _holds_none(run.result)):
        return run
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        silent = returned_none(lambda: call([decode(each) for each in case.inputs]))
    return replace(run, silent=silent)


def _run(
    program: VisibleProgram,
    case: Case,
    call: Callable[[Sequence[object]], object],
    names: Sequence[str],
) -> Run:
    inputs = [decode(each) for each in case.inputs]
    with warnings.catch_warnings(record=True) as caught:
        # A warning on stderr would be taken for an error by nbgrader, so it is told by us.
        warnings.simplefilter("always")
        try:
            result = call(inputs)
        except (Exception, SystemExit, TookTooLong) as error:
            return Run(program, case, error=error, warnings=_texts(caught))
    return Run(
        program,
        case,
        result=result,
        off=difference(result, case.expected),
        modified=_modified(names, inputs, case.inputs),
        warnings=_texts(caught),
    )


def _holds_none(result: object) -> bool:
    """Whether a None went into it: NumPy makes an array of shape () and of objects of one."""
    if isinstance(result, Mapping):
        result = list(cast("Mapping[object, object]", result).values())
    if isinstance(result, list | tuple):
        return any(map(_holds_none, cast("Sequence[object]", result)))
    if isinstance(result, np.ndarray):
        array = cast("NDArray[np.generic]", result)
        return array.dtype.kind == "O" and _holds_none(array.ravel().tolist())
    return result is None


def _texts(caught: Sequence[warnings.WarningMessage]) -> list[str]:
    return list(dict.fromkeys(str(each.message) for each in caught))


def _modified(
    names: Sequence[str], inputs: Sequence[object], originals: Sequence[object]
) -> list[str]:
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
