"""What one call tells of a known mistake: that it was made, that it was not, or nothing.

Each misconception is our own code, so that it can be asked what the student's code was asked.
"""

import copy
import inspect
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import import_module
from types import FunctionType
from typing import Literal

import numpy as np

from autograder.limit import OutOfTime, cpu_limit
from autograder.misconception import Misconception, mutant
from autograder.program import program_of, run_with
from autograder.verdict import Asked
from course.compare import difference

Evidence = Literal["for", "against", "none", "unknown"]


@dataclass(frozen=True, eq=False)
class Call:
    """What was asked of the student's code, and what came of it.

    `seconds` is how long a mistake may compute for each case.
    """

    asked: Asked
    seconds: float
    _found: dict[Misconception, Evidence] = field(default_factory=dict[Misconception, Evidence])

    @cached_property
    def expected(self) -> Sequence[object]:
        """What the reference gives for each case."""
        return [self.asked.program(*copy.deepcopy(inputs)) for inputs in self.asked.cases]

    @cached_property
    def is_wrong(self) -> bool:
        """Whether something other than what the reference gives came back."""
        pairs = zip(self.asked.results or (), self.expected, strict=False)
        return self.asked.results is None or any(_differ(*pair) for pair in pairs)

    def evidence(self, misconception: Misconception) -> Evidence:
        """Tell what this call says of a mistake; it is asked but once.

        Returns:
            "for" if all came out as with it; "against" if something that it changes came out
            otherwise; "none" if it changes nothing there; "unknown" if it takes too long, or
            raises what nothing here raised: where a mistake breaks is a matter of style.
        """
        if misconception not in self._found:
            self._found[misconception] = self._evidence(misconception)
        return self._found[misconception]

    def _evidence(self, misconception: Misconception) -> Evidence:
        results = self.asked.results
        alike, otherwise = True, False
        for number, inputs in enumerate(self.asked.cases):
            value, error = self._outcome(misconception, inputs)
            if error:
                return "for" if error == self.asked.error else "unknown"
            if results is not None and not _differ(results[number], value):
                continue
            alike = False
            otherwise = otherwise or _differ(self.expected[number], value)
            if otherwise and results is not None:
                return "against"
        return "for" if alike else "against" if otherwise else "none"

    @property
    def names(self) -> frozenset[str]:
        """What the program uses of the reference."""
        return frozenset(program_of(self._program).names)

    def modules(self) -> set[str]:
        """Return the modules of what the program uses of the reference."""
        defined = self._program.__globals__
        return {getattr(defined[name], "__module__", "") for name in self.names}

    @property
    def _program(self) -> FunctionType:
        assert isinstance(self.asked.program, FunctionType)
        return self.asked.program

    def _outcome(
        self, misconception: Misconception, inputs: Sequence[object]
    ) -> tuple[object, str]:
        """Return what the mistake gives, and the type of its exception if it raises one."""
        program = self._program
        names: dict[str, object] = {**program.__globals__, **_definitions(misconception)}
        for name in program_of(program).names:
            module = getattr(program.__globals__[name], "__module__", "")
            if module != misconception.module:
                names[name] = felt(misconception, module).get(name, names[name])
        try:
            with (
                warnings.catch_warnings(action="ignore"),
                np.errstate(all="ignore"),
                cpu_limit(self.seconds),  # the last: what it stops is left in good order
            ):
                return run_with(program, names, copy.deepcopy(inputs)), ""
        except (Exception, OutOfTime) as error:  # a mistake may break anything
            return None, type(error).__name__


def _differ(one: object, other: object) -> bool:
    return difference(one, other) is not None


@cache
def _definitions(misconception: Misconception) -> dict[str, object]:
    return mutant(misconception)


@cache
def felt(misconception: Misconception, module: str) -> dict[str, object]:
    """Return what another module of the reference defines, if it imports what is mistaken.

    It is run afresh, and finds there what a notebook with the mistake has.
    """
    if not module.startswith("reference."):
        return {}
    there = import_module(module)
    changed = {
        name: value
        for name, value in _definitions(misconception).items()
        if getattr(vars(there).get(name), "__module__", "") == misconception.module
    }
    if not changed:
        return {}
    names: dict[str, object] = {"__name__": module, "__package__": there.__package__}
    exec(compile(inspect.getsource(there), module, "exec"), names)
    names |= changed
    return names
