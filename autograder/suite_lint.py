"""What every hidden suite keeps to: comparisons, categories, docstrings, programs."""

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from types import FunctionType

from autograder.assignment import Assignment
from autograder.exercise import Parts, load_suite
from autograder.flaws import DirectiveError, Flaw, errors_of
from autograder.given import given_names
from autograder.judge import CATEGORIES
from autograder.program import ProgramError, program_of, reference_names

FEWEST = 5
FORBIDDEN = {
    *("assert_allclose", "assert_array_equal", "assert_equal", "assert_almost_equal"),
    *("assert_array_almost_equal", "approx", "raises", "isclose", "allclose", "array_equal"),
}
SENTENCE = re.compile(r"[A-Z][^\n]{15,}\.")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
HARMLESS = {"0", "1"}
FIXTURES = {"student", "rng"}
MARKS = ("category", "weight", "required", "parametrize")


def functions(file: Path) -> dict[str, ast.FunctionDef]:
    """Name the functions at the top of a suite."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def hidden_tests(file: Path) -> dict[str, ast.FunctionDef]:
    """Name the tests of a suite."""
    return {name: node for name, node in functions(file).items() if name.startswith("test_")}


def categories(test: ast.FunctionDef) -> list[str]:
    """List what a test's category marks say."""
    return [
        ast.unparse(call.args[0]).strip("'") if call.args else ""
        for call in test.decorator_list
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.category"
    ]


def marks(test: ast.FunctionDef) -> list[str]:
    """List the marks of a test by name."""
    texts = [ast.unparse(mark).split("(")[0] for mark in test.decorator_list]
    return [text.removeprefix("pytest.mark.") for text in texts]


def programs(file: Path) -> list[FunctionType]:
    """List the functions that a suite hands to the student: those that use the reference."""
    module = load_suite(file)
    names = reference_names(module.__name__)
    return [
        function
        for name, node in functions(file).items()
        if not name.startswith("test_")
        and names & {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        and isinstance(function := getattr(module, name), FunctionType)
    ]


def suite_errors(assignment: Assignment, parts: Sequence[Parts]) -> Iterator[DirectiveError]:
    """Yield what is wrong with an assignment's hidden suites.

    Raises:
        DirectiveError: the notebook imports from given what is not there.
    """
    answers = {answer.owner or answer.name for part in parts for answer in part.answers}
    available = answers | given_names(assignment)
    for part in parts:
        file = assignment.rooms.suite(assignment.id, part.exercise.id)
        flaws = sorted(_suite_flaws(file, part, available))
        yield from errors_of(assignment.rooms.shown(file), flaws)


def _suite_flaws(file: Path, part: Parts, available: Collection[str]) -> Iterator[Flaw]:
    """Yield what is wrong with one suite; `available` are the names that the notebook has."""
    tests = hidden_tests(file)
    if part.form is None and len(tests) < FEWEST:  # a literal is compared once
        yield 1, f"{len(tests)} hidden tests were found; write {FEWEST} at least"
    for name, node in functions(file).items():
        takes = {argument.arg for argument in node.args.args}
        if name in tests and (strange := sorted(takes - _parameters(node) - FIXTURES)):
            yield node.lineno, f"{name} takes {', '.join(strange)}; a test takes student and rng"
        if name not in tests and "student" in takes and not name.startswith("check_"):
            yield node.lineno, f"{name} takes student but is no test: its name begins with test_"
    if not any(categories(test) == ["values"] for test in tests.values()):
        yield 1, "no hidden test has the category `values`, without which nothing earns points"
    said: dict[str, str] = {}
    for name, test in tests.items():
        yield from _test_flaws(test)
        sentence = _sentence(test)
        if sentence and sentence in said:
            yield test.lineno, f"{name} tells the student the same as {said[sentence]}"
        said.setdefault(sentence, name)
    behind = programs(file)
    for program in behind:
        yield from _program_flaws(program, available)
    for program in part.programs:
        if not program.__doc__:
            line, name = program.__code__.co_firstlineno, program.__name__
            yield line, f"{name} is public and needs a docstring: it heads the visible check"
    remote = {program.__name__ for program in behind}
    for name, node in functions(file).items():
        yield from _comparison_flaws(node, behind_the_wall=name in remote)


def _parameters(test: ast.FunctionDef) -> set[str]:
    """List what `parametrize` gives a test."""
    given = (
        ast.literal_eval(call.args[0])
        for call in test.decorator_list
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.parametrize"
    )
    return {
        name.strip()
        for names in given
        for name in (names.split(",") if isinstance(names, str) else names)
    }


def _sentence(test: ast.FunctionDef) -> str:
    return (ast.get_docstring(test) or "").split("\n")[0]


def _test_flaws(test: ast.FunctionDef) -> Iterator[Flaw]:
    marked = categories(test)
    if len(marked) != 1 or marked[0] not in CATEGORIES:
        has = ", ".join(marked) or "none"
        known = ", ".join(CATEGORIES)
        yield test.lineno, f"{test.name} needs one category of {known}; it has {has}"
    for mark in marks(test):
        if mark not in MARKS:
            yield test.lineno, f"{test.name} has the mark {mark}; known are {', '.join(MARKS)}"
    if "required" in marks(test) and "cost" in marked:
        why = "a right answer that is slow would earn nothing"
        yield test.lineno, f"{test.name} is a test of cost and cannot be required: {why}"
    sentence = _sentence(test)
    if not SENTENCE.fullmatch(sentence):
        wanted = "one sentence for the student, from a capital letter to a full stop"
        yield test.lineno, f"{test.name} needs a docstring whose first line is {wanted}"
    told = [number for number in NUMBER.findall(sentence) if number not in HARMLESS]
    if told:
        yield test.lineno, f"{test.name} tells the student the number {told[0]}; leave it out"
    calls = [ast.unparse(each.func) for each in ast.walk(test) if isinstance(each, ast.Call)]
    if not any(call in ("student", "student.map") for call in calls):
        yield test.lineno, f"{test.name} asks the student nothing; call student(program, ...)"
    if not any(call.startswith(("expect.", "check_")) for call in calls):
        yield test.lineno, f"{test.name} compares nothing; use expect.* or a check_... of your own"


def _program_flaws(function: FunctionType, available: Collection[str]) -> Iterator[Flaw]:
    line = function.__code__.co_firstlineno
    try:
        program = program_of(function)
    except ProgramError as error:
        yield line, str(error)
        return
    strange = sorted(set(program.names) - set(available))
    if strange:
        missing = "neither an answer of this assignment nor imported from given in its notebook"
        yield line, f"the program {program.name} uses {', '.join(strange)}, which is {missing}"


def _comparison_flaws(node: ast.FunctionDef, *, behind_the_wall: bool) -> Iterator[Flaw]:
    for each in ast.walk(node):
        if isinstance(each, ast.Assert):
            yield each.lineno, f"{node.name} uses assert; only expect.* compares"
        if isinstance(each, ast.Attribute | ast.Name):
            word = each.attr if isinstance(each, ast.Attribute) else each.id
            if word in FORBIDDEN:
                yield each.lineno, f"{node.name} uses {word}; only expect.* compares"
        equates = isinstance(each, ast.Compare) and any(
            isinstance(operator, ast.Eq | ast.NotEq) for operator in each.ops
        )
        if isinstance(each, ast.Compare) and equates and not behind_the_wall:
            yield each.lineno, f"{node.name} uses == or !=; only expect.* compares"
