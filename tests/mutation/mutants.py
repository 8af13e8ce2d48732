"""Mutants: the answers of an exercise, each with one small change."""

import ast
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import CodeType, ModuleType

from autograder.answers import Answer, first_line
from autograder.exercise import Parts
from tests.autograder.suites.rights import parts
from tests.mutation.operators import OPERATORS
from tests.mutation.tree import Edit, edits


@dataclass(frozen=True)
class Mutant:
    """One change of one answer.

    `name` says where, counted from the answer's first line, and what; `line` is the answer's text
    there, so that a name that has come to mean something else is noticed.
    """

    name: str
    line: str
    was: str
    becomes: str
    answer: Answer
    tree: ast.Module
    edit: Edit

    def compiled(self) -> CodeType:
        """Compile the answer's whole module with the change made."""
        with made(self.edit):
            return compile(ast.fix_missing_locations(self.tree), str(self.answer.file), "exec")


@contextmanager
def made(edit: Edit) -> Generator[None]:
    """Make an edit for a while."""
    edit.make()
    try:
        yield
    finally:
        edit.undo()


def definitions(answer: Answer, code: CodeType) -> Mapping[str, object]:
    """Run a module of the reference afresh and return what it defines, by name."""
    module = ModuleType(answer.module)
    module.__package__ = answer.module.rpartition(".")[0]
    exec(code, vars(module))
    return {name: value for name, value in vars(module).items() if not name.startswith("__")}


@cache
def mutants(assignment: str, exercise: str) -> tuple[Mutant, ...]:
    """Return all mutants of an exercise, in the order of its answers' text."""
    part = parts(assignment)[exercise]
    return tuple(
        mutant for answer in part.answers for mutant in _of_answer(assignment, part, answer)
    )


def _of_answer(assignment: str, part: Parts, answer: Answer) -> Iterator[Mutant]:
    tree = ast.parse(answer.source)
    for holder, item in _written(tree, assignment, part, answer):
        node = holder.body[item]
        prefix = answer.spec.partition(":")[2]
        if isinstance(answer.node, ast.ClassDef) and isinstance(node, ast.FunctionDef):
            prefix += f".{node.name}"
        for edit in edits(OPERATORS, holder, "body", item, node):
            line, place = _place(edit.node, first_line(node))
            yield Mutant(
                name=f"{prefix}:{place}:{edit.operator}",
                line=answer.lines[line - 1].strip(),
                was=_shown(edit.node),
                becomes=_shown(edit.new),
                answer=answer,
                tree=tree,
                edit=edit,
            )


def _written(
    tree: ast.Module, assignment: str, part: Parts, answer: Answer
) -> Iterator[tuple[ast.Module | ast.ClassDef, int]]:
    """Find what students write of an answer: it, or its methods but for other exercises' ones."""
    claimed = {spec for each in parts(assignment).values() for spec in each.exercise.answers}
    place = (answer.node.lineno, answer.node.col_offset)
    for holder in ast.walk(tree):
        if not isinstance(holder, ast.Module | ast.ClassDef):
            continue
        for item, node in enumerate(holder.body):
            if not isinstance(answer.node, ast.ClassDef):
                written = (node.lineno, node.col_offset) == place
            elif isinstance(holder, ast.ClassDef) and isinstance(node, ast.FunctionDef):
                free = node.name not in part.exercise.given
                other = f"{answer.spec}.{node.name}" in claimed
                written = holder.name == answer.name and free and not other
            else:
                written = False
            if written:
                yield holder, item


def _place(node: ast.AST, first: int) -> tuple[int, str]:
    """Return the line of a node, and its place: line, from 0, and columns."""
    if isinstance(node, ast.match_case):
        node = node.pattern
    if isinstance(node, ast.comprehension):
        node = node.target
    assert isinstance(node, ast.expr | ast.stmt | ast.pattern | ast.keyword)
    end = node.end_lineno or node.lineno
    lines = f"{end - first}." if end > node.lineno else ""
    return node.lineno, f"{node.lineno - first}:{node.col_offset}-{lines}{node.end_col_offset}"


def _shown(node: ast.AST) -> str:
    if isinstance(node, ast.comprehension | ast.match_case):
        return ast.unparse(node).strip().splitlines()[0]
    lines = ast.unparse(ast.fix_missing_locations(node)).strip().splitlines()
    return lines[0] + (" ..." if len(lines) > 1 else "")
