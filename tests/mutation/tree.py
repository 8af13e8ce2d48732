"""Changes of a syntax tree, one at a time."""

import ast
import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

Change = tuple[str, ast.AST]
"""The name of a change, and what stands there then."""
Operator = Callable[[ast.AST], Iterator[Change]]

WHOLE = (
    *(ast.expr, ast.stmt, ast.pattern, ast.match_case),
    *(ast.arguments, ast.comprehension, ast.keyword),
)


@dataclass(frozen=True)
class Edit:
    """One place of a tree, `holder.field` or an item of it, and what shall stand there."""

    holder: ast.AST
    field: str
    item: int | None
    node: ast.AST
    operator: str
    new: ast.AST

    def make(self) -> None:
        """Put the new node into the tree."""
        self._put(self.new)

    def undo(self) -> None:
        """Put the old node back."""
        self._put(self.node)

    def _put(self, node: ast.AST) -> None:
        if self.item is None:
            setattr(self.holder, self.field, node)
        else:
            getattr(self.holder, self.field)[self.item] = node


def edits(
    operators: Sequence[Operator], holder: ast.AST, field: str, item: int | None, node: ast.AST
) -> Iterator[Edit]:
    """Yield every single change of `node`, which stands in `holder`, and of all below it.

    What cannot be judged is left alone: docstrings, annotations, the texts of errors, and
    `strict=` of `zip`, a guard against what the lines before have made impossible.
    """
    if _is_beyond_judgement(node):
        return
    for operator in operators:
        for name, new in operator(node):
            idle = isinstance(holder, ast.Expr) and not isinstance(new, ast.Call)
            if not idle and ast.dump(new) != ast.dump(node):
                yield Edit(holder, field, item, node, name, new)
    for below, i, child in _children(node):
        yield from edits(operators, node, below, i, child)


def _is_beyond_judgement(node: ast.AST) -> bool:
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    guard = isinstance(node, ast.keyword) and node.arg == "strict"
    return docstring or guard or isinstance(node, ast.Raise | ast.JoinedStr | ast.arg)


def _children(node: ast.AST) -> Iterator[tuple[str, int | None, ast.AST]]:
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        if isinstance(value, list):
            items = cast(list[object], value)
            yield from ((field, i, each) for i, each in enumerate(items) if isinstance(each, WHOLE))
        elif isinstance(value, WHOLE):
            yield field, None, value


def like(node: ast.AST, **fields: object) -> ast.AST:
    """Copy a node with some fields changed."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new
