"""What every hidden suite keeps to: comparisons, categories, docstrings, programs."""

import ast
import importlib
import inspect
import re
from pathlib import Path
from types import FunctionType

import pytest

from autograder.judge import CATEGORIES, SUITES
from autograder.program import program_of, public_inputs

MODULES = sorted(SUITES.glob("*/test_*.py"))
FORBIDDEN = {"assert_allclose", "assert_array_equal", "approx", "raises", "isclose", "allclose"}
LITERAL = {"quiz_chain_rule"}  # one letter can be compared once
every_suite = pytest.mark.parametrize("file", MODULES, ids=lambda f: f"{f.parent.name}/{f.stem}")


def functions(file: Path) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(file.read_text())
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def hidden_tests(file: Path) -> dict[str, ast.FunctionDef]:
    return {name: node for name, node in functions(file).items() if name.startswith("test_")}


def marks(node: ast.FunctionDef, mark: str) -> list[str]:
    return [
        ast.literal_eval(call.args[0])
        for call in node.decorator_list
        if isinstance(call, ast.Call) and ast.unparse(call.func) == f"pytest.mark.{mark}"
    ]


def programs(file: Path) -> list[FunctionType]:
    """The functions that a suite hands to the student: those that use the reference."""
    module = importlib.import_module(f"autograder.suites.{file.parent.name}.{file.stem}")
    reference = {
        alias.asname or alias.name
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("reference")
        for alias in node.names
    }
    return [
        function
        for name, node in functions(file).items()
        if reference & {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        and isinstance(function := getattr(module, name), FunctionType)
    ]


@every_suite
def test_only_expect_compares(file: Path):
    behind_the_wall = {program.__name__ for program in programs(file)}
    for name, node in functions(file).items():
        nodes = list(ast.walk(node))
        assert not any(isinstance(each, ast.Assert) for each in nodes), name
        words = {each.attr for each in nodes if isinstance(each, ast.Attribute)}
        words |= {each.id for each in nodes if isinstance(each, ast.Name)}
        assert not words & FORBIDDEN, name
        if name not in behind_the_wall:
            operators = [op for each in nodes if isinstance(each, ast.Compare) for op in each.ops]
            assert not any(isinstance(op, ast.Eq | ast.NotEq) for op in operators), name


@every_suite
def test_every_test_compares_what_the_student_gave(file: Path):
    for name, node in hidden_tests(file).items():
        calls = [ast.unparse(each.func) for each in ast.walk(node) if isinstance(each, ast.Call)]
        assert any(call in ("student", "student.map") for call in calls), name
        assert any(call.startswith(("expect.", "check_")) for call in calls), name


@every_suite
def test_every_test_has_one_category(file: Path):
    for name, node in hidden_tests(file).items():
        (category,) = marks(node, "category")
        assert category in CATEGORIES, name


@every_suite
def test_every_test_tells_the_student_one_sentence(file: Path):
    for name, node in hidden_tests(file).items():
        sentence = (ast.get_docstring(node) or "").split("\n")[0]
        assert re.fullmatch(r"[A-Z][^\n]{15,}\.", sentence), name
        assert set(re.findall(r"\d+(?:\.\d+)?", sentence)) <= {"0", "1"}, f"{name} names a number"


@every_suite
def test_no_two_tests_say_the_same(file: Path):
    sentences = [ast.get_docstring(node) for node in hidden_tests(file).values()]
    assert len(set(sentences)) == len(sentences)


@every_suite
def test_there_are_enough_tests(file: Path):
    literal = file.stem.removeprefix("test_") in LITERAL
    assert len(hidden_tests(file)) >= (1 if literal else 5)
    categories = [marks(node, "category")[0] for node in hidden_tests(file).values()]
    assert "values" in categories
    assert literal or len(set(categories)) >= 3


@every_suite
def test_programs_are_self_contained_and_used(file: Path):
    text = file.read_text()
    found = programs(file)
    assert found
    for program in found:
        assert program_of(program).names
        used = re.search(rf"student(\.map)?\(\s*{program.__name__}\b", text)
        in_loop = re.search(rf"\bfor \w+ in \([^)]*\b{program.__name__}\b", text)
        assert used or in_loop or public_inputs(program), program.__name__


@every_suite
def test_visible_checks_teach(file: Path):
    public = [program for program in programs(file) if public_inputs(program)]
    assert public or file.stem.removeprefix("test_") in LITERAL
    for program in public:
        assert re.search(r"\bW\d", inspect.getdoc(program) or ""), program.__name__
