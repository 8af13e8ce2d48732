"""Each operator does what its name says, and nothing is changed that cannot be judged."""

import ast

import pytest

from tests.mutation.mutants import made
from tests.mutation.operators import OPERATORS
from tests.mutation.tree import edits


def changed(source: str) -> dict[str, str]:
    """All mutants of a piece of source, by the name of their change."""
    tree = ast.parse(source)
    found: dict[str, str] = {}
    for item, node in enumerate(tree.body):
        for edit in edits(OPERATORS, tree, "body", item, node):
            with made(edit):
                found[edit.operator] = ast.unparse(ast.fix_missing_locations(tree))
    assert ast.unparse(tree) == ast.unparse(ast.parse(source)), "an edit was not undone"
    return found


@pytest.mark.parametrize(
    ("source", "operator", "mutant"),
    [
        ("y = a - b", "Sub to Add", "y = a + b"),
        ("y = a - b", "operands swapped", "y = b - a"),
        ("y = a * b", "left alone", "y = a"),
        ("y += a", "Add= to Sub=", "y -= a"),
        ("y += a", "Add= to =", "y = a"),
        ("y = a >= b", "GtE 0 to Gt", "y = a > b"),
        ("y = a < b < c", "Lt 1 to LtE", "y = a < b <= c"),
        ("y = 2", "to 3", "y = 3"),
        ("y = 0.5", "to 1.0", "y = 1.0"),
        ("y = True", "to False", "y = False"),
        ("y = a and b", "to or", "y = a or b"),
        ("y = a or b or c", "without part 1", "y = a or c"),
        ("y = not a", "without Not", "y = a"),
        ("y = a if b else c", "negated", "y = a if not b else c"),
        ("y = [a for a in b if a]", "if 0 left out", "y = [a for a in b]"),
        ("y = x[a:b]", "upper one less", "y = x[a:b - 1]"),
        ("y = x[::s]", "without step", "y = x[:]"),
        ("y = f(a, b)", "arguments 0 and 1 swapped", "y = f(b, a)"),
        ("y = x.sum(axis=1, keepdims=True)", "without keepdims", "y = x.sum(axis=1)"),
        ("y = np.sum(x)", "sum to mean", "y = np.mean(x)"),
        ("y = max(a, b)", "max to min", "y = min(a, b)"),
        ("y = np.zeros(3, dtype=x.dtype)", "dtype int", "y = np.zeros(3, dtype=int)"),
        ("y = x.copy()", "copy forgotten", "y = x"),
        ("y = np.sqrt(x)", "sqrt forgotten", "y = x"),
        ("y = x.T", "T forgotten", "y = x"),
        ("y = (a, b)", "items 0 and 1 swapped", "y = (b, a)"),
        ("y = {a, b}", "without item 0", "y = {b}"),
        ("y = {'a': b}", "without entry 0", "y = {}"),
        ("f(x)", "left out", "pass"),
        ("for a in b:\n    f()", "only once", "for a in b:\n    f()\n    break"),
        ("for a in b:\n    continue", "to break", "for a in b:\n    break"),
        ("def f(a):\n    b = a\n    c = a\n    return b", "returns c", None),
        ("match a:\n    case 1 | 2:\n        f()", "without alternative 1", None),
    ],
)
def test_an_operator_makes_its_change(source: str, operator: str, mutant: str | None):
    found = changed(source)
    assert operator in found
    assert found[operator] != source
    if mutant is not None:
        assert found[operator] == mutant


@pytest.mark.parametrize(
    "source",
    [
        '"""1 + 2"""',
        "raise ValueError(f'{a + 1} is not {b}')",
        "y: int",
        "f'{a + 1}'",
        "a",
        "y = None",
    ],
)
def test_what_cannot_be_judged_is_left_alone(source: str):
    assert set(changed(source)) <= {"left out"}


def test_a_guard_of_zip_is_left_alone():
    assert not [name for name in changed("y = zip(a, b, strict=True)") if "strict" in name]
    assert "to False" not in changed("y = zip(a, b, strict=True)")


def test_a_change_that_changes_nothing_is_none():
    assert "arguments 0 and 1 swapped" not in changed("y = f(a, a)")
    assert "arguments 0 and 1 swapped" not in changed("y = np.maximum(a, b)")
