"""Mutation operators for what is done with data: slices, calls, tuples, lists, dicts."""

import ast
import builtins
from collections.abc import Iterator

from tests.mutation.tree import Change, like

TWINS = {
    "max": "min",
    "maximum": "minimum",
    "argmax": "argmin",
    "sum": "mean",
    "zeros": "ones",
    "zeros_like": "ones_like",
    "any": "all",
    "sin": "cos",
    "exp": "expm1",
    "log": "log1p",
}
TWIN = {**TWINS, **{second: first for first, second in TWINS.items()}}
SYMMETRIC = {"max", "min", "maximum", "minimum", "result_type"}
KEPT_KEYWORDS = {"strict", "dtype"}  # a dtype is changed, not dropped


def bounds(node: ast.AST) -> Iterator[Change]:
    """A slice without one of its bounds, or one off by one."""
    if not isinstance(node, ast.Slice):
        return
    for field in ("lower", "upper", "step"):
        bound = getattr(node, field)
        if bound is not None:
            yield f"without {field}", like(node, **{field: None})
        if bound is not None and not isinstance(bound, ast.Constant):
            for sign, word in ((ast.Add(), "more"), (ast.Sub(), "less")):
                moved = ast.BinOp(bound, sign, ast.Constant(1))
                yield f"{field} one {word}", like(node, **{field: moved})


def call(node: ast.AST) -> Iterator[Change]:
    """Arguments swapped or left out, a twin of the function, or the call forgotten."""
    if not isinstance(node, ast.Call):
        return
    args = node.args
    for i in range(len(args) - 1 if _function_name(node) not in SYMMETRIC else 0):
        swapped = [*args[:i], args[i + 1], args[i], *args[i + 2 :]]
        yield f"arguments {i} and {i + 1} swapped", like(node, args=swapped)
    for i, keyword in enumerate(node.keywords):
        rest = [*node.keywords[:i], *node.keywords[i + 1 :]]
        if keyword.arg not in KEPT_KEYWORDS:
            yield f"without {keyword.arg}", like(node, keywords=rest)
        if keyword.arg == "dtype":
            whole = ast.keyword("dtype", ast.Name("int", ast.Load()))
            yield "dtype int", like(node, keywords=[*rest, whole])
    if len(args) > 1 or (args and _is_method(node)):
        yield "without the last argument", like(node, args=args[:-1])
    yield from _twins(node)
    yield from _forgotten(node)


def _twins(node: ast.Call) -> Iterator[Change]:
    name = _function_name(node)
    twin = TWIN.get(name, "")
    if twin and isinstance(node.func, ast.Attribute):
        yield f"{name} to {twin}", like(node, func=like(node.func, attr=twin))
    elif twin and hasattr(builtins, twin):
        yield f"{name} to {twin}", like(node, func=ast.Name(twin, ast.Load()))


def _forgotten(node: ast.Call) -> Iterator[Change]:
    name = _function_name(node)
    if isinstance(node.func, ast.Attribute) and _is_method(node):
        yield f"{name} forgotten", node.func.value
    elif node.args and not isinstance(node.args[0], ast.Starred):
        yield f"{name} forgotten", node.args[0]


def _function_name(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)


def _is_method(node: ast.Call) -> bool:
    words = ast.unparse(node.func).split(".")
    return isinstance(node.func, ast.Attribute) and words[0] not in ("np", "math")


def attribute(node: ast.AST) -> Iterator[Change]:
    """A transpose forgotten."""
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield f"{node.attr} forgotten", node.value


def sequence(node: ast.AST) -> Iterator[Change]:
    """Two neighbours swapped, or one left out."""
    if not isinstance(node, ast.Tuple | ast.List | ast.Set):
        return
    items = node.elts
    if isinstance(node, ast.Tuple | ast.List) and isinstance(node.ctx, ast.Load):
        for i in range(len(items) - 1):
            swapped = [*items[:i], items[i + 1], items[i], *items[i + 2 :]]
            yield f"items {i} and {i + 1} swapped", like(node, elts=swapped)
    if isinstance(node, ast.Set) or (isinstance(node, ast.List) and len(items) > 1):
        for i in range(len(items)):
            yield f"without item {i}", like(node, elts=[*items[:i], *items[i + 1 :]])


def mapping(node: ast.AST) -> Iterator[Change]:
    """An entry left out."""
    if isinstance(node, ast.Dict):
        for i in range(len(node.keys)):
            keys = [*node.keys[:i], *node.keys[i + 1 :]]
            values = [*node.values[:i], *node.values[i + 1 :]]
            yield f"without entry {i}", like(node, keys=keys, values=values)
