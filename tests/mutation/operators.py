"""Mutation operators: small changes of a syntax tree, such as people make by mistake.

Each takes one node and yields what could stand in its place, with the name of the change.
"""

import ast
from collections.abc import Iterator

from tests.mutation.data_operators import attribute, bounds, call, mapping, sequence
from tests.mutation.tree import Change, Operator, like

ARITHMETIC: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
ORDERED = (ast.Sub, ast.Div, ast.FloorDiv, ast.Pow, ast.MatMult)
COMPARISON: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}


def arithmetic(node: ast.AST) -> Iterator[Change]:
    """Another operation, its operands swapped, or one of them alone."""
    if not isinstance(node, ast.BinOp):
        return
    for other in ARITHMETIC.get(type(node.op), ()):
        yield f"{type(node.op).__name__} to {other.__name__}", like(node, op=other())
    if isinstance(node.op, ORDERED):
        yield "operands swapped", like(node, left=node.right, right=node.left)
    yield "left alone", node.left
    yield "right alone", node.right


def in_place(node: ast.AST) -> Iterator[Change]:
    """`+=` that does something else, or sets."""
    if isinstance(node, ast.AugAssign):
        for other in ARITHMETIC.get(type(node.op), ()):
            name = f"{type(node.op).__name__}= to {other.__name__}="
            yield name, like(node, op=other())
        yield f"{type(node.op).__name__}= to =", ast.Assign([node.target], node.value)


def comparison(node: ast.AST) -> Iterator[Change]:
    """Another comparison."""
    if isinstance(node, ast.Compare):
        for i, op in enumerate(node.ops):
            for other in COMPARISON[type(op)]:
                ops = [*node.ops[:i], other(), *node.ops[i + 1 :]]
                yield f"{type(op).__name__} {i} to {other.__name__}", like(node, ops=ops)


def constant(node: ast.AST) -> Iterator[Change]:
    """A number a little or much different, the other truth value, another text."""
    if not isinstance(node, ast.Constant) or node.value is None or node.value is ...:
        return
    value = node.value
    others: list[bool | int | float | str] = []
    if isinstance(value, bool):
        others = [not value]
    elif isinstance(value, int):
        others = [value + 1, value - 1]
    elif isinstance(value, float):
        others = [2 * value or 1.0, *([0.0] if value else [])]
    elif isinstance(value, str):
        others = [value + "_"]
    for other in others:
        yield f"to {other!r}", ast.Constant(other)


def truth(node: ast.AST) -> Iterator[Change]:
    """`and` for `or`, a part of a condition left out, `not`, `~` or minus forgotten."""
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield f"to {type(other).__name__.lower()}", like(node, op=other)
        for i in range(len(node.values)):
            rest = [*node.values[:i], *node.values[i + 1 :]]
            new = like(node, values=rest) if len(rest) > 1 else rest[0]
            yield f"without part {i}", new
    if isinstance(node, ast.UnaryOp):
        yield f"without {type(node.op).__name__}", node.operand


def condition(node: ast.AST) -> Iterator[Change]:
    """A condition turned round, or always or never met."""
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        yield "negated", like(node, test=ast.UnaryOp(ast.Not(), node.test))
        yield "never", like(node, test=ast.Constant(False))
    if isinstance(node, ast.If | ast.IfExp):
        yield "always", like(node, test=ast.Constant(True))
    if isinstance(node, ast.comprehension):
        for i in range(len(node.ifs)):
            yield f"if {i} left out", like(node, ifs=[*node.ifs[:i], *node.ifs[i + 1 :]])


def statement(node: ast.AST) -> Iterator[Change]:
    """A statement left out, a loop that ends after one turn, `break` for `continue`."""
    dropped = (ast.Assign, ast.AugAssign, ast.Expr, ast.For)
    if isinstance(node, dropped) or (isinstance(node, ast.AnnAssign) and node.value):
        yield "left out", ast.Pass()
    if isinstance(node, ast.Break | ast.Continue):
        yield "left out", ast.Pass()
        other = ast.Continue if isinstance(node, ast.Break) else ast.Break
        yield f"to {other.__name__.lower()}", other()
    if isinstance(node, ast.For | ast.While):
        yield "only once", like(node, body=[*node.body, ast.Break()])


def matching(node: ast.AST) -> Iterator[Change]:
    """A case that matches nothing, an alternative left out."""
    if isinstance(node, ast.match_case):
        yield "case never met", like(node, guard=ast.Constant(False))
    if isinstance(node, ast.MatchOr):
        for i in range(len(node.patterns)):
            rest = [*node.patterns[:i], *node.patterns[i + 1 :]]
            new = ast.MatchOr(rest) if len(rest) > 1 else rest[0]
            yield f"without alternative {i}", new


def returned(root: ast.AST) -> Iterator[Change]:
    """Where a name is returned, the variable that was set before it."""
    if not isinstance(root, ast.FunctionDef):
        return
    names: list[str] = []
    for node in ast.walk(root):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id not in names:
            names.append(node.id)
    for i, last in enumerate(root.body):
        if isinstance(last, ast.Return) and isinstance(last.value, ast.Name):
            others = [name for name in names if name != last.value.id]
            for other in others[-1:]:
                new = ast.Return(ast.Name(other, ast.Load()))
                body = [*root.body[:i], new, *root.body[i + 1 :]]
                yield f"returns {other}", like(root, body=body)


OPERATORS: tuple[Operator, ...] = (
    *(arithmetic, in_place, comparison, constant, truth, condition, bounds, call),
    *(attribute, sequence, mapping, statement, matching, returned),
)
