"""Programs: short functions that run twice, on the reference and on a student's code.

A program is written against the reference, in a suite module. Its source crosses the wall, where
the names it imports from `reference` mean the student's definitions; it returns observations, which
are plain data, and never a verdict. The same program serves the public check and the hidden test.
"""

import ast
import builtins
import inspect
import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import CodeType, FunctionType
from typing import Protocol, TypeVar, cast

import numpy as np

Observation = TypeVar("Observation")
LIBRARIES: dict[str, object] = {"np": np, "math": math}


class Student(Protocol):
    """What a hidden test holds: the way to the code behind the wall."""

    def __call__(self, program: Callable[..., Observation], *inputs: object) -> Observation:
        """Run `program(*inputs)` on the student's definitions, in a fork (see `sharing`)."""
        ...

    def map(
        self, program: Callable[..., Observation], cases: Iterable[Sequence[object]]
    ) -> list[Observation]:
        """Run `program` on each of `cases`, all of them in one fork."""
        ...


@dataclass(frozen=True)
class Program:
    """The source of a program (no decorators, annotations or docstring) and the names it needs."""

    name: str
    says: str
    source: str
    names: tuple[str, ...]


class ProgramError(ValueError):
    """A program uses what it may not: only parameters, builtins, `np`, `math`, the reference."""


def public(*inputs: object) -> Callable[[FunctionType], FunctionType]:
    """Make a program a visible check as well, on these inputs; stack it for several."""

    def mark(function: FunctionType) -> FunctionType:
        function.__dict__["public_inputs"] = [inputs, *public_inputs(function)]
        return function

    return mark


def public_inputs(function: Callable[..., object]) -> list[tuple[object, ...]]:
    """Return the inputs that `@public` gave, in the order in which they are written."""
    return getattr(function, "public_inputs", [])


@cache
def program_of(function: FunctionType) -> Program:
    """Read a program from its function.

    Raises:
        ProgramError: it uses a global name that will not be there behind the wall.
    """
    bare = _bare(_definition(function))
    names = _free_names(bare)
    allowed = reference_names(function.__module__)
    strange = sorted(names - allowed - LIBRARIES.keys() - set(dir(builtins)))
    if strange:
        raise ProgramError(
            f"the program {function.__name__} uses {', '.join(strange)}; "
            "a program may use its parameters, builtins, np, math and names imported from reference"
        )
    return Program(
        name=function.__name__,
        says=inspect.getdoc(function) or "",
        source=ast.unparse(bare) + "\n",
        names=tuple(sorted(names & allowed)),
    )


def run_with(
    function: Callable[..., Observation], names: Mapping[str, object], inputs: Sequence[object]
) -> Observation:
    """Run a program on other definitions than the reference's.

    Raises:
        KeyError: `names` lacks a name that the program needs.
    """
    assert isinstance(function, FunctionType)
    program = program_of(function)
    namespace = {**LIBRARIES, **{name: names[name] for name in program.names}}
    exec(code_of(program), namespace)
    return cast(Callable[..., Observation], namespace[program.name])(*inputs)


@cache
def code_of(program: Program) -> CodeType:
    """Return the program's definition, compiled once for all who are asked."""
    return compile(program.source, f"<program {program.name}>", "exec")


def _definition(function: FunctionType) -> ast.FunctionDef:
    """Return a definition that may be changed; it has lost its decorators."""
    lines = _module_lines(function.__module__)
    for node in _module_tree(function.__module__).body:
        if isinstance(node, ast.FunctionDef) and node.name == function.__name__:
            (own,) = ast.parse("".join(lines[node.lineno - 1 : node.end_lineno])).body
            assert isinstance(own, ast.FunctionDef)
            return own
    raise ProgramError(
        f"{function.__module__}: {function.__qualname__} is not a function at the module's top"
    )


@cache
def _module_lines(module: str) -> list[str]:
    return inspect.getsourcelines(sys.modules[module])[0]


@cache
def _module_tree(module: str) -> ast.Module:
    return ast.parse("".join(_module_lines(module)))


@cache
def reference_names(module: str) -> frozenset[str]:
    """Names that the suite module imports from the reference."""
    return frozenset(
        alias.asname or alias.name
        for node in _module_tree(module).body
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "reference"
        for alias in node.names
    )


def _free_names(definition: ast.FunctionDef) -> set[str]:
    """Names that the program reads and does not bind anywhere inside."""
    bound = {definition.name}
    read: set[str] = set()
    for node in ast.walk(definition):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom | ast.Global):
            raise ProgramError(f"the program {definition.name} may not import or use global")
    return read - bound


def _bare(definition: ast.FunctionDef) -> ast.FunctionDef:
    """Take annotations and docstring away."""
    if ast.get_docstring(definition) is not None and len(definition.body) > 1:
        definition.body = definition.body[1:]
    for node in ast.walk(definition):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
    return definition
