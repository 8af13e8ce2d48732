"""Stubs: what nbgrader's ClearSolutions leaves of a cell, and the proof that nothing else changed.

The grader rebuilds damaged cells, so it needs the stubs without paying for nbgrader's import.
"""

import ast
import copy
from collections.abc import Collection, Iterable, Sequence

from autograder.answers import Answer, AnswerError, methods_of
from autograder.cutting import attachment, strip_annotations, unfilled
from autograder.notebooks import CellType

CODE_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
TEXT_STUB = "YOUR ANSWER HERE"


def stub_of(source: str, cell_type: CellType) -> str:
    """Clear a solution cell as nbgrader does: regions where there are some, else all of it."""
    stub = CODE_STUB if cell_type == "code" else TEXT_STUB
    kept: list[str] = []
    inside = cleared = False
    for line in source.split("\n"):
        if "BEGIN SOLUTION" in line:
            inside = cleared = True
            indent = line[: len(line) - len(line.lstrip())]
            kept += [indent + stub_line for stub_line in stub.split("\n")]
        elif "END SOLUTION" in line:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept) if cleared else stub


def check_faithful(
    source: str, answers: Sequence[Answer], given: Collection[str], claimed: Collection[str]
) -> None:
    """Check that a solution cell says what the reference says, and its stub all but the bodies.

    Raises:
        AnswerError: they differ.
    """
    for text, blank in ((source, False), (stub_of(source, "code"), True)):
        wanted = [
            statement
            for answer in answers
            for statement in _statements(answer, given, claimed, blank)
        ]
        if _normal(ast.parse(text).body) != _normal(wanted):
            which = "stub" if blank else "solution"
            names = ", ".join(answer.spec for answer in answers)
            raise AnswerError(
                f"the {which} made from {names} differs from the reference by more than blanks; "
                "write the answer without strings over several lines inside a method, and without "
                "the words BEGIN SOLUTION"
            )


def _statements(
    answer: Answer, given: Collection[str], claimed: Collection[str], blank: bool
) -> list[ast.stmt]:
    node = copy.deepcopy(answer.node)
    if isinstance(node, ast.Assign):
        empty = ast.parse(f"{answer.name} = {unfilled(node.value)}").body
        return [*empty, *([_blank()] if blank else [node])]
    if isinstance(node, ast.ClassDef):
        methods = methods_of(node)
        left_out = [methods[name] for name in methods if f"{answer.spec}.{name}" in claimed]
        node.body = [child for child in node.body if child not in left_out]
        _empty((methods[name] for name in methods if name not in given), blank)
        return [node]
    _empty([node], blank)
    if answer.owner is None:
        return [node]
    return [node, *ast.parse(attachment(answer)).body]


def _empty(functions: Iterable[ast.FunctionDef], blank: bool) -> None:
    for function in functions:
        if blank:
            documented = ast.get_docstring(function) is not None
            function.body = [*function.body[: int(documented)], _blank()]


def _blank() -> ast.stmt:
    return ast.parse("raise NotImplementedError()").body[0]


def _normal(statements: Iterable[ast.stmt]) -> list[str]:
    """Write statements so that places, types and the indentation of docstrings do not count."""
    written: list[str] = []
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
                node.body[0] = ast.Expr(ast.Constant(ast.get_docstring(node, clean=True)))
            if isinstance(node, ast.FunctionDef):
                strip_annotations(node)
        written.append(ast.dump(_Untyped().visit(statement)))
    return written


class _Untyped(ast.NodeTransformer):
    """Makes `x: int = 1` the same as `x = 1`."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        """Keep a declaration without a value, which students would miss."""
        return node if node.value is None else ast.Assign([node.target], node.value)
