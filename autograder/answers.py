"""Answers: definitions of the reference, found by name in its source, never by importing it."""

import ast
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

Definition: TypeAlias = ast.FunctionDef | ast.ClassDef | ast.Assign


class AnswerError(ValueError):
    """The reference has no such answer, or one that cannot be cut into a solution."""


@dataclass(frozen=True)
class Answer:
    """One definition of the reference: a function, a class, a method or a literal."""

    spec: str
    file: Path
    source: str
    node: Definition

    @property
    def module(self) -> str:
        """The module that defines it."""
        return self.spec.partition(":")[0]

    @property
    def owner(self) -> str | None:
        """The class that a method belongs to."""
        owner, dot, _ = self.spec.partition(":")[2].rpartition(".")
        return owner if dot else None

    @property
    def name(self) -> str:
        """The name it has in the notebook: a method's is its own."""
        return self.spec.partition(":")[2].rpartition(".")[2]

    @property
    def lines(self) -> list[str]:
        """The lines of the whole module."""
        return self.source.splitlines()


def find_answer(spec: str) -> Answer:
    """Find `module:name` or `module:Class.method` in the source of the reference.

    Raises:
        AnswerError: there is no such module or definition.
    """
    module, _, path = spec.partition(":")
    source = module_source(module)
    owner, dot, name = path.rpartition(".")
    if not dot:
        node = _definition(source.tree.body, name, module)
        return Answer(spec, source.file, source.text, node)
    holder = _definition(source.tree.body, owner, module)
    if not isinstance(holder, ast.ClassDef):
        raise AnswerError(f"{owner} of {module} is no class, so {spec!r} names no method")
    method = _definition(holder.body, name, f"{module}:{owner}")
    if not isinstance(method, ast.FunctionDef):
        raise AnswerError(f"{spec!r} is not a method; only whole methods can be answers")
    return Answer(spec, source.file, source.text, method)


def methods_of(node: Definition) -> dict[str, ast.FunctionDef]:
    """Name the methods of a class; other definitions have none."""
    body = node.body if isinstance(node, ast.ClassDef) else []
    return {child.name: child for child in body if isinstance(child, ast.FunctionDef)}


def first_line(node: ast.stmt) -> int:
    """Return the line where a definition begins, its decorators included; from 1."""
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def last_line(node: ast.stmt) -> int:
    """Return the line where a statement ends; from 1."""
    return node.end_lineno or node.lineno


@dataclass(frozen=True)
class ModuleSource:
    """A module of the reference as text and as tree."""

    file: Path
    text: str
    tree: ast.Module


def module_source(module: str) -> ModuleSource:
    """Read a module of the reference without importing it.

    Raises:
        AnswerError: there is none, or it is not Python.
    """
    try:
        found = find_spec(module)
    except ModuleNotFoundError:
        found = None
    if found is None or found.origin is None:
        raise AnswerError(f"the reference has no module {module!r}; name one that exists")
    file = Path(found.origin)
    text = file.read_text(encoding="utf-8")
    try:
        return ModuleSource(file, text, ast.parse(text))
    except SyntaxError as error:
        raise AnswerError(f"{module}, line {error.lineno}, is not Python: {error.msg}") from error


def _definition(body: list[ast.stmt], name: str, where: str) -> Definition:
    found = [node for node in body if _name(node) == name]
    if len(found) != 1:
        times = "does not define" if not found else f"defines {len(found)} times"
        raise AnswerError(f"{where} {times} {name!r}; an answer is defined exactly once")
    node = found[0]
    assert isinstance(node, Definition)
    if isinstance(node, ast.Assign):
        try:
            ast.literal_eval(node.value)
        except ValueError:
            raise AnswerError(
                f"{name!r} of {where} is neither a function, a class nor a literal value"
            ) from None
    return node


def _name(node: ast.stmt) -> str | None:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name
    if isinstance(node, ast.Assign) and isinstance(target := node.targets[0], ast.Name):
        return target.id
    return None
