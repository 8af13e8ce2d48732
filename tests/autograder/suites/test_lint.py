"""What the course's own suites keep to: the build's rules, and what makes checks teach."""

import ast
import inspect
import re
from pathlib import Path

import pytest

from autograder.assignment import read_assignment
from autograder.exercise import Parts, parts_of
from autograder.judge import SUITES
from autograder.program import program_of, public_inputs
from autograder.suite_lint import categories, functions, hidden_tests, programs, suite_errors

MODULES = sorted(SUITES.glob("*/test_*.py"))
every_suite = pytest.mark.parametrize("file", MODULES, ids=lambda f: f"{f.parent.name}/{f.stem}")


def part_of(file: Path) -> Parts:
    """The exercise of a suite."""
    parts = parts_of(read_assignment(file.parent.name))
    return {part.exercise.id: part for part in parts}[file.stem.removeprefix("test_")]


@pytest.mark.parametrize("name", sorted({file.parent.name for file in MODULES}))
def test_every_suite_keeps_the_rules_of_the_build(name: str):
    assignment = read_assignment(name)
    assert list(map(str, suite_errors(assignment, parts_of(assignment)))) == []


@every_suite
def test_hidden_tests_are_of_several_kinds(file: Path):
    part = part_of(file)
    kinds = {category for test in hidden_tests(file).values() for category in categories(test)}
    assert part.form or len(kinds) >= 3


@every_suite
def test_programs_are_self_contained_and_used(file: Path):
    text = file.read_text()
    found = programs(file)
    assert found
    handed_over = {program.__name__ for program in found}
    helpers = {
        called.id
        for name, node in functions(file).items()
        if not name.startswith("test_") and name not in handed_over
        for called in ast.walk(node)
        if isinstance(called, ast.Name)
    }
    for program in found:
        assert program_of(program).names
        used = re.search(rf"student(\.map)?\(\s*{program.__name__}\b", text)
        in_loop = re.search(rf"\bfor \w+ in \([^)]*\b{program.__name__}\b", text)
        checks_here = program.__name__ in helpers  # it works out what a test compares with
        assert used or in_loop or checks_here or public_inputs(program), program.__name__


@every_suite
def test_visible_checks_teach(file: Path):
    part = part_of(file)
    assert part.programs or part.form
    for program in part.programs:
        assert re.search(r"\bW\d", inspect.getdoc(program) or ""), program.__name__
